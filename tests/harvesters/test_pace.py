"""When sources are due, and which is read first."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from harvesters.pace import SOON, due, startable
from harvesters.source import Definition
from publisher.harvests import Counts, Harvest, RunState, Traffic
from tests.fixtures.harvesting import Desk
from tests.fixtures.store import NOON, ZONE

HOUR = timedelta(hours=1)


def run(at: datetime, state: RunState = RunState.COMPLETE) -> Harvest:
    """A run as the store tells of it."""
    ended = None if state is RunState.RUNNING else at
    return Harvest(1, "tax/list", at, ended, state, Counts(), Traffic(), (), None)


def test_a_source_comes_a_little_earlier_than_promised_always_by_the_same_share(desk: Desk) -> None:
    sources = [desk.definition(f"tax/list-{number}") for number in range(50)]
    moments = [due(source, [run(NOON)], ZONE) for source in sources]
    assert all(m and NOON + 6 * HOUR - timedelta(minutes=10) <= m <= NOON + 6 * HOUR for m in moments)
    assert len(set(moments)) == 50
    assert moments == [due(source, [run(NOON)], ZONE) for source in sources]


def test_cron_is_in_the_time_zone_of_the_installation_and_never_early(desk: Desk) -> None:
    source = desk.definition(pace='cron = "30 6 * * mon-fri"')
    friday = datetime(2026, 11, 27, 6, 30, tzinfo=ZONE)
    monday, little = friday + timedelta(days=3), timedelta(minutes=10)
    first = due(source, [run(friday - HOUR)], ZONE)
    assert first
    assert friday < first < friday + little
    following = due(source, [run(first)], ZONE)
    assert following
    assert monday < following < monday + little


@pytest.mark.parametrize("state", [RunState.INTERRUPTED, RunState.RUNNING])
def test_a_run_that_was_broken_off_is_repeated_soon_and_ever_less_soon(desk: Desk, state: RunState) -> None:
    source, before = desk.definition(), run(NOON - HOUR)
    moments = [due(source, [run(NOON, state)] * times + [before], ZONE) for times in (1, 2, 3, 100)]
    assert moments == [NOON + SOON, NOON + 2 * SOON, NOON + 4 * SOON, due(source, [run(NOON)], ZONE)]


def test_one_source_a_host_is_read_at_once(desk: Desk) -> None:
    def at(host: str, number: int) -> Definition:
        return replace(desk.definition(f"tax/list-{number}"), path=None, url=f"https://{host}/{number}")

    slow = [at("slow.gov.cn", number) for number in range(4)]
    other, local = at("other.gov.cn", 4), desk.definition("tax/local")
    assert startable(slow, [], 2) is slow[0]
    assert startable(slow[1:], slow[:1], 2) is None
    assert startable([*slow[1:], other], slow[:1], 2) is other
    assert startable([slow[1], local], slow[:1], 2) is local
    assert startable([local], [desk.definition("tax/local-too")], 2) is local
    assert startable([local], [local], 2) is None
    assert startable([local], [slow[0], other], 2) is None, "there is no room"
