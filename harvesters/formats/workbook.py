"""XLSX and XLS: one sheet's rows, its values as the text that the workbook shows."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from harvesters.formats import html, instead, table, text
from harvesters.formats.barrier import Barrier
from harvesters.formats.merged import unmerged
from harvesters.formats.probe import MAX_MEMORY, readable, visible
from harvesters.formats.raw import BadRow, Fetched, Layout, RawRow
from harvesters.formats.table import Line
from publisher.errors import SourceUnreadable

Value = int | float | str | bool | time | date | datetime | timedelta
_EXACT = 10**15
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def rows(fetched: Fetched, definition: Layout) -> Iterator[RawRow | BadRow]:
    """The rows of the named sheet, else of the first visible one. Hidden rows cannot be told from others."""
    with fetched.path.open("rb") as file:
        head = file.read(text.HEAD)
        if not head.startswith((_ZIP, _OLE)):
            words = head.decode("utf-8", "replace")
            if page := text.as_html(words.lstrip("\ufeff")):
                yield from _html_table(fetched, definition, page)
                return
            instead.check(words, fetched.name, "a workbook")
        file.seek(0)
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
    """The sheet's lines, counted from 1."""
    left = sheet.start[1] if sheet.start else 0  # lines begin at the first column that holds anything
    merged = [
        ((top, first - left), (bottom, last - left))
        for (top, first), (bottom, last) in sheet.merged_cell_ranges or []
        if first >= left
    ]
    yield from unmerged(([shown(value) for value in values] for values in sheet.iter_rows()), merged)


def _html_table(fetched: Fetched, definition: Layout, page: str) -> Iterator[RawRow | BadRow]:
    """The rows of an HTML table that is called a workbook, as many office programs write them."""
    found = html.table_rows(fetched, definition)
    if found is None:
        raise Barrier(
            f"{fetched.name} is {page}, not a workbook: use the link to the workbook itself, "
            "or save it as one."
        )
    return found


def _why(path: Path) -> str:
    """Why a file is no workbook."""
    with path.open("rb") as file:
        head = file.read(text.HEAD)
    if not head:
        return "is empty"
    if head.startswith((_ZIP, _OLE)):
        return "is a workbook that is cut off or damaged"
    if head.decode("utf-8", "replace").lstrip("\ufeff \r\n\t").startswith("<?xml"):
        return "is an XML document, not a workbook"
    return 'is not a workbook; if it is text with delimiters, say format = "csv"'
