"""How the embedded engine asks tantivy: the fields of its index, conditions as lookups, a query answered."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import tantivy
from tantivy import FieldType, Occur
from tantivy import Order as Direction
from tantivy import Query as Lookup

from search import cursor
from search.model import FacetValue, Hit, Page, Query, Schema
from search.plan import (
    EDGE,
    MOST_VALUES,
    NOTHING,
    All,
    Between,
    Condition,
    Phrase,
    Plan,
    Prefix,
    Some,
    Term,
    folded_fields,
    text_fields,
)

_INTEGERS = (-(2**63), 2**63 - 1)


class Search:
    """One query against one state of the index."""

    def __init__(self, searcher: tantivy.Searcher, fields: tantivy.Schema, query: Query, asked: Plan) -> None:
        self._searcher, self._fields, self._query, self._plan = searcher, fields, query, asked

    def page(self) -> Page:
        asked, limit = self._plan, self._query.limit
        total, facets = self._total_and_facets()
        if not limit or not total:
            return Page((), total, facets, None)
        rows = self._by_tier(total) if asked.relevance else self._rows(self._hits(), 0, limit + 1)
        tiers = dict(self._tiers_of([row.id for row in rows[:limit]])) if asked.tiers else {}
        hits = tuple(Hit(row.id, tiers.get(row.id, "")) for row in rows[:limit])
        following = cursor.write(self._query, rows[limit - 1]) if len(rows) > limit else None
        return Page(hits, total, facets, following)

    def _hits(self, *parts: Condition, but: str | None = None) -> All:
        """What the query finds, without the filter of one field."""
        matching = self._plan.matching()
        return replace(matching, parts=(*matching.parts, *self._plan.filtered(but), *parts))

    def _total_and_facets(self) -> tuple[int, dict[str, tuple[FacetValue, ...]]]:
        filtered = [name for name in self._query.facets if name in self._plan.filters]
        others = [name for name in self._query.facets if name not in filtered]
        counted = self._aggregate(self._hits(), others)
        facets = {name: _values(counted[name], self._query.facets[name]) for name in others}
        for name in filtered:
            counts = self._aggregate(self._hits(but=name), [name])[name]
            facets[name] = _values(counts, self._query.facets[name])
        return int(counted["total"]["value"]), {name: facets[name] for name in self._query.facets}

    def _aggregate(self, condition: Condition, names: list[str]) -> dict[str, Any]:
        wanted: dict[str, Any] = {"total": {"value_count": {"field": "ends"}}}
        for name in names:
            field = f"keyword.{name}"
            wanted[name] = {"terms": {"field": field, "size": MOST_VALUES, "segment_size": MOST_VALUES}}
        return self._searcher.aggregate(self._lookup(condition), wanted)

    def _by_tier(self, total: int) -> list[cursor.Start]:
        """The hits from the start on, one more than the limit: each tier's but those of better tiers."""
        asked, limit = self._plan, self._query.limit + 1
        first = asked.start.tier if asked.start else 0
        found: list[cursor.Start] = []
        for number, (_, condition) in enumerate(asked.tiers):
            if number < first or len(found) == min(limit, total):
                continue
            better = Some(tuple(before for _, before in asked.tiers[:number]))
            base = replace(asked.base, exceptions=(*asked.base.exceptions, better))
            hits = replace(base, parts=(*base.parts, *asked.filtered(), condition))
            found += self._rows(hits, number, limit - len(found))
        return found

    def _rows(self, hits: All, tier: int, limit: int) -> list[cursor.Start]:
        """At most `limit` hits in order, after the start if that is in this tier; those without key last."""
        field = f"number.{self._plan.order.field}"
        start = self._plan.start if self._plan.start and self._plan.start.tier == tier else None
        found: list[cursor.Start] = []
        if start is None or start.key is not None:
            valued = replace(hits, parts=(*hits.parts, Between(field, *_INTEGERS)))
            if start is not None and start.key is not None:
                ties = replace(hits, parts=(*hits.parts, Between(field, start.key, start.key)))
                found += [cursor.Start(tier, start.key, id_) for id_ in self._ids(ties, start.id, limit)]
                beyond = Between(field, None, start.key - 1)
                if not self._plan.order.descending:
                    beyond = Between(field, start.key + 1, None)
                valued = replace(hits, parts=(*hits.parts, beyond))
            if len(found) < limit:
                found += self._sorted(valued, field, tier, limit - len(found))
            start = None
        if len(found) < limit and not self._plan.always_keyed:
            keyless = replace(hits, exceptions=(*hits.exceptions, Between(field, *_INTEGERS)))
            ids = self._ids(keyless, start.id if start else None, limit - len(found))
            found += [cursor.Start(tier, None, id_) for id_ in ids]
        return found

    def _sorted(self, hits: All, field: str, tier: int, limit: int) -> list[cursor.Start]:
        """The first hits by key, then id; tantivy breaks ties by place, so a cut tie is asked again."""
        descending = self._plan.order.descending
        direction = Direction.Desc if descending else Direction.Asc
        lookup = self._lookup(hits)
        found = self._searcher.search(
            lookup, limit + 1, count=False, order_by_field=field, order=direction
        ).hits
        keys = [key for key, _ in found]
        cut = len(keys) > limit and keys[limit] == keys[limit - 1]
        rows = [
            cursor.Start(tier, key, self._searcher.doc(address)["id"][0])
            for key, address in found[:limit]
            if not cut or key != keys[limit]
        ]
        rows.sort(key=lambda row: (-row.key if descending else row.key, row.id))  # type: ignore[operator]
        if cut:
            ties = replace(hits, parts=(*hits.parts, Between(field, keys[limit], keys[limit])))
            rows += [cursor.Start(tier, keys[limit], id_) for id_ in self._ids(ties, None, limit - len(rows))]
        return rows

    def _ids(self, hits: All, after: str | None, limit: int) -> list[str]:
        """Ids of hits in order. For want of text ranges the place after an id is found by halving."""
        lookup = self._lookup(hits)

        def ids(offset: int, limit: int) -> list[str]:
            found = self._searcher.search(
                lookup, limit, count=False, order_by_field="id", offset=offset, order=Direction.Asc
            )
            return [id_ for id_, _ in found.hits]

        if after is None:
            return ids(0, limit)
        places = range(count(self._searcher, lookup))
        return ids(bisect_right(places, after, key=lambda offset: ids(offset, 1)[0]), limit)

    def _tiers_of(self, ids: list[str]) -> Iterator[tuple[str, str]]:
        """The best tier of each id."""
        for name, condition in self._plan.tiers:
            if ids:
                lookup = self._lookup(All((Term("id", tuple(ids)), self._plan.base.parts[0], condition)))
                found = self._searcher.search(lookup, len(ids), count=False, order_by_field="ends").hits
                of_tier = {self._searcher.doc(address)["id"][0] for _, address in found}
                yield from ((id_, name) for id_ in of_tier)
                ids = [id_ for id_ in ids if id_ not in of_tier]

    def _lookup(self, condition: Condition) -> Lookup:
        """The condition in tantivy's terms."""
        match condition:
            case Term(field, values):
                if len(values) == 1:
                    return Lookup.term_query(self._fields, field, values[0])
                return Lookup.term_set_query(self._fields, field, values) if values else Lookup.empty_query()
            case Phrase(field, tokens):
                return Lookup.phrase_query(self._fields, field, list(tokens))
            case Prefix(field, text):
                if field.startswith("folded.") and len(text) <= EDGE:
                    return Lookup.term_query(self._fields, edge(field), text)
                return Lookup.fuzzy_term_query(self._fields, field, text, distance=0, prefix=True)
            case Between(field, low, high):
                if (low, high) == _INTEGERS:
                    return Lookup.exists_query(field)
                by_terms = (
                    field == "ends"
                )  # few differ, so their lists are quicker than a look at each document
                return Lookup.range_query(
                    self._fields, field, FieldType.Integer, low, high, use_inverted_index=by_terms
                )
            case Some(parts):
                alternatives = [self._lookup(part) for part in parts if part != NOTHING]
                return _boolean([(Occur.Should, lookup) for lookup in alternatives])
            case All(parts, exceptions):
                wanted = [(Occur.Must, self._lookup(part)) for part in parts]
                unwanted = [(Occur.MustNot, self._lookup(part)) for part in exceptions if part != NOTHING]
                return _boolean([*(wanted or [(Occur.Must, Lookup.all_query())]), *unwanted])


def _boolean(clauses: list[tuple[Occur, Lookup]]) -> Lookup:
    if not clauses:
        return Lookup.empty_query()
    return clauses[0][1] if len(clauses) == 1 else Lookup.boolean_query(clauses)


def count(searcher: tantivy.Searcher, lookup: Lookup) -> int:
    return int(searcher.aggregate(lookup, {"total": {"value_count": {"field": "ends"}}})["total"]["value"])


def _values(counted: Mapping[str, Any], most: int) -> tuple[FacetValue, ...]:
    """The most frequent values; tantivy leaves the order of equal counts open."""
    values = [FacetValue(bucket["key"], bucket["doc_count"]) for bucket in counted["buckets"]]
    values.sort(key=lambda value: (-value.count, value.value))
    return tuple(values[: most or None])


def edge(folded: str) -> str:
    return folded.replace("folded.", "edge.")


def fields(schema: Schema) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("position", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("collection", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("ends", indexed=True, fast=True)
    for name in ("all", *(f"text.{name}" for name in text_fields(schema))):
        builder.add_text_field(name, tokenizer_name="spaces", index_option="position")
    for name in schema.keywords:
        builder.add_text_field(f"keyword.{name}", fast=True, tokenizer_name="raw", index_option="basic")
    for name in (f"folded.{name}" for name in folded_fields(schema)):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
        builder.add_text_field(edge(name), tokenizer_name="edges", index_option="basic")
    for name in schema.numbers:
        builder.add_integer_field(f"number.{name}", indexed=True, fast=True)
    return builder.build()


def tokenizing(index: tantivy.Index) -> tantivy.Index:
    """tantivy forgets its tokenizers with every opening."""
    for name, tokenizer in (
        ("spaces", tantivy.Tokenizer.whitespace()),
        ("edges", tantivy.Tokenizer.ngram(1, EDGE, prefix_only=True)),
    ):
        index.register_tokenizer(name, tantivy.TextAnalyzerBuilder(tokenizer).build())
    return index
