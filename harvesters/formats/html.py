"""HTML: a list page's rows, by CSS selectors or as a table with a header; each row's own page beside it."""

from collections.abc import Iterator, Mapping
from hashlib import blake2b

from selectolax.lexbor import LexborNode

from harvesters.formats import table, visible
from harvesters.formats.barrier import Barrier
from harvesters.formats.detail import labelled
from harvesters.formats.merged import Range, unmerged
from harvesters.formats.raw import MAX_EXCERPT, BadRow, Fetched, Layout, Own, RawRow
from harvesters.formats.table import Line
from harvesters.formats.visible import Page
from publisher.errors import SourceUnreadable
from publisher.items import RowRef

_WIDEST = 1000  # columns and lines that one cell may cover


def rows(fetched: Fetched, definition: Layout) -> Iterator[RawRow | BadRow]:
    """The rows of a page, counted from 1; only what is visible counts.

    With `cells`: the parts that the selector `rows` matches, but those without any text. Without: the rows of
    the table that `rows` matches, else of the largest one. A page without rows is refused if it looks like
    one that stands in the way of another.
    """
    page = Page(fetched, definition)
    found = _selected(page, fetched, definition) if definition.cells else _table(page, definition.rows)
    none = True
    for row in found:
        none = False
        yield row
    if none:
        page.check_barrier()
        _check_end(page, fetched.first)


def table_rows(fetched: Fetched, definition: Layout) -> Iterator[RawRow | BadRow] | None:
    """The rows of the largest table of a page that stands in for a workbook; None if it has no such table."""
    page = Page(fetched, definition)
    page.check_barrier()
    largest = _largest(page)
    if largest is None or _size(largest) < (2, 2):
        return None
    return table.read(page.name, _lines(largest))


def links(fetched: Fetched, definition: Layout) -> dict[str, Own]:
    """The rows' own pages, by the links as they are written."""
    assert definition.detail is not None
    page = Page(fetched, definition)
    found: dict[str, Own] = {}
    for node in page.tree.css(definition.rows or ""):
        if link := _link(node, definition.detail.link):
            own = _own(page, link, _listed(page, node, definition))
            found[link] = own if found.get(link, own) == own else own._replace(listed="")
    return found


def _listed(page: Page, node: LexborNode, definition: Layout) -> dict[str, str]:
    """What the list itself says of a row."""
    return {name: visible.cell(page, node, selector) for name, selector in definition.cells.items()}


def _own(page: Page, link: str, listed: Mapping[str, str]) -> Own:
    said = repr(sorted(listed.items())).encode("utf-8", "replace")
    return Own(page.absolute(link), blake2b(said, digest_size=16).hexdigest())


def pointer(fetched: Fetched, definition: Layout, place: str) -> str | None:
    """The address, or the attribute after "@", of the first part of a page that a selector matches; None
    where a link leads nowhere without a script."""
    page = Page(fetched, definition)
    selector = place if visible.split(place)[1] else f"{place}@href"
    found = visible.cell(page, page.tree.root, selector) if page.tree.root else ""
    if (
        not found
        or found.startswith("javascript:")
        or found.split("#")[0] == (fetched.url or "").split("#")[0]
    ):
        return None
    return found


def verdict(fetched: Fetched, definition: Layout) -> dict[str, str]:
    """What a page calls itself, without its numbers."""
    return {"title": _called(Page(fetched, definition))}


def _called(page: Page) -> str:
    return "".join(letter for letter in page.title if not letter.isdecimal())


def _check_end(page: Page, first: Mapping[str, str] | None) -> None:
    """Raises Barrier for a page without rows that calls itself otherwise than the first of its list."""
    called = _called(page)
    if first is not None and called != first["title"]:
        raise Barrier(
            f'{page.name} has no rows and is called "{called}", unlike the pages before it: '
            "that is no sure end of the list."
        )


def _selected(page: Page, fetched: Fetched, definition: Layout) -> Iterator[RawRow | BadRow]:
    count = 0
    for node in page.tree.css(definition.rows or ""):
        cells = _listed(page, node, definition)
        if not any(cells.values()):
            continue
        count += 1
        where = RowRef(page.name, count)
        own = None
        if definition.detail is not None:
            link = _link(node, definition.detail.link)
            found, own = fetched.details.get(link), _own(page, link, cells)
            if isinstance(found, bytes):
                yield RawRow(where, cells, own, found)
                continue
            try:
                cells |= _own_cells(found, cells, definition)
            except Barrier:
                raise  # the host gives us no pages now: what would be missing is not gone
            except SourceUnreadable as error:
                yield BadRow(where, None, str(error).rstrip("."), " | ".join(cells.values())[:MAX_EXCERPT])
                continue
        row = table.checked(where, cells, page.encoding)
        yield row._replace(own=own) if isinstance(row, RawRow) else row


def _link(row: LexborNode, selector: str) -> str:
    """A row's link, as it is written."""
    place, attribute = visible.split(selector)
    found = row if place in ("", ".") else row.css_first(place)
    return (found.attributes.get(attribute or "href") or "").strip() if found else ""


def _own_cells(own: Fetched | str | None, cells: Mapping[str, str], definition: Layout) -> dict[str, str]:
    """The cells of a row's own page, which says in full what the list cuts short. Raises SourceUnreadable
    when the page cannot be read, or is another than was due."""
    assert definition.detail is not None
    if own is None:
        return {}
    if isinstance(own, str):
        raise SourceUnreadable(own)
    page = Page(own, definition)
    found = labelled(page, definition.detail)
    if not any(found.values()):
        page.check_barrier()
        raise SourceUnreadable(f"{own.name} has no labels with values, nor what [detail.cells] names.")
    return {name: said for name, said in found.items() if said or name not in cells}


def _table(page: Page, selector: str | None) -> Iterator[RawRow | BadRow]:
    found = page.tree.css_first(selector) if selector else _largest(page)
    if found is None or not any(visible.own_rows(found)):
        return
    for row in table.read(page.name, _lines(found)):
        yield table.checked(row.where, row.cells, page.encoding) if isinstance(row, RawRow) else row


def _largest(page: Page) -> LexborNode | None:
    """The table with the most cells of its own."""
    best, cells = None, 0
    for each in page.tree.css("table"):
        lines, width = _size(each)
        if lines * width > cells:
            best, cells = each, lines * width
    return best


def _size(found: LexborNode) -> tuple[int, int]:
    """How many lines a table has, and how many cells the longest of them."""
    widths = [len(visible.cells_of(row)) for row in visible.own_rows(found)]
    return len(widths), max(widths, default=0)


def _lines(found: LexborNode) -> Iterator[Line]:
    """A table's lines. A cell that covers several columns stands in the first of them; one that covers
    several lines stands in each."""
    merged: list[Range] = []
    covered: dict[int, set[int]] = {}
    lines: list[list[str]] = []
    for number, row in enumerate(visible.own_rows(found)):
        taken = covered.pop(number, set())
        line: dict[int, str] = dict.fromkeys(taken, "")
        column = 0
        for node in visible.cells_of(row):
            while column in line:
                column += 1
            across, down = _span(node, "colspan"), _span(node, "rowspan")
            columns = range(column, column + across)
            line |= {column: visible.words(node), **dict.fromkeys(columns[1:], "")}
            for below in range(number + 1, number + down):
                covered.setdefault(below, set()).update(columns)
            if across > 1 or down > 1:
                merged.append(((number, column), (number + down - 1, column + across - 1)))
        lines.append([line.get(place, "") for place in range(max(line, default=-1) + 1)])
    return unmerged(lines, merged)


def _span(node: LexborNode, name: str) -> int:
    said = (node.attributes.get(name) or "").strip()
    return min(int(said[:5]), _WIDEST) if said.isdecimal() and said.isascii() and int(said[:5]) > 1 else 1
