"""Cells that are cut out of the text of others: dates, numbers and names inside a sentence. Pure."""

from collections.abc import Mapping

from harvesters.formats.raw import Pattern, RawRow

MAX_TEXT = 10_000
"""How much of a cell a pattern looks at, in characters: some take far longer than the text is long."""


def cut(row: RawRow, patterns: Mapping[str, Pattern]) -> RawRow:
    """The row with a cell for each pattern, "" where nothing matches or there is no such column."""
    cells = dict(row.cells)
    for name, pattern in patterns.items():
        found = pattern.find.search(cells.get(pattern.column, "")[:MAX_TEXT])
        cells[name] = (found[1] or "").strip() if found else ""
    return row._replace(cells=cells)
