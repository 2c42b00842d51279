"""Who did what, when and why: entries of the audit trail, and the chain by which it is seen that none was
changed, left out or put in later. Pure; stdlib only."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from publisher import masking


class ActorKind(StrEnum):
    """What sort of actor did something."""

    OPERATOR = "operator"
    PUBLISHER = "publisher"  # somebody of the authority that keeps a source
    APPLICANT = "applicant"
    RUN = "run"  # a harvest
    RULE = "rule"  # a rule set
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted. `name` is a login, a source's id, a case's number or a rule set's name; never the name of a
    private person."""

    kind: ActorKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Entry:
    """What was done: `action` is dotted and in lower case ("item.repaired"), `item` an item's id, `case` a
    case's number. `before` and `after` hold what JSON can, dates and Decimals. Where the contents of an entry
    were erased, `why`, `before` and `after` are None."""

    actor: Actor
    action: str
    why: str | None
    item: str | None = None
    case: str | None = None
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry as the trail has it: its number counts from 1 without gaps, `at` is aware UTC."""

    number: int
    at: datetime
    entry: Entry


class Head(NamedTuple):
    """The end of a trail at some moment: who notes it elsewhere sees later whether the trail up to there is
    still the same. As text `number:link`."""

    number: int
    link: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.link.hex()}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """Raises ValueError for what is no head."""
        if not _HEAD.fullmatch(text):
            raise ValueError(f"{text} is no number and link")
        number, link = text.split(":")
        return cls(int(number), bytes.fromhex(link))


_HEAD = re.compile("[0-9]{1,18}:[0-9a-f]{64}")
EMPTY = Head(0, bytes(32))


class Link(NamedTuple):
    """A row of the chain. `digest` is that of the entry's contents, salted so that erased ones cannot be
    guessed from it. `salt` and `body` are None where they were erased."""

    number: int
    at: datetime
    actor_kind: str
    actor_name: str
    action: str
    item: str | None
    case: str | None
    digest: bytes
    link: bytes
    salt: bytes | None
    body: str | None


def body(entry: Entry) -> str:
    """The contents of an entry as text, masked."""
    said = {
        "why": masking.text(entry.why or ""),
        "before": _masked(entry.before),
        "after": _masked(entry.after),
    }
    return _text(said).encode(errors="replace").decode()  # a command's arguments may be no text


def digest(salt: bytes, body: str) -> bytes:
    return sha256(salt + body.encode()).digest()


def next_link(head: Head, at: datetime, entry: Entry, digest: bytes, salt: bytes, body: str) -> Link:
    """The row that puts an entry at the end of a trail; the actor's name, which no erasure takes out, is
    masked as contents are."""
    actor, number = entry.actor, head.number + 1
    told = Link(
        number,
        at,
        actor.kind,
        masking.code(actor.name),
        entry.action,
        entry.item,
        entry.case,
        digest,
        b"",
        salt,
        body,
    )
    return told._replace(link=_link(head.link, told))


def _link(before: bytes, row: Link) -> bytes:
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [row.number, at, row.actor_kind, row.actor_name, row.action, row.item, row.case, row.digest.hex()]
    return sha256(before + _text(said).encode()).digest()


class Verdict(NamedTuple):
    """How a trail was found: where it ends, of how many entries the contents were erased, and what is wrong
    with it in one sentence, None where nothing is."""

    head: Head
    erased: int
    problem: str | None


def verify(rows: Iterable[Link], noted: Head | None = None) -> Verdict:
    """Whether the rows, all of them in order, are what was recorded; and up to `noted`, if given, the same as
    when that was the head. Reads no further than to the first that does not fit."""
    head, erased = EMPTY, 0
    for row in rows:
        if problem := _problem(head, row, noted):
            return Verdict(head, erased, problem)
        head, erased = Head(row.number, row.link), erased + (row.body is None)
    if noted and head.number < noted.number:
        return Verdict(head, erased, f"Entry {head.number + 1} is missing, and all up to {noted.number}.")
    return Verdict(head, erased, None)


def _problem(head: Head, row: Link, noted: Head | None) -> str | None:
    """What is wrong with a row after that head."""
    if row.number != head.number + 1:
        return f"Entry {head.number + 1} is missing."
    kept = row.body is None or row.salt is None or digest(row.salt, row.body) == row.digest
    if not kept or _link(head.link, row) != row.link:
        return f"Entry {row.number} is not what was recorded."
    if noted and noted.number == row.number and noted.link != row.link:
        return f"Entry {row.number}, or one before it, is another than when its head was noted."
    return None


def _masked(value: object) -> object:
    """Told as JSON has it, texts masked as codes are: numbers of documents stay."""
    if isinstance(value, str):
        return masking.code(value)
    if isinstance(value, Mapping):
        return {str(name): _masked(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(part) for part in value]
    if isinstance(value, date):  # a moment too
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
