"""What the rows of a run have in common, counted while they are mapped."""

from collections.abc import Callable, Collection, Mapping

from publisher.items import RowRef

MANY = 200
"""A field with more different values than this is no controlled one."""

LONGEST = 200
"""Characters by which values are told apart."""


class Tally:
    """In how many of the `rows` each of our fields was `filled` by a column, and which `values` those of
    `controlled` have: value → where it first stands, at most MANY + 1 of each, fit for operators to see."""

    def __init__(self, controlled: Collection[str] = ()) -> None:
        self.rows = 0
        self.filled: dict[str, int] = {}
        self.values: dict[str, dict[str, RowRef]] = {name: {} for name in controlled}
        self._met: dict[str, set[str]] = {name: set() for name in controlled}

    def note(
        self, where: RowRef, texts: Mapping[str, str], filled: Collection[str], shown: Callable[[str], str]
    ) -> None:
        """One more row: its texts by field, which of them its columns fill, how operators are shown one."""
        self.rows += 1
        for name in filled:
            self.filled[name] = self.filled.get(name, 0) + 1
        for name, met in self._met.items():
            if name in filled and (text := texts[name][:LONGEST]) not in met and len(met) <= MANY:
                met.add(text)
                self.values[name].setdefault(shown(text), where)
