"""Which encoding a file has, and what its text is when it is not what was due."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import charset_normalizer

from publisher.errors import SourceUnreadable

CHUNK = 1 << 20
HEAD = 1 << 16
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Text that says gb2312 uses characters that only gb18030 has; the codec of that name fails on them.
_GB = {"gb2312", "gbk", "gb18030", "hz", "euc_cn"}
# What servers say without having looked.
_NOT_LOOKED_AT = {"ascii", "iso8859-1", "utf-8"}
_LONE = re.compile("[\ud800-\udfff]")
_REPLACED = re.compile("[\ud800-\udfff\ufffd]")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|script|meta|div)\b", re.I | re.S
)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.I | re.S)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec's name. `damaged`: some bytes of the file are not of it, and `bad` tells in which text."""

    name: str
    damaged: bool = False

    @property
    def errors(self) -> str:
        """The error mode to decode with: a bad byte becomes a lone surrogate, in UTF-16 U+FFFD."""
        return "replace" if self.name.startswith("utf-16") else "surrogateescape"

    def bad(self, text: str) -> bool:
        """Whether text decoded so holds bytes that are not of the encoding, or halves of characters."""
        wrong = _REPLACED if self.damaged and self.errors == "replace" else _LONE
        return wrong.search(text) is not None


def recognise(path: Path, name: str, stated: str | None = None, declared: str | None = None) -> Encoding:
    """The encoding of a file: BOM; what its definition stated; strict UTF-8; what the server declared;
    UTF-8 with a few bad bytes; GB18030; Big5.

    Raises SourceUnreadable when none fits, or when the file is empty or not what its definition stated.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise SourceUnreadable(f"{name} is empty.")
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return _judged(path, encoding)
    if utf16 := _utf16_without_bom(head):
        return _judged(path, utf16)
    if stated is not None:
        return _as_stated(path, name, head, stated)
    if found := _ladder(path, head, declared):
        return found
    # A guess among the one-byte encodings is often wrong by a few letters, and nobody would notice.
    guess = charset_normalizer.from_bytes(head).best()
    perhaps = f" (perhaps {guess.encoding})" if guess else ""
    raise SourceUnreadable(
        f"{name} is in no encoding that can be recognised surely{perhaps}: "
        "name it with `encoding` in the definition."
    )


def without_controls(text: str) -> str:
    """The text without control characters; tabs and line breaks stay."""
    return _CONTROL.sub("", text) if _CONTROL.search(text) else text


def without_surrogates(text: str) -> str:
    """The text with what was decoded from bad bytes as U+FFFD, which may be encoded again."""
    return _LONE.sub("\ufffd", text)


def as_html(text: str) -> str | None:
    """What an HTML page calls itself, for a sentence ('an HTML page ("登录")'); None if it is none."""
    if not _HTML.match(text):
        return None
    title = _TITLE.search(text)
    words = " ".join(unescape(title[1]).split())[:80] if title else ""
    return f'an HTML page ("{words}")' if words else "an HTML page"


def _canonical(encoding: str) -> str | None:
    try:
        name = codecs.lookup(encoding.strip().strip("\"'")).name
    except LookupError:
        return None
    return "gb18030" if name in _GB else name


def _as_stated(path: Path, name: str, head: bytes, stated: str) -> Encoding:
    encoding = _canonical(stated)
    if encoding is None:
        raise SourceUnreadable(f'{name} cannot be read: its definition names an unknown encoding "{stated}".')
    if _strict(path, encoding):
        return Encoding(encoding)
    if not _strict(path, "utf-8") and _damage(path, encoding) <= 0.1:
        return Encoding(encoding, damaged=True)
    other = _ladder(path, head, None)
    looks = f"it looks like {other.name}; " if other and other.name != encoding else ""
    raise SourceUnreadable(
        f"{name} is not in {stated}, which its definition says: {looks}correct `encoding`, "
        "or leave it out to have it recognised."
    )


def _ladder(path: Path, head: bytes, declared: str | None) -> Encoding | None:
    if _strict(path, "utf-8"):
        return Encoding("utf-8")
    said = _canonical(declared) if declared else None
    if said and said not in _NOT_LOOKED_AT and _strict(path, said):
        return Encoding(said)
    if _damage(path, "utf-8") <= 0.2:
        return Encoding("utf-8", damaged=True)
    if chinese := _chinese(head):
        if _strict(path, chinese):
            return Encoding(chinese)
        if _damage(path, chinese) <= 0.02:
            return Encoding(chinese, damaged=True)
    return None


def _judged(path: Path, encoding: str) -> Encoding:
    return Encoding(encoding, damaged=not _strict(path, encoding))


def _utf16_without_bom(head: bytes) -> str | None:
    """UTF-16 shows by the NULs beside its ASCII characters: all on one side."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if even + odd < max(2, len(head) // 50) or b"\0\0\0" in head:
        return None
    if odd > 20 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 20 * odd else None


def _chinese(head: bytes) -> str | None:
    """Gb18030 or Big5: each decodes most of the other, but to rare characters."""
    gb = _share(head.decode("gb18030", "replace"), "gb2312", 0xF7)
    big5 = _share(head.decode("big5", "replace"), "big5", 0xC6)
    if max(gb, big5) < 0.6:
        return None
    return "gb18030" if gb >= big5 else "big5"


def _share(text: str, encoding: str, last_lead: int) -> float:
    """The share of the non-ASCII characters that `encoding` has in its rows up to `last_lead`."""
    foreign = _FOREIGN.findall(text)
    common = sum(
        1 for character in foreign if (code := character.encode(encoding, "ignore")) and code[0] <= last_lead
    )
    return common / len(foreign) if foreign else 0.0


def _strict(path: Path, encoding: str) -> bool:
    try:
        for _ in _decoded(path, encoding, "strict"):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _damage(path: Path, encoding: str) -> float:
    """Bad bytes per non-ASCII character, whole file."""
    bad = foreign = 0
    for text in _decoded(path, encoding, "surrogateescape"):
        bad += len(_LONE.findall(text))
        foreign += len(_FOREIGN.findall(text))
    return bad / max(1, foreign - bad)


def _decoded(path: Path, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)
