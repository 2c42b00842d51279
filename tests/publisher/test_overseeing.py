"""What operators have done with sources, and how they see their runs, on every database."""

from datetime import timedelta

import pytest

from publisher import overseeing
from publisher.harvests import Counts, RunState, Standing, Traffic
from publisher.kinds import Label
from publisher.sources import Source
from publisher.store import Store
from tests.fixtures.accounts import BY
from tests.fixtures.store import NOON

TAX, TOURISM, NEVER = "tax/list", "tourism/penalties", "marine/permits"


@pytest.fixture
def sources(store: Store) -> Store:
    """Three sources; the first two have had two runs each."""
    with store.writing() as writing:
        for id in (TAX, TOURISM, NEVER):
            writing.put_source(Source(id, Label(id, id), "海南省税务局", "arrears", "tax", None))
        for number, source in enumerate((TAX, TOURISM, TAX, TOURISM)):
            run = writing.start_harvest(source, NOON + timedelta(minutes=number))
            state = RunState.FAILED if number == 3 else RunState.COMPLETE
            writing.end_harvest(
                run, state, Counts(seen=number), Traffic(), (), None, NOON + timedelta(hours=1)
            )
    return store


def test_the_last_run_of_each_source_is_found_however_it_ended(sources: Store) -> None:
    with sources.reading() as store:
        assert {id: (run.id, run.state) for id, run in store.last_runs().items()} == {
            TAX: (3, RunState.COMPLETE),
            TOURISM: (4, RunState.FAILED),
        }
        assert {id: run.id for id, run in store.last_complete_runs().items()} == {TAX: 3, TOURISM: 2}


def test_runs_are_read_page_by_page(sources: Store) -> None:
    with sources.reading() as store:
        assert [run.id for run in store.harvests(limit=3)] == [4, 3, 2]
        assert [run.id for run in store.harvests(limit=3, before=2)] == [1]
        assert [run.id for run in store.harvests(TAX, before=3)] == [1]


def test_a_source_is_paused_once_and_resumed_once_and_that_is_told(sources: Store) -> None:
    with sources.writing() as store:
        assert overseeing.pause(store, TAX, BY, NOON)
        assert not overseeing.pause(store, TAX, BY, NOON + timedelta(hours=1))
        assert store.standings() == {TAX: Standing(0, NOON), TOURISM: Standing(1)}
    with sources.writing() as store:
        assert overseeing.resume(store, TAX, BY, NOON)
        assert not overseeing.resume(store, TAX, BY, NOON)
        assert store.standings() == {TOURISM: Standing(1)}
        assert [(asked.source, asked.by) for asked in store.requests()] == [(TAX, "root")]
    with sources.reading() as store:
        assert [one.entry.action for one in store.trail()] == ["source.resumed", "source.paused"]


def test_a_run_is_asked_for_by_name(sources: Store) -> None:
    with sources.writing() as store:
        overseeing.ask_for(store, NEVER, BY, NOON, accept_removals=True)
        (asked,) = store.requests()
    assert (asked.source, asked.by, asked.accept_removals) == (NEVER, "root", True)
    with sources.reading() as store:
        (told,) = store.trail()
    assert (str(told.entry.actor), told.entry.after) == (
        "operator root",
        {"source": NEVER, "accept_removals": True},
    )
