"""Cells to the subject of a disclosure: whose codes, who is a natural person, and the mask for those."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from harvesters.columns import BETWEEN
from harvesters.standard import spelling
from harvesters.values import clean
from publisher import masking
from publisher.identifiers import (
    BadIdentifier,
    holds_identity_number,
    identity_check_character,
    identity_number,
    is_filler,
    is_half_masked,
    organisation_code_check,
    party_type_of,
    plain,
    uscc,
)
from publisher.masking import NamePolicy
from publisher.subjects import IDENTIFIERS, Party, PartyType

MAX_IDENTIFIER = 60
_SEVERAL = re.compile("[、，,；;/／（）()]")
"""Stand between the names of several persons in one cell, or before a note to one."""


@dataclass(frozen=True, slots=True)
class Named:
    """A subject as its row names it, unmasked: never leaves the mapping.

    `identity` is a person's own number, if the row has one whole; `personal` whether it has any at all,
    half-masked ones too.
    """

    name: str
    type: PartyType
    identifiers: Mapping[str, str]
    identity: str | None
    personal: bool

    @property
    def is_person(self) -> bool:
        return self.type is PartyType.PERSON


def named(cells: Mapping[str, str], types: Mapping[str, PartyType]) -> Named:
    """The subject from its cells, keyed by our fields; `types`: spellings of the party's type.

    Raises BadIdentifier for a USCC that is neither blank nor valid nor a person's number.
    """
    name = " ".join(cells["subject"].split())
    identifiers: dict[str, str] = {}
    identity, personal = _own_number(cells.get("identity_number", ""))
    for field in IDENTIFIERS:
        text = cells.get(field)
        if not text:
            continue
        number, owner, hidden = _identifier(field, text)
        if number:
            identifiers[field] = number
        identity = identity or owner
        personal = personal or hidden
    told = types.get(spelling(cells.get("subject_type", "")).lstrip("0123456789"))
    return Named(name, _type(name, identifiers, told, personal), identifiers, identity, personal)


def named_by_refused(cells: Mapping[str, str], types: Mapping[str, PartyType]) -> Named:
    """The subject of a row that is refused, which may have anything in any cell: a natural person unless a
    code, its type or its name says that it is none. A name without Chinese characters is taken as in a row
    that is good."""
    name = " ".join(cells["subject"].split())
    business = masking.ends_like_business(name)
    try:
        whom = named(cells, types)
    except BadIdentifier:
        return Named(name, PartyType.ORGANISATION if business else PartyType.PERSON, {}, None, not business)
    told = bool(cells.get("subject_type"))
    sure = business or told or whom.identifiers or not any("㐀" <= letter <= "鿿" for letter in name)
    return whom if sure else replace(whom, type=PartyType.PERSON)


@dataclass(frozen=True, slots=True)
class Veil:
    """The names of natural persons that the texts of a row may not hold, with what stands instead, and the
    name of the business within which they stay; empty where nothing is to be hidden."""

    names: tuple[tuple[str, str], ...] = ()
    within: str = ""

    def over(self, text: str) -> str:
        """The text without the names, however their characters are spaced."""
        if not self.names:
            return text
        parts = text.split(self.within) if self.within else [text]
        for name, instead in self.names:
            parts = [masking.without_name(name, part, instead) for part in parts]
        return self.within.join(parts)


def veil(whom: Named, cells: Mapping[str, str], policy: NamePolicy) -> Veil:
    """What to hide in a row's texts by its source's policy: the name of a natural person, or of the owner of
    a self-employed business. The name that such a business is registered by is public and stays, even where
    its owner's is a part of it, unless it may be its owner's and no more."""
    if policy is NamePolicy.FULL or whom.type not in (PartyType.PERSON, PartyType.SELF_EMPLOYED):
        return Veil()
    if whom.is_person:
        return Veil(_hidden(whom.name, policy))
    told = " ".join(cells.get("legal_representative", "").split())
    operator = _hidden(told, policy) if len(told) > 1 else ()
    if masking.looks_like_person(whom.name):
        return Veil(_hidden(whom.name, policy) + operator)
    return Veil(operator, whom.name) if operator else Veil()


def _hidden(cell: str, policy: NamePolicy) -> tuple[tuple[str, str], ...]:
    """The name in a cell, and each of several there, with what stands instead."""
    several = [name for part in _SEVERAL.split(cell) if masking.looks_like_person(name := part.strip())]
    return tuple((name, policy.shown(name)) for name in dict.fromkeys((cell, *several)))


def party(
    whom: Named,
    cells: Mapping[str, str],
    split: Mapping[str, str],
    hiding: Veil,
    key: str | None,
    number: str | None,
) -> Party:
    """The subject as it may be stored. `key` and `number` are the personal ones of a natural person."""
    if whom.is_person:
        return Party(masking.text(hiding.over(whom.name)), PartyType.PERSON, {}, None, (), (), key, number)
    representative = cells.get("legal_representative")
    return Party(
        masking.text(hiding.over(whom.name)),
        whom.type,
        whom.identifiers,
        masking.text(hiding.over(" ".join(representative.split()))) if representative else None,
        _names(cells.get("aliases"), split.get("aliases"), whom.name),
        _names(cells.get("former_names"), split.get("former_names"), whom.name),
    )


def personal_key(
    whom: Named, document: str | None, otherwise: str, fold: Callable[[str], str], seal: Callable[[str], str]
) -> str:
    """The keyed hash that tells a natural person's rows from another's: name and document, so that a source
    that hides the person's number tells of the same; without a document by number, else by `otherwise`."""
    told = fold(document) if document else whom.identity or otherwise
    return seal(f"person\n{fold(whom.name)}\n{told}")


def personal_number(
    whom: Named, document: str | None, otherwise: str, fold: Callable[[str], str], seal: Callable[[str], str]
) -> str | None:
    """The keyed hash of the person's number, by which two of one name in one decision are told apart; another
    in each decision, so that nobody gets a profile. None where the row hides the number."""
    told = fold(document) if document else otherwise
    return seal(f"number\n{told}\n{whom.identity}")[:18] if whom.identity else None


def _own_number(text: str) -> tuple[str | None, bool]:
    """A person's number and whether there is any; a passport's counts, an organisation's code does not."""
    if not text or is_filler(number := plain(text)):
        return None, False
    if is_half_masked(text):
        return None, True
    try:
        if identity_number(number) is None and uscc(number):
            return None, False
    except BadIdentifier:
        pass
    return identity_number(number) or number, True


def _identifier(field: str, text: str) -> tuple[str | None, str | None, bool]:
    """The identifier, or the identity number that stands in its column, and whether the cell is personal."""
    number = plain(text)
    if is_filler(number):
        return None, None, False
    if is_half_masked(text):
        return None, None, True
    if field == "uscc":
        owner = identity_number(number)
        if owner is None:
            return uscc(number), None, False
        if owner == number and identity_check_character(number[:17]) != number[17]:
            try:
                return uscc(number), None, False
            except BadIdentifier:
                pass
        return None, owner, True
    if holds_identity_number(number):
        return None, identity_number(number) or identity_number(number[:-2]), True
    if masking.code(number) != number:
        return None, None, True
    if field == "organisation_code" and not _is_organisation_code(number):
        return None, None, False
    return (number if len(number) <= MAX_IDENTIFIER else None), None, False


def _is_organisation_code(number: str) -> bool:
    return (
        len(number) == 9
        and number.isascii()
        and number.isalnum()
        and organisation_code_check(number[:8]) == number[8]
    )


def _type(name: str, identifiers: Mapping[str, str], told: PartyType | None, personal: bool) -> PartyType:
    """The party's type: by its USCC, else as the row says, else a person when all that is there is personal.

    A row that calls a person's name with a person's number an organisation is not believed. A self-employed
    business that has neither a code nor a name but its owner's is its owner: by that name it would be joined
    with others'.
    """
    if code := identifiers.get("uscc"):
        return party_type_of(code)
    if told is PartyType.SELF_EMPLOYED and masking.looks_like_person(name):
        return PartyType.PERSON
    if told and not (personal and told is PartyType.ORGANISATION and masking.looks_like_person(name)):
        return told
    if (personal and not masking.ends_like_business(name)) or (
        not identifiers and masking.looks_like_person(name)
    ):
        return PartyType.PERSON
    return PartyType.ORGANISATION


def _names(text: str | None, separator: str | None, own: str) -> tuple[str, ...]:
    if not text:
        return ()
    cells = text.split(BETWEEN)
    parts = (part for cell in cells for part in (cell.split(separator) if separator else [cell]))
    names = (" ".join(part.split()) for part in parts)
    return tuple(dict.fromkeys(masking.text(name) for name in names if clean(name) and name != own))
