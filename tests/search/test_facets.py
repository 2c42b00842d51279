"""Counting by combination, beside counting each field by itself."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from search.facets import combination, ranked, tally

GROUP = ("kind", "region", "year")
values = st.lists(st.sampled_from("abc"), max_size=2, unique=True)
documents = st.lists(st.fixed_dictionaries(dict.fromkeys(GROUP, values)), max_size=30)
filters = st.dictionaries(st.sampled_from(GROUP), st.sets(st.sampled_from("abcd"), max_size=2))


@given(documents, filters)
def test_each_facet_is_counted_under_all_filters_but_its_own(
    found: list[dict[str, list[str]]], where: dict[str, set[str]]
) -> None:
    combinations = Counter(combination(GROUP, document) for document in found)
    counts = tally(combinations.items(), GROUP, GROUP, where)

    def passing(but: str = "") -> list[dict[str, list[str]]]:
        kept = {name: some for name, some in where.items() if name != but}
        return [doc for doc in found if all(some & set(doc[name]) for name, some in kept.items())]

    assert counts.total == len(passing())
    for name in GROUP:
        assert counts.facets[name] == Counter(value for doc in passing(name) for value in doc[name])


def test_equal_counts_are_ranked_by_value() -> None:
    assert ranked({"b": 1, "a": 1, "c": 2}, 2) == (("c", 2), ("a", 1))
    assert len(ranked({"b": 1, "a": 1, "c": 2}, 0)) == 3
