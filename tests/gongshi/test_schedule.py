"""`gongshi schedule` as a process: it harvests, shows that it works, and stops when told to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from publisher.harvests import RunState
from tests.fixtures.harvesting import Desk, row

PATIENCE = 60.0


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def harvested(desk: Desk) -> bool:
    with desk.platform.store.reading() as store:
        return any(run.state is RunState.COMPLETE for run in store.harvests("tax/list", 1))


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_it_harvests_shows_that_it_works_and_stops_when_told(desk: Desk, asked: signal.Signals) -> None:
    desk.write(row(1), row(2))
    settings = desk.platform.settings
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GONGSHI_")}
    running = subprocess.Popen(
        [sys.executable, "-m", "gongshi", "schedule"],
        env=plain | {"GONGSHI_DATA": str(settings.folder), "GONGSHI_SOURCES": str(settings.sources)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(lambda: (settings.folder / "schedule.beat").exists() and harvested(desk))
        running.send_signal(asked)
        _, said = running.communicate(timeout=PATIENCE)
    finally:
        running.kill()
    assert running.returncode == 0
    assert "tax/list: complete" in said
    assert len(said.splitlines()) == 1, "samples that nobody invented are not read"
    assert len(desk.names()) == 2
