"""Rows judged by a law that their definition names."""

from dataclasses import replace
from datetime import date
from typing import Any

from harvesters.formats import RawRow
from harvesters.mapping import Mapper
from harvesters.source import Definition
from publisher.judging import Judge
from publisher.periods import Period
from publisher.rulesets import Term
from tests.fixtures.store import ZONE
from tests.harvesters.test_mapping import REGISTRY, ROW, WHERE, definition, draft, mapper, seal


def by_law(**changes: Any) -> Definition:
    return definition(period_months=None, rules="cn-2026", **changes)


def test_a_law_has_the_last_word_on_what_a_row_says() -> None:
    start = date(2026, 3, 8)
    plain, ended = draft(ROW, by_law()), draft(ROW | {"公示截止期": "2026-06-01"}, by_law())
    assert (plain.period, plain.rules) == (Period(start, None, "none"), "cn-2026")
    assert ended.period == Period(start, date(2026, 6, 1), "public_until")


def test_an_assumed_severity_is_counted() -> None:
    reading = mapper(by_law())
    for cells in (ROW, ROW | {"失信严重程度": "严重"}):
        reading.draft(RawRow(WHERE, cells), b"hash")
    assert (reading.assumed, reading.doubts.sentences()) == (1, [])


def test_rows_are_not_read_again_when_a_law_changes() -> None:
    law = REGISTRY.rules["cn-2026"]
    other = replace(law, terms={**law.terms, "general": Term(1, 2)}, raw="other")
    judge = Judge({"cn-2026": other}, REGISTRY.with_ancestors)
    assert Mapper(by_law(), REGISTRY, seal, ZONE, judge).version == mapper(by_law()).version


def test_a_law_that_is_not_applied_is_said() -> None:
    judge = Judge({}, REGISTRY.with_ancestors)
    told = Mapper(by_law(), REGISTRY, seal, ZONE, judge).unjudged
    assert told
    assert told.startswith("The rule set cn-2026 is not applied yet; `gongshi rules preview cn-2026`")
    assert mapper(by_law()).unjudged is None
