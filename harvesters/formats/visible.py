"""HTML as people see it: a parsed page without what is hidden, and the text of its parts."""

import re
from collections.abc import Collection

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from harvesters.formats import barrier, instead, text
from harvesters.formats.raw import Fetched, Layout
from publisher.errors import SourceUnreadable
from publisher.outgoing import joined

MAX_PAGE = 64 << 20
"""The largest page that is parsed, in bytes: its tree takes many times that."""

_INVISIBLE = "script, style, template, noscript, [hidden], [aria-hidden=true]"
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*\.?0*\s*(?:;|!|$)"
    r"|font-size\s*:\s*0*\.?0*(?:px|pt|em|rem|%)?\s*(?:;|!|$)|(?:left|top|text-indent)\s*:\s*-\d{3,}",
    re.I,
)
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details", "div"),
        *("dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3"),
        *("h4", "h5", "h6", "header", "hr", "legend", "li", "main", "nav", "ol"),
        *("option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th"),
        *("thead", "tr", "ul"),
    }
)
_SPACE = re.compile(r"[ \t\r\n\f\v\xa0]+")
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w-]+)", re.I)
_TAG = re.compile(r"<[a-z!/]", re.I)
_WHOLE = re.compile(r"<html\b", re.I)
_CLOSED = re.compile(r"</(?:html|body)\s*>", re.I)
_ZIP = b"PK\x03\x04"
_SHORT = 600


class Page:
    """A page without what is hidden. `encoding` tells whether some of its bytes became U+FFFD."""

    def __init__(self, fetched: Fetched, definition: Layout) -> None:
        """Raises SourceUnreadable for what is no HTML, or only the beginning of it."""
        self.name = fetched.name
        _check_no_archive(fetched)
        self.encoding = _encoding(fetched, definition)
        words = fetched.path.read_text(self.encoding.name, self.encoding.errors)
        words = text.without_surrogates(text.without_controls(words))
        if not _TAG.search(words):
            instead.check(words[: text.HEAD], self.name, "HTML")
            raise SourceUnreadable(f"{self.name} is not HTML.")
        if _WHOLE.search(words, 0, text.HEAD) and not _CLOSED.search(words, max(0, len(words) - text.HEAD)):
            raise SourceUnreadable(f"{self.name} is cut off: its HTML ends before </html>.")
        self.tree = _visible(words)
        base = self.tree.css_first("base[href]")
        own = fetched.url or ""
        self.address = (joined(own, (base.attributes["href"] or "").strip()) or own) if base else own

    def absolute(self, link: str) -> str:
        """A link of the page as a whole address; "" for one that is none."""
        return joined(self.address, link)

    @property
    def title(self) -> str:
        found = self.tree.css_first("title")
        return _SPACE.sub(" ", found.text()).strip()[:80] if found else ""

    def check_barrier(self) -> None:
        """Raises Barrier for a page that stands in the way of the one that was asked for."""
        said = words(self.tree.body)[:_SHORT] if self.tree.body else ""
        short = len(said) < _SHORT
        if self.tree.css_first("input[type=password]") or (
            short and barrier.IN_TEXT.search(f"{self.title}\n{said}")
        ):
            called = self.title or " ".join(said.split())[:80]
            raise barrier.Barrier(
                f'{self.name} is a login, a bot check or an error inside a page ("{called}"), not the list: '
                "look at it in a browser."
            )


def fragment(html: str) -> str:
    """The text of a piece of HTML, as `words` gives it."""
    body = _visible(html).body if html else None
    return words(body) if body else ""


def _visible(html: str) -> LexborHTMLParser:
    """The parsed text without what is hidden."""
    tree = LexborHTMLParser(html)
    # Inner ones first: an outer one frees what is in it.
    for node in reversed(tree.css(_INVISIBLE)):
        node.decompose()
    for node in reversed(tree.css("[style]")):
        if _HIDING.search(node.attributes.get("style") or ""):
            node.decompose()
    return tree


def words(node: LexborNode, but: Collection[int] = ()) -> str:
    """The text of a part of a page, a line for each block; spaces as a browser shows them. Without the parts
    in it whose `mem_id` is in `but`."""
    parts: list[str] = []
    here = node.child
    while here is not None:
        if here.is_text_node:
            parts.append(_SPACE.sub(" ", here.text_content or ""))
        elif here.tag in _BLOCKS:
            parts.append("\n")
        into = here.child if here.mem_id not in but else None
        here = into or _following(here, node, parts)
    lines = (_SPACE.sub(" ", line).strip() for line in _ZERO_WIDTH.sub("", "".join(parts)).split("\n"))
    return "\n".join(filter(None, lines))


def _following(here: LexborNode, within: LexborNode, parts: list[str]) -> LexborNode | None:
    """The next part after one without any of its own; the blocks that end on the way end a line."""
    while True:
        if here.tag in _BLOCKS:
            parts.append("\n")
        if here.next is not None:
            return here.next
        above = here.parent
        if above is None or above.mem_id == within.mem_id:
            return None
        here = above


def cell(page: Page, node: LexborNode, selector: str) -> str:
    """The text, or after "@" the attribute, of the first part of `node` that a selector matches; "." is
    `node` itself. Addresses are made whole. "" where nothing matches."""
    place, attribute = split(selector)
    found = node if place in ("", ".") else node.css_first(place)
    if found is None:
        return ""
    if attribute is None:
        return words(found)
    said = (found.attributes.get(attribute) or "").strip()
    return page.absolute(said) if said and attribute in ("href", "src") else said


def own_rows(table: LexborNode) -> list[LexborNode]:
    """A table's lines, without those of tables in it."""
    return [row for row in table.css("tr") if _table_of(row) == table.mem_id]


def cells_of(row: LexborNode) -> list[LexborNode]:
    """The cells of a table's line."""
    return [cell for cell in row.iter() if cell.tag in ("td", "th")]


def _table_of(row: LexborNode) -> int | None:
    above = row.parent
    while above is not None and above.tag != "table":
        above = above.parent
    return above.mem_id if above is not None else None


def split(selector: str) -> tuple[str, str | None]:
    """A selector and the attribute that stands after its "@"."""
    place, at, attribute = selector.rpartition("@")
    return (place.strip(), attribute.strip()) if at and "]" not in attribute else (selector.strip(), None)


def valid(selector: str) -> bool:
    """Whether the part before "@" is a CSS selector."""
    place, _ = split(selector)
    if place in ("", "."):
        return True
    try:
        LexborHTMLParser("<p>").css(place)
    except SelectolaxError:
        return False
    return True


def _check_no_archive(fetched: Fetched) -> None:
    """Archives are unpacked before they are read, but not where rows have pages of their own."""
    with fetched.path.open("rb") as file:
        if file.read(4) == _ZIP:
            raise SourceUnreadable(
                f"{fetched.name} is a ZIP archive, in which the rows' own pages of [detail] are not "
                "looked for: unpack it into a folder, and name that as `path`."
            )


def _encoding(fetched: Fetched, definition: Layout) -> text.Encoding:
    with fetched.path.open("rb") as file:
        declared = _META.search(file.read(4096))
        size = file.seek(0, 2)
    if size > MAX_PAGE:
        raise SourceUnreadable(f"{fetched.name} is larger than {MAX_PAGE >> 20} MiB, too large for a page.")
    said = declared[1].decode() if declared else fetched.encoding
    return text.recognise(fetched.path, fetched.name, definition.encoding, said)
