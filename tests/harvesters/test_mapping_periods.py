"""Rows judged by a law that their definition names."""

from dataclasses import replace
from datetime import date
from typing import Any

from harvesters.formats import RawRow
from harvesters.source import Definition
from publisher.periods import Period
from tests.harvesters.test_mapping import ROW, WHERE, definition, draft, mapper


def by_law(**changes: Any) -> Definition:
    return definition(period_months=None, rules="cn-2026", **changes)


def test_a_law_says_how_long_a_row_is_public() -> None:
    grave, banned = ROW | {"失信严重程度": "严重"}, ROW | {"处罚类别": "罚款;吊销许可证件"}
    start = date(2026, 3, 8)
    assert draft(ROW, by_law()).period == Period(start, date(2027, 3, 8), "cn-2026/general/12/assumed")
    assert draft(grave, by_law()).period == Period(start, date(2029, 3, 8), "cn-2026/serious/36")
    assert draft(banned, by_law()).period.rule == "cn-2026/serious/36"
    assert draft(ROW | {"公示截止期": "2026-06-01"}, by_law()).period.rule == "public_until"
    assert draft(ROW | {"公示截止期": "2029-06-01"}, by_law()).period.last_day == date(2027, 3, 8)


def test_an_assumed_severity_is_counted() -> None:
    reading = mapper(by_law())
    for cells in (ROW, ROW | {"失信严重程度": "严重"}):
        reading.draft(RawRow(WHERE, cells), b"hash")
    (told,) = reading.doubts.sentences()
    assert told.startswith("1 row: nothing says how severe it is")


def test_rows_are_read_again_under_another_law() -> None:
    assert (
        len({mapper(of).version for of in (definition(), by_law(), replace(by_law(), rules="cn-2023"))}) == 3
    )
