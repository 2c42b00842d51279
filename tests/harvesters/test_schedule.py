"""When sources are read: by their last start in the store, some at a time, one run of a source at once."""

from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest

from harvesters.harvest import Harvester
from harvesters.pace import due
from harvesters.schedule import AGAIN, Rota
from harvesters.source import Definition, load
from harvesters.stopping import Stop, Stopped
from publisher.harvests import Harvest, RunState
from publisher.leases import Lease
from tests.fixtures.harvesting import Desk, row
from tests.fixtures.store import NOON, ZONE

HOUR = timedelta(hours=1)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def definition(desk: Desk, id: str = "tax/list", pace: str = 'every = "6h"') -> Definition:
    desk.define(more=f'id = "{id}"\n{pace}')
    return load(desk.file.with_name("list.toml"), registry=desk.platform.registry, trusted=True)


def harvester(desk: Desk, clock: Clock) -> Harvester:
    return replace(desk.platform.harvester(lambda _source, _counts: None), clock=clock)


@contextmanager
def rota(desk: Desk, clock: Clock, *ids: str, at_once: int = 2, **given: Any) -> Iterator[Rota]:
    definitions = [definition(desk, id) for id in ids or ("tax/list",)]
    made = Rota(lambda: definitions, replace(harvester(desk, clock), **given), at_once)
    with closing(made):
        yield made


def look(made: Rota) -> int:
    """How many runs one look started; they have ended."""
    runs = made.look()
    wait(runs)
    return len(runs)


def runs(desk: Desk, id: str = "tax/list") -> list[Harvest]:
    with desk.platform.store.reading() as store:
        return store.harvests(id)


def test_a_source_comes_a_little_earlier_than_promised_always_by_the_same_share(desk: Desk) -> None:
    sources = [definition(desk, f"tax/list-{number}") for number in range(50)]
    moments = [due(source, NOON, ZONE) for source in sources]
    assert all(m and NOON + 6 * HOUR - timedelta(minutes=10) <= m <= NOON + 6 * HOUR for m in moments)
    assert len(set(moments)) == 50
    assert moments == [due(source, NOON, ZONE) for source in sources]


def test_cron_is_in_the_time_zone_of_the_installation_and_never_early(desk: Desk) -> None:
    source = definition(desk, pace='cron = "30 6 * * mon-fri"')
    friday = datetime(2026, 11, 27, 6, 30, tzinfo=ZONE)
    monday, little = friday + timedelta(days=3), timedelta(minutes=10)
    first = due(source, friday - HOUR, ZONE)
    assert first
    assert friday < first < friday + little
    following = due(source, first, ZONE)
    assert following
    assert monday < following < monday + little


def test_what_was_never_read_is_due_at_once_and_then_at_its_pace(desk: Desk, clock: Clock) -> None:
    desk.write(row(1), row(2))
    with rota(desk, clock) as made:
        assert [look(made), look(made)] == [1, 0]
        clock.now += 5 * HOUR
        assert look(made) == 0
        clock.now += HOUR
        assert [look(made), look(made)] == [1, 0]
    assert [run.state for run in runs(desk)] == [RunState.COMPLETE] * 2


def test_a_restart_repeats_nothing_and_catches_up_what_was_missed_once(desk: Desk, clock: Clock) -> None:
    desk.write(row(1), row(2))
    with rota(desk, clock) as made:
        look(made)
    clock.now += HOUR
    with rota(desk, clock) as made:
        assert look(made) == 0
    clock.now += 100 * HOUR
    with rota(desk, clock) as made:
        assert [look(made), look(made)] == [1, 0]


def test_a_run_by_hand_counts(desk: Desk, clock: Clock) -> None:
    desk.write(row(1), row(2))
    with rota(desk, clock) as made:
        look(made)
        clock.now += 5 * HOUR
        harvester(desk, clock).run(definition(desk))
        clock.now += HOUR
        assert look(made) == 0


def test_a_failed_run_waits_for_its_next_time_like_any_other(desk: Desk, clock: Clock) -> None:
    with rota(desk, clock) as made:
        assert [look(made), look(made)] == [1, 0]
    (run,) = runs(desk)
    assert run.state is RunState.FAILED


def test_ten_failures_pause_a_source_until_a_run_by_hand_goes_well(
    desk: Desk, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with rota(desk, clock) as made:
        for number in range(12):
            if number == 5:
                desk.file.write_text("<html><title>登录</title></html>")
            look(made)
            clock.now += 6 * HOUR
        assert [run.state for run in runs(desk)] == [RunState.BARRED] * 5 + [RunState.FAILED] * 5
        (said,) = [record.message for record in caplog.records if record.levelname == "ERROR"]
        assert said == (
            "tax/list: paused, for it failed 10 times in a row; mend it, then: gongshi harvest tax/list"
        )
        desk.write(row(1), row(2))
        harvester(desk, clock).run(definition(desk))
        clock.now += 6 * HOUR
        assert look(made) == 1


def test_a_slow_source_never_holds_up_the_others(desk: Desk, clock: Clock) -> None:
    desk.write(row(1), row(2))
    go_on = Event()

    def slow(source: str, _counts: object) -> None:
        if source == "tax/slow":
            assert go_on.wait(30)

    with rota(desk, clock, "tax/slow", "tax/a", "tax/b", progress=slow) as made:
        first, *others = made.look()
        assert not wait(others, timeout=30).not_done
        assert not first.done()
        clock.now += 100 * HOUR
        assert len(made.look()) == 2, "the slow one is still under way"
        go_on.set()
    assert len(runs(desk, "tax/slow")) == 1


def test_a_source_that_another_process_reads_is_left_to_it(
    desk: Desk, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "gongshi.harvest")
    desk.write(row(1), row(2))
    theirs = harvester(desk, clock)
    with (
        Lease(theirs.store, "harvest:tax/list", "harvest of tax/list", theirs.wall).held(),
        rota(desk, clock) as made,
    ):
        assert [look(made), look(made)] == [1, 0]
    assert not runs(desk)
    (said,) = caplog.records
    assert (said.levelname, said.message.partition(" is under way")[0]) == (
        "INFO",
        "tax/list: Another harvest of tax/list",
    )
    with rota(desk, clock) as made:
        assert look(made) == 1


def test_a_run_that_could_not_start_is_tried_again_after_a_while(desk: Desk, clock: Clock) -> None:
    desk.write(row(1), row(2))
    with rota(desk, clock) as made:
        theirs = harvester(desk, clock)
        with Lease(theirs.store, "harvest:tax/list", "harvest of tax/list", theirs.wall).held():
            look(made)
        assert look(made) == 0
        clock.now += AGAIN
        assert look(made) == 1


def test_a_run_that_is_asked_to_stop_ends_at_its_next_batch_and_says_so(desk: Desk, clock: Clock) -> None:
    desk.write(row(1), row(2))
    with rota(desk, clock, "tax/list", progress=lambda _source, _counts: made.stop()) as made:
        assert look(made) == 1
    (run,) = runs(desk)
    assert (run.state, run.message) == (RunState.FAILED, "It was interrupted; what it had published stays.")
    assert not list((desk.platform.settings.folder / "spool").iterdir())
    with desk.platform.store.reading() as store:
        assert store.count_public(NOON) == 0
        assert store.lease_until("harvest:tax/list") is None


def test_a_wait_ends_when_asked_to_stop() -> None:
    stop = Stop()
    stop.sleep(0)
    stop.ask()
    with pytest.raises(Stopped):
        stop.sleep(3600)
