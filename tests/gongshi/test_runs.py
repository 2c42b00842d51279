"""Runs of sources, and what they refused, as operators look back at them."""

import json
import re
from typing import Any

import pytest

from tests.fixtures.commands import Installation
from tests.fixtures.harvesting import HEADER, Desk, row

SOON_AFTER_NOON = re.compile(r"2026-11-23 12:\d\d:\d\d\+08:00")


@pytest.fixture
def gongshi(desk: Desk) -> Installation:
    """The commands on the platform of `desk`."""
    settings = desk.platform.settings
    return Installation(settings.folder, GONGSHI_SOURCES=str(settings.sources))


def lines(gongshi: Installation, *arguments: str) -> list[Any]:
    """What a command prints for machines."""
    done = gongshi(*arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_runs_are_listed_newest_first_in_local_time(gongshi: Installation, desk: Desk) -> None:
    desk.write(row(1), row(2))
    desk.harvest()
    desk.write()
    desk.harvest()
    failed, complete = lines(gongshi, "runs", "list", "tax/list")
    assert (failed["run"], failed["state"], complete["run"], complete["state"]) == (
        2,
        "failed",
        1,
        "complete",
    )
    assert SOON_AFTER_NOON.fullmatch(complete["started"])
    assert complete["rows"] == "2 new, 0 changed, 0 unchanged, 0 refused"
    assert "no rows at all" in failed["said"]
    assert [run["run"] for run in lines(gongshi, "runs", "list", "--limit", "1")] == [2]


def test_a_run_is_shown_with_each_count_and_what_it_said(gongshi: Installation, desk: Desk) -> None:
    bad = row(9).replace("2026-03-01", "2026-02-30")
    desk.write(*(f"{row(number)},x" for number in range(1, 6)), f"{bad},x", header=f"{HEADER},新列")
    desk.harvest()
    (shown,) = lines(gongshi, "runs", "show", "1")
    assert list(shown)[:5] == ["run", "source", "state", "started", "ended"]
    assert (shown["seen"], shown["new"], shown["refused"], shown["not public"]) == (6, 5, 1, 0)
    assert SOON_AFTER_NOON.fullmatch(shown["ended"])
    assert shown["warnings"] == ["rows.csv: column 新列 is neither mapped nor ignored."]
    assert shown["message"] is None


def test_a_run_or_source_that_is_not_known_is_one_sentence(gongshi: Installation) -> None:
    told = gongshi("runs", "show", "7")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "There is no run 7; `gongshi runs list` names them.\n"
    told = gongshi("runs", "list", "tax/nothing")
    assert told.returncode == 2
    assert "No source tax/nothing has been harvested" in told.stderr
