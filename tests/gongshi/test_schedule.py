"""`gongshi schedule` as a process: it harvests, shows that it works, and stops when told to."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from publisher.harvests import FAILURES, Counts, RunState, Traffic
from tests.fixtures.commands import Installation
from tests.fixtures.harvesting import Desk, row

PATIENCE = 60.0
STOPS = 15.0
"""Seconds in which it has to end, on a busy machine."""


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def harvested(desk: Desk) -> bool:
    with desk.platform.store.reading() as store:
        return any(run.state is RunState.COMPLETE for run in store.harvests("tax/list", 1))


@contextmanager
def scheduling(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    settings = desk.platform.settings
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GONGSHI_")}
    running = subprocess.Popen(
        [sys.executable, "-m", "gongshi", "schedule"],
        env=plain | {"GONGSHI_DATA": str(settings.folder), "GONGSHI_SOURCES": str(settings.sources)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_it_harvests_shows_that_it_works_and_stops_when_told(desk: Desk, asked: signal.Signals) -> None:
    desk.write(row(1), row(2))
    with scheduling(desk) as running:
        wait_for(lambda: (desk.platform.settings.folder / "schedule.beat").exists() and harvested(desk))
        running.send_signal(asked)
        _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0
    assert "tax/list: complete" in said
    assert len(said.splitlines()) == 1, "samples that nobody invented are not read"
    assert len(desk.names()) == 2


def test_a_run_under_way_ends_at_its_next_batch(desk: Desk) -> None:
    desk.write(*(row(number) for number in range(1, 60_000)))
    spools = desk.platform.settings.folder / "spool"
    with scheduling(desk) as running:
        wait_for(lambda: spools.is_dir() and any(spools.iterdir()))
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=STOPS)
    assert running.returncode == 0
    assert "tax/list: interrupted, It was interrupted; what it had published stays." in said
    with desk.platform.store.reading() as store:
        (run,) = store.harvests("tax/list")
        assert (run.state, run.ended_at is None) == (RunState.INTERRUPTED, False)
        assert store.lease_until("harvest:tax/list") is None
    assert not any(spools.iterdir())


def test_what_is_asked_for_is_read_within_seconds(desk: Desk) -> None:
    desk.write(row(1), row(2))
    settings = desk.platform.settings
    gongshi = Installation(settings.folder, GONGSHI_SOURCES=str(settings.sources))
    with scheduling(desk) as running:
        wait_for(lambda: harvested(desk))
        asked = gongshi("harvest", "--request", "tax/list")
        wait_for(lambda: gongshi.count("SELECT count(*) FROM harvest WHERE state = 'complete'") == 2)
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=STOPS)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert asked.stdout == "tax/list: asked for; `gongshi schedule` reads it next.\n"
    with desk.platform.store.reading() as store:
        assert store.requests() == []
    sample = gongshi("harvest", "--request", "market/haikou-penalties")
    assert sample.returncode == 1
    assert sample.stderr == (
        "market/haikou-penalties: its sample is not invented yet; run `gongshi demo` first.\n"
    )


def test_two_at_once_read_each_source_once(desk: Desk) -> None:
    desk.write(row(1), row(2))
    with scheduling(desk) as one, scheduling(desk) as other:
        wait_for(lambda: harvested(desk))
        time.sleep(3)  # some looks at what is due
        for running in (one, other):
            running.send_signal(signal.SIGTERM)
            running.wait(STOPS)
    with desk.platform.store.reading() as store:
        assert len(store.harvests("tax/list")) == 1


def test_a_paused_source_is_listed_as_such_until_it_is_resumed(desk: Desk) -> None:
    settings = desk.platform.settings
    gongshi = Installation(settings.folder, GONGSHI_SOURCES=str(settings.sources))

    def listed() -> str:
        rows = [json.loads(line) for line in gongshi("sources", "list", "--json").stdout.splitlines()]
        return str(next(row["last run"] for row in rows if row["source"] == "tax/list"))

    def said(*command: str) -> str:
        ended = gongshi("sources", *command)
        assert (ended.returncode, ended.stderr) == (0, "")
        return ended.stdout.strip()

    for _ in range(FAILURES):
        desk.harvest()
    assert listed() == "paused"
    assert "PROBLEM  Source tax/list: paused, for it failed 10 times in a row;" in gongshi("doctor").stdout
    assert said("resume", "tax/list") == "tax/list goes on."
    assert listed() == "failed"
    assert said("resume", "tax/list") == "tax/list was not paused."
    assert said("pause", "tax/list") == "tax/list is paused."
    assert said("pause", "tax/list") == "tax/list is paused already."
    assert listed() == "paused"
    unknown = gongshi("sources", "pause", "tax/lost")
    assert unknown.returncode == 2
    assert "There is no source tax/lost; `gongshi sources list` names them." in unknown.stderr


def test_it_forgets_runs_of_long_ago(desk: Desk) -> None:
    with desk.platform.store.writing() as store:
        for number in range(FAILURES + 4):
            begun = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=number)
            run = store.start_harvest("tax/gone", begun)
            store.end_harvest(run, RunState.FAILED, Counts(), Traffic(), (), None, begun)

    def kept() -> int:
        with desk.platform.store.reading() as store:
            return len(store.harvests("tax/gone"))

    with scheduling(desk) as running:
        wait_for(lambda: kept() == FAILURES)
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=PATIENCE)
    assert "4 runs older than 365 days forgotten" in said
