"""`gongshi quality`: how good a source is."""

import json

from tests.fixtures.commands import Installation
from tests.fixtures.harvesting import Desk, row


def installation(desk: Desk) -> Installation:
    settings = desk.platform.settings
    return Installation(settings.folder, GONGSHI_SOURCES=str(settings.sources))


def test_gaps_in_a_source_s_numbers_are_shown_and_called_no_proof(desk: Desk) -> None:
    desk.write(*map(row, (1, 2, 5, 9)), row(10).replace("琼税列〔2026〕10号", "无年份10号"))
    desk.harvest()
    gongshi = installation(desk)
    told = gongshi("quality", "gaps", "tax/list")
    assert (told.returncode, told.stderr) == (0, "")
    assert "3–4, 6–8" in told.stdout
    assert "1 numbers have no year or no serial" in told.stdout
    assert "no proof" in told.stdout
    (one,) = map(json.loads, gongshi("quality", "gaps", "tax/list", "--json").stdout.splitlines())
    assert one == {
        "authority": "国家税务总局海南省税务局",
        "prefix": "琼税列",
        "year": 2026,
        "seen": 4,
        "first": 1,
        "last": 9,
        "missing": 5,
        "not seen here": "3–4, 6–8",
    }


def test_a_source_that_was_never_harvested_is_named(desk: Desk) -> None:
    told = installation(desk)("quality", "gaps", "tax/lists")
    assert told.returncode == 2
    assert "No source tax/lists has been harvested" in told.stderr
