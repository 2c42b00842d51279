"""Refused rows as a file for whoever publishes them, to be opened in a spreadsheet and corrected."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from publisher.advice import advice
from publisher.items import Refusal
from publisher.spreadsheets import harmless

LONGEST = 32_000
"""A workbook's cells hold hardly more, in characters."""
HEADER = ("file", "row", "column", "reason", "how to mend it", "the row")
FORMATS = (".csv", ".xlsx")


def write(refusals: Callable[[], Iterable[Refusal]], to: Path) -> int:
    """Writes them as `to` is named, .csv or .xlsx, in place of what is there once all is written; gives how
    many. They are asked for twice: for the columns of all the rows, then for the rows."""
    own = tuple(dict.fromkeys(header for refusal in refusals() for header in _record(refusal)))
    header = (*HEADER, *map(_harmless, own))
    rows = (_row(refusal, own) for refusal in refusals())
    beside = to.with_name(f".{to.name}.new")
    try:
        beside.touch()  # says what is wrong with the place before a workbook is begun
        count = _xlsx(header, rows, beside) if to.suffix.lower() == ".xlsx" else _csv(header, rows, beside)
        beside.replace(to)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(to)) from error
    finally:
        beside.unlink(missing_ok=True)
    return count


def identities(refusals: Iterable[Refusal]) -> Counter[tuple[str, ...]]:
    """By what refused rows are known again, wherever they stand now: their key, or what is known of those
    without."""
    return Counter(
        (each.key,) if each.key else (each.column or "", each.reason, each.excerpt, each.record)
        for each in refusals
    )


def _row(refusal: Refusal, own: Sequence[str]) -> list[str | int]:
    mend, record = advice(refusal.reason, of_row=True).mend, _record(refusal)
    texts = (refusal.column or "", refusal.reason, mend, refusal.excerpt, *(record.get(c, "") for c in own))
    return [_harmless(refusal.where.file), refusal.where.row, *map(_harmless, texts)]


def _record(refusal: Refusal) -> Mapping[str, str]:
    """The row as its source wrote it, by its own columns, as far as it is known."""
    record: Mapping[str, str] = json.loads(refusal.record or "{}")
    return record


def _harmless(text: str) -> str:
    """The text on one line, and never a formula; a workbook cannot hold control characters either."""
    line = "".join(letter if letter.isprintable() else " " for letter in text).strip()[:LONGEST]
    return harmless(line)


def _csv(header: Sequence[str], rows: Iterator[list[str | int]], to: Path) -> int:
    """UTF-8 with a byte order mark, by which spreadsheets know it."""
    count = 0
    with to.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _xlsx(header: Sequence[str], rows: Iterator[list[str | int]], to: Path) -> int:
    import openpyxl  # takes long to load

    book, count = openpyxl.Workbook(write_only=True), 0
    sheet = book.create_sheet("refused")
    sheet.append(header)
    for row in rows:
        sheet.append(row)
        count += 1
    book.save(to)
    return count
