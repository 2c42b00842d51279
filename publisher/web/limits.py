"""How often one address may ask for what costs much."""

import time
from collections import deque
from collections.abc import Callable
from threading import Lock

_MOST_ADDRESSES = 10_000


class Limit:
    """At most `count` times in `seconds` for each address. Counts in this process only, and in memory."""

    def __init__(self, count: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._count, self._seconds, self._clock = count, seconds, clock
        self._asked: dict[str, deque[float]] = {}
        self._lock = Lock()

    def wait(self, address: str, more: int = 1) -> float:
        """Counts one more time, or `more`; seconds to wait when that is too often, else 0."""
        with self._lock:
            now = self._clock()
            if len(self._asked) >= _MOST_ADDRESSES:
                self._forget(now)
            times = self._asked.setdefault(address, deque())
            while times and times[0] <= now - self._seconds:
                times.popleft()
            if len(times) + more > self._count:
                return (times[0] if times else now) + self._seconds - now
            times.extend([now] * more)
            return 0.0

    def _forget(self, now: float) -> None:
        """Drops the addresses that have not asked of late; all of them where that drops none."""
        recent = {
            name: times for name, times in self._asked.items() if times and times[-1] > now - self._seconds
        }
        self._asked = recent if len(recent) < _MOST_ADDRESSES else {}
