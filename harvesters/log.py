"""What a run says of its steps, for who asks later why it went as it did."""

from collections import deque
from collections.abc import Callable
from datetime import datetime

from publisher.harvests import Line

FIRST, LAST = 50, 150
"""So many lines are kept from the beginning and from the end of a run."""


class Log:
    """Lines with their moment by `clock`; memory stays flat however many there are."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._first: list[Line] = []
        self._last: deque[Line] = deque(maxlen=LAST)
        self._count = 0

    def add(self, said: str) -> None:
        line = Line(self._clock(), said)
        self._count += 1
        if len(self._first) < FIRST:
            self._first.append(line)
        else:
            self._last.append(line)

    @property
    def lines(self) -> list[Line]:
        """What is kept; one line says how many are not."""
        left_out = self._count - len(self._first) - len(self._last)
        gap = [Line(self._last[0].at, f"… {left_out} lines left out …")] if left_out else []
        return [*self._first, *gap, *self._last]
