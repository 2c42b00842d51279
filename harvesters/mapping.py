"""Rows to drafts: every cell checked, every person masked, or one sentence on why the row is refused.

Pure, but for the keyed hash it is given. Nothing that comes out of here, refusals included, holds an identity
number, a telephone number, or (unless the source's law has it so) a natural person's full name.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal
from typing import NamedTuple

from harvesters import doubts, parties, standard
from harvesters.columns import Cells, Columns, are_cells, cells, columns
from harvesters.content import DISCLOSED_ON, BadField, Reading
from harvesters.doubts import Doubts
from harvesters.formats import BadRow, RawRow
from harvesters.records import record
from harvesters.regions import Regions
from harvesters.source import Definition
from harvesters.tally import Tally
from publisher import masking, periods
from publisher.identifiers import BadIdentifier
from publisher.items import Draft, Refusal, RowRef, Value
from publisher.judging import Judge, not_applied
from publisher.kinds import FieldType, Registry
from search.text import fold

MAPPING_VERSION = 5
"""Raise it when equal rows are to be mapped anew: it is part of every row's hash."""

MAX_TEXT = 100_000
"""The longest cell that is stored, in characters."""

MAX_KEY = 200
MAX_EXCERPT = 500
_QUOTED = 60
_PLANS = 1_000
_IN_EXCERPTS = ("subject", "document_number", "case_number")
_CONTROLLED = frozenset({"authority", "category", "subject_type", "state"})
_NEVER_QUOTED = ("identity_number", "subject", "tax_number")


@dataclass(frozen=True, slots=True)
class NotPublic:
    """A row that says of itself that it may not be public, or is no longer in force.

    `key` is its natural key (as `Draft.key`), so that what was public under it can be ended; None when the
    row has none. `reason` is for operators and holds nothing about the subject.
    """

    source: str
    key: str | None
    where: RowRef
    row_hash: bytes
    reason: str


class _Refused(Exception):
    """Why the row cannot be stored; `column` is the header concerned."""

    def __init__(self, column: str | None, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


class _Plan(NamedTuple):
    """What the same headers have in common: their columns, and a row's hash as far as they decide it."""

    columns: Columns
    hash: "hashlib.blake2b"


class Mapper:
    """Maps the rows of one source. `seal` is the keyed hash for personal parts, `zone` that of local days.

    `judge` knows the laws that hold, by default those of the registry. `doubts` grows with what is odd about
    rows that become drafts all the same, `tally` with what they have in common; `assumed` counts those that
    do not tell how severe they are.
    """

    def __init__(
        self,
        definition: Definition,
        registry: Registry,
        seal: Callable[[str], str],
        zone: tzinfo,
        judge: Judge | None = None,
    ) -> None:
        choices = {name for name, field in registry.fields.items() if field.type is FieldType.CHOICE}
        self.doubts, self.tally = Doubts(), Tally((_CONTROLLED | choices) - definition.private)
        self.assumed = 0
        self._definition, self._seal = definition, seal
        self._kind = registry.kinds[definition.kind]
        self._standard = standard.load()
        self._reading = Reading(registry.fields, self._standard.severities, definition.date_order, zone)
        self._constants = {"authority": definition.authority, **definition.constants}
        self._regions = Regions(registry.regions)
        self._plans: dict[tuple[str, ...], _Plan] = {}
        self._judge = judge or Judge(registry.rules, registry.with_ancestors)
        version = f"{MAPPING_VERSION}\n{definition.version}\n{self._standard.raw}"
        # Keyed, for a row may hold an identity number: who sees the hash could try them all.
        self._hash = hashlib.blake2b(version.encode(), key=seal("rows").encode()[:64], digest_size=16)

    @property
    def version(self) -> bytes:
        """16 bytes that change with the definition and the mapping's version."""
        return self._hash.digest()

    def row_hash(self, row: RawRow) -> bytes:
        """16 bytes that change with any cell or header, the definition and the mapping's version."""
        _, found = self._plan(row.cells)
        found = found.copy()
        found.update(_joined(row.cells.values()))
        return found.digest()

    def row_fits(self, headers: Collection[str]) -> list[str]:
        """What is wrong with these headers, a sentence each: columns without which no row can be mapped."""
        known = self._columns(headers).headers
        found = {**known, **self._constants}
        needed = dict.fromkeys(("subject", *self._definition.key))
        if self._kind.shape == "decision" and not any(name in found for name in self._kind.dated_by):
            needed[self._kind.dated_by[0]] = None
        has = _header_for_people(headers, whole=bool(known))
        return [f"{self._wanted(name)} is missing; {has}." for name in needed if name not in found]

    @property
    def unjudged(self) -> str | None:
        """Why no row may be published yet: the law that the definition names is not applied."""
        rules = self._definition.rules
        return None if rules is None or self._judge.knows(rules) else not_applied(rules)

    def unmapped(self, headers: Collection[str]) -> list[str]:
        """Columns that are neither mapped nor ignored by the definition, as people may be shown them."""
        return [masking.quoted(header) for header in self._columns(headers).unmapped]

    def draft(self, row: RawRow, row_hash: bytes) -> Draft | Refusal | NotPublic:
        """What a row becomes; never raises for what a source can write."""
        found = self._columns(row.cells)
        read, hidden = Cells({}, {}), None
        try:
            _check_lengths(row)
            read = cells(found, row.cells, self._constants, self._standard.joined)
            hidden = self._hidden(found, read)
            draft = self._mapped(found, read, row, row_hash)
        except _Refused as refused:
            key = self._key_of_refused(found, read)
            if hidden:
                return NotPublic(self._definition.id, key, row.where, row_hash, hidden)
            said = refused.column, refused.reason, self._excerpt(read, refused.column), key
            record = self._record_of_refused(found, read, row)
            return Refusal(self._definition.id, row.where, *said, record, row_hash)
        return NotPublic(draft.source, draft.key, draft.where, row_hash, hidden) if hidden else draft

    def refusal(self, bad: BadRow) -> Refusal:
        """A row that its format could not read; without excerpt, since nobody knows which cell is whose."""
        column = masking.quoted(bad.column) if bad.column else None
        return Refusal(self._definition.id, bad.where, column, masking.quoted(bad.reason), "")

    def _columns(self, headers: Collection[str]) -> Columns:
        return self._plan(headers).columns

    def _plan(self, headers: Collection[str]) -> _Plan:
        names = tuple(headers)
        found = self._plans.get(names)
        if found is None:
            if len(self._plans) >= _PLANS:  # JSON rows may each have other keys
                self._plans.clear()
            digest = self._hash.copy()
            digest.update(_joined((*names, "")))
            found = self._plans[names] = _Plan(columns(self._definition, self._standard, names), digest)
        return found

    def _wanted(self, field: str) -> str:
        """A field for people: by the column that the definition has it in."""
        named = " or ".join(self._definition.fields.get(field, ()))
        return f"column {named} ({field})" if named else f"a column for {field}"

    def _hidden(self, found: Columns, read: Cells) -> str | None:
        """Why the row says of itself that it is not public; None if it does not."""
        for field in ("scope_of_use", "state"):
            if value := read.texts.get(field):
                public = self._standard.is_public(field, value, found.generation)
                if public is None:
                    raise self._bad(found, read, field, "whether such rows are public is not known")
                if not public:
                    return f"its {field} is {_quoted(value, self._to_hide(read.texts))}"
        return None

    def _mapped(self, found: Columns, read: Cells, row: RawRow, row_hash: bytes) -> Draft:
        if "subject" not in read.texts:
            raise self._blank(found, "subject")
        try:
            whom = parties.named(read.texts, self._standard.party_types)
            content, endless, doubtful = self._reading.content(
                read.texts, self._units(found, read), of_person=whom.is_person
            )
        except BadIdentifier as error:
            raise self._bad(found, read, "uscc", str(error)) from None
        except BadField as error:
            raise self._bad(found, read, error.field, str(error)) from None
        # A validity that says it has no end has none; a publication that says so keeps the rule's.
        unbounded = "valid_until" in endless and "valid_until" in self._kind.ends_by
        months = None if unbounded else self._definition.period_months
        period = periods.decide(content, self._kind.dated_by, self._kind.ends_by, months)
        if self._kind.shape == "decision" and period.start is None:
            raise self._blank(found, self._kind.dated_by[0])
        key = self._key(found, read.texts, whom, content)
        personal = number = None
        if whom.is_person:
            document = str(content.get("document_number", "")) or None
            personal = parties.personal_key(whom, document, key, fold, self._seal)
            number = parties.personal_number(whom, document, key, fold, self._seal)
        hiding = parties.veil(whom, read.texts, self._definition.persons)
        party = parties.party(whom, read.texts, self._definition.split, hiding, personal, number)
        told = read.texts.get("region", "")
        region, odd_region = self._regions.find(told, period.start, self._definition.region)
        odd = {doubts.DISCLOSED if name == DISCLOSED_ON else doubts.AMOUNT for name in doubtful}
        self.doubts.note(row.where, doubts.of_codes(whom.identifiers), *sorted(odd), odd_region)
        self.tally.note(row.where, read.texts, read.origin, lambda text: _quoted(text, hiding))
        for field in self._definition.private:
            content.pop(field, None)
        if hiding.names:
            content = {name: hiding.over(v) if isinstance(v, str) else v for name, v in content.items()}
        made = Draft(
            self._definition.id,
            key,
            row.where,
            row_hash,
            self._definition.kind,
            self._definition.list.id if self._definition.list else None,
            self._definition.sector,
            region,
            party,
            content,
            period,
            self._definition.rules,
            record(found, row.cells, whom, hiding, private=self._definition.private),
        )
        self.assumed += self._judge.assumes(made)
        return made

    def _units(self, found: Columns, read: Cells) -> dict[str, Decimal]:
        """Yuan in one unit of each field that a column fills."""
        return {field: found.units[header] for field, header in read.origin.items() if header in found.units}

    def _key(
        self, found: Columns, texts: Mapping[str, str], whom: parties.Named, content: Mapping[str, Value]
    ) -> str:
        """The row's natural key: readable, but a digest where long, and a keyed one where personal."""
        parts: list[str] = []
        told: list[str] = []  # what may hold a person's number: anything but a valid code
        for field in self._definition.key:
            code = whom.identifiers.get("uscc") if field == "subject" else None
            if code is None:
                said = whom.name if field == "subject" else content.get(field, texts.get(field))
                if not said:
                    raise self._blank(found, field)
                told.append(fold(str(said)))
            parts.append(code or told[-1])
        key = " | ".join(parts)
        if whom.is_person or any(masking.quoted(part) != part for part in told):
            return self._seal(f"{key}\n{whom.identity or ''}")
        return key if len(key) <= MAX_KEY else hashlib.blake2b(key.encode(), digest_size=20).hexdigest()

    def _key_of_refused(self, found: Columns, read: Cells) -> str | None:
        """The natural key of a row that cannot be stored, if that much of it can be read."""
        try:
            whom = parties.named(read.texts, self._standard.party_types)
            return self._key(found, read.texts, whom, {})
        except (_Refused, BadIdentifier, KeyError):
            return None

    def _blank(self, found: Columns, field: str) -> _Refused:
        column = next(iter(found.headers.get(field, ())), None)
        named = f"column {column} ({field})" if column else self._wanted(field)
        return _Refused(column, f"{named} is blank; every row needs it.")

    def _bad(self, found: Columns, read: Cells, field: str, why: str) -> _Refused:
        """What is wrong with a field's cell; quotes it where that tells nothing about a person."""
        column = read.origin.get(field) or next(iter(found.headers.get(field, ())), field)
        text = read.texts.get(field, "")
        quoted = "" if field in _NEVER_QUOTED else f" “{_quoted(text, self._to_hide(read.texts))}”"
        return _Refused(column, f"column {column} has{quoted or ' a value'} that cannot stand: {why}.")

    def _excerpt(self, read: Cells, column: str | None) -> str:
        """As much of the row as an operator needs to find it at its source, masked."""
        hiding = self._to_hide(read.texts)
        shown = [_masked(read.texts[field], hiding) for field in _IN_EXCERPTS if field in read.texts]
        blamed = next((field for field, header in read.origin.items() if header == column), "subject")
        if blamed not in (*_NEVER_QUOTED, *_IN_EXCERPTS):
            shown.append(_quoted(read.texts[blamed], hiding))
        return " | ".join(shown)[:MAX_EXCERPT]

    def _record_of_refused(self, found: Columns, read: Cells, row: RawRow) -> str:
        """The row as its source wrote it, masked; nothing of one without a subject, for then nobody can tell
        which cell has it."""
        if "subject" not in read.texts:
            return ""
        whom = parties.named_by_refused(read.texts, self._standard.party_types)
        hiding = parties.veil(whom, read.texts, self._definition.persons)
        return record(found, row.cells, whom, hiding, private=self._definition.private)

    def _to_hide(self, texts: Mapping[str, str]) -> parties.Veil:
        """What to hide of a row that was refused, whatever its source's policy: nobody has checked it."""
        if "subject" not in texts:
            return parties.Veil()
        whom = parties.named_by_refused(texts, self._standard.party_types)
        return parties.veil(whom, texts, masking.NamePolicy.MASK)


def _joined(texts: Iterable[str]) -> bytes:
    return "\x1f".join(texts).encode("utf-8", "surrogatepass")


def _masked(text: str, hiding: parties.Veil) -> str:
    """A cell as operators are shown it."""
    return hiding.over(masking.quoted(text))


def _quoted(text: str, hiding: parties.Veil) -> str:
    """Its beginning: masked before it is cut."""
    masked = _masked(text, hiding)
    return masked if len(masked) <= _QUOTED else masked[:_QUOTED] + "…"


def _header_for_people(headers: Collection[str], *, whole: bool) -> str:
    """What columns a file has, or that it seems to have no header: then its first row would be told.

    `whole`: some of the columns are those of the definition; if none is, names of persons may be among them.
    """
    if are_cells(headers):
        return "where its header is due, the file has numbers of persons: it seems to have no header"
    persons = not whole and any(map(masking.looks_like_person, headers))
    shown = (masking.person_name(h) if persons and masking.looks_like_person(h) else h for h in headers)
    return f"the file has: {', '.join(shown)}"


def _check_lengths(row: RawRow) -> None:
    if max(map(len, row.cells.values()), default=0) > MAX_TEXT:
        column = max(row.cells, key=lambda header: len(row.cells[header]))
        length = len(row.cells[column])
        raise _Refused(column, f"column {column} has {length} characters; at most {MAX_TEXT} are stored.")
