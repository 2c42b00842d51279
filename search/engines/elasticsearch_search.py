"""How Elasticsearch is asked: the mappings of an index, a plan as a request, its answer as a page.

Each request finds, besides what it asks for, the document that holds the index's position, so that a page
knows of which state of the index it is. A filter keeps that document out of hits and total, and it has no
field that is counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from search import cursor
from search.model import FacetValue, Hit, Like, Page, Position, Query, Schema, Similar
from search.plan import (
    EDGE,
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

MOST_VALUES = 60_000
"""Of a facet with more values the most frequent are known; Elasticsearch refuses more than 65 536."""

POSITION = "position"
"""The id of the document that holds the index's position; others have a separator in theirs."""

_POSITION = "index position"  # the name of the aggregation that gives it; no field's, for it has a space
_AT_POSITION = {"ids": {"values": [POSITION]}}
_POSITION_HIT = {"filter": _AT_POSITION, "aggs": {"hit": {"top_hits": {"size": 1, "_source": [POSITION]}}}}

_KEYLESS = {True: -(2**63), False: 2**63 - 1}
"""What Elasticsearch sorts by where a document lacks the field, by descending or not: it comes last."""


def mappings(schema: Schema) -> dict[str, Any]:
    """The fields of search.plan. Of a document itself only the position is kept: the store has the rest."""
    keyword, number = {"type": "keyword"}, {"type": "long"}
    text = {"type": "text", "analyzer": "whitespace", "norms": False}
    folded = {
        "type": "text",
        "analyzer": "keyword",
        "norms": False,
        "index_options": "docs",
        "index_prefixes": {"min_chars": 1, "max_chars": EDGE},
    }
    return {
        "dynamic": False,
        "_source": {"includes": ["position"]},
        "properties": {
            "collection": keyword,
            "id": keyword,
            "ends": number,
            "position": {"type": "object", "enabled": False},
            "all": text,
            "text": {"properties": dict.fromkeys(text_fields(schema), text)},
            "folded": {"properties": dict.fromkeys(folded_fields(schema), folded)},
            "keyword": {"properties": dict.fromkeys(schema.keywords, keyword)},
            "number": {"properties": dict.fromkeys(schema.numbers, number)},
        },
    }


def request(query: Query, asked: Plan) -> dict[str, Any]:
    """The parameters of a search. Filters of facet fields come after the counting of these facets."""
    late = [name for name in query.facets if name in asked.filters]
    early = [condition for name, condition in asked.filters.items() if name not in late]
    found = {"bool": {"should": [_query(asked, early), _AT_POSITION], "minimum_should_match": 1}}
    hits = _lookup(All(tuple(asked.filters[name] for name in late)))
    hits["bool"]["must_not"] = [_AT_POSITION]
    body: dict[str, Any] = {
        "query": found,
        "post_filter": hits,
        "size": query.limit + 1 if query.limit else 0,
        "source": False,
        "track_total_hits": True,
        "aggs": {name: _facet(name, asked, late) for name in query.facets} | {_POSITION: _POSITION_HIT},
    }
    if query.limit:
        body["sort"] = _sort(asked)
        if asked.start:
            key = _KEYLESS[asked.order.descending] if asked.start.key is None else asked.start.key
            score = [float(len(asked.tiers) - asked.start.tier)] if asked.relevance else []
            body["search_after"] = [*score, key, asked.start.id]
    return body


def similar_request(asked: Similar) -> dict[str, Any]:
    """The body of a search for what is like something."""
    alike = [{"term": {f"text.{asked.field}": token}} for token in asked.tokens]
    return {
        "query": {
            "bool": {
                "should": alike or [{"match_none": {}}],
                "minimum_should_match": max(asked.least, 1),
                "filter": [{"term": {"collection": asked.collection}}, {"range": {"ends": {"gt": asked.at}}}],
            }
        },
        "size": asked.limit,
        "_source": False,
        "docvalue_fields": ["id", f"keyword.{asked.giving}"],
        "track_total_hits": False,
    }


def likes(answer: Mapping[str, Any], asked: Similar) -> tuple[Like, ...]:
    """What was answered to `similar_request`."""
    found = (row["fields"] for row in answer["hits"]["hits"])
    return tuple(Like(row["id"][0], tuple(row.get(f"keyword.{asked.giving}", ()))) for row in found)


def page(answer: Mapping[str, Any], query: Query, asked: Plan) -> Page:
    """What was answered to `request`."""
    rows = answer["hits"]["hits"]
    counted = {name: _buckets(answer["aggregations"][name]) for name in query.facets}
    following = None
    if query.limit and len(rows) > query.limit:
        following = cursor.write(query, _start(rows[query.limit - 1]["sort"], asked))
    return Page(
        hits=tuple(Hit(row["sort"][-1], _tier(row, asked)) for row in rows[: query.limit]),
        total=answer["hits"]["total"]["value"],
        facets={name: _values(counted[name], most) for name, most in query.facets.items()},
        distinct={name: len(buckets) for name, buckets in counted.items()},
        next=following,
        position=_position(answer["aggregations"][_POSITION]["hit"]["hits"]["hits"]),
    )


def _position(found: Sequence[Mapping[str, Any]]) -> Position | None:
    return Position(**found[0]["_source"]["position"]) if found else None


def _query(asked: Plan, early: Iterable[Condition]) -> dict[str, Any]:
    """By relevance the score is that of the best tier; else tiers are named, which costs more."""
    base = All((*asked.base.parts, *early), asked.base.exceptions)
    found = _lookup(base)
    if not asked.tiers:
        return found
    number = len(asked.tiers)
    tiers = [
        {"constant_score": {"filter": _lookup(condition), "boost": number - place} | _named(name, asked)}
        for place, (name, condition) in enumerate(asked.tiers)
    ]
    found["bool"]["must"] = [{"dis_max": {"queries": tiers}}]
    return found


def _named(tier: str, asked: Plan) -> dict[str, str]:
    return {} if asked.relevance else {"_name": tier}


def _sort(asked: Plan) -> list[dict[str, Any]]:
    direction = "desc" if asked.order.descending else "asc"
    by_key = {f"number.{asked.order.field}": {"order": direction, "missing": "_last"}}
    return [*([{"_score": "desc"}] if asked.relevance else []), by_key, {"id": "asc"}]


def _start(sort: list[Any], asked: Plan) -> cursor.Start:
    key, id_ = sort[-2:]
    tier = len(asked.tiers) - round(sort[0]) if asked.relevance else 0
    return cursor.Start(tier, None if key == _KEYLESS[asked.order.descending] else key, id_)


def _tier(row: Mapping[str, Any], asked: Plan) -> str:
    """The best of the tiers in which a row was found."""
    if asked.relevance:
        return asked.tiers[_start(row["sort"], asked).tier][0]
    matched = row.get("matched_queries", ())
    return next((name for name, _ in asked.tiers if name in matched), "")


def _facet(name: str, asked: Plan, late: Iterable[str]) -> dict[str, Any]:
    """All values of a field, counted under the filters of all other fields."""
    others = tuple(asked.filters[other] for other in late if other != name)
    order = [{"_count": "desc"}, {"_key": "asc"}]
    values = {"terms": {"field": f"keyword.{name}", "size": MOST_VALUES, "order": order}}
    return {"filter": _lookup(All(others)), "aggs": {"values": values}} if others else values


def _buckets(facet: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What was counted for `_facet`, within its filter or without one."""
    buckets: list[Mapping[str, Any]] = facet.get("values", facet)["buckets"]
    return buckets


def _values(buckets: Sequence[Mapping[str, Any]], most: int) -> tuple[FacetValue, ...]:
    return tuple(FacetValue(bucket["key"], bucket["doc_count"]) for bucket in buckets[: most or None])


def _lookup(condition: Condition) -> dict[str, Any]:
    """The condition in Elasticsearch's terms."""
    match condition:
        case Term(field, values):
            return {"terms": {field: list(values)}}
        case Phrase(field, tokens):
            return {"match_phrase": {field: " ".join(tokens)}}
        case Prefix(field, text):
            return {"prefix": {field: text}}
        case Between(field, low, high):
            bounds = {"gte": low, "lte": high}
            return {"range": {field: {name: bound for name, bound in bounds.items() if bound is not None}}}
        case Some(parts):
            if not parts:
                return {"match_none": {}}
            return {"bool": {"should": [_lookup(part) for part in parts], "minimum_should_match": 1}}
        case All(parts, exceptions):
            return {
                "bool": {
                    "filter": [_lookup(part) for part in parts] or [{"match_all": {}}],
                    "must_not": [_lookup(part) for part in exceptions],
                }
            }
