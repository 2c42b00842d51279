"""The audit trail as operators see it."""

import json
import sqlite3

import pytest

from gongshi.running import operator
from tests.fixtures.commands import Installation
from tests.fixtures.harvesting import Desk, row


@pytest.fixture
def gongshi(desk: Desk) -> Installation:
    """A platform with two items of the one source of `desk`."""
    settings = desk.platform.settings
    gongshi = Installation(settings.folder, GONGSHI_SOURCES=str(settings.sources))
    desk.write(row(1), row(2))
    assert gongshi("harvest", "tax/list").returncode == 0
    return gongshi


def told(gongshi: Installation, *options: str) -> list[dict[str, object]]:
    lines = gongshi("trail", "list", "--json", *options).stdout.splitlines()
    return [json.loads(line) for line in lines]


def test_runs_that_change_something_and_what_operators_do_are_told(gongshi: Installation, desk: Desk) -> None:
    by = f"operator {operator()}"
    for command in (
        ("harvest", "tax/list"),  # changes nothing
        ("sources", "pause", "tax/list"),
        ("sources", "pause", "tax/list"),
        ("sources", "resume", "tax/list"),
        ("harvest", "tax/list", "--request", "--accept-removals"),
        ("harvest", "tax/list", "--accept-removals"),
    ):
        assert gongshi(*command).returncode == 0, command
    assert [(each["number"], each["actor"], each["action"]) for each in told(gongshi)] == [
        (5, by, "harvest.removals_accepted"),
        (4, by, "harvest.requested"),
        (3, by, "source.resumed"),
        (2, by, "source.paused"),
        (1, "run tax/list", "source.harvested"),
    ]
    assert told(gongshi, "--before", "2")[0]["after"] == {"harvest": 1, "new": 2, "state": "complete"}
    assert told(gongshi, "--limit", "1")[0]["at"] == "2026-11-23 12:00:00+08:00"


def test_a_dry_run_is_not_told(gongshi: Installation) -> None:
    assert gongshi("harvest", "tax/list", "--dry-run", "--accept-removals").returncode == 0
    assert len(told(gongshi)) == 1
    assert gongshi("trail", "list", "--item", "nosuchitem").stdout == (
        "There is no such entry in the audit trail.\n"
    )


def test_what_was_done_to_the_trail_is_found(gongshi: Installation) -> None:
    noted = gongshi("trail", "head").stdout.strip()
    assert gongshi("sources", "pause", "tax/list").returncode == 0
    well = gongshi("trail", "verify", "--head", noted)
    assert (well.returncode, well.stdout) == (
        0,
        "2 entries are what was recorded; of 0 the contents were erased.\n",
    )
    assert "Audit trail: 2 entries, as they were recorded." in gongshi("doctor").stdout
    with sqlite3.connect(gongshi.folder / "gongshi.db") as database:
        database.execute("DROP TRIGGER trail_no_update")
        database.execute("UPDATE trail SET actor_name = 'anna' WHERE number = 2")
    database.close()
    ill = gongshi("trail", "verify")
    assert (ill.returncode, ill.stderr) == (1, "Audit trail: Entry 2 is not what was recorded.\n")
    doctor = gongshi("doctor")
    assert (
        doctor.returncode,
        "PROBLEM  Audit trail: Entry 2 is not what was recorded." in doctor.stdout,
    ) == (
        1,
        True,
    )
    assert gongshi("trail", "verify", "--head", "2").returncode == 2
