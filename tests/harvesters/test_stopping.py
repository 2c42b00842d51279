"""Runs that are told to stop, whatever they are waiting for; the next one goes on from there."""

import time
from threading import Thread
from typing import Literal

import pytest

from harvesters.harvest import Outcome
from harvesters.stopping import INTERRUPTED, Stop, Stopped
from publisher.harvests import RunState
from tests.fixtures.commands import wait_until
from tests.fixtures.harvesting import HEADER, Desk, row
from tests.fixtures.http_server import Reply, WebServer

AT_ONCE = 5.0
"""Seconds that it may take to stop, on a busy machine; each answer here takes longer."""


def page(number: int) -> Reply:
    return Reply(200, "\n".join((HEADER, row(2 * number), row(2 * number + 1))).encode())


@pytest.fixture
def pages(desk: Desk, http_server: WebServer) -> WebServer:
    """A source of three pages."""
    where = f'url = "{http_server.url}/rows?page={{page}}"\nallow_private = true'
    desk.define("[pages]\nlast = 9\nmissing_ends = true", where)
    for number in (1, 2, 3):
        http_server.on(f"/rows?page={number}", page(number))
    return http_server


def stopped(desk: Desk, server: WebServer, at: str) -> Outcome:
    """A run that is told to stop once it has asked for `at`."""
    stop, outcomes = Stop(), list[Outcome]()
    run = Thread(target=lambda: outcomes.append(desk.harvest(check=stop.check, sleep=stop.sleep)))
    run.start()
    wait_until(lambda: at in server.asked)
    time.sleep(0.2)
    stop.ask()
    began = time.monotonic()
    run.join()
    assert time.monotonic() - began < AT_ONCE
    return outcomes[0]


def test_a_wait_ends_when_asked_to_stop() -> None:
    stop = Stop()
    stop.sleep(0)
    stop.ask()
    with pytest.raises(Stopped):
        stop.sleep(3600)


@pytest.mark.parametrize("manner", ["drip", "silent"])
def test_a_slow_answer_holds_up_no_stop_and_the_pages_before_it_are_kept(
    desk: Desk, pages: WebServer, manner: Literal["drip", "silent"]
) -> None:
    pages.on("/rows?page=2", Reply(200, page(2).body, manner=manner), page(2))
    outcome = stopped(desk, pages, "/rows?page=2")
    assert (outcome.state, outcome.message) == (RunState.INTERRUPTED, INTERRUPTED)
    (folder,) = (desk.platform.settings.folder / "spool").iterdir()
    assert [each.name for each in folder.iterdir()] == ["pages"], "no row stays that was read"
    assert desk.harvest().state is RunState.COMPLETE
    assert [pages.pages.count(f"/rows?page={number}") for number in (1, 2, 3)] == [1, 2, 1]
    assert len(desk.names()) == 6
    assert list(folder.parent.iterdir()) == []


def test_robots_that_nobody_gives_hold_up_no_stop(desk: Desk, pages: WebServer) -> None:
    pages.on("/robots.txt", Reply(200, manner="silent"))
    assert stopped(desk, pages, "/robots.txt").state is RunState.INTERRUPTED
    assert pages.pages == []
