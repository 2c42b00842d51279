"""What of a person may not be shown: masks for names, and for what texts tell of them. Pure; stdlib only.

Nothing here can be undone: a mask keeps no part of a number or an address, and of a name its first character
only. docs/privacy.md says what is masked, and how well that works.
"""

import re
from functools import lru_cache

from publisher.identifiers import BadIdentifier, identity_number, registration_number_check, uscc
from publisher.masking.names import (
    NamePolicy,
    ends_like_business,
    looks_like_person,
    person_name,
    without_name,
)
from publisher.masking.numbers import MASK, without_numbers
from publisher.masking.private import without_private_life

__all__ = [
    "NUMBER_MASK",
    "NamePolicy",
    "code",
    "ends_like_business",
    "looks_like_person",
    "person_name",
    "quoted",
    "text",
    "without_name",
]

_LONG = re.compile(r"(?<![\dA-Za-z])\d{14,}[\dA-Za-z]{0,4}(?![\dA-Za-z])|\d\.\d{8,}E\+1[4-9]")

_SHORT = 500
"""Texts of at most so many characters are remembered once they are masked."""

NUMBER_MASK = MASK
"""What stands in place of a number, an address, a date of birth, whatever its length."""


def text(value: str, *, of_person: bool = False) -> str:
    """Free text without identity, telephone and account numbers, homes, dates of birth and private contacts.

    `of_person`: the text is about a natural person, so that a 住所 or 地址 in it is a home; a business's is
    public and stays.
    """
    return _known_text(value, of_person) if len(value) <= _SHORT else _text(value, of_person)


def _text(value: str, of_person: bool) -> str:
    return without_private_life(without_numbers(value), of_person=of_person)


# A cell is masked for what its row says and again for how it says it; many stand in row after row.
_known_text = lru_cache(maxsize=1024)(_text)


def code(value: str) -> str:
    """A code or title, as `text`, but of numbers that no word calls a person's only identity numbers: those
    of documents are as long as telephone numbers are."""
    return without_private_life(without_numbers(value, of_code=True), of_person=False)


def quoted(value: str) -> str:
    """As `text` of a person, for cells that are shown because something is wrong with them: long numbers that
    are no organisation's code are masked too, for each may be a person's with a mistake in it."""
    masked = text(value, of_person=True)
    return _LONG.sub(lambda found: found[0] if _is_of_organisation(found[0]) else NUMBER_MASK, masked)


def _is_of_organisation(number: str) -> bool:
    if number.startswith("9"):  # of an enterprise, even if mistyped; no person's number begins so
        return len(number) == 18
    try:
        return uscc(number) is not None and identity_number(number) is None
    except BadIdentifier:
        return len(number) == 15 and registration_number_check(number[:14]) == number[14]
