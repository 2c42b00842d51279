"""The floors of a search: the same words and filters asked of the bare engine, by hand, on the same index.

No tiers, no ends, no cursors, no store; the newest twenty and the counts of the facets. What any search of
these words on this engine must cost at least.
"""

import json
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tantivy
from tantivy import FieldType, Occur
from tantivy import Query as Lookup

from publisher.indexing import SCHEMA
from search.engines.embedded_index import facets, fields, tokenizing
from search.model import Query
from search.parse import And, Expression, Not, Or, Word
from search.text import sought

HITS, VALUES = 20, 50
FACETS = ("kind", "region", "authority", "year")


def tantivy_calls(folder: Path, queries: list[Query]) -> list[Callable[[], object]]:
    """One call a query, on the embedded index under `folder`."""
    index = tokenizing(tantivy.Index.open(str(folder / (folder / "current").read_text().strip())))
    searcher, schema = index.searcher(), fields(SCHEMA)
    counted = {
        str(number): {"terms": {"field": facets(number), "size": VALUES}}
        for number in range(len(SCHEMA.facets))
    }

    def ask(lookup: Lookup, order: str) -> None:
        searcher.search(lookup, HITS, count=False, order_by_field=order)
        searcher.aggregate(lookup, counted)

    return [partial(ask, _tantivy(query, schema), _order(query)) for query in queries]


def elasticsearch_calls(url: str, queries: list[Query]) -> list[Callable[[], object]]:
    """One call a query, on the index there, over one plain HTTP connection."""
    connection = HTTPConnection(urlsplit(url).netloc)

    def ask(body: bytes) -> None:
        connection.request("POST", "/gongshi-v-*/_search", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        json.loads(text)

    return [partial(ask, json.dumps(_elasticsearch(query)).encode()) for query in queries]


def _order(query: Query) -> str:
    return f"number.{query.order.field if query.order else 'newest'}"


def _tantivy(query: Query, schema: tantivy.Schema) -> Lookup:
    wanted = [Lookup.term_query(schema, "collection", query.collection)]
    wanted += [
        Lookup.term_set_query(schema, f"keyword.{name}", [*some]) for name, some in query.where.items()
    ]
    wanted += [
        Lookup.range_query(schema, f"number.{name}", FieldType.Integer, low, high)
        for name, (low, high) in query.ranges.items()
    ]
    if query.expression:
        wanted.append(_tantivy_words(query.expression, schema))
    return Lookup.boolean_query([(Occur.Must, lookup) for lookup in wanted])


def _tantivy_words(expression: Expression, schema: tantivy.Schema) -> Lookup:
    match expression:
        case Word(text):
            tokens, prefix = sought(text)
            if prefix:
                return Lookup.fuzzy_term_query(schema, "all", tokens[0], distance=0, prefix=True)
            if len(tokens) == 1:
                return Lookup.term_query(schema, "all", tokens[0])
            return Lookup.phrase_query(schema, "all", [*tokens])
        case And(parts):
            return Lookup.boolean_query(
                [
                    (Occur.MustNot, _tantivy_words(part.part, schema))
                    if isinstance(part, Not)
                    else (Occur.Must, _tantivy_words(part, schema))
                    for part in parts
                ]
            )
        case Or(parts):
            return Lookup.boolean_query([(Occur.Should, _tantivy_words(part, schema)) for part in parts])
    raise ValueError(f"not in the mix: {expression}")


def _elasticsearch(query: Query) -> dict[str, Any]:
    wanted: list[dict[str, Any]] = [{"term": {"collection": query.collection}}]
    wanted += [{"terms": {f"keyword.{name}": [*some]}} for name, some in query.where.items()]
    for name, (low, high) in query.ranges.items():
        bounds = {"gte": low, "lte": high}
        wanted.append(
            {"range": {f"number.{name}": {key: end for key, end in bounds.items() if end is not None}}}
        )
    if query.expression:
        wanted.append(_elasticsearch_words(query.expression))
    return {
        "query": {"bool": {"filter": wanted}},
        "size": HITS,
        "sort": [{_order(query): "desc"}],
        "_source": False,
        "track_total_hits": True,
        "aggs": {name: {"terms": {"field": f"keyword.{name}", "size": VALUES}} for name in FACETS},
    }


def _elasticsearch_words(expression: Expression) -> dict[str, Any]:
    match expression:
        case Word(text):
            tokens, prefix = sought(text)
            return {"prefix": {"all": tokens[0]}} if prefix else {"match_phrase": {"all": " ".join(tokens)}}
        case And(parts):
            unwanted = [_elasticsearch_words(part.part) for part in parts if isinstance(part, Not)]
            wanted = [_elasticsearch_words(part) for part in parts if not isinstance(part, Not)]
            return {"bool": {"filter": wanted, "must_not": unwanted}}
        case Or(parts):
            return {"bool": {"should": [_elasticsearch_words(part) for part in parts]}}
    raise ValueError(f"not in the mix: {expression}")
