"""Tables: which line is the header, and what stands under it. For CSV files and workbooks alike."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from harvesters.formats.raw import MAX_CELL, MAX_EXCERPT, BadRow, RawRow
from harvesters.formats.text import Encoding
from publisher.errors import SourceUnreadable
from publisher.items import RowRef

Line = tuple[int, Sequence[str]]
"""One line of a table: its number as a person counts it, and its cells."""

SAMPLE = 50
"""How many lines are looked at to find the header."""

_TOTAL = re.compile(r"(?:合|总|總|小|共)\s*(?:计|計)\s*(?:[:：].*)?", re.S)
_NOTE = re.compile(
    r"(?:注|註|说明|說明|备注|備註|单位|單位"
    r"|(?:填报|填報|填表|制表|製表|审核|審核|统计|統計|截止|联系|聯繫|发布|發布)\w{0,4})\s*\d*\s*[:：]"
)
_SPECIAL = frozenset("合总總小共注註说說备備单單填制製审審统統截联聯发發")
_LINE_BREAK = re.compile(r"(.?)\s*[\r\n]\s*(.?)")


def read(file: str, lines: Iterable[Line | BadRow]) -> Iterator[RawRow | BadRow]:
    """The rows under the header. Titles, units and notes above it, blank lines, totals, notes under the table
    and repeated headers are no rows. Raises SourceUnreadable when there is no header at all.
    """
    lines = iter(lines)
    sample = list(islice(lines, SAMPLE))
    table = [line for line in sample if not isinstance(line, BadRow)]
    found = header_at([cells for _, cells in table])
    if found is None:
        raise SourceUnreadable(f"{file} has no rows, not even a header.")
    _, header = table[found]
    used = 1 + max((_last_filled(cells) for _, cells in table[found + 1 :]), default=0)
    place = sample.index(table[found])
    yield from (line for line in sample[:place] if isinstance(line, BadRow))
    yield from _rows(file, name_columns(header, used), header, chain(sample[place + 1 :], lines))


def header_at(lines: Sequence[Sequence[str]]) -> int | None:
    """Which of a table's first lines is its header; None if every line is blank.

    It is the first with nearly as many filled cells as most have: titles fill one, units and notes few.
    """
    filled = [0 if _NOTE.match(_first(cells).strip()) else _filled(cells) for cells in lines]
    whole = sorted(count for count in filled if count > 1)
    typical = whole[(len(whole) - 1) * 3 // 4] if whole else 1
    return next((place for place, count in enumerate(filled) if count >= 0.7 * typical), None)


def name_columns(header: Sequence[str], used: int) -> list[str]:
    """The columns' names. A blank one is called by its place. A repeated one gets a number in brackets: so
    the file stays readable, and a definition can name or ignore each. `used` counts the columns that hold
    anything; blank headers beyond it are no columns.
    """
    names: list[str] = []
    width = max(_last_filled(header) + 1, min(used, len(header)))
    for place, text in enumerate(header[:width], 1):
        name = _LINE_BREAK.sub(_joined, text).strip() or f"column {place}"
        unique, count = name, 1
        while unique in names:
            count += 1
            unique = f"{name} ({count})"
        names.append(unique)
    return names


def long_cell(where: RowRef, names: Iterable[str], cells: Iterable[str]) -> BadRow:
    """The refusal of a row of which a cell is longer than MAX_CELL."""
    name, cell = next(pair for pair in zip(names, cells, strict=False) if len(pair[1]) > MAX_CELL)
    reason = f"the cell has {len(cell):,} characters, more than {MAX_CELL:,}"
    return BadRow(where, name, reason, cell[:MAX_EXCERPT])


def checked(where: RowRef, cells: Mapping[str, str], encoding: Encoding) -> RawRow | BadRow:
    """The row, or its refusal when a cell is too long, or holds bytes that became U+FFFD."""
    if max(map(len, cells.values()), default=0) > MAX_CELL:
        return long_cell(where, cells.keys(), cells.values())
    for name, cell in cells.items():
        if encoding.damaged and "\ufffd" in cell:
            reason = f"the cell holds bytes that are not {encoding.name}"
            return BadRow(where, name, reason, cell[:MAX_EXCERPT])
    return RawRow(where, cells)


def _rows(
    file: str, names: list[str], header: Sequence[str], lines: Iterable[Line | BadRow]
) -> Iterator[RawRow | BadRow]:
    width = len(names)
    for line in lines:
        if isinstance(line, BadRow):
            yield line
            continue
        number, cells = line
        first = (cells[0].strip() if cells else "") or _first(cells).strip()
        if not first or cells == header or (first[0] in _SPECIAL and _is_note(first, cells)):
            continue
        where = RowRef(file, number)
        if len(cells) != width and (len(cells) < width or _last_filled(cells) >= width):
            yield _wrong_width(where, cells, width)
            continue
        if len("".join(cells)) > MAX_CELL and max(map(len, cells)) > MAX_CELL:
            yield long_cell(where, names, cells)
        else:
            yield RawRow(where, dict(zip(names, cells, strict=False)))


def _wrong_width(where: RowRef, cells: Sequence[str], width: int) -> BadRow:
    reason = f"the row has {len(cells)} cells, the header {width}"
    return BadRow(where, None, reason, " | ".join(cell[:MAX_EXCERPT] for cell in cells)[:MAX_EXCERPT])


def _is_note(first: str, cells: Sequence[str]) -> bool:
    """Totals, and notes under the table."""
    told = len(cells) > 1 and (_TOTAL.fullmatch(first) or _NOTE.match(first))
    return bool(told) and 2 * _filled(cells) <= max(2, len(cells))


def _first(cells: Sequence[str]) -> str:
    """The first cell that is not blank; "" when all are."""
    for cell in cells:
        if cell and not cell.isspace():
            return cell
    return ""


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _last_filled(cells: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(cells) if cell.strip()), default=-1)


def _joined(match: re.Match[str]) -> str:
    """A line break in a header: nothing between Chinese characters, a space between words."""
    before, after = match[1], match[2]
    return f"{before} {after}" if before.isascii() and after.isascii() else before + after
