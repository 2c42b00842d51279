"""When sources are read: by their last start in the store or when asked for, some at a time, one run of a
source at once."""

from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest

from harvesters.harvest import Harvester
from harvesters.pace import SOON
from harvesters.rota import AGAIN, Rota
from harvesters.stopping import INTERRUPTED, Stop
from publisher.harvests import Harvest, RunState
from publisher.leases import Lease
from tests.fixtures.commands import wait_until
from tests.fixtures.harvesting import Desk, row
from tests.fixtures.store import NOON

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


def harvester(desk: Desk, clock: Clock, stop: Stop | None = None) -> Harvester:
    return replace(desk.platform.harvester(lambda _source, _counts: None, stop=stop), clock=clock)


@contextmanager
def rota(
    desk: Desk, clock: Clock, *ids: str, at_once: int = 2, stop: Stop | None = None, **given: Any
) -> Iterator[Rota]:
    definitions = [desk.definition(id) for id in ids or ("tax/list",)]
    stop = stop or Stop()
    theirs = replace(harvester(desk, clock, stop), **given)
    made = Rota(lambda: definitions, theirs, stop, at_once)
    with closing(made):
        yield made


def stopping(desk: Desk, clock: Clock) -> AbstractContextManager[Rota]:
    """A rota that is told to stop as soon as a run has read something."""
    stop = Stop()
    return rota(desk, clock, stop=stop, progress=lambda _source, _counts: stop.ask())


def look(made: Rota) -> int:
    """How many runs one look started; they have ended."""
    runs = made.look()
    wait(runs)
    return len(runs)


def runs(desk: Desk, id: str = "tax/list") -> list[Harvest]:
    with desk.platform.store.reading() as store:
        return store.harvests(id)


def test_what_was_never_read_is_due_at_once_and_then_at_its_pace(desk: Desk, clock: Clock) -> None:
    desk.write(row(1), row(2))
    with rota(desk, clock) as made:
        assert [look(made), look(made)] == [1, 0]
        clock.now += 5 * HOUR
        assert look(made) == 0
        clock.now += HOUR
        assert [look(made), look(made)] == [1, 0]
    assert [each.state for each in runs(desk)] == [RunState.COMPLETE] * 2


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
        harvester(desk, clock).run(desk.definition())
        clock.now += HOUR
        assert look(made) == 0


def test_a_failed_run_waits_for_its_next_time_like_any_other(desk: Desk, clock: Clock) -> None:
    with rota(desk, clock) as made:
        assert [look(made), look(made)] == [1, 0]
    (ended,) = runs(desk)
    assert ended.state is RunState.FAILED


def test_ten_failures_pause_a_source_until_a_run_by_hand_goes_well(
    desk: Desk, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with rota(desk, clock) as made:
        for _ in range(12):
            look(made)
            clock.now += 6 * HOUR
        assert len(runs(desk)) == 10
        (said,) = [record.message for record in caplog.records if record.levelname == "ERROR"]
        assert said == (
            "tax/list: paused, for it failed 10 times in a row; mend it, then: "
            "gongshi sources resume tax/list"
        )
        desk.write(row(1), row(2))
        harvester(desk, clock).run(desk.definition())
        clock.now += 6 * HOUR
        assert look(made) == 1


def test_a_source_that_was_resumed_has_ten_failures_more(desk: Desk, clock: Clock) -> None:
    with rota(desk, clock) as made:
        for _ in range(12):
            look(made)
            clock.now += 6 * HOUR
        with desk.platform.store.writing() as store:
            store.resume("tax/list")
        for _ in range(12):
            clock.now += 6 * HOUR
            look(made)
    assert len(runs(desk)) == 20


def test_a_source_that_was_paused_by_hand_waits_for_its_operator(
    desk: Desk, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    desk.write(row(1), row(2))
    with rota(desk, clock) as made:
        with desk.platform.store.writing() as store:
            store.hold("tax/list", NOON)
        assert look(made) == 0
        harvester(desk, clock).run(desk.definition())
        clock.now += 12 * HOUR
        assert look(made) == 0, "a good run by hand resumes nothing that was paused by hand"
        with desk.platform.store.writing() as store:
            store.resume("tax/list")
        clock.now += AGAIN
        assert look(made) == 1
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_interrupted_runs_are_no_failures_and_are_repeated_soon(desk: Desk, clock: Clock) -> None:
    for _ in range(9):
        desk.harvest()
    desk.write(row(1), row(2))
    for _ in range(3):
        with stopping(desk, clock) as made:
            clock.now += 6 * HOUR
            assert look(made) == 1
    with desk.platform.store.reading() as store:
        assert [each.state for each in store.harvests("tax/list", 4)] == [RunState.INTERRUPTED] * 3 + [
            RunState.FAILED
        ]
        assert store.standing("tax/list").failures == 9
    with rota(desk, clock) as made:
        assert look(made) == 0
        clock.now += 4 * SOON
        assert look(made) == 1
    with desk.platform.store.reading() as store:
        assert store.standing("tax/list").failures == 0


def test_a_run_that_was_killed_is_repeated_once_its_lease_is_over(desk: Desk, clock: Clock) -> None:
    desk.write(row(1), row(2))
    theirs = harvester(desk, clock)
    with Lease(theirs.store, "harvest:tax/list", "harvest of tax/list", theirs.wall).held():
        with theirs.store.writing() as store:
            store.start_harvest("tax/list", NOON)
        clock.now += 2 * SOON
        with rota(desk, clock) as made:
            assert look(made) == 0, "it lives"
    with rota(desk, clock) as made:
        assert look(made) == 1
    assert [each.state for each in runs(desk)] == [RunState.COMPLETE, RunState.INTERRUPTED]


def test_a_slow_source_never_holds_up_the_others(desk: Desk, clock: Clock) -> None:
    desk.write(row(1), row(2))
    go_on = Event()

    def slow(source: str, _counts: object) -> None:
        if source == "tax/slow":
            assert go_on.wait(30)

    with rota(desk, clock, "tax/slow", "tax/a", "tax/b", progress=slow) as made:
        made.look()
        wait_until(lambda: len(runs(desk, "tax/a") + runs(desk, "tax/b")) == 2)
        clock.now += 100 * HOUR
        wait_until(lambda: bool(made.look()) or len(runs(desk, "tax/a")) == 2)
        wait_until(lambda: len(runs(desk, "tax/b")) == 2)
        go_on.set()
    assert len(runs(desk, "tax/slow")) == 1


def test_what_another_has_read_meanwhile_is_not_read_again(desk: Desk, clock: Clock) -> None:
    desk.write(row(1), row(2))
    go_on = Event()

    def slow(source: str, _counts: object) -> None:
        if source == "tax/a":
            assert go_on.wait(30)

    with rota(desk, clock, "tax/a", "tax/b", "tax/c", at_once=1, progress=slow) as made:
        made.look()
        harvester(desk, clock).run(desk.definition("tax/b"))
        go_on.set()
        wait_until(lambda: any(each.state is RunState.COMPLETE for each in runs(desk, "tax/c")))
    assert len(runs(desk, "tax/b")) == 1


def ask(desk: Desk, id: str = "tax/list", *, accept_removals: bool = False) -> None:
    with desk.platform.store.writing() as store:
        store.ask_for(id, "an operator", NOON, accept_removals=accept_removals)


def unanswered(desk: Desk) -> list[str]:
    with desk.platform.store.reading() as store:
        return [request.source for request in store.requests()]


def test_what_is_asked_for_is_read_next_in_that_order_and_once(desk: Desk, clock: Clock) -> None:
    desk.write(row(1), row(2))
    order: list[str] = []
    with rota(
        desk, clock, "tax/a", "tax/b", "tax/c", at_once=1, progress=lambda id, _counts: order.append(id)
    ) as made:
        for id in ("tax/c", "tax/b", "tax/c", "tax/unknown"):
            ask(desk, id)
        made.look()
        wait_until(lambda: len(set(order)) == 3)
        wait_until(lambda: made.look() == [] and unanswered(desk) == ["tax/unknown"])
    assert list(dict.fromkeys(order)) == ["tax/c", "tax/b", "tax/a"]
    assert len(runs(desk, "tax/c")) == 1


def test_a_request_holds_for_a_source_that_is_paused_or_was_just_read(desk: Desk, clock: Clock) -> None:
    desk.write(row(1), row(2))
    with rota(desk, clock) as made:
        assert look(made) == 1
        with desk.platform.store.writing() as store:
            store.hold("tax/list", NOON)
        ask(desk)
        assert [look(made), look(made)] == [1, 0]
    assert unanswered(desk) == []


def test_a_request_may_accept_removals(desk: Desk, clock: Clock) -> None:
    desk.write(*(row(number) for number in range(1, 41)))
    with rota(desk, clock) as made:
        look(made)
        desk.write(row(1))
        ask(desk)
        look(made)
        assert (runs(desk)[0].state, len(desk.names())) == (RunState.REFUSED, 40)
        ask(desk, accept_removals=True)
        look(made)
    assert (runs(desk)[0].state, len(desk.names())) == (RunState.COMPLETE, 1)


def test_a_request_outlives_a_run_that_was_told_to_stop(desk: Desk, clock: Clock) -> None:
    desk.write(row(1), row(2))
    desk.harvest()
    ask(desk)
    with stopping(desk, clock) as made:
        assert look(made) == 1
    assert unanswered(desk) == ["tax/list"]
    with rota(desk, clock) as made:
        assert look(made) == 0, "nobody repeats at once what may have brought down its process"
        clock.now += SOON
        assert look(made) == 1
    assert unanswered(desk) == []


def test_a_request_outlives_a_scheduler_that_dies_with_its_run(desk: Desk, clock: Clock) -> None:
    desk.write(row(1), row(2))
    desk.harvest()
    ask(desk)
    with desk.platform.store.writing() as store:
        (request,) = store.requests()
        store.start_harvest("tax/list", NOON, request.id)
        store.hold("tax/list", NOON)
    clock.now += SOON
    with rota(desk, clock) as made:
        assert look(made) == 1
    assert unanswered(desk) == []


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
    with stopping(desk, clock) as made:
        assert look(made) == 1
    (ended,) = runs(desk)
    assert (ended.state, ended.message) == (RunState.INTERRUPTED, INTERRUPTED)
    assert not list((desk.platform.settings.folder / "spool").iterdir())
    with desk.platform.store.reading() as store:
        assert store.count_public(NOON) == 0
        assert store.lease_until("harvest:tax/list") is None
