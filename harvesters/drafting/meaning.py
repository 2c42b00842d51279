"""Which of our fields each column fills, by its header and by what its cells look like. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harvesters.content import DISCLOSED_ON
from harvesters.drafting.columns import Column
from harvesters.drafting.words import Words
from harvesters.source_schema import PARTY_FIELDS, ROW_FIELDS, SPLITTABLE
from harvesters.standard import DROPPED, Standard, spelling
from publisher.kinds import FieldType, Registry
from publisher.subjects import IDENTIFIERS

_ENOUGH = 0.3
_SURE = 0.9
_FAR = 1_000
_KNOWN, _PART, _STANDARD, _LIKE, _CONTENT = range(5)
_INNER = re.compile(r"[(\[【〔《{]([^)\]】〕》}]*)[)\]】〕》}]")
_OWNED = re.compile("法定?代表人|法人|负责人|经营者|业主|联系人")
_WHY = {
    _LIKE: "by a part of its header only",
    _CONTENT: "by what its cells look like only",
}


@dataclass(slots=True)
class Meaning:
    """`fields`: ours → headers, first choice first. `ignored` and `personal`: header → why. `notes`: what is
    unsure about a field. A header is in exactly one of the three."""

    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ignored: dict[str, str] = field(default_factory=dict)
    personal: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str | None:
        """The first header of a field."""
        return next(iter(self.fields.get(name, ())), None)


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    """That a column may fill a field: how strong that is, and the header's rank among the field's."""

    strength: int
    rank: int
    place: int
    field: str


class Meanings:
    """Tells what columns mean, with what the rules of this installation know."""

    def __init__(self, words: Words, standard: Standard, registry: Registry) -> None:
        self._words, self._standard, self._registry = words, standard, registry
        self._known = {*registry.fields, *PARTY_FIELDS, *ROW_FIELDS}

    def of(self, columns: Mapping[str, Column], shape: str) -> Meaning:
        """What the columns of rows of that shape ("list" or "decision") mean."""
        meaning = Meaning()
        left = [column for column in columns.values() if column.header]
        for column in list(left):
            if why := self._is_personal(column):
                meaning.personal[column.header] = why
            elif spelling(_last(column.header)) in self._words.ignored:
                meaning.ignored[column.header] = "says nothing about the matter"
            else:
                continue
            left.remove(column)
        self._assign(left, shape, meaning)
        return meaning

    def _assign(self, columns: Sequence[Column], shape: str, meaning: Meaning) -> None:
        """Gives each field its strongest column, and each column its strongest free field."""
        found = sorted(
            candidate
            for place, column in enumerate(columns)
            for candidate in self._candidates(column, place, shape)
        )
        taken: set[int] = set()
        for candidate in found:
            header, name = columns[candidate.place].header, candidate.field
            if candidate.place in taken:
                continue
            if name in meaning.fields and name not in SPLITTABLE:
                other = meaning.fields[name][0]
                told = f"could be {name}, which is “{other}” already"
                meaning.ignored.setdefault(header, told)
                also = f"also possible: “{header}”"
                meaning.notes[name] = "; ".join(filter(None, (meaning.notes.get(name), also)))
                continue
            meaning.fields[name] = (*meaning.fields.get(name, ()), header)
            meaning.ignored.pop(header, None)
            taken.add(candidate.place)
            if why := _WHY.get(candidate.strength):
                meaning.notes[name] = why
        for place, column in enumerate(columns):
            if place not in taken:
                meaning.ignored.setdefault(column.header, "no field is known for it")

    def _candidates(self, column: Column, place: int, shape: str) -> Iterator[_Candidate]:
        seen = set()
        for strength, rank, name in self._named(column, shape):
            if name in self._known and name not in seen and self._fits(column, name):
                seen.add(name)
                yield _Candidate(strength, rank, place, name)

    def _named(self, column: Column, shape: str) -> Iterator[tuple[int, int, str]]:
        ranked = self._words.shapes[shape]
        header = _last(column.header)
        codes = column.codes() > _ENOUGH
        if codes and any(name in IDENTIFIERS for name, _ in ranked.get(spelling(header), ())):
            yield _KNOWN, -1, "uscc"  # whatever number its header promises
        for name, rank in ranked.get(spelling(header), ()):
            yield _KNOWN, rank, name
        for place, part in enumerate(_parts(header)):
            for name, rank in ranked.get(spelling(part), ()):
                yield _PART, place * _FAR + rank, name
        name = self._standard.fields([header]).get(header, DROPPED)
        if name != DROPPED and (shape == "decision" or name != DISCLOSED_ON):  # lists are dated by it
            yield _STANDARD, 0, name
        told = unicodedata.normalize("NFKC", header).casefold()
        for rank, (name, pattern) in enumerate(self._words.patterns.items()):
            if pattern.search(told):
                yield _LIKE, rank, name
        if codes:
            yield _CONTENT, 0, "uscc"
        if column.texts and column.fits(FieldType.URL):
            yield _CONTENT, 0, "source_url"

    def _fits(self, column: Column, name: str) -> bool:
        """Whether the cells are such that the field can be read from them."""
        if not column.texts:
            return True
        if name == "uscc":
            return column.codes() + column.identities() > _ENOUGH
        if name == "identity_number":
            return column.codes() < _ENOUGH
        if name == "subject_type":
            types = self._standard.party_types
            return column.share(spelling(text).lstrip("0123456789") in types for text in column.texts) > _SURE
        if name in ROW_FIELDS and name != "region":
            public = (self._standard.is_public(name, text, None) for text in column.texts)
            return column.share(known is not None for known in public) > _SURE
        if name == "severity":
            severities = self._standard.severities
            return column.share(spelling(text) in severities for text in column.texts) > _SURE
        known = self._registry.fields.get(name)
        return known is None or column.fits(known.type)

    def _is_personal(self, column: Column) -> str | None:
        """Why a column is never to be read."""
        header = _last(column.header)
        told = spelling(header)
        if told in self._words.personal or self._words.personal_like.search(header):
            return "personal"
        if column.identities() > _ENOUGH and column.codes() < _ENOUGH and _OWNED.search(header):
            return "holds identity numbers"
        return None

    def find_subject(self, columns: Mapping[str, Column], meaning: Meaning) -> None:
        """Where no header says whom a row is about: the column with the most names of organisations."""
        if "subject" in meaning.fields:
            return
        free = [columns[header] for header in meaning.ignored if columns[header].texts]
        best = max(free, key=lambda column: (column.organisations(), len(set(column.texts))), default=None)
        if best is None:
            return
        del meaning.ignored[best.header]
        meaning.fields["subject"] = (best.header,)
        meaning.notes["subject"] = _WHY[_CONTENT]


def _last(header: str) -> str:
    """The last name of a dotted one: entity.companyName."""
    return header.rpartition(".")[2] if re.fullmatch(r"[\w.\[\]-]+", header) else header


def _parts(header: str) -> Iterator[str]:
    """The header outside its brackets, inside them, and before and after a slash."""
    plain = unicodedata.normalize("NFKC", header)
    yield _INNER.sub("", plain)
    yield from _INNER.findall(plain)
    yield from _INNER.sub("", plain).split("/")
