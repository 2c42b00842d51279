"""A source that is late against its own promise, by `every` or `cron`."""

import json
from datetime import datetime, timedelta

import pytest

from harvesters.pace import stale_from
from harvesters.source import load
from publisher.harvests import RunState
from tests.fixtures.commands import Installation
from tests.fixtures.harvesting import Desk, row
from tests.fixtures.store import NOON, ZONE, Clock

HOUR = timedelta(hours=1)
CRON = 'cron = "30 6 * * mon-fri"'


def late_from(desk: Desk, pace: str, last: datetime) -> datetime | None:
    desk.define(more=pace)
    definition = load(desk.file.with_name("list.toml"), registry=desk.platform.registry, trusted=True)
    return stale_from(definition, last, ZONE)


def stale(desk: Desk, clock: Clock) -> bool:
    with desk.platform.store.reading() as store:
        return bool(store.stale_sources(clock()))


@pytest.mark.parametrize(
    ("pace", "last", "late"),
    [
        ('every = "6h"', NOON, NOON + 12 * HOUR),
        ("", NOON, None),
        # Friday's reading; Monday's is missing when Tuesday's is due.
        (CRON, datetime(2026, 11, 27, 6, 35, tzinfo=ZONE), datetime(2026, 12, 1, 6, 30, tzinfo=ZONE)),
        (CRON, datetime(2026, 11, 30, 6, 30, tzinfo=ZONE), datetime(2026, 12, 2, 6, 30, tzinfo=ZONE)),
        # Read by hand just before its time.
        (CRON, datetime(2026, 11, 27, 6, 29, tzinfo=ZONE), datetime(2026, 11, 30, 6, 30, tzinfo=ZONE)),
    ],
)
def test_late_is_when_a_reading_is_missing_and_the_next_is_due(
    desk: Desk, pace: str, last: datetime, late: datetime | None
) -> None:
    assert late_from(desk, pace, last) == late


def test_a_source_that_fails_is_late_by_its_promise_until_it_is_read_whole(desk: Desk) -> None:
    clock = Clock()
    desk.define(more='every = "6h"')
    desk.write(row(1), row(2))
    assert desk.harvest(clock=clock).state is RunState.COMPLETE
    desk.file.unlink()
    for hours in (6, 5):
        clock.tick(hours=hours)
        assert desk.harvest(clock=clock).state is RunState.FAILED
        assert not stale(desk, clock)
    clock.tick(hours=1)
    assert stale(desk, clock)
    assert desk.harvest(clock=clock).state is RunState.FAILED
    assert stale(desk, clock), "a run that fails is no reading"
    desk.write(row(1), row(2))
    assert desk.harvest(clock=clock).state is RunState.COMPLETE
    assert not stale(desk, clock)


def test_a_source_that_promises_and_was_never_read_whole_is_late_at_once(desk: Desk) -> None:
    desk.define(more=CRON)
    assert desk.harvest(clock=Clock()).state is RunState.FAILED
    assert stale(desk, Clock())


def test_another_promise_counts_from_the_next_run_on(desk: Desk) -> None:
    clock = Clock()
    desk.define(more='every = "1d"')
    desk.write(row(1))
    desk.harvest(clock=clock)
    desk.define(more='every = "1h"')
    desk.file.unlink()
    clock.tick(hours=3)
    assert not stale(desk, clock)
    desk.harvest(clock=clock)
    assert stale(desk, clock)
    desk.define()
    desk.harvest(clock=clock)
    assert not stale(desk, clock), "it promises nothing any more"


def test_sources_are_listed_with_how_fresh_they_are_and_their_warnings(desk: Desk) -> None:
    settings = desk.platform.settings
    gongshi = Installation(
        settings.folder,
        GONGSHI_SOURCES=str(settings.sources),
        GONGSHI_NOW="2026-11-24T12:00:00+08:00",
    )

    def told() -> tuple[object, ...]:
        lines = map(json.loads, gongshi("sources", "list", "--json").stdout.splitlines())
        line = next(line for line in lines if line["source"] == "tax/list")
        return line["complete"], line["fresh"], line["warnings"], line["said"]

    assert told() == ("never", "", 0, None)
    desk.define(more='every = "6h"')
    desk.harvest()
    assert told()[:2] == ("never", "late")
    desk.write(
        row(1) + ",", row(2) + ",", header="纳税人名称,统一社会信用代码,文号,列入原因,列入日期,移出日期,新"
    )
    desk.harvest()
    assert told() == ("2026-11-23 12:00+08:00", "late since 2026-11-24 00:00+08:00", 1, None)
    desk.define(more='every = "1d"')
    desk.harvest()
    assert told()[1] == "yes"
    desk.define()
    desk.harvest()
    assert told()[1] == "no promise"
