"""Who is who: the identity of items and subjects, and which subject an item is about.

Joining two subjects wrongly is defamation, failing to join them an inconvenience: an item belongs to the
subject of its valid USCC; without one to the only coded subject that bears exactly its name, if there is
exactly one; else to the subject of that name. Natural persons are never joined. The outcome depends on what
is stored, never on the order in which it came.
"""

import base64
import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b, sha256

from publisher.identifiers import organisation_code_fits
from publisher.items import Draft, Item
from publisher.names import comparable
from publisher.store import Namesake
from publisher.subjects import Party, PartyType, Subject


class Identity:
    """Makes ids of 16 base32 characters (80 bits). `key` is the deployment's identity key: ids with a
    personal part are keyed by it, for an unkeyed hash of an identity number can be enumerated."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, text: str) -> str:
        """A keyed hash of personal text, for matching only."""
        return hmac.new(self._key, text.encode(), sha256).hexdigest()[:32]

    def item(self, draft: Draft) -> str:
        """The id of the decision or list entry that a draft is about (not of the row that told us)."""
        party = draft.party
        personal = party.personal_key
        parts = _decided(draft, personal or comparable(party.name), str(draft.period.start or draft.key))
        return self._id(parts or ["row", draft.source, draft.key], personal=personal is not None)

    def item_digest(self, id: str) -> bytes:
        """16 bytes, keyed, by which an item is known again."""
        return self._digest(["item", id])

    def decision_digest(self, told: Draft | Item) -> bytes | None:
        """16 bytes, keyed, by which a decision is known again however its subject's name is written; None
        where the code or number of that, or the decision's number, is not known."""
        whom, day = sound(told.party), told.period.start
        if whom is None or (told.list and day is None):
            return None
        parts = _decided(told, whom, str(day))
        return self._digest(["organisation", *parts]) if parts else None

    def contradicting(self, item: str, own: str) -> str:
        """The id of an item that agrees with `item` in all but what its subject has of its `own`."""
        return self._id(["contradicting", item, own], personal=False)

    def subject(self, item: str, party: Party, uscc: str | None) -> str:
        """The id of the subject of an item, given the code that joining found for it."""
        if party.type is PartyType.PERSON:
            return self._id(["person", item], personal=True)
        return self.subject_of_code(uscc) if uscc else self.subject_of_name(comparable(party.name))

    def subject_of_code(self, uscc: str) -> str:
        return self._id(["uscc", uscc], personal=False)

    def subject_of_name(self, key: str) -> str:
        return self._id(["name", key], personal=False)

    def _digest(self, parts: list[str]) -> bytes:
        return hmac.new(self._key, "\x1f".join(parts).encode(), sha256).digest()[:16]

    def _id(self, parts: list[str], *, personal: bool) -> str:
        text = "\x1f".join(parts).encode()
        digest = (
            hmac.new(self._key, text, sha256).digest()[:10]
            if personal
            else blake2b(text, digest_size=10).digest()
        )
        return base64.b32encode(digest).decode().lower()


def sound(party: Party) -> str | None:
    """Who it is for sure: the organisation's part of its code, or the keyed hash of a person's number. None
    where the check character of that part does not fit too, for then it may be another's, mistyped."""
    code = party.uscc
    if code is None:
        return party.personal_number
    return code[8:17] if organisation_code_fits(code) else None


def _decided(told: Draft | Item, whom: str, day: str) -> list[str] | None:
    """What makes a decision or a list entry what it is; None for a decision without a number."""
    content = told.content
    number = content.get("document_number") or content.get("case_number")
    if told.list:
        return ["list", told.list, whom, day, *([comparable(str(number))] if number else [])]
    if not number:
        return None
    parts = [
        "decision",
        told.kind,
        comparable(str(number)),
        comparable(str(content.get("authority", ""))),
        whom,
    ]
    certificate = content.get("certificate_number")
    return [*parts, comparable(str(certificate))] if certificate else parts


def resolve(namesakes: Iterable[Namesake], identity: Identity) -> Mapping[str, str]:
    """The right subject of each of the items of organisations given: all items under some names."""
    by_name: dict[str, list[Namesake]] = defaultdict(list)
    for namesake in namesakes:
        by_name[namesake.name_key].append(namesake)
    subjects = {}
    for key, group in by_name.items():
        codes = {namesake.uscc for namesake in group if namesake.uscc}
        of_code = {code: identity.subject_of_code(code) for code in codes}
        otherwise = next(iter(of_code.values())) if len(codes) == 1 else identity.subject_of_name(key)
        for namesake in group:
            subjects[namesake.item] = of_code[namesake.uscc] if namesake.uscc else otherwise
    return subjects


def portrait(id: str, parties: Sequence[Party]) -> Subject:
    """A subject as the parties of its items, newest first, describe it: the newest names it, the others give
    further names and identifiers. Given public items' only, it tells nothing that is not public."""
    newest = parties[0]
    names: dict[str, str] = {}
    for party in parties:
        for name in (party.name, *party.aliases, *party.former_names):
            names.setdefault(comparable(name), name)
    names.pop(comparable(newest.name), None)
    return Subject(
        id=id,
        type=newest.type,
        name=newest.name,
        identifiers={name: value for party in reversed(parties) for name, value in party.identifiers.items()},
        legal_representative=next((p.legal_representative for p in parties if p.legal_representative), None),
        names=tuple(names.values()),
    )
