"""XLSX and XLS: one sheet's rows, its values as the text that the workbook shows."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from harvesters.formats import table, text
from harvesters.formats.probe import MAX_MEMORY, readable, visible
from harvesters.formats.raw import BadRow, Fetched, Layout, RawRow
from harvesters.formats.table import Line
from publisher.errors import SourceUnreadable

Value = int | float | str | bool | time | date | datetime | timedelta
Range = tuple[tuple[int, int], tuple[int, int]]
"""Merged cells: first and last (row, column), counted from 0."""

_EXACT = 10**15
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def rows(fetched: Fetched, definition: Layout) -> Iterator[RawRow | BadRow]:
    """The rows of the named sheet, else of the first visible one. Hidden rows cannot be told from others."""
    with fetched.path.open("rb") as file:
        if not readable(fetched.path, definition.sheet):
            raise SourceUnreadable(
                f"{fetched.name} is damaged, or needs more than {MAX_MEMORY >> 20:,} MiB of memory "
                "to be read: ask its publisher for CSV."
            )
        yield from _rows(fetched, file, definition.sheet)


def _rows(fetched: Fetched, file: BinaryIO, sheet: str | None) -> Iterator[RawRow | BadRow]:
    try:
        with CalamineWorkbook.from_filelike(file) as book:
            yield from table.read(fetched.name, _lines(_sheet(book, fetched.name, sheet)))
    except PasswordError as error:
        raise SourceUnreadable(f"{fetched.name} is protected by a password.") from error
    except CalamineError as error:
        raise SourceUnreadable(f"{fetched.name} {_why(fetched.path)}.") from error


def shown(value: Value) -> str:
    """A cell as text: dates in ISO, whole numbers without ".0", others as the 15 digits a workbook keeps.

    Numbers of more than 15 digits have lost their last ones: they come as 9.14600001234568E+17, as the
    workbook shows them, so that they never pass for a code.
    """
    match value:
        case str():
            return text.without_controls(value)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case datetime():
            return value.isoformat(" ", "seconds") if value.time() != time() else value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)


def _number(value: float) -> str:
    if abs(value) >= _EXACT:
        return f"{value:.15G}"
    return format(Decimal(f"{value:.15g}"), "f")


def _sheet(book: CalamineWorkbook, file: str, name: str | None) -> CalamineSheet:
    names = visible(book)
    if name is not None and name not in book.sheet_names:
        has = ", ".join(f'"{sheet}"' for sheet in book.sheet_names)
        raise SourceUnreadable(f'{file} has no sheet "{name}"; it has {has}.')
    if name is None and not names:
        raise SourceUnreadable(f"{file} has no visible sheet; name one with `sheet` in the definition.")
    sheet = book.get_sheet_by_name(name or names[0])
    if sheet.end is None:
        others = ", ".join(f'"{other}"' for other in names if other != sheet.name)
        advice = f"; name another with `sheet` in the definition: {others}" if others else ""
        raise SourceUnreadable(f'{file} has nothing on sheet "{sheet.name}"{advice}.')
    return sheet


def _lines(sheet: CalamineSheet) -> Iterator[Line]:
    """The sheet's lines. What is merged over several lines stands in each of them; a header of two lines
    becomes one ("罚款.金额").
    """
    left = sheet.start[1] if sheet.start else 0  # lines begin at the first column that holds anything
    merged = [
        ((top, first - left), (bottom, last - left))
        for (top, first), (bottom, last) in sheet.merged_cell_ranges or []
        if first >= left
    ]
    below = sorted(each for each in merged if each[1][0] > each[0][0])
    block = _header_block(merged)
    reaching: list[tuple[int, int, str]] = []  # last line, column, text
    above: list[str] = []
    for number, values in enumerate(sheet.iter_rows()):
        cells = [shown(value) for value in values]
        if any(cells):
            reaching = [each for each in reaching if each[0] >= number]
            for _, column, words in reaching:
                if not cells[column]:
                    cells[column] = words
        while below and below[0][0][0] <= number:
            (_, column), (last, _) = below.pop(0)
            if column < len(cells):
                reaching.append((last, column, cells[column]))
        if block and number == block[0]:
            above = _spread(cells, number, merged)
        elif block and number == block[0] + 1:
            pairs = zip(above, cells, strict=True)
            yield number + 1, [f"{a}.{b}" if a and b and a != b else a or b for a, b in pairs]
        else:
            yield number + 1, cells


def _header_block(merged: Sequence[Range]) -> tuple[int, int] | None:
    """The two lines of a header that has groups: cells merged sideways beside cells merged downwards."""
    down = {first[0] for first, last in merged if last[0] == first[0] + 1 and last[1] == first[1]}
    across = {first[0] for first, last in merged if last[0] == first[0] and last[1] > first[1]}
    both = sorted(down & across)
    return (both[0], both[0] + 1) if both and both[0] < table.SAMPLE else None


def _spread(cells: list[str], line: int, merged: Sequence[Range]) -> list[str]:
    """The cells of a line, what is merged sideways standing in each of its columns."""
    spread = list(cells)
    for (top, left), (_, right) in merged:
        if top == line:
            spread[left : right + 1] = [cells[left]] * len(spread[left : right + 1])
    return spread


def _why(path: Path) -> str:
    """Why a file is no workbook."""
    with path.open("rb") as file:
        head = file.read(text.HEAD)
    if not head:
        return "is empty"
    if head.startswith((_ZIP, _OLE)):
        return "is a workbook that is cut off or damaged"
    words = head.decode("utf-8", "replace")
    if page := text.as_html(words):
        return f"is {page}, not a workbook: use the link to the workbook itself, or save it as one"
    if words.lstrip("\ufeff \r\n\t").startswith("<?xml"):
        return "is an XML document, not a workbook"
    return 'is not a workbook; if it is text with delimiters, say format = "csv"'
