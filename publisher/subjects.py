"""Whom disclosures are about: parties as rows name them, subjects as the product knows them. Pure; stdlib
only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class PartyType(StrEnum):
    ORGANISATION = "organisation"
    SELF_EMPLOYED = "self_employed"
    AUTHORITY = "authority"
    PERSON = "person"


IDENTIFIERS = (
    "uscc",
    "registration_number",
    "organisation_code",
    "tax_number",
    "institution_number",
    "social_organisation_number",
)
"""Public identifiers of organisations, strongest first. Identity numbers of persons are never among them."""


_STARS = frozenset("＊*")


@dataclass(frozen=True, slots=True)
class Party:
    """The subject of a disclosure as one row names it, masked where it is a natural person.

    `identifiers` has keys of IDENTIFIERS; a `uscc` in it has a valid check character. `personal_key` is the
    keyed hash by which rows about the same person's decision are told apart; only natural persons have it.
    `personal_number` is a keyed hash, of 18 characters, of their identity number within that decision, where
    the row has it whole.
    """

    name: str
    type: PartyType = PartyType.ORGANISATION
    identifiers: Mapping[str, str] = field(default_factory=dict)
    legal_representative: str | None = None
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    personal_key: str | None = None
    personal_number: str | None = None

    @property
    def uscc(self) -> str | None:
        return self.identifiers.get("uscc")

    @property
    def own(self) -> str | None:
        """What nobody else of its name has: its code, or the keyed hash of its number."""
        return self.uscc or self.personal_number

    @property
    def names_person(self) -> bool:
        """See `names_person`."""
        return names_person(self.type, self.name, self.legal_representative)


@dataclass(frozen=True, slots=True)
class Subject:
    """One legal or natural person with a page. `names` are its other names: aliases and former ones."""

    id: str
    type: PartyType
    name: str
    identifiers: Mapping[str, str]
    legal_representative: str | None
    names: tuple[str, ...] = ()

    @property
    def uscc(self) -> str | None:
        return self.identifiers.get("uscc")

    @property
    def names_person(self) -> bool:
        """See `names_person`."""
        return names_person(self.type, self.name, self.legal_representative)


def names_person(type: PartyType, name: str, legal_representative: str | None) -> bool:
    """Whether what tells this names a natural person unmasked: the subject itself, or the operator of a
    self-employed business. The legal representative of an organisation is public by law, and not meant."""
    names = {PartyType.PERSON: name, PartyType.SELF_EMPLOYED: legal_representative}
    named = names.get(type) or ""
    return bool(named) and not _STARS.intersection(named)
