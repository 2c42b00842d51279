"""A query as conditions on index fields: what both engines must read alike is decided here, once.

Fields of an index: `collection`, `id`, `ends`; `keyword.<name>` and `number.<name>`; `all`, the tokens of all
text fields; `text.<name>` and `folded.<name>` for the fields that tiers ask.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import chain

from search.cursor import Start, read
from search.errors import BadQuery
from search.facets import SEPARATORS
from search.model import Document, Match, Order, Query, Schema, Similar, Tier
from search.parse import And, Expression, Leaf, Not, Or, Value, Within, Word, guard, leaves, parted, whole
from search.text import BREAK, fold, sought, stream

MOST_HITS = 1_000
LONGEST_KEYWORD = 512
"""Of a longer keyword value only so many characters count."""
EDGE = 12
"""Beginnings of folded values up to so many characters are terms of their own."""
_PARTING = dict.fromkeys(map(ord, SEPARATORS), " ")
LAYOUT_VERSION = 2
"""Rises when tokens or fields change, so that an index made by an older version is rebuilt."""


@dataclass(frozen=True, slots=True)
class Term:
    """One of the values stands in the field."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """A term of the field begins with the text."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """The tokens follow one another."""

    field: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """A number within both ends, which belong to it; None is open. `few`: the documents within have few
    different numbers, so that their lists are quicker to read than the number of each document."""

    field: str
    low: int | None = None
    high: int | None = None
    few: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """Each of the parts, and none of the exceptions; without parts every document but the exceptions."""

    parts: tuple["Condition", ...] = ()
    exceptions: tuple["Condition", ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of the parts; without parts no document."""

    parts: tuple["Condition", ...] = ()


Condition = Term | Prefix | Phrase | Between | All | Some

NOTHING = Some()


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask an index. `tiers` (name and condition, best first) is empty without an expression; what
    they find together is what `words` finds."""

    base: All
    filters: Mapping[str, Term]
    tiers: tuple[tuple[str, Condition], ...]
    words: tuple[Condition, ...]
    order: Order
    always_keyed: bool  # every document has the field of the order
    relevance: bool
    start: Start | None

    def matching(self) -> All:
        """All hits, before the filters by keyword."""
        return replace(self.base, parts=(*self.base.parts, Some(self.words))) if self.tiers else self.base

    def filtered(self, but: Iterable[str] = ()) -> tuple[Condition, ...]:
        """The filters by keyword, except those of some fields."""
        return tuple(condition for name, condition in self.filters.items() if name not in but)


def plan(query: Query, schema: Schema) -> Plan:
    """Raises BadQuery for what cannot be asked."""
    _check(query, schema)
    ended = Between("ends", None, query.at, few=True)
    without = (Term("id", tuple(sorted(map(clean, query.without)))),) if query.without else ()
    bounded = ((name, bounds) for name, bounds in query.ranges.items() if bounds != (None, None))
    ranges = (Between(f"number.{name}", *bounds) for name, bounds in bounded)
    asked, limits = parted(query.expression)
    limiting = [_words(limit, "all") for limit in limits if _telling(limit)]
    if query.expression is not None and asked is None and not limiting:
        limiting = [NOTHING]
    tiers = tuple(_tiers(query, asked, schema)) if asked is not None else ()
    order = query.order or Order(schema.numbers[0])
    return Plan(
        base=All((Term("collection", (query.collection,)), *ranges, *limiting), (ended, *without)),
        filters={
            name: Term(f"keyword.{name}", tuple(map(clean, some))) for name, some in query.where.items()
        },
        tiers=tuple((tier.name, condition) for tier, condition in tiers),
        words=_needed(tiers),
        order=order,
        always_keyed=order.field == schema.numbers[0],
        relevance=query.order is None and asked is not None,
        start=read(query),
    )


def _check(query: Query, schema: Schema) -> None:
    if not 0 <= query.limit <= MOST_HITS:
        raise BadQuery(f"The limit is {query.limit}; it must be from 0 to {MOST_HITS}.")
    ordered = (query.order.field,) if query.order else ()
    for kind, asked, known in (
        ("keyword", query.where, schema.keywords),
        ("facet", query.facets, tuple(chain.from_iterable(schema.facets))),
        ("number", chain(query.ranges, ordered), schema.numbers),
        ("tier", query.tiers or (), [tier.name for tier in schema.tiers]),
    ):
        for name in asked:
            if name not in known:
                raise BadQuery(f"The index has no {kind} {name!r}; it has {', '.join(known)}.")
    bounds: list[tuple[int | None, int | None]] = list(query.ranges.values())
    if query.expression is not None:
        guard(query.expression)
        for leaf in leaves(query.expression):
            if leaf.field and leaf.field not in _askable(leaf, schema):
                raise BadQuery(f"The index has no field {leaf.field!r} to be limited by.")
            if isinstance(leaf, Within):
                bounds.append((leaf.low, leaf.high))
                if bounds[-1] == (None, None):
                    raise BadQuery(f"The range of {leaf.field} has neither a lower nor an upper end.")
    if any(bound is not None and not -(2**63) <= bound < 2**63 for bound in chain.from_iterable(bounds)):
        raise BadQuery("A range's bounds must be integers of 64 bits.")


def check_similar(asked: Similar, schema: Schema) -> None:
    """Raises BadQuery for what cannot be asked."""
    if asked.field not in text_fields(schema) or asked.giving not in schema.given:
        raise BadQuery(f"The index cannot compare {asked.field!r} and give {asked.giving!r}.")
    if not (0 < asked.limit <= MOST_HITS and len(asked.tokens) <= MOST_HITS):
        raise BadQuery(f"At most {MOST_HITS} tokens can be compared, and as many documents found.")


def _askable(leaf: Leaf, schema: Schema) -> Sequence[str]:
    """The fields that such a part of an expression can name."""
    match leaf:
        case Word():
            return text_fields(schema)
        case Value():
            return schema.keywords
        case Within():
            return schema.numbers


def _tiers(query: Query, expression: Expression, schema: Schema) -> Iterator[tuple[Tier, Condition]]:
    text = fold(whole(expression) or "")
    for tier in schema.tiers:
        if query.tiers is not None and tier.name not in query.tiers:
            continue
        condition = _words(expression, text_field(tier)) if tier.match is Match.WORDS else NOTHING
        if text and tier.match is Match.EXACT:
            condition = Term(folded_field(tier), (text[:LONGEST_KEYWORD],))
        elif text and tier.match is Match.PREFIX:
            condition = Prefix(folded_field(tier), text[:LONGEST_KEYWORD])
        yield tier, condition


def _needed(tiers: Iterable[tuple[Tier, Condition]]) -> tuple[Condition, ...]:
    """The tiers' conditions without those that another implies: words within a field are words within all."""
    conditions = [(tier.match is Match.WORDS and tier.field, condition) for tier, condition in tiers]
    everywhere = any(field == "" for field, _ in conditions)
    return tuple(condition for field, condition in conditions if not (everywhere and field))


def _words(expression: Expression, field: str) -> Condition:
    """The expression within a field; what must not be there must not be in any field. Text without a letter
    or digit counts for nothing, and alone finds nothing."""
    match expression:
        case Word():
            field = f"text.{expression.field}" if expression.field else field
            return _word(expression.text, field) or NOTHING
        case Value(name, values):
            return Term(f"keyword.{name}", tuple(map(clean, values))) if values else NOTHING
        case Within(name, low, high):
            return Between(f"number.{name}", low, high)
        case Or(parts):
            return Some(tuple(_words(part, field) for part in parts))
        case Not(part):
            return All(exceptions=(_words(part, "all"),))
        case And(parts):
            telling = list(filter(_telling, parts))
            wanted = tuple(_words(part, field) for part in telling if not isinstance(part, Not))
            unwanted = tuple(_words(part.part, "all") for part in telling if isinstance(part, Not))
            return All(wanted, unwanted) if telling else NOTHING


def _telling(part: Expression) -> bool:
    return not isinstance(part, Word) or bool(sought(part.text).tokens)


def _word(text: str, field: str) -> Condition | None:
    tokens, prefix = sought(text)
    if not tokens:
        return None
    if prefix:
        return Prefix(field, tokens[0])
    return Term(field, tokens) if len(tokens) == 1 else Phrase(field, tokens)


def text_field(tier: Tier) -> str:
    """Where an index has the tokens that a tier asks."""
    return f"text.{tier.field}" if tier.field else "all"


def folded_field(tier: Tier) -> str:
    """Where an index has the folded keyword values that a tier asks."""
    return f"folded.{tier.field}"


def text_fields(schema: Schema) -> list[str]:
    """The schema's text fields of which an index keeps the tokens apart from `all`."""
    return sorted({tier.field for tier in schema.tiers if tier.match is Match.WORDS and tier.field})


def folded_fields(schema: Schema) -> list[str]:
    """The schema's keyword fields of which an index keeps folded values."""
    return sorted({tier.field for tier in schema.tiers if tier.match is not Match.WORDS})


def fingerprint(schema: Schema) -> str:
    """Differs for indexes that cannot stand in for each other."""
    return blake2b(f"{LAYOUT_VERSION} {schema!r}".encode(), digest_size=5).hexdigest()


def clean(value: str) -> str:
    """A keyword value as an index can hold it: without the characters that part values there."""
    if len(value) <= LONGEST_KEYWORD and value.isprintable():
        return value  # as nearly all are: no character that parts values, no half of a surrogate pair
    return value[:LONGEST_KEYWORD].translate(_PARTING).encode("utf-8", "replace").decode()


class Layout:
    """Turns documents into index fields."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._text, self.folded = text_fields(schema), folded_fields(schema)
        self._known = {*schema.text, *schema.keywords, *schema.numbers}

    def keywords(self, document: Document) -> dict[str, list[str]]:
        """The values of each keyword field as an index holds them, each once."""
        return {name: list(dict.fromkeys(map(clean, values))) for name, values in document.keywords.items()}

    def fields(
        self, document: Document, keywords: Mapping[str, list[str]]
    ) -> dict[str, str | int | list[str]]:
        """`keywords` are the document's. Raises ValueError for a field that the schema lacks, or the first
        number field lacking."""
        given = {*document.text, *document.keywords, *document.numbers}
        if not given <= self._known or self._schema.numbers[0] not in document.numbers:
            raise ValueError(f"{document.id}: fields {sorted(given)} do not fit the schema.")
        streams = {name: stream(values) for name, values in document.text.items() if values}
        fields: dict[str, str | int | list[str]] = {
            "collection": document.collection,
            "id": document.id,
            "ends": document.ends,
            "all": f" {BREAK} ".join(streams.values()),
        }
        fields.update((f"number.{name}", number) for name, number in document.numbers.items())
        for name in self._text:
            if name in streams:
                fields[f"text.{name}"] = streams[name]
        for name, values in document.keywords.items():
            fields[f"keyword.{name}"] = keywords[name]
            if name in self.folded:
                folded = (fold(value)[:LONGEST_KEYWORD] for value in values)
                fields[f"folded.{name}"] = list(dict.fromkeys(filter(None, folded)))
        return fields
