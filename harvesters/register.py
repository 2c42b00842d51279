"""An authority's own register of document numbers: a table with a column of numbers, found by its cells."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from harvesters.drafting.looks import look
from harvesters.formats import Fetched, RawRow, rows
from harvesters.validating.check import form_layout
from publisher import masking
from publisher.document_numbers import parse
from publisher.errors import SourceUnreadable


class Register(NamedTuple):
    """The column that the numbers stand in, and each, masked as published ones are, with its row as a person
    counts it in the file."""

    column: str
    numbers: tuple[tuple[int, str], ...]


def read(file: Path) -> Register:
    """Reads a register; its numbers are in the column that has the most of them.

    Raises SourceUnreadable when the file cannot be read, or no column has document numbers.
    """
    fetched = Fetched(file, file.name)
    table = [row for row in rows(fetched, form_layout(file, look(fetched))) if isinstance(row, RawRow)]
    numbered = Counter(name for row in table for name, text in row.cells.items() if parse(text))
    if not numbered:
        raise SourceUnreadable(
            f"{file.name} has no column of document numbers, such as 琼旅罚〔2026〕12号; "
            "give the register as a table with one."
        )
    column = numbered.most_common(1)[0][0]
    cells = ((row.where.row, masking.code(row.cells.get(column, "").strip())) for row in table)
    return Register(column, tuple((row, text) for row, text in cells if text))
