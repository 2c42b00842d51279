"""Runs of one source that meet: one at a time, and who was overtaken publishes nothing more."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from harvesters.harvest import SCAN
from publisher.errors import Refused
from publisher.harvests import Counts, RunState
from tests.fixtures.harvesting import Desk, row
from tests.fixtures.store import ZONE


def overtaking(desk: Desk, after: Callable[[Counts], bool]) -> Callable[[str, Counts], None]:
    """Once `after` holds of a run's counts, another run takes its lease, as if the first had stood still for
    minutes."""

    def progress(source: str, counts: Counts) -> None:
        if after(counts):
            later = datetime.now(ZONE) + timedelta(minutes=2)
            with desk.platform.store.writing() as store:
                store.take_lease(f"harvest:{source}", "another", timedelta(minutes=1), later)

    return progress


def test_a_first_pass_longer_than_the_lease_meets_no_second_run(desk: Desk) -> None:
    desk.write(row(1))
    met = []

    def slowly(_source: str, _counts: Counts) -> None:
        if not met:
            time.sleep(1.5)
            with pytest.raises(Refused) as refused:
                desk.harvest()
            met.append(str(refused.value))

    assert desk.harvest(progress=slowly, lease=timedelta(seconds=0.5)).state is RunState.COMPLETE
    assert "Another harvest of tax/list is under way" in met[0]
    assert desk.harvest().state is RunState.COMPLETE


def test_a_run_overtaken_while_it_reads_publishes_nothing(desk: Desk) -> None:
    desk.write(*(row(number) for number in range(SCAN + 1)))
    outcome = desk.harvest(progress=overtaking(desk, lambda counts: counts.seen == SCAN))
    assert (outcome.state, outcome.counts.new) == (RunState.INTERRUPTED, 0)
    assert outcome.message == (
        "Another harvest of tax/list took over while this one stood still; it ends here."
    )
    with desk.platform.store.reading() as store:
        assert store.last_change() == 0


def test_a_run_overtaken_while_it_publishes_stops_there(desk: Desk) -> None:
    desk.write("坏行", *(row(number) for number in range(1500)))
    outcome = desk.harvest(progress=overtaking(desk, lambda counts: counts.new > 0))
    assert outcome.state is RunState.INTERRUPTED
    assert 0 < outcome.counts.new < 1500
    with desk.platform.store.reading() as store:
        assert store.refusals() == []  # the quarantine is the other run's
        (run,) = store.harvests("tax/list")
        assert run.message == outcome.message
        assert store.standing("tax/list").failures == 0  # the source is not to blame
    # And again, when the other has ended too.
    with desk.platform.store.writing() as store:
        store.free_lease("harvest:tax/list", "another")
    assert desk.harvest().state is RunState.COMPLETE
    with desk.platform.store.reading() as store:
        assert store.count_public(desk.platform.settings.clock()) == 1500
