"""What every engine promises of likeness: who is compared at all."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engine import BadQuery, Engine
from search.model import Similar
from search.text import tokens
from tests.search.conftest import PIECES, corpus

texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)


def asked(text: str, least: int, at: int = 0, limit: int = 1_000) -> Similar:
    return Similar("item", at, "name", tuple(dict.fromkeys(tokens(text))), least, "label", limit)


def alike(query: Similar) -> dict[str, set[str]]:
    """All that share enough with the text, and their labels."""
    found = {}
    for document in {document.id: document for document in corpus()}.values():
        there = {token for value in document.text.get("name", ()) for token in tokens(value)}
        if (
            document.collection == query.collection
            and document.ends > query.at
            and len(there.intersection(query.tokens)) >= query.least
        ):
            found[document.id] = set(document.keywords.get("label", ()))
    return found


@settings(deadline=None, max_examples=40)
@given(st.lists(st.builds(asked, texts, st.integers(1, 4), st.sampled_from([0, 1_000])), max_size=4))
def test_those_that_share_enough_are_found_and_no_others(full: Engine, queries: list[Similar]) -> None:
    for query, likes in zip(queries, full.similar(queries), strict=True):
        assert {like.id: set(like.values) for like in likes} == alike(query)


def test_the_likest_come_first_and_no_more_than_were_asked_for(full: Engine) -> None:
    query = asked("海南旅游公司", 1)
    (all_of_them,) = full.similar([query])
    (first,) = full.similar([replace(query, limit=3)])
    assert [like.id for like in first] == [like.id for like in all_of_them][:3]


def test_nothing_is_like_nothing(full: Engine, engine: Engine) -> None:
    assert full.similar([asked("", 1)]) == [()]
    assert full.similar([]) == []
    assert engine.similar([asked("海南", 1)]) == [()], "an index that nobody has made yet"


@pytest.mark.parametrize(
    "wrong",
    [{"field": "facts"}, {"giving": "kind"}, {"limit": 1_001}, {"limit": 0}, {"tokens": ("x",) * 1_001}],
)
def test_what_cannot_be_asked_is_refused(full: Engine, wrong: dict[str, object]) -> None:
    with pytest.raises(BadQuery):
        full.similar([replace(asked("海南", 1), **wrong)])  # type: ignore[arg-type]
