"""What sort of file evidence is, by its content alone: a name says nothing. Pure."""

import re
import zlib
from collections.abc import Callable, Mapping

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
SUFFIXES: Mapping[str, str] = {PDF: "pdf", JPEG: "jpg", PNG: "png"}

_PDF_END, _TAIL = b"%%EOF", 2048
_ACTIVE = (b"/JavaScript", b"/Launch", b"/Encrypt")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
"""How any letter of a name in a PDF may be written."""
_PNG_START = b"\x89PNG\r\n\x1a\n"
_SIZED = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of JPEG that tell the size of the picture."""
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers of JPEG that have no length."""
_END, _SCAN = 0xD9, 0xDA


def media_type(content: bytes) -> str | None:
    """The file's type; None for what is no whole PDF, JPEG or PNG, and for a PDF that is locked or openly has
    a script: packed parts of it are not looked into."""
    return next((type for type, whole in _TYPES.items() if whole(content)), None)


def _is_pdf(content: bytes) -> bool:
    begins = content.startswith(b"%PDF-") and content[5:8].replace(b".", b"").isdigit()
    ends = _PDF_END in content[-_TAIL:] and b"startxref" in content[-_TAIL:]
    if not begins or not ends:
        return False
    names = _ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), content)
    return not any(word in names for word in _ACTIVE)


def _is_jpeg(content: bytes) -> bool:
    """Whether segment follows segment up to the picture, which has a size and comes to its end."""
    if not content.startswith(b"\xff\xd8\xff"):
        return False
    at, sized = 2, False
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker in _BARE:
            at += 2
            continue
        if marker == _SCAN:
            return sized and content.find(bytes((0xFF, _END)), at) > 0
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == _END or length < 2:
            return False
        sized = sized or (
            marker in _SIZED and any(content[at + 5 : at + 7]) and any(content[at + 7 : at + 9])
        )
        at += 2 + length
    return False


def _is_png(content: bytes) -> bool:
    """Whether chunk follows chunk, each with its check sum, from the header to the end."""
    if not content.startswith(_PNG_START):
        return False
    at, first = len(_PNG_START), True
    while at + 12 <= len(content):
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(content) or (first and (kind, length) != (b"IHDR", 13)):
            return False
        told = int.from_bytes(content[end - 4 : end], "big")
        if zlib.crc32(memoryview(content)[at + 4 : end - 4]) != told:
            return False
        if kind == b"IEND":
            return end == len(content)
        at, first = end, False
    return False


_TYPES: Mapping[str, Callable[[bytes], bool]] = {PDF: _is_pdf, JPEG: _is_jpeg, PNG: _is_png}
