"""Merged cells, of workbooks and HTML tables alike: their text where each line needs it. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from harvesters.formats import table
from harvesters.formats.table import Line

Range = tuple[tuple[int, int], tuple[int, int]]
"""Merged cells: first and last (row, column), counted from 0."""


def unmerged(lines: Iterable[list[str]], merged: Sequence[Range]) -> Iterator[Line]:
    """The lines, counted from 1. What is merged over several lines stands in each of them; a header of two
    lines becomes one ("罚款.金额").
    """
    below = sorted(each for each in merged if each[1][0] > each[0][0])
    block = _header_block(merged)
    reaching: list[tuple[int, int, str]] = []  # last line, column, text
    above: list[str] = []
    for number, cells in enumerate(lines):
        if any(cells):
            reaching = [each for each in reaching if each[0] >= number]
            for _, column, words in reaching:
                if column < len(cells) and not cells[column]:
                    cells[column] = words
        while below and below[0][0][0] <= number:
            (_, column), (last, _) = below.pop(0)
            if column < len(cells):
                reaching.append((last, column, cells[column]))
        if block and number == block[0]:
            above = _spread(cells, number, merged)
        elif block and number == block[0] + 1:
            pairs = zip_longest(above, cells, fillvalue="")
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
