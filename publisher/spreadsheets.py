"""Tables that spreadsheets open: what stands in them was written by others. Pure."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

_FORMULAS = tuple("=+-@＝＋－＠\t\r")


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """CSV with the mark by which spreadsheets know UTF-8."""
    text = StringIO()
    csv.writer(text).writerows(
        [harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return text.getvalue().encode("utf-8-sig")
