"""What search promises, done naively over a list: no tokens, no index."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache

from search.model import Document, FacetValue, Hit, Match, Order, Query, Schema, Tier
from search.parse import And, Expression, Not, Or, Value, Within, Word, parted, whole
from search.text import fold

SCHEMA = Schema(
    text=("name", "number", "facts"),
    keywords=("code", "label", "kind", "region"),
    numbers=("newest", "amount"),
    facets=(("kind", "region"), ("label",)),
    tiers=(
        Tier("code", "code", Match.EXACT),
        Tier("exact name", "label", Match.EXACT),
        Tier("name prefix", "label", Match.PREFIX),
        Tier("code prefix", "code", Match.PREFIX),
        Tier("name", "name", Match.WORDS),
        Tier("number", "number", Match.WORDS),
        Tier("text", "", Match.WORDS),
    ),
    given=("label",),
)


@cache
def units(text: str) -> list[str]:
    """Characters of Chinese runs, Latin words, and a mark where something parts two runs."""
    found: list[str] = []
    for gap, run, word in re.findall(r"([\W_]*)(?:([一-鿿]+)|([0-9a-z]+))", fold(text)):
        if run:
            found += ["|"] if found and gap and re.match(r"[一-鿿]", found[-1]) else []
            found += run
        else:
            found.append(word)
    return found


def stands_in(words: str, value: str) -> bool:
    wanted, given = units(words), units(value)
    places = range(len(given) - len(wanted) + 1)
    return bool(wanted) and any(given[at : at + len(wanted)] == wanted for at in places)


def holds(expression: Expression, document: Document, fields: Iterable[str]) -> bool:
    everywhere = SCHEMA.text
    match expression:
        case Word(text, field=field):
            fields = (field,) if field else fields
            return any(stands_in(text, value) for name in fields for value in document.text.get(name, ()))
        case Value(field, values):
            return not set(values).isdisjoint(document.keywords.get(field, ()))
        case Within(field, low, high):
            number = document.numbers.get(field)
            return number is not None and _within(number, low, high)
        case Or(parts):
            return any(holds(part, document, fields) for part in parts)
        case Not(part):
            return not holds(part, document, everywhere)
        case And(parts):
            telling = [part for part in parts if tells(part)]
            return bool(telling) and all(holds(part, document, fields) for part in telling)


def tells(part: Expression) -> bool:
    return not isinstance(part, Word) or bool(units(part.text))


def tier_of(document: Document, query: Query) -> str | None:
    if query.expression is None:
        return ""
    words, limits = parted(query.expression)
    telling = [limit for limit in limits if tells(limit)]
    if not all(holds(limit, document, SCHEMA.text) for limit in telling) or not (words or telling):
        return None
    if words is None:
        return ""
    text = fold(whole(words) or "")
    for tier in SCHEMA.tiers:
        if query.tiers is not None and tier.name not in query.tiers:
            continue
        values = [fold(value) for value in document.keywords.get(tier.field, ())]
        if (
            (tier.match is Match.EXACT and text and text in values)
            or (tier.match is Match.PREFIX and text and any(value.startswith(text) for value in values))
            or (
                tier.match is Match.WORDS
                and holds(words, document, (tier.field,) if tier.field else SCHEMA.text)
            )
        ):
            return tier.name
    return None


def allowed(document: Document, query: Query, but: str = "") -> bool:
    return (
        document.collection == query.collection
        and document.ends > query.at
        and document.id not in query.without
        and all(_within(document.numbers.get(name), *bounds) for name, bounds in query.ranges.items())
        and all(
            values & set(document.keywords.get(name, ()))
            for name, values in query.where.items()
            if name != but
        )
    )


def _within(number: int | None, low: int | None, high: int | None) -> bool:
    if low is None and high is None:
        return True
    return number is not None and (low is None or number >= low) and (high is None or number <= high)


def hits(documents: Iterable[Document], query: Query) -> list[Hit]:
    """All hits in order."""
    names = [tier.name for tier in SCHEMA.tiers]
    order = query.order or Order("newest")

    def place(found: tuple[Document, str]) -> tuple[int, bool, int, str]:
        document, tier = found
        number = document.numbers.get(order.field)
        rank = names.index(tier) if tier and query.order is None else 0
        return rank, number is None, (-1 if order.descending else 1) * (number or 0), document.id

    return [Hit(document.id, tier) for document, tier in sorted(_found(documents, query), key=place)]


def _found(documents: Iterable[Document], query: Query, but: str = "") -> Iterator[tuple[Document, str]]:
    for document in documents:
        if allowed(document, query, but) and (tier := tier_of(document, query)) is not None:
            yield document, tier


def facet(documents: Iterable[Document], query: Query, name: str, most: int) -> tuple[FacetValue, ...]:
    counts = Counter(
        value
        for document, _ in _found(documents, query, but=name)
        for value in set(document.keywords.get(name, ()))
    )
    values = sorted((FacetValue(*pair) for pair in counts.items()), key=lambda v: (-v.count, v.value))
    return tuple(values[: most or None])
