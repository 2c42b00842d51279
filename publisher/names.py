"""Names of organisations: what of them tells one from another, and how like two are. Pure."""

import re
from enum import StrEnum
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from search.text import fold, tokens

_FORMS = (
    r"(?:\(?集团\)?)?(?:股份有限公司|有限责任公司|股份合作公司|有限公司|总公司)",
    r"\(?集团\)?(?:公司)?",
    r"合伙企业",
    r"(?:农民)?(?:专业)?合作社(?:联合社)?",
    r"个人独资企业",
    r"公司",
    r"\((?:有限合伙|普通合伙|特殊普通合伙|个人独资|个体工商户|集团)\)",
    r"(?:,?(?:co\.?|company|corporation|corp\.?|incorporated|inc\.?|llc|limited|ltd\.?|gmbh|plc)[.,]*)+",
)
_ANY_FORM = f"(?: ?(?:{'|'.join(_FORMS)}))+"
_FORM = re.compile(rf"(?<=..)(?<!分){_ANY_FORM}$")
_NOTHING_ELSE = re.compile(_ANY_FORM)
_GROUP = re.compile(r"\(集团\)")
_NEEDLESS = re.compile(r"(?<![a-z0-9.,]) | (?![a-z0-9])")
"""A space that does not part Latin words."""


def comparable(text: str) -> str:
    """What equal names have in common, whatever their script, width, brackets and spaces."""
    return fold(text).replace(" ", "")


class Why(StrEnum):
    """Why two names are alike, the strongest first."""

    NAME = "name"  # equal but for script, width, brackets and spaces
    FORM_LEFT_OUT = "form_left_out"  # one says no legal form
    OTHER_FORM = "other_form"  # they say different ones
    PART = "part"  # one holds the other
    SIMILAR = "similar"


class Likeness(NamedTuple):
    """From 0 to 1; 1 is equal."""

    score: float
    why: Why


class Core(NamedTuple):
    """A folded name in two: what tells it from others, its region too, and its legal form."""

    text: str
    form: str


def core(name: str) -> Core:
    """海南椰风（集团）有限公司 is 海南椰风 and (集团)有限公司."""
    text = _NEEDLESS.sub("", fold(name))
    found = None if _NOTHING_ELSE.fullmatch(text) else _FORM.search(text)
    form = found.group() if found else ""
    return Core(_GROUP.sub("", text.removesuffix(form)), form.lstrip())


def core_tokens(name: str) -> tuple[str, ...]:
    """The tokens by which names like this one are looked for."""
    return tuple(dict.fromkeys(tokens(core(name).text)))


def likeness(one: str, other: str) -> Likeness:
    """How like two names are, whichever comes first."""
    if comparable(one) == comparable(other):
        return Likeness(1.0, Why.NAME)
    (a, form), (b, other_form) = core(one), core(other)
    a, b = a.replace(" ", ""), b.replace(" ", "")
    if a == b:
        return Likeness(0.95, Why.OTHER_FORM) if form and other_form else Likeness(0.97, Why.FORM_LEFT_OUT)
    similar = 0.92 * Levenshtein.normalized_similarity(a, b)
    short, long = sorted((a, b), key=len)
    if len(short) > 2 and short in long and (part := 0.6 + 0.3 * len(short) / len(long)) > similar:
        return Likeness(part, Why.PART)
    return Likeness(similar, Why.SIMILAR)
