"""A whole definition guessed from rows: pure decisions, each with a note where it is not sure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from harvesters import values
from harvesters.drafting import kind as kinds
from harvesters.drafting.columns import Column, columns
from harvesters.drafting.keys import Key, key_of
from harvesters.drafting.kind import Choice
from harvesters.drafting.looks import Look
from harvesters.drafting.meaning import Meaning, Meanings
from harvesters.drafting.words import Words
from harvesters.formats import RawRow
from harvesters.source_schema import NEEDS_PERIOD, SPLITTABLE
from harvesters.standard import DROPPED, Standard
from harvesters.values import clean
from publisher.kinds import FieldType, Registry

STANDARD = "cn-double-disclosure"
MONTHS = 12
"""How long rows are taken to be public where their kind must say so: the longest for a general penalty."""

_WAN = Decimal(10_000)
_NEARLY = 0.8
_NOTE = re.compile(
    r"^(?:单位|金额单位|计量单位|填报|说明|注|制表|统计|截[至止]|日期|sheet\d*$)", re.IGNORECASE
)
_AUTHORITY = re.compile(
    r"^.{2,30}?(?:管理局|税务局|总局|分局|法院|委员会|支队|大队|监督局|保障局|[^布]局|厅|办公室|人民政府)"
)
_DAY = re.compile(r"\d{4}[年/.-]\d{1,2}[月/.-]\d{1,2}日?")
_YEAR = re.compile(r"(20\d\d)\s*年度?")


@dataclass(frozen=True, slots=True)
class Guess:
    """`title`, `authority` and `region` are None where nothing tells them. `notes` are by key of the
    definition, "fields.listed_on" among them."""

    look: Look
    kind: Choice
    standard: bool
    meaning: Meaning
    key: Key
    count: int
    title: str | None = None
    authority: str | None = None
    sector: str | None = None
    region: str | None = None
    order: str | None = None
    months: int | None = None
    split: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, int] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def doubts(self) -> int:
        """How many of its lines are not sure."""
        return (
            len(self.notes)
            + bool(self.kind.note)
            + bool(self.key.note)
            + (self.authority is None)
            + (self.title is None)
        )


class Guesser:
    """Guesses definitions with what the rules of this installation know."""

    def __init__(self, words: Words, standard: Standard, registry: Registry) -> None:
        self._words, self._standard, self._registry = words, standard, registry
        self._meanings = Meanings(words, standard, registry)

    def guess(
        self, look: Look, rows: Sequence[RawRow], count: int, names: Sequence[str], kind: str | None
    ) -> Guess:
        """The definition that fits these rows, the first of `count`. `names` are those of file and address;
        `kind` is the user's word."""
        found = columns(rows)
        titles = [text for text in look.above if text and not _NOTE.match(text)]
        standard = kinds.follows_standard(found, self._standard) and kind in (None, "permit", "penalty")
        chosen = self._kind(found, [*titles, *names], standard, kind)
        shape = self._registry.kinds[chosen.chosen].shape
        meaning = self._standard_meaning(found) if standard else self._own_meaning(found, shape)
        if look.format == "feed":
            _as_feed(meaning)
        notes = {f"fields.{name}": note for name, note in meaning.notes.items()} | dict(look.notes)
        filled = {name: found[headers[0]] for name, headers in self._filled(meaning, found, standard).items()}
        constants = self._constants(look.above, names, shape, chosen.chosen, filled)
        order = self._order(filled, notes)
        headers = self._filled(meaning, found, standard)
        authority, alone = _authority(filled.get("authority"), titles)
        if authority and not alone:
            notes["authority"] = "the most frequent of several in its column"
        places = [*([authority] if authority and alone else []), *titles]
        return Guess(
            look=look,
            kind=chosen,
            standard=standard,
            meaning=meaning,
            key=key_of(rows, headers, constants, shape),
            count=count,
            title=next(iter(titles), None),
            authority=authority,
            sector=kinds.sector_of(
                [*titles, *names, *_offices(filled), *meaning.fields.get("subject", ())], self._words
            ),
            region=kinds.region_of(places, self._registry),
            order=order,
            months=MONTHS if chosen.chosen in NEEDS_PERIOD else None,
            split={name: mark for name in SPLITTABLE if (mark := _separator(meaning, found, name))},
            units=self._units(rows, headers, look.above, standard, notes),
            constants=constants,
            notes=notes,
        )

    def _kind(
        self, found: Mapping[str, Column], titles: Sequence[str], standard: bool, kind: str | None
    ) -> Choice:
        if kind:
            return Choice(kind)
        if standard:
            return Choice(kinds.standard_kind(found))
        return kinds.kind_of(found, titles, self._words)

    def _own_meaning(self, found: Mapping[str, Column], shape: str) -> Meaning:
        meaning = self._meanings.of(found, shape)
        self._meanings.find_subject(found, meaning)
        _as_shape(meaning, shape)
        return meaning

    def _standard_meaning(self, found: Mapping[str, Column]) -> Meaning:
        """What the columns mean that the standard does not know."""
        known = self._standard.fields(found)
        rest = {header: column for header, column in found.items() if header not in known}
        meaning = self._meanings.of(rest, "decision")
        for name in set(meaning.fields) & set(known.values()):
            for header in meaning.fields.pop(name):
                meaning.ignored[header] = f"could be {name}, which the standard's own column has"
        return meaning

    def _filled(
        self, meaning: Meaning, found: Mapping[str, Column], standard: bool
    ) -> dict[str, tuple[str, ...]]:
        """Our fields with their headers, those of the standard among them."""
        headers = dict(meaning.fields)
        if standard:
            for header, name in self._standard.fields(found).items():
                if name != DROPPED:
                    headers[name] = (*headers.get(name, ()), header)
        return headers

    def _order(self, filled: Mapping[str, Column], notes: dict[str, str]) -> str | None:
        """The order of day and month, where dates end with the year."""
        orders = []
        for name, column in filled.items():
            known = self._registry.fields.get(name)
            if known and known.type is FieldType.DATE and (order := column.order())[0]:
                orders.append(order)
        if not orders:
            return None
        sure = [order for order, told in orders if told]
        if not sure:
            notes["dates.order"] = 'no date in it tells: month and day first, or "dmy" for day and month'
        return (sure or [orders[0][0]])[0]

    def _units(
        self,
        rows: Sequence[RawRow],
        headers: Mapping[str, Sequence[str]],
        above: Sequence[str],
        standard: bool,
        notes: dict[str, str],
    ) -> dict[str, int]:
        """Yuan in one unit of money columns, where the definition must say it."""
        units = {}
        said = any("万元" in text and "单位" in text for text in above)
        for name, (header, *_) in headers.items():
            known = self._registry.fields.get(name)
            if known is None or known.type is not FieldType.MONEY:
                continue
            own = self._standard.unit(header) if standard else Decimal(1)
            told = _WAN if "万元" in header or (said and "元" not in header) else own
            if other := _other_unit(rows, header, headers, told):
                notes[f"units.{name}"] = "so the decisions' own texts have it"
                told = other
            if told != own:
                units[name] = int(told)
        return units

    def _constants(
        self, above: Sequence[str], names: Sequence[str], shape: str, kind: str, filled: Mapping[str, Column]
    ) -> dict[str, str]:
        """What titles say for all rows, where no column says it."""
        found = {}
        texts = [*above, *names]
        year = next((match[1] for text in texts if (match := _YEAR.search(text))), None)
        if year and kind in ("rating", "redlist") and "rating_year" not in filled:
            found["rating_year"] = year
        day = next((match[0] for text in above if (match := _DAY.search(text))), None)
        if day and shape == "list" and "listed_on" not in filled:
            found["listed_on"] = day
        return found


def _as_feed(meaning: Meaning) -> None:
    """Of what every feed has only the title can name whom an entry is about."""
    meaning.fields.pop("title", None)
    for header in meaning.fields.get("subject", ()):
        meaning.ignored[header] = "says nothing about the matter"
    meaning.ignored.pop("title", None)
    meaning.fields["subject"] = ("title",)
    meaning.notes["subject"] = "a guess: where it says more than a name, cut that out with [patterns]"


def _as_shape(meaning: Meaning, shape: str) -> None:
    """On a list the day of decision is that of listing, where that is missing; and the other way round."""
    wanted, other = ("listed_on", "decided_on") if shape == "list" else ("decided_on", "listed_on")
    if wanted not in meaning.fields and other in meaning.fields:
        meaning.fields[wanted] = meaning.fields.pop(other)
        if note := meaning.notes.pop(other, None):
            meaning.notes[wanted] = note


def _authority(column: Column | None, titles: Sequence[str]) -> tuple[str | None, bool]:
    """Who keeps the list: as its title begins, else as most rows say; and whether nearly all say so."""
    if named := next((found[0] for title in titles if (found := _AUTHORITY.match(title))), None):
        return named, True
    if column is None or not column.texts:
        return None, False
    text, count = Counter(column.texts).most_common(1)[0]
    return text, count > _NEARLY * len(column.texts)


def _offices(filled: Mapping[str, Column]) -> list[str]:
    """The authorities that most rows name."""
    columns = (filled[name] for name in ("authority", "recipient", "data_source") if name in filled)
    return [Counter(column.texts).most_common(1)[0][0] for column in columns if column.texts]


def _separator(meaning: Meaning, found: Mapping[str, Column], name: str) -> str | None:
    marks = (found[header].separator() for header in meaning.fields.get(name, ()))
    return next(filter(None, marks), None)


def _other_unit(
    rows: Sequence[RawRow], header: str, headers: Mapping[str, Sequence[str]], unit: Decimal
) -> Decimal | None:
    """The unit in which the decisions' own texts name the amounts, when most of them contradict `unit`."""
    texts = [name for field in ("decision", "title") for name in headers.get(field, ())]
    votes: Counter[Decimal] = Counter()
    for row in rows:
        named = values.amounts_in("\n".join(row.cells.get(name, "") for name in texts))
        cell = clean(row.cells.get(header, ""))
        if not named or not cell:
            continue
        for factor in (Decimal(1), _WAN):
            try:
                votes[factor] += values.yuan(cell, factor) in named
            except values.BadValue:
                continue
    best = max(votes, key=lambda factor: votes[factor], default=unit)
    return best if best != unit and votes[best] > 2 * votes[unit] else None
