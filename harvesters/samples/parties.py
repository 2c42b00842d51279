"""Fictional organisations and persons. An organisation is a function of its number; none is kept."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from harvesters.samples import words
from publisher.identifiers import (
    USCC_CHARACTERS,
    identity_check_character,
    organisation_code_check,
    uscc_check_character,
)

SHOP_EVERY = 12
"""Every so-manieth organisation is a self-employed business."""
TRADITIONAL_EVERY = 25
"""Every so-manieth organisation writes its name in traditional characters."""
HALF_MASKED = 0.2
"""Share of identity numbers that the deciding authority has masked itself, in part."""
NEIGHBOUR_EVERY = 5
"""Every so-manieth organisation's name differs from the one before it in one character."""

_NAMES = len(words.CORE_FIRST) * len(words.CORE_SECOND) * len(words.TRADES) * len(words.PLACES)
_STEP = 100_003  # a prime that does not divide _NAMES: neighbouring numbers give unlike names


@dataclass(frozen=True, slots=True)
class Someone:
    """A subject as sources name it. `uscc` is None and `identity_number` set for natural persons only."""

    name: str
    type: str
    uscc: str | None
    representative: str | None
    tax_number: str | None
    identity_number: str | None
    region: str


@lru_cache(maxsize=1 << 15)
def organisation(number: int) -> Someone:
    """The organisation of that number; no two below 15 million have the same name or USCC."""
    neighbour = number % NEIGHBOUR_EVERY == NEIGHBOUR_EVERY - 1
    base = number - 1 if neighbour else number
    round_, place_in_round = divmod(base, _NAMES)
    mixed = place_in_round * _STEP % _NAMES
    mixed, first = divmod(mixed, len(words.CORE_FIRST))
    mixed, second = divmod(mixed, len(words.CORE_SECOND))
    place, trade = divmod(mixed, len(words.TRADES))
    core = words.CORE_FIRST[first] + (words.CORE_NEIGHBOUR if neighbour else words.CORE_SECOND)[second]
    core += words.CORE_FIRST[round_ % len(words.CORE_FIRST)] * min(round_, 1)
    prefix, region = words.PLACES[place]
    shop = number % SHOP_EVERY == SHOP_EVERY - 1
    if shop:
        name = f"{prefix}{core}{words.SHOPS[trade]}（个体工商户）"
    else:
        name = f"{prefix}{core}{words.TRADES[trade]}{words.FORMS[base // 7 % len(words.FORMS)]}"
    if number % TRADITIONAL_EVERY == TRADITIONAL_EVERY - 1:
        name = name.translate(words.TRADITIONAL)
    owner = _person_name(number * 7919)
    tax_number = identity_number(number) + "01" if shop else None
    type_ = "个体工商户" if shop else "法人及非法人组织"
    return Someone(name, type_, uscc(number, "92" if shop else "91", region), owner, tax_number, None, region)


def uscc(number: int, category: str, region: str) -> str:
    """A valid USCC that no office has issued: organisation codes beginning with XX are not given out."""
    code = ""
    for _ in range(6):
        number, digit = divmod(number, 31)
        code = USCC_CHARACTERS[digit] + code
    code = "XX" + code
    body = category + region + code + organisation_code_check(code)
    return body + uscc_check_character(body)


def person(rng: Random) -> Someone:
    """A natural person who never lived: born before 1910, in a county that does not exist."""
    name = _person_name(int(rng.random() * 2**40))
    identity, masked = identity_number(int(rng.random() * 2**40)), rng.random()
    if masked < HALF_MASKED:
        identity = half_masked(identity, int(masked * 10))
    return Someone(name, "自然人", None, None, None, identity, "460000")


def identity_number(number: int) -> str:
    """Valid in structure and check character, and clearly invented: no county has the code 469999."""
    number, order = divmod(number, 1000)
    number, day = divmod(number, 28)
    year, month = divmod(number, 12)
    body = f"469999{1900 + year % 10}{month + 1:02}{day + 1:02}{order:03}"
    return body + identity_check_character(body)


def half_masked(identity: str, style: int) -> str:
    """As sources mask it themselves: the first six (style 0), or the first ten and the last four shown."""
    return identity[:6] + "*" * 12 if style == 0 else identity[:10] + "****" + identity[14:]


def _person_name(number: int) -> str:
    number, surname = divmod(number, len(words.SURNAMES))
    second, first = divmod(number, len(words.GIVEN))
    name = words.SURNAMES[surname] + words.GIVEN[first]
    return name if second % 3 == 0 else name + words.GIVEN[second % len(words.GIVEN)]
