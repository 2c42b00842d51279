"""What the rows of a run have in common, counted while they are mapped."""

from collections.abc import Iterable


class Tally:
    """In how many of the `rows` each of our fields was `filled` by a column."""

    def __init__(self) -> None:
        self.rows = 0
        self.filled: dict[str, int] = {}

    def note(self, fields: Iterable[str]) -> None:
        """One more row, and the fields that its columns fill."""
        self.rows += 1
        filled = self.filled
        for name in fields:
            filled[name] = filled.get(name, 0) + 1
