"""A dry run says what a run would, whatever that is, and writes nothing."""

import json
import os
import random
import sqlite3
from dataclasses import replace
from pathlib import Path

from harvesters.harvest import Harvester, Outcome
from harvesters.source import Definition, load
from harvesters.stopping import Stopped
from publisher.harvests import Counts, RunState
from tests.fixtures.commands import Installation
from tests.fixtures.harvesting import HEADER, Desk, row
from tests.fixtures.http_server import Reply, WebServer

SCOPED = f"{HEADER},信息使用范围"
BAD = row(90).replace("2026-03-01", "2026-02-30")
UNREADABLE = "海南第91贸易有限公司,琼税列"


def parts(desk: Desk) -> tuple[Harvester, Definition]:
    """What a dry run of the desk's source needs."""
    registry, harvester = desk.platform.registry, desk.platform.harvester(lambda _source, _counts: None)
    return replace(harvester, sleep=lambda _: None), load(definition(desk), registry=registry, trusted=True)


def definition(desk: Desk) -> Path:
    return desk.file.with_name("list.toml")


def dry(desk: Desk, *, accept_removals: bool = False) -> Outcome:
    """A dry run of the desk's source, which leaves all as it was."""
    harvester, source = parts(desk)
    before = kept(desk.platform.settings.folder)
    outcome = harvester.dry_run(source, accept_removals=accept_removals)
    assert kept(desk.platform.settings.folder) == before
    return outcome


def kept(folder: Path) -> tuple[list[str], dict[Path, bytes]]:
    """All that an installation holds: its store as statements, its other files as they are."""
    with sqlite3.connect(folder / "gongshi.db") as database:
        held = list(database.iterdump())
    database.close()
    files = (file for file in folder.rglob("*") if file.is_file() and "gongshi.db" not in file.name)
    return held, {file: file.read_bytes() for file in files}


def compare(desk: Desk, *, accept_removals: bool = False) -> Outcome:
    """A run and, before it, a dry run that must say the same; gives what the run said."""
    foretold = dry(desk, accept_removals=accept_removals)
    outcome = desk.harvest(accept_removals=accept_removals, sleep=lambda _: None)
    assert replace(foretold, seconds=0.0) == replace(outcome, seconds=0.0)
    return outcome


def test_the_first_run_and_those_after_it_are_foretold(desk: Desk) -> None:
    rows = [row(number) for number in range(1, 11)]
    desk.write(*rows, BAD, header=HEADER)
    assert compare(desk).counts.new == 10
    desk.write(*rows[:8], row(9, "逃税"), row(11), UNREADABLE)
    assert compare(desk).counts.held == 1
    desk.write(*rows[:8], row(9, "逃税"), row(11))
    assert compare(desk).counts.vanished == 1
    assert compare(desk).counts.withdrawn == 1


def test_what_stops_a_run_stops_a_dry_one_with_the_same_words(desk: Desk) -> None:
    desk.write(*(row(number) for number in range(1, 41)))
    compare(desk)
    desk.write(*(row(number) for number in range(1, 21)))
    refused = compare(desk)
    assert (refused.state, refused.counts.vanished) == (RunState.REFUSED, 20)
    assert compare(desk, accept_removals=True).counts.withdrawn == 20
    desk.write(*(row(number) for number in range(101, 121)))
    assert "their keys may have changed" in str(compare(desk).message)
    desk.write(*(row(number) for number in range(1, 11)), header=HEADER.replace("文号", "号"))
    assert compare(desk).state is RunState.FAILED
    desk.write()
    assert "no rows at all" in str(compare(desk).message)


def test_rows_that_tell_of_other_items_than_before_are_counted_as_a_run_would(desk: Desk) -> None:
    """Rows whose key is no part of the item that they tell of: they move from one to another, and two tell of
    one."""
    desk.define(more='standard = "cn-double-disclosure"\nmode = "full"')
    file = definition(desk)
    said = file.read_text("utf-8").replace('"subject", "document_number"', '"listing_reason"')
    file.write_text(said, "utf-8")
    chance, withdrawn = random.Random(7), 0
    for _ in range(25):
        keys = chance.sample(range(12), chance.randrange(6, 12))
        rows = [
            f"{row(chance.choice((1, 2, 3, number)), f'原因{number}')},{int(chance.random() < 0.1)}"
            for number in keys
        ]
        desk.write(*rows, header=SCOPED)
        withdrawn += compare(desk, accept_removals=chance.random() < 0.7).counts.withdrawn
    assert withdrawn > 10


def test_a_file_that_has_not_changed_is_asked_for_and_stays_known(desk: Desk, http_server: WebServer) -> None:
    body = "\n".join((HEADER, *(row(number) for number in range(1, 11)))).encode()
    url = http_server.on("/rows.csv", Reply(200, body, {"ETag": '"1"'}))
    desk.define(where=f'url = "{url}"\nallow_private = true')
    compare(desk)
    http_server.on("/rows.csv", Reply(304, b"", {"ETag": '"1"'}))
    assert compare(desk).traffic.requests == {"304": 1, "404": 1}
    assert compare(desk).counts.unchanged == 10


def test_where_the_next_run_asks_on_is_left_alone(desk: Desk, http_server: WebServer) -> None:
    rows = [f"{each},2026-11-{number + 10}" for number, each in enumerate((*map(row, range(1, 9)), BAD))]
    since = '[since]\ncolumn = "更新时间"\nfirst = 2026-01-01\n[expect]\nignore = ["更新时间"]'
    since += "\n[period]\nmonths = 36"
    where = f'url = "{http_server.url}/rows?from={{since}}"\nallow_private = true\nmode = "incremental"'
    desk.define(since, where)
    header = f"{HEADER},更新时间"
    for body in (rows, rows[:8]):
        http_server.on("/rows?from=2026-01-01", Reply(200, "\n".join((header, *body)).encode()))
        outcome = compare(desk)
        assert outcome.state is RunState.COMPLETE
    http_server.on("/rows?from=2026-11-17", Reply(200, header.encode()))
    compare(desk)


def test_a_dry_run_may_be_beside_a_run_and_another_dry_run(desk: Desk) -> None:
    desk.write(*(row(number) for number in range(1, 11)))
    harvester, source = parts(desk)
    said: list[int] = []

    def beside_both() -> None:
        if len(said) < 1:
            said.append(harvester.dry_run(source).counts.new)

    def beside_the_run() -> None:
        if len(said) < 2:
            said.append(replace(harvester, check=beside_both).dry_run(source).counts.new)

    assert desk.harvest(check=beside_the_run).counts.new == 10
    assert said == [10, 10]
    assert len(desk.names()) == 10


def test_what_a_dry_run_fetched_is_not_left_for_long(desk: Desk, http_server: WebServer) -> None:
    url = http_server.on("/rows.csv", Reply(200, f"{HEADER}\n{row(1)}\n".encode()))
    desk.define(where=f'url = "{url}"\nallow_private = true')
    harvester, source = parts(desk)

    def stop(_source: str, _counts: Counts) -> None:
        raise Stopped("It was interrupted.")

    assert replace(harvester, progress=stop).dry_run(source).state is RunState.INTERRUPTED
    folder = desk.platform.settings.folder
    (left,) = folder.rglob("pages")
    desk.harvest()
    assert http_server.pages.count("/rows.csv") == 2  # a run goes on with what a run has fetched
    assert left.exists()
    os.utime(left, (0, 0))
    desk.harvest()
    assert not list(folder.rglob("pages"))


def test_the_command_says_that_nothing_was_written_and_ends_as_a_harvest_would(desk: Desk) -> None:
    settings = desk.platform.settings
    gongshi = Installation(settings.folder, GONGSHI_SOURCES=str(settings.sources))
    desk.write(*(row(number) for number in range(1, 41)), BAD)
    told = gongshi("harvest", "tax/list", "--dry-run")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("tax/list: dry run, nothing written: complete, 40 new, 0 changed, ")
    desk.harvest()
    desk.write(*(row(number) for number in range(1, 21)))
    before = kept(settings.folder)
    told = gongshi("harvest", "tax/list", "--dry-run", "--json")
    assert (told.returncode, json.loads(told.stdout)["state"]) == (3, "refused")
    desk.write()
    assert gongshi("harvest", "tax/list", "--dry-run").returncode == 1
    assert kept(settings.folder) == before
