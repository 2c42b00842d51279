"""A query answered from one state of an embedded index."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import tantivy
from tantivy import Order as Direction

from search import cursor
from search.engines.embedded_index import INTEGERS, Lookups, count, facets
from search.facets import Counts, ranked, tally
from search.model import Hit, Order, Page, Position, Query, Schema
from search.plan import All, Between, Condition, Plan, Some, Term

Combinations = Iterator[tuple[str, int]]
"""Values that stand together (see search.facets.combination), and in how many documents."""

COMBINATIONS = 60_000
"""Combinations of facet values counted in one step; tantivy refuses more than 65 000."""

WINDOW = 1_000
"""So many documents at an order's beginning are looked at first where a query has many hits."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of the index. `windows` remembers for each order where its first documents end, and of how
    many documents; it may come from an older state, since it only says where to look first."""

    searcher: tantivy.Searcher
    fields: tantivy.Schema
    position: Position | None
    windows: dict[Order, tuple[int, int | None]]

    def window(self, order: Order) -> int | None:
        """The key of about the WINDOW-th document of any collection in the order; None for fewer."""
        of, key = self.windows.get(order, (0, None))
        if self.searcher.num_docs > of * 1.1:
            column = f"number.{order.field}"
            every = tantivy.Query.exists_query(column)
            first = self.searcher.search(
                every, WINDOW, count=False, order_by_field=column, order=direction(order)
            ).hits
            key = first[-1][0] if len(first) == WINDOW else None
            self.windows[order] = self.searcher.num_docs, key
        return key


class Search:
    """One query against one state of the index."""

    def __init__(self, snapshot: Snapshot, schema: Schema, query: Query, asked: Plan) -> None:
        self._snapshot, self._searcher = snapshot, snapshot.searcher
        self._schema, self._query, self._plan = schema, query, asked
        self._lookups = Lookups(snapshot.searcher, snapshot.fields)
        self._many = False

    def page(self) -> Page:
        asked, limit = self._plan, self._query.limit
        counted = self._counted()
        self._many = counted.total * WINDOW > 2 * limit * self._searcher.num_docs
        rows: list[cursor.Start] = []
        if limit and counted.total:
            rows = self._by_tier(counted.total) if asked.relevance else self._rows(self._hits(), 0, limit + 1)
        return Page(
            hits=tuple(self._named(rows[:limit])),
            total=counted.total,
            facets={name: ranked(counted.facets[name], most) for name, most in self._query.facets.items()},
            distinct={name: len(counted.facets[name]) for name in self._query.facets},
            next=cursor.write(self._query, rows[limit - 1]) if len(rows) > limit else None,
            position=self._snapshot.position,
        )

    def _hits(self, but: Iterable[str] = ()) -> All:
        """What the query finds, without the filters of some fields."""
        matching = self._plan.matching()
        return replace(matching, parts=(*matching.parts, *self._plan.filtered(but)))

    # counting

    def _counted(self) -> Counts:
        """All that the query counts: each group of facets by combination, groups alike in one step."""
        steps: dict[All, list[int]] = {}
        for number, group in enumerate(self._schema.facets):
            if not self._query.facets.keys().isdisjoint(group):
                steps.setdefault(self._hits(but=self._late(group)), []).append(number)
        if not steps:
            return Counts(count(self._searcher, self._lookups.of(self._hits())), {})
        total = 0
        found: dict[str, Mapping[str, int]] = {}
        for condition, numbers in steps.items():
            for number, combinations in self._combinations(condition, numbers):
                group = self._schema.facets[number]
                asked = [name for name in group if name in self._query.facets]
                filters = {name: self._plan.filters[name].values for name in self._late(group)}
                counts = tally(combinations, group, asked, filters)
                total = counts.total
                found.update(counts.facets)
        return Counts(total, found)

    def _late(self, group: Iterable[str]) -> list[str]:
        """The group's fields whose filter is for the others only, since their own values are counted."""
        return [name for name in group if name in self._query.facets and name in self._plan.filters]

    def _combinations(self, condition: All, numbers: list[int]) -> Iterator[tuple[int, Combinations]]:
        """For each of the groups: in how many of the documents which values stand together."""
        lookup, most = self._lookups.of(condition), COMBINATIONS // len(numbers)
        terms = {
            str(number): {"terms": {"field": facets(number), "size": most, "segment_size": most}}
            for number in numbers
        }
        for number, counted in self._searcher.aggregate(lookup, terms).items():
            whole = not counted["sum_other_doc_count"]
            pairs = ((bucket["key"], bucket["doc_count"]) for bucket in counted["buckets"])
            yield int(number), pairs if whole else self._by_part(lookup, facets(int(number)))

    def _by_part(self, lookup: tantivy.Query, column: str) -> Combinations:
        """The same where there are more combinations than one step can count."""
        asked: dict[str, Any] = {"size": COMBINATIONS, "sources": [{"value": {"terms": {"field": column}}}]}
        while True:
            part = self._searcher.aggregate(lookup, {"part": {"composite": asked}})["part"]
            yield from ((bucket["key"]["value"], bucket["doc_count"]) for bucket in part["buckets"])
            if len(part["buckets"]) < COMBINATIONS:
                return
            asked["after"] = part["after_key"]

    # hits

    def _by_tier(self, total: int) -> list[cursor.Start]:
        """The hits from the start on, one more than the limit: each tier's but those of better tiers."""
        asked, limit = self._plan, self._query.limit + 1
        first = asked.start.tier if asked.start else 0
        found: list[cursor.Start] = []
        for number, (_, condition) in enumerate(asked.tiers):
            if number < first or len(found) == min(limit, total) or not self._lookups.found(condition):
                continue
            better = Some(tuple(before for _, before in asked.tiers[:number]))
            hits = replace(asked.base, parts=(*asked.base.parts, *asked.filtered(), condition))
            hits = replace(hits, exceptions=(*hits.exceptions, better))
            found += self._rows(hits, number, limit - len(found))
        return found

    def _rows(self, hits: All, tier: int, limit: int) -> list[cursor.Start]:
        """At most `limit` hits in order, after the start if that is in this tier; those without key last."""
        field = f"number.{self._plan.order.field}"
        start = self._plan.start if self._plan.start and self._plan.start.tier == tier else None
        found: list[cursor.Start] = []
        if start is None or start.key is not None:
            valued = hits if self._plan.always_keyed else _and(hits, Between(field, *INTEGERS))
            if start is not None and start.key is not None:
                ties = _and(hits, Between(field, start.key, start.key, few=True))
                found += [cursor.Start(tier, start.key, id_) for id_ in self._ids(ties, start.id, limit)]
                beyond = Between(field, None, start.key - 1)
                if not self._plan.order.descending:
                    beyond = Between(field, start.key + 1, None)
                valued = _and(hits, beyond)
            if len(found) < limit:
                found += self._sorted(valued, field, tier, limit - len(found))
            start = None
        if len(found) < limit and not self._plan.always_keyed:
            keyless = replace(hits, exceptions=(*hits.exceptions, Between(field, *INTEGERS)))
            ids = self._ids(keyless, start.id if start else None, limit - len(found))
            found += [cursor.Start(tier, None, id_) for id_ in ids]
        return found

    def _sorted(self, hits: All, field: str, tier: int, limit: int) -> list[cursor.Start]:
        """The first hits by key, then id; tantivy breaks ties by place, so a cut tie is asked again."""
        descending = self._plan.order.descending
        found = self._first(hits, field, limit + 1)
        keys = [key for key, _ in found]
        cut = len(keys) > limit and keys[limit] == keys[limit - 1]
        rows = [
            cursor.Start(tier, key, self._searcher.doc(address)["id"][0])
            for key, address in found[:limit]
            if not cut or key != keys[limit]
        ]
        rows.sort(key=lambda row: (-row.key if descending else row.key, row.id))  # type: ignore[operator]
        if cut:
            ties = _and(hits, Between(field, keys[limit], keys[limit], few=True))
            rows += [cursor.Start(tier, keys[limit], id_) for id_ in self._ids(ties, None, limit - len(rows))]
        return rows

    def _first(self, hits: All, field: str, limit: int) -> list[tuple[int, tantivy.DocAddress]]:
        """The first hits by key. Of many hits the first stand near the order's beginning, where few documents
        are; they are looked for there before all are compared."""
        order = self._plan.order
        if self._many and (end := self._snapshot.window(order)) is not None:
            low, high = (end, None) if order.descending else (None, end)
            found = self._best(_and(hits, Between(field, low, high, few=True)), field, limit)
            if len(found) == limit:
                return found
        return self._best(hits, field, limit)

    def _best(self, hits: All, field: str, limit: int) -> list[tuple[int, tantivy.DocAddress]]:
        return self._searcher.search(
            self._lookups.of(hits),
            limit,
            count=False,
            order_by_field=field,
            order=direction(self._plan.order),
        ).hits

    def _ids(self, hits: All, after: str | None, limit: int) -> list[str]:
        """Ids of hits in order. For want of text ranges the place after an id is found by halving."""
        lookup = self._lookups.of(hits)

        def ids(offset: int, limit: int) -> list[str]:
            found = self._searcher.search(
                lookup, limit, count=False, order_by_field="id", offset=offset, order=Direction.Asc
            )
            return [id_ for id_, _ in found.hits]

        if after is None:
            return ids(0, limit)
        places = range(count(self._searcher, lookup))
        return ids(bisect_right(places, after, key=lambda offset: ids(offset, 1)[0]), limit)

    def _named(self, rows: list[cursor.Start]) -> Iterator[Hit]:
        """The rows with the names of their tiers."""
        tiers = self._plan.tiers
        if self._plan.relevance:
            return (Hit(row.id, tiers[row.tier][0]) for row in rows)
        found = dict(self._tiers_of([row.id for row in rows]))
        return (Hit(row.id, found.get(row.id, "")) for row in rows)

    def _tiers_of(self, ids: list[str]) -> Iterator[tuple[str, str]]:
        """The best tier of each id."""
        for name, condition in self._plan.tiers:
            if ids and self._lookups.found(condition):
                lookup = self._lookups.of(All((Term("id", tuple(ids)), self._plan.base.parts[0], condition)))
                found = self._searcher.search(lookup, len(ids), count=False, order_by_field="ends").hits
                of_tier = {self._searcher.doc(address)["id"][0] for _, address in found}
                yield from ((id_, name) for id_ in of_tier)
                ids = [id_ for id_ in ids if id_ not in of_tier]


def _and(hits: All, condition: Condition) -> All:
    return replace(hits, parts=(*hits.parts, condition))


def direction(order: Order) -> Direction:
    return Direction.Desc if order.descending else Direction.Asc
