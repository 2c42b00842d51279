"""Tables: which line is the header, and what stands under it. For CSV files and workbooks alike."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from harvesters.formats.raw import MAX_CELL, MAX_EXCERPT, BadRow, RawRow
from publisher.errors import SourceUnreadable
from publisher.items import RowRef

SAMPLE = 50
"""How many lines are looked at to find the header."""

_TOTAL = re.compile(r"(?:合|总|總|小|共)\s*(?:计|計)\s*(?:[:：].*)?", re.S)
_NOTE = re.compile(
    r"(?:注|註|说明|說明|备注|備註|单位|單位|(?:填报|填報|填表|制表|製表|审核|審核|统计|統計|截止|联系|聯繫|发布|發布)\w{0,4})"
    r"\s*\d*\s*[:：]"
)
_SPECIAL = frozenset("合总總小共注註说說备備单單填制製审審统統截联聯发發")
_LINE_BREAK = re.compile(r"(.?)\s*[\r\n]\s*(.?)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its number as a person counts it, and its cells."""

    number: int
    cells: Sequence[str]


def read(file: str, lines: Iterable[Line | BadRow]) -> Iterator[RawRow | BadRow]:
    """The rows under the header. Titles, units and notes above it, blank lines, totals, notes under the table
    and repeated headers are no rows. Raises SourceUnreadable when there is no header at all.
    """
    lines = iter(lines)
    sample = list(islice(lines, SAMPLE))
    table = [line for line in sample if isinstance(line, Line)]
    found = header_at([line.cells for line in table])
    if found is None:
        raise SourceUnreadable(f"{file} has no rows, not even a header.")
    header = table[found]
    under = [line.cells for line in table[found + 1 :]]
    names = name_columns(header.cells, 1 + max((_last_filled(cells) for cells in under), default=0))
    yield from (line for line in sample if isinstance(line, BadRow) and line.where.row < header.number)
    rest = (
        line
        for line in sample
        if (line.where.row if isinstance(line, BadRow) else line.number) > header.number
    )
    yield from _rows(file, names, header.cells, chain(rest, lines))


def header_at(lines: Sequence[Sequence[str]]) -> int | None:
    """Which of a table's first lines is its header; None if every line is blank.

    It is the first with nearly as many filled cells as most have: titles fill one, units and notes few.
    """
    filled = [sum(1 for cell in cells if cell.strip()) for cells in lines]
    whole = sorted(
        count
        for count, cells in zip(filled, lines, strict=True)
        if count > 1 and not _NOTE.match(_first(cells).strip())
    )
    typical = whole[(len(whole) - 1) * 3 // 4] if whole else 1
    for index, (count, cells) in enumerate(zip(filled, lines, strict=True)):
        if count >= max(1, 0.7 * typical) and (typical == 1 or not _NOTE.match(_first(cells).strip())):
            return index
    return None


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


def long_cell(where: RowRef, names: Sequence[str], cells: Sequence[str]) -> BadRow | None:
    """The refusal of a row of which a cell is too long."""
    if max(map(len, cells)) <= MAX_CELL:
        return None
    for name, cell in zip(names, cells, strict=False):
        if len(cell) > MAX_CELL:
            reason = f"the cell has {len(cell):,} characters, more than {MAX_CELL:,}"
            return BadRow(where, name, reason, cell[:MAX_EXCERPT])
    return None


def _rows(
    file: str, names: list[str], header: Sequence[str], lines: Iterable[Line | BadRow]
) -> Iterator[RawRow | BadRow]:
    width, header = len(names), list(header)
    for line in lines:
        if isinstance(line, BadRow):
            yield line
            continue
        cells = line.cells
        if len(cells) != width:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) < width or any(cell.strip() for cell in cells[width:]):
                yield _wrong_width(file, line, width)
                continue
        first = _first(cells)
        if not first or _is_no_row(first, cells, header):
            continue
        where = RowRef(file, line.number)
        yield long_cell(where, names, cells) or RawRow(where, dict(zip(names, cells, strict=False)))


def _wrong_width(file: str, line: Line, width: int) -> BadRow:
    where = RowRef(file, line.number)
    if bad := long_cell(where, [f"column {place + 1}" for place in range(len(line.cells))], line.cells):
        return bad
    reason = f"the row has {len(line.cells)} cells, the header {width}"
    return BadRow(where, None, reason, " | ".join(line.cells)[:MAX_EXCERPT])


def _is_no_row(first: str, cells: Sequence[str], header: list[str]) -> bool:
    """Totals, notes under the table, the header once more."""
    if first.lstrip()[:1] in _SPECIAL:
        text = first.strip()
        if (_TOTAL.fullmatch(text) or _NOTE.match(text)) and len(cells) > 1:
            return 2 * sum(1 for cell in cells if cell.strip()) <= max(2, len(cells))
    return list(cells) == header


def _first(cells: Sequence[str]) -> str:
    """The first cell that is not blank; "" when all are."""
    for cell in cells:
        if cell and not cell.isspace():
            return cell
    return ""


def _last_filled(cells: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(cells) if cell.strip()), default=-1)


def _joined(match: re.Match[str]) -> str:
    """A line break in a header: nothing between Chinese characters, a space between words."""
    before, after = match[1], match[2]
    return f"{before} {after}" if before.isascii() and after.isascii() else before + after
