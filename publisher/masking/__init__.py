"""What of a person may not be shown: masks for names, and for what texts tell of them. Pure; stdlib only.

Nothing here can be undone: a mask keeps no part of a number or an address, and of a name its first character
only. docs/privacy.md says what is masked, and how well that works.
"""

from publisher.masking.names import ends_like_business, looks_like_person, person_name, without_name
from publisher.masking.numbers import MASK, without_identities, without_numbers
from publisher.masking.private import without_private_life

__all__ = [
    "NUMBER_MASK",
    "code",
    "ends_like_business",
    "looks_like_person",
    "person_name",
    "text",
    "without_name",
]

NUMBER_MASK = MASK
"""What stands in place of a number, an address, a date of birth, whatever its length."""


def text(value: str, *, of_person: bool = False) -> str:
    """Free text without identity, telephone and account numbers, homes, dates of birth and private contacts.

    `of_person`: the text is about a natural person, so that a 住所 or 地址 in it is a home; a business's is
    public and stays.
    """
    return without_private_life(without_numbers(value), of_person=of_person)


def code(value: str) -> str:
    """A code or title with identity numbers masked and nothing else: numbers of documents are long too."""
    return without_identities(value)
