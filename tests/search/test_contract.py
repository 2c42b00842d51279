"""What every engine promises, tried on each against a naive search of the same documents."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engine import BadQuery, Engine
from search.engines import embedded_search
from search.model import Hit, Order, Page, Position, Query, Range
from search.parse import And, Expression, Not, Or, Value, Within, Word
from tests.search import oracle
from tests.search.conftest import PIECES, corpus

FACETS = {"kind": 0, "region": 2, "label": 5}

words = st.builds(
    Word,
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join),
    st.booleans(),
    st.sampled_from(["", "", "", "name", "number"]),
)
limits = st.one_of(
    st.builds(
        Value, st.sampled_from(["kind", "region"]), st.sampled_from([(), ("permit",), ("4601", "黑名单")])
    ),
    st.builds(Within, st.just("amount"), st.sampled_from([-5, 1]), st.sampled_from([None, 5, 200])),
    st.just(Within("newest", None, 5)),
)
expressions: st.SearchStrategy[Expression] = st.recursive(
    st.one_of(words, words, limits),
    lambda parts: st.one_of(
        st.builds(And, st.lists(parts, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(parts, min_size=2, max_size=3).map(tuple)),
        st.builds(Not, parts),
    ),
    max_leaves=4,
)
queries = st.builds(
    Query,
    collection=st.sampled_from(["item", "item", "subject"]),
    at=st.sampled_from([0, 999, 1_000, 1_001, 5_000]),
    expression=st.one_of(st.none(), expressions),
    where=st.fixed_dictionaries(
        {},
        optional={
            "kind": st.frozensets(st.sampled_from(["permit", "黑名单", "?"])),
            "region": st.frozensets(st.sampled_from(["4601", "4602", "?"])),
        },
    ),
    ranges=st.dictionaries(
        st.sampled_from(["newest", "amount"]),
        st.builds(Range, st.sampled_from([None, -5, 1]), st.sampled_from([None, 5, 200])),
    ),
    order=st.sampled_from([None, None, Order("amount"), Order("amount", False), Order("newest", False)]),
    limit=st.sampled_from([1, 2, 7, 1_000]),
    facets=st.just(FACETS),
    tiers=st.sampled_from([None, None, ("code", "name prefix"), ("text",), ("name", "text")]),
    without=st.frozensets(st.sampled_from([document.id for document in corpus()]), max_size=30),
)


def pages(engine: Engine, query: Query) -> Iterator[Page]:
    while True:
        page = engine.search(query)
        yield page
        if page.next is None:
            return
        query = replace(query, after=page.next)


def hits(engine: Engine, query: Query) -> list[Hit]:
    return [hit for page in pages(engine, query) for hit in page.hits]


@settings(deadline=None)
@given(query=queries)
def test_hits_totals_and_facets_are_those_of_a_naive_search(full: Engine, query: Query) -> None:
    documents = list({document.id: document for document in corpus()}.values())
    expected = oracle.hits(documents, query)
    found: list[Hit] = []
    for page in islice(pages(full, query), 4):
        found += page.hits
        assert page.total == len(expected)
        assert page.facets == {
            name: oracle.facet(documents, query, name, most) for name, most in FACETS.items()
        }
        assert page.distinct == {name: len(oracle.facet(documents, query, name, 0)) for name in FACETS}
        assert page.position == Position("epoch", 2)
        assert page.next is not None or len(found) == len(expected)
    assert found == expected[: len(found)]


@pytest.mark.parametrize("order", [None, Order("amount"), Order("amount", False)])
def test_pages_have_neither_gaps_nor_repeats(full: Engine, order: Order | None) -> None:
    query = Query("item", 0, Or((Word("海"), Word("公司"), Word("12"))), order=order, limit=3)
    assert hits(full, query) == oracle.hits(corpus(), query)


def test_a_limit_of_nothing_still_counts(full: Engine) -> None:
    page = full.search(Query("item", 0, Word("海"), limit=0, facets={"kind": 0}))
    assert page.hits == ()
    assert page.next is None
    assert page.total > 0
    assert page.facets["kind"]


@pytest.mark.parametrize(
    "query",
    [
        Query("item", 0, limit=-1),
        Query("item", 0, limit=1_001),
        Query("item", 0, where={"colour": frozenset({"red"})}),
        Query("item", 0, facets={"colour": 0}),
        Query("item", 0, facets={"code": 0}),
        Query("item", 0, ranges={"kind": Range(1, 2)}),
        Query("item", 0, ranges={"amount": Range(2**80, None)}),
        Query("item", 0, order=Order("kind")),
        Query("item", 0, Word("海"), tiers=("best",)),
        Query("item", 0, Word("海", field="facts")),
        Query("item", 0, Not(Value("colour", ("red",)))),
        Query("item", 0, Or((Word("海"), Within("kind", 1)))),
        Query("item", 0, Within("amount")),
        Query("item", 0, Within("amount", 2**80)),
        Query("item", 0, after="no cursor"),
        Query("item", 0, after="WyJhIl0"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_sentence(full: Engine, query: Query) -> None:
    with pytest.raises(BadQuery) as refused:
        full.search(query)
    assert str(refused.value).count(". ") == 0
    assert str(refused.value).endswith(".")


def test_a_cursor_serves_its_own_query_only_but_at_any_moment(full: Engine) -> None:
    query = Query("item", 0, Word("海"), limit=2)
    cursor = full.search(query).next
    assert full.search(replace(query, after=cursor, at=1_000, limit=5, without=frozenset("x"))).hits
    with pytest.raises(BadQuery):
        full.search(replace(query, after=cursor, expression=Word("南")))


def test_facets_are_exact_beyond_what_is_counted_in_one_step(
    full: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_search, "COMBINATIONS", 3)
    query = Query(
        "item", 0, Or((Word("海"), Word("公司"))), facets=FACETS, where={"kind": frozenset({"permit"})}
    )
    page = full.search(query)
    assert page.total == len(oracle.hits(corpus(), query))
    for name, most in FACETS.items():
        assert page.facets[name] == oracle.facet(corpus(), query, name, most)


def test_many_hits_are_in_the_same_order_however_few_are_looked_at_first(
    full: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for window in (5, 40):
        monkeypatch.setattr(embedded_search, "WINDOW", window)
        for order in (None, Order("newest", False), Order("amount"), Order("amount", False)):
            query = Query("item", 0, Or((Word("海"), Word("公司"))), order=order, limit=2)
            assert hits(full, query) == oracle.hits(corpus(), query)
