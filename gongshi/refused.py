"""Refused rows as a file for whoever publishes them, to be opened in a spreadsheet and corrected."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from publisher.advice import advice
from publisher.items import Refusal
from publisher.spreadsheets import harmless

HEADER = ("file", "row", "column", "reason", "how to mend it", "the row")
FORMATS = (".csv", ".xlsx")


def write(refusals: Iterable[Refusal], to: Path) -> int:
    """Writes them as `to` is named, .csv or .xlsx; gives how many."""
    rows = map(_row, refusals)
    return _xlsx(rows, to) if to.suffix.lower() == ".xlsx" else _csv(rows, to)


def _row(refusal: Refusal) -> list[str | int]:
    mend = advice(refusal.reason, of_row=True).mend
    texts = (refusal.column or "", refusal.reason, mend, refusal.excerpt)
    return [_harmless(refusal.where.file), refusal.where.row, *map(_harmless, texts)]


def _harmless(text: str) -> str:
    """The text on one line, and never a formula; a workbook cannot hold control characters either."""
    line = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    return harmless(line)


def _csv(rows: Iterator[list[str | int]], to: Path) -> int:
    """UTF-8 with a byte order mark, by which spreadsheets know it."""
    count = 0
    with to.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _xlsx(rows: Iterator[list[str | int]], to: Path) -> int:
    import openpyxl  # takes long to load

    book, count = openpyxl.Workbook(write_only=True), 0
    sheet = book.create_sheet("refused")
    sheet.append(HEADER)
    for row in rows:
        sheet.append(row)
        count += 1
    book.save(to)
    return count
