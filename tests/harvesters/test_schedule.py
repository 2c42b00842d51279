"""What is done by the clock."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from threading import Thread

import pytest

from harvesters.rota import Rota
from harvesters.schedule import Job, schedule
from harvesters.shelf import Shelf
from harvesters.stopping import Stop, Stopped
from publisher.errors import StoreError
from search.engine import WriterBusy
from tests.fixtures.commands import wait_until
from tests.fixtures.harvesting import Desk

OFTEN = timedelta(seconds=0.05)


def test_a_job_that_fails_is_told_and_done_again_and_holds_up_no_other(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def job(name: str, *errors: Exception) -> Job:
        left = list(errors)

        def do() -> None:
            done.append(name)
            if left:
                raise left.pop(0)

        return Job(name, do, OFTEN)

    caplog.set_level("INFO", "gongshi")
    jobs = [
        job("sound"),
        job("failing", StoreError("The database is away."), KeyError("x")),
        job("busy", WriterBusy("Another process writes.")),
        job("stopped", Stopped()),
        Job("later", done.clear, OFTEN, timedelta(hours=1)),
    ]
    running(desk, jobs, lambda: all(done.count(each.name) > 2 for each in jobs[:4]))
    told = [(each.levelname, each.message, bool(each.exc_info)) for each in caplog.records]
    assert sorted(told) == [
        ("ERROR", "failing", True),
        ("ERROR", "failing: The database is away.", False),
        ("INFO", "busy: Another process writes.", False),
    ]


def running(desk: Desk, jobs: list[Job], until: Callable[[], bool]) -> None:
    """Runs a scheduler of nothing but these jobs."""
    stop, platform = Stop(), desk.platform
    rota = Rota(list, platform.harvester(lambda _source, _counts: None, stop=stop), stop, at_once=1)
    scheduler = schedule(rota, Shelf((), platform.registry), jobs, datetime.now(platform.zone))
    thread = Thread(target=scheduler.start)
    with closing(rota):
        thread.start()
        try:
            wait_until(until)
        finally:
            scheduler.shutdown()
            thread.join()
