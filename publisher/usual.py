"""What the rows of a source have been like so far: by it a run notices what has changed. Stdlib only."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Filled:
    """In how many of some rows each field was filled. Rows that were read long ago weigh less than one."""

    rows: float = 0
    fields: Mapping[str, float] = field(default_factory=dict)

    def share(self, name: str) -> float:
        """From 0 to 1; 0 where there are no rows."""
        return self.fields.get(name, 0) / self.rows if self.rows else 0.0

    def __add__(self, other: "Filled") -> "Filled":
        names = self.fields.keys() | other.fields.keys()
        fields = {name: self.fields.get(name, 0) + other.fields.get(name, 0) for name in names}
        return Filled(self.rows + other.rows, fields)

    def weighing(self, rows: float) -> "Filled":
        """The same shares of another number of rows."""
        part = rows / self.rows if self.rows else 0.0
        return Filled(rows, {name: count * part for name, count in self.fields.items()})


@dataclass(frozen=True, slots=True)
class Usual:
    """What a source's rows were like in its runs, as far as they were new or changed.

    `reading` changes with how they are read. `waiting` are the latest of them, too few yet to be compared
    with those `before`. `values` are those that each controlled field has had, masked; None where they are so
    many that the field is none.
    """

    reading: bytes
    before: Filled = field(default_factory=Filled)
    waiting: Filled = field(default_factory=Filled)
    values: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
