"""Numbers that identify organisations and persons. Pure; stdlib only."""

import re
import unicodedata
from datetime import date

from publisher.subjects import PartyType


class BadIdentifier(ValueError):
    """Not blank, yet no valid identifier. The text says why and does not repeat the identifier."""


USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015: no I, O, S, V, Z."""

_USCC_WEIGHED = tuple(
    {character: value * pow(3, place, 31) for value, character in enumerate(USCC_CHARACTERS)}
    for place in range(17)
)
_USCC_SHAPE = re.compile(r"[1-9A-HJ-NP-RTUWXY][0-9A-HJ-NP-RTUWXY]\d{6}[0-9A-HJ-NP-RTUWXY]{10}", re.ASCII)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"
# Provinces by which identity numbers begin; none is 91-93, the enterprises of a USCC.
_IDENTITY = re.compile(
    r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])\d{4}"
    r"(?:(?P<long>(?:18|19|20)\d{6})\d{3}[\dX]|(?P<short>\d{6})\d{3})",
    re.ASCII,
)
_NOISE = re.compile(r"[\s\-‐-―_.·,:;'\"`]+")
_HALF_MASKED = re.compile(r"[*•●×\u2605]{2,}|[Xx]{3,}")


def plain(text: str) -> str:
    """An identifier as it is compared: half width, upper case, without spaces and separators."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


def is_filler(text: str) -> bool:
    """Whether a plain identifier only fills the column: one repeated character, or zeros and an X."""
    return not text or text == text[0] * len(text) or not text[:-1].strip("0")


def uscc(text: str) -> str | None:
    """The unified social credit code in `text`, normalised; None when it is blank or a filler.

    Raises BadIdentifier when it is neither blank nor valid by GB 32100-2015. Codes may begin with a letter.
    """
    code = plain(text)
    if is_filler(code):
        return None
    if len(code) != 18:
        raise BadIdentifier(f"a unified social credit code has 18 characters, this has {len(code)}")
    if not _USCC_SHAPE.fullmatch(code):
        raise BadIdentifier("it holds characters that no unified social credit code has in that place")
    expected = uscc_check_character(code[:17])
    if code[17] != expected:
        raise BadIdentifier(f"its check character is {code[17]} where {expected} is right")
    return code


def uscc_check_character(first17: str) -> str:
    """The 18th character of a USCC by GB 32100-2015 (weights 3^i mod 31)."""
    total = sum([weighed[char] for weighed, char in zip(_USCC_WEIGHED, first17, strict=True)])
    return USCC_CHARACTERS[-total % 31]


def organisation_code_check(first8: str) -> str:
    """The ninth character of an organisation code by GB 11714-1997 (mod 11)."""
    total = sum(
        weight * int(char, 36) for weight, char in zip(_ORGANISATION_WEIGHTS, first8.upper(), strict=True)
    )
    return "0123456789X0"[11 - total % 11]


def organisation_code_fits(code: str) -> bool:
    """Whether the organisation code inside a valid USCC is right by itself; if not, that warns."""
    return organisation_code_check(code[8:16]) == code[16]


def registration_number_check(first14: str) -> str:
    """The 15th digit of a business registration number (ISO 7064 MOD 11,10)."""
    product = 10
    for digit in first14:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def party_type_of(code: str) -> PartyType:
    """The type of party by the first two characters of its USCC."""
    if code.startswith("92"):
        return PartyType.SELF_EMPLOYED
    if code.startswith(("11", "A")):
        return PartyType.AUTHORITY
    return PartyType.ORGANISATION


def identity_number(text: str) -> str | None:
    """The citizen's identity number (GB 11643) that `text` is, as 18 characters; None if it is none.

    A number of 15 digits is given its century and check character. The check character of one with 18 is not
    asked for: a mistyped identity number still tells who its owner is.
    """
    number = plain(text)
    match = _IDENTITY.fullmatch(number)
    if match is None:
        return None
    born = match["long"] or "19" + match["short"]
    if not _is_day(born):
        return None
    if match["long"]:
        return number
    first17 = number[:6] + "19" + number[6:]
    return first17 + identity_check_character(first17)


def identity_check_character(first17: str) -> str:
    """The 18th character of an identity number by GB 11643-1999."""
    total = sum(weight * int(digit) for weight, digit in zip(_IDENTITY_WEIGHTS, first17, strict=True))
    return _IDENTITY_CHECKS[total % 11]


def holds_identity_number(text: str) -> bool:
    """Whether an identifier is, or is made of, a person's identity number.

    The tax number of a self-employed owner is often the identity number and two characters more. A number of
    15 digits that is right as a business registration number is taken for that.
    """
    number = plain(text)
    if len(number) == 15 and number.isdecimal() and registration_number_check(number[:14]) == number[14]:
        return False
    return identity_number(number) is not None or (
        len(number) in (17, 20) and identity_number(number[:-2]) is not None
    )


def is_half_masked(text: str) -> bool:
    """Whether a source has already hidden a part of it: such a number is no identity and joins nothing."""
    if text.isdecimal():
        return False
    return _HALF_MASKED.search(unicodedata.normalize("NFKC", text)) is not None


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True
