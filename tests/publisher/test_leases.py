"""Leases: one holder at a time, alive as long as its process is."""

import time
from datetime import datetime, timedelta

import pytest

from publisher.errors import LeaseLost, Refused
from publisher.leases import Lease
from publisher.store import Store
from tests.fixtures.store import NOON, ZONE, Clock

SHORT = timedelta(seconds=0.5)


def lease(store: Store, clock: Clock) -> Lease:
    return Lease(store, "harvest:tax/list", "harvest of tax/list", clock)


def real(store: Store) -> Lease:
    return Lease(store, "harvest:tax/list", "harvest of tax/list", lambda: datetime.now(ZONE), SHORT)


def test_who_comes_second_is_told_until_when_the_first_counts_as_alive(
    store: Store,
) -> None:
    at_noon = Lease(store, "harvest:tax/list", "harvest of tax/list", lambda: NOON)
    with at_noon.held(), pytest.raises(Refused) as caught, at_noon.held():
        pass
    assert str(caught.value) == (
        "Another harvest of tax/list is under way and counts as alive until 12:01:00; wait for it to end."
    )
    with at_noon.held():
        pass  # the first has ended


def test_a_holder_stays_one_while_it_is_busy_for_long(store: Store) -> None:
    with real(store).held():
        time.sleep(4 * SHORT.total_seconds())
        with pytest.raises(Refused), real(store).held():
            pass


def test_the_lease_of_a_dead_holder_ends_by_itself(store: Store, clock: Clock) -> None:
    with store.writing() as writing:
        assert writing.take_lease("harvest:tax/list", "one that died", timedelta(minutes=1), clock())
    with pytest.raises(Refused), lease(store, clock).held():
        pass
    clock.tick(seconds=60)
    with lease(store, clock).held():
        pass


def test_who_stood_still_for_too_long_writes_no_more(store: Store, clock: Clock) -> None:
    first, second = lease(store, clock), lease(store, clock)
    with first.held():
        clock.tick(minutes=2)
        with second.held():
            with (
                pytest.raises(LeaseLost, match="Another harvest of tax/list took over"),
                store.writing() as w,
            ):
                first.keep(w)
            with store.writing() as writing:
                second.keep(writing)
        # The second has come and gone: what the first knows of the store is old.
        with pytest.raises(LeaseLost), store.writing() as writing:
            first.keep(writing)
        with pytest.raises(LeaseLost):
            first.check()


def test_a_holder_learns_from_its_own_beats_that_another_took_over(store: Store) -> None:
    held = real(store)
    with held.held():
        with store.writing() as writing:
            assert writing.take_lease(
                "harvest:tax/list", "another", SHORT, datetime.now(ZONE) + timedelta(minutes=1)
            )
        time.sleep(2 * SHORT.total_seconds())
        with pytest.raises(LeaseLost):
            held.check()
