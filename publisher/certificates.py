"""Certificates: that an item ended, to be shown to others and verified by a code. Pure; stdlib only."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no letter is taken for a digit."""

_RANDOM, _CHECKS, _PRIME = 16, 2, 1021
_MEANT = str.maketrans("OILoil", "011011", "- ")
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}


@dataclass(frozen=True, slots=True)
class Certificate:
    """That the item `item` of a kind left the public at `ended_at`, by the case with this id. `code` verifies
    it. It tells nothing of what the item said. Moments are aware UTC."""

    code: str
    item: str
    item_kind: str
    case: int
    ended_at: datetime
    issued_at: datetime

    @property
    def digest(self) -> str:
        """SHA-256 in hex of all that the certificate says."""
        ended, issued = (
            moment.astimezone(UTC).isoformat(timespec="microseconds")
            for moment in (self.ended_at, self.issued_at)
        )
        return sha256("\n".join((self.code, self.item, self.item_kind, ended, issued)).encode()).hexdigest()

    @property
    def shown_code(self) -> str:
        """The code as people read and type it, in groups of four."""
        return "-".join(self.code[at : at + 4] for at in range(0, len(self.code), 4))


def new_code() -> str:
    """80 random bits, and a check by which every single wrong sign and every two exchanged ones are seen."""
    number = secrets.randbits(5 * _RANDOM)
    return _digits(number, _RANDOM) + _digits(number % _PRIME, _CHECKS)


def read_code(text: str) -> str | None:
    """The code that was typed, whatever its case, groups and mistaken letters; None for what is none."""
    code = text.translate(_MEANT).upper()
    if len(code) != _RANDOM + _CHECKS or not set(code) <= _VALUES.keys():
        return None
    number, check = _number(code[:_RANDOM]), _number(code[_RANDOM:])
    return code if number % _PRIME == check else None


def _digits(number: int, count: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(count)))


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number << 5 | _VALUES[digit]
    return number
