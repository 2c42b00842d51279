"""Harvests that are killed or told to stop, in processes of their own: nothing is lost, doubled or left."""

import json
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.fixtures.commands import Install, Installation, wait_until
from tests.fixtures.harvesting import DEFINITION, HEADER, row
from tests.fixtures.http_server import Reply, WebServer

BIG = "market/haikou-penalties"
LISTED = "SELECT count(*) FROM sighting WHERE source_id = ?"


def state(gongshi: Installation) -> list[str]:
    """The states of the big source's runs, the newest last."""
    rows = gongshi.asks("SELECT state FROM harvest WHERE source_id = ? ORDER BY id", BIG)
    return [str(state) for (state,) in rows]


def reading(gongshi: Installation) -> bool:
    """Whether the first pass over the big source is under way."""
    return bool(state(gongshi) and list((gongshi.folder / "spool").glob("*/spool.db")))


def stopped_beside_the_store(gongshi: Installation, process: subprocess.Popen[str]) -> bool:
    """Stops the process, unless that was in the middle of a transaction, which would hold up all others."""
    process.send_signal(signal.SIGSTOP)
    with closing(sqlite3.connect(gongshi.folder / "gongshi.db", timeout=0)) as database:
        try:
            database.execute("BEGIN IMMEDIATE")
            return True
        except sqlite3.OperationalError:
            process.send_signal(signal.SIGCONT)
            return False


def publishing(gongshi: Installation) -> bool:
    return gongshi.count(LISTED, BIG) >= 500


@pytest.mark.parametrize("moment", [reading, publishing])
def test_a_killed_harvest_is_done_again_as_if_it_had_never_been(
    install: Install, undisturbed: str, moment: Callable[[Installation], bool]
) -> None:
    gongshi = install()
    process = gongshi.start("harvest", "--all")
    wait_until(lambda: moment(gongshi), process)
    process.kill()
    process.communicate()
    assert state(gongshi) == ["running"]
    found = gongshi.count(LISTED, BIG)
    assert (found == 0) if moment is reading else (0 < found < 1000)
    assert list((gongshi.folder / "spool").iterdir())

    early = gongshi("harvest", BIG)
    assert early.returncode == 3
    assert f"Another harvest of {BIG} is under way and counts as alive until" in early.stderr
    gongshi.let_leases_end()
    again = gongshi("harvest", "--all")
    assert (again.returncode, again.stderr) == (0, "")
    assert gongshi("doctor", "--checksum").stdout == undisturbed
    assert json.loads(gongshi("index", "status", "--json").stdout)["sound"] == "yes"
    assert state(gongshi) == ["interrupted", "complete"]
    assert list((gongshi.folder / "spool").iterdir()) == []


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("moment", [reading, publishing])
def test_a_harvest_that_is_told_to_stop_ends_cleanly(
    install: Install, moment: Callable[[Installation], bool], told: signal.Signals
) -> None:
    gongshi = install()
    process = gongshi.start("harvest", BIG)
    wait_until(lambda: moment(gongshi), process)
    process.send_signal(told)
    _, complaint = process.communicate()
    assert process.returncode == 1
    assert complaint == "Interrupted; what was done stays, and the same command goes on from there.\n"
    assert state(gongshi) == ["interrupted"]
    ((message,),) = gongshi.asks("SELECT message FROM harvest")
    assert message == "It was interrupted; what it had published stays."
    assert gongshi.asks("SELECT * FROM lease") == []
    assert list((gongshi.folder / "spool").iterdir()) == []
    assert gongshi("harvest", BIG).returncode == 0
    assert state(gongshi) == ["interrupted", "complete"]


def test_the_folder_of_a_live_run_is_left_to_it(install: Install) -> None:
    gongshi = install()
    spools = gongshi.folder / "spool"
    shutil.copytree(gongshi.folder / "samples" / "tax", spools / "left-by-a-killed-run")
    process = gongshi.start("harvest", BIG)
    wait_until(lambda: reading(gongshi), process)
    wait_until(lambda: stopped_beside_the_store(gongshi, process), process)
    try:
        (alive,) = spools.iterdir()
        assert gongshi("harvest", "tax/arrears").returncode == 0
        assert list(spools.iterdir()) == [alive]
    finally:
        process.send_signal(signal.SIGCONT)
    process.communicate()
    assert process.returncode == 0


def test_a_harvest_killed_while_it_fetches_goes_on_from_its_last_page(
    tmp_path: Path, http_server: WebServer
) -> None:
    pages = [f"{HEADER}\n{row(2 * number)}\n{row(2 * number + 1)}\n".encode() for number in range(1, 5)]
    for number, page in enumerate(pages, 1):
        http_server.on(f"/rows?page={number}", Reply(200, page))
    http_server.on("/rows?page=3", Reply(200, pages[2], manner="drip"), Reply(200, pages[2]))
    definition = tmp_path / "sources" / "tax" / "list.toml"
    definition.parent.mkdir(parents=True)
    where = f'url = "{http_server.url}/rows?page={{page}}"\nallow_private = true'
    definition.write_text(
        DEFINITION.format(
            where=where, format='format = "csv"', more="[pages]\nlast = 9\nmissing_ends = true"
        ),
        "utf-8",
    )
    definition.with_name("list.sample.csv").write_text(f"{HEADER}\n{row(1)}\n", "utf-8")
    gongshi = Installation(tmp_path / "data", GONGSHI_SOURCES=str(tmp_path / "sources"))
    process = gongshi.start("harvest", "tax/list")
    wait_until(lambda: "/rows?page=3" in http_server.pages, process)
    process.kill()
    process.communicate()
    gongshi.let_leases_end()
    again = gongshi("harvest", "tax/list")
    assert (again.returncode, again.stderr) == (0, "")
    asked = [http_server.pages.count(f"/rows?page={number}") for number in range(1, 6)]
    assert asked == [1, 1, 2, 1, 1]
    assert gongshi.count(LISTED, "tax/list") == 8
    assert list((gongshi.folder / "spool").iterdir()) == []
