"""How long somebody waits who has signed in wrongly too often. Pure; stdlib only.

Three are counted: each browser that an account was signed in from before, all others together for each
login, and each address. So a stranger who tries an account for ever never keeps its owner out of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
FORGOTTEN = timedelta(days=1)
"""Failures are counted anew after so long without one."""


class Counted(StrEnum):
    BROWSER = "browser"
    LOGIN = "login"
    ADDRESS = "address"


FREE = {Counted.BROWSER: 5, Counted.LOGIN: 5, Counted.ADDRESS: 20}
"""Failures after which the next one makes wait."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Failures in a row, with the last of them, and the moment until which there is nothing to be tried."""

    count: int
    last_at: datetime
    until: datetime | None

    def wait(self, now: datetime) -> timedelta:
        """For how long nothing may be tried; at most LONGEST_WAIT, whatever the clock did."""
        left = self.until - now if self.until else timedelta(0)
        return left if timedelta(0) < left <= LONGEST_WAIT else timedelta(0)


def failed(before: Failures | None, counted: Counted, now: datetime) -> Failures:
    """With one failure more. Each beyond the free ones makes wait twice as long as the one before."""
    fresh = before is None or now - before.last_at >= FORGOTTEN
    count = 1 if fresh or before is None else before.count + 1
    beyond = count - FREE[counted]
    if beyond < 0:
        return Failures(count, now, None)
    return Failures(count, now, now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(beyond, 10)))
