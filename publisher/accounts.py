"""Who may sign in to the console, with what password, and for how long. Pure; stdlib only."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from publisher.errors import GongshiError

IDLE = timedelta(minutes=30)
"""A session ends that is not used for so long."""
LONGEST = timedelta(hours=12)
"""A session ends after so long, however much it is used."""
AHEAD = timedelta(minutes=5)
"""A session that begins later than this is not believed: the clock was set back."""

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
"""Characters of a password. A longer one is not hashed at all."""
FEWEST_DIFFERENT = 6
GUESSED = ("gongshi", "password", "qwerty", "asdfgh", "1qaz2wsx", "12345678", "woaini", "admin")
"""What everybody tries first."""

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")


class BadAccount(GongshiError):
    """An account that cannot be; the text says what to do."""


class Role(StrEnum):
    OPERATOR = "operator"  # sees and does everything
    PUBLISHER = "publisher"  # sees and does what is of its source


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. `source`: of a publisher, the id of its source."""

    login: str
    role: Role
    source: str | None
    created_at: datetime
    disabled_at: datetime | None = None

    @property
    def operator(self) -> bool:
        return self.role is Role.OPERATOR

    def concerns(self, source: str) -> bool:
        """Whether what is of this source is its business."""
        return self.operator or self.source == source


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that lasts. `address` and `agent` are what its owner knows it by."""

    id: int
    login: str
    opened_at: datetime
    seen_at: datetime
    address: str
    agent: str

    def lasts(self, now: datetime) -> bool:
        """Whether it still holds at `now`."""
        age = now - self.opened_at
        return -AHEAD <= age < LONGEST and now - self.seen_at < IDLE


def login_of(text: str) -> str:
    """The login that is meant by what somebody typed, whatever its width and case. It may be none."""
    return unicodedata.normalize("NFKC", text[:200]).strip().lower()


def may_be(login: str) -> bool:
    """Whether an account may have this login."""
    return bool(_LOGIN.fullmatch(login))


def check_login(login: str) -> None:
    """Raises BadAccount for one that no account may have."""
    if not may_be(login):
        raise BadAccount(
            f"{login!r} is no login; write 2 to 64 small letters, digits or . _ @ -, a letter or digit first."
        )


def check_role(role: Role, source: str | None) -> None:
    """Raises BadAccount unless a publisher has a source, and an operator none."""
    if role is Role.PUBLISHER and not source:
        raise BadAccount("A publisher is of one source; name it with --source.")
    if role is Role.OPERATOR and source:
        raise BadAccount("An operator is of no source; leave out --source, or make it a publisher.")


def fault_of(password: str, login: str) -> str | None:
    """What is wrong with a new password, as the name of a fault; None where nothing is."""
    folded = plain(password).lower()
    if len(password) < SHORTEST_PASSWORD:
        return "short"
    if len(password) > LONGEST_PASSWORD:
        return "long"
    steps = Counter(ord(second) - ord(first) for first, second in pairwise(folded))
    if len(set(folded)) < FEWEST_DIFFERENT or steps.most_common(1)[0][1] > len(folded) / 2:
        return "plain"
    if any(word in folded for word in (login, *GUESSED)):
        return "named"
    return None


def plain(password: str) -> str:
    """The password as it is hashed, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", password)


FAULTS = {
    "short": f"The password is too short; write at least {SHORTEST_PASSWORD} characters.",
    "long": f"The password is too long; write at most {LONGEST_PASSWORD} characters.",
    "plain": "The password is too plain; use more different characters, such as several words.",
    "named": "The password contains the login or a word that everybody tries; choose another.",
}
"""What is said of each fault of a password."""


def check_password(password: str, login: str) -> None:
    """Raises BadAccount for one that is not good enough."""
    if fault := fault_of(password, login):
        raise BadAccount(FAULTS[fault])
