"""Runs of sources, and what they refused, as operators look back at them."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from harvesters.log import FIRST, LAST, Log
from publisher.harvests import Traffic
from tests.fixtures.commands import Installation
from tests.fixtures.harvesting import HEADER, Desk, row
from tests.fixtures.http_server import Reply, WebServer

SOON_AFTER_NOON = re.compile(r"2026-11-23 12:\d\d:\d\d\+08:00")


@pytest.fixture
def gongshi(desk: Desk) -> Installation:
    """The commands on the platform of `desk`."""
    settings = desk.platform.settings
    return Installation(settings.folder, GONGSHI_SOURCES=str(settings.sources))


def lines(gongshi: Installation, *arguments: str) -> list[Any]:
    """What a command prints for machines."""
    done = gongshi(*arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_runs_are_listed_newest_first_in_local_time(gongshi: Installation, desk: Desk) -> None:
    desk.write(row(1), row(2))
    desk.harvest()
    desk.write()
    desk.harvest()
    failed, complete = lines(gongshi, "runs", "list", "tax/list")
    assert (failed["run"], failed["state"], complete["run"], complete["state"]) == (
        2,
        "failed",
        1,
        "complete",
    )
    assert SOON_AFTER_NOON.fullmatch(complete["started"])
    assert complete["rows"] == "2 new, 0 changed, 0 unchanged, 0 refused"
    assert "no rows at all" in failed["said"]
    assert [run["run"] for run in lines(gongshi, "runs", "list", "--limit", "1")] == [2]


def test_a_run_that_met_a_login_is_told_from_others(gongshi: Installation, desk: Desk) -> None:
    desk.file.write_text("<html><title>登录</title></html>")
    desk.harvest()
    (shown,) = lines(gongshi, "runs", "show", "1")
    assert (shown["state"], shown["message"]) == (
        "barred",
        'rows.csv is an HTML page ("登录") where CSV was due.',
    )
    listed = {source["source"]: source["last run"] for source in lines(gongshi, "sources", "list")}
    assert listed["tax/list"] == "barred"


def test_a_run_is_shown_with_each_count_and_what_it_said(gongshi: Installation, desk: Desk) -> None:
    bad = row(9).replace("2026-03-01", "2026-02-30")
    desk.write(*(f"{row(number)},x" for number in range(1, 6)), f"{bad},x", header=f"{HEADER},新列")
    desk.harvest()
    (shown,) = lines(gongshi, "runs", "show", "1")
    assert list(shown)[:5] == ["run", "source", "state", "started", "ended"]
    assert (shown["seen"], shown["new"], shown["refused"], shown["not public"]) == (6, 5, 1, 0)
    assert SOON_AFTER_NOON.fullmatch(shown["ended"])
    assert shown["warnings"] == ["rows.csv: column 新列 is neither mapped nor ignored."]
    assert shown["message"] is None


def test_a_run_tells_what_it_asked_of_other_machines(
    gongshi: Installation, desk: Desk, http_server: WebServer
) -> None:
    rows = "\n".join((HEADER, *(row(number) for number in range(1, 11)))).encode()
    robots = b"User-agent: *\nDisallow: /secret/\n"
    http_server.on("/robots.txt", Reply(200, robots))
    url = http_server.on(
        "/rows.csv", Reply(503), Reply(200, rows, {"ETag": '"1"'}), Reply(304, b"", {"ETag": '"1"'})
    )
    desk.define(where=f'url = "{url}"\nallow_private = true')
    first, second = (desk.harvest(sleep=lambda _: None) for _ in range(2))
    assert first.traffic == Traffic(len(robots) + len(rows), {"200": 2, "503": 1})
    assert second.traffic == Traffic(len(robots), {"200": 1, "304": 1})
    (shown,) = lines(gongshi, "runs", "show", "2")
    assert (shown["bytes"], shown["requests"]) == (len(robots), {"200": 1, "304": 1})
    assert re.search("requests +1 × 200, 1 × 304\n", gongshi("runs", "show", "2").stdout)


def test_a_run_keeps_what_it_said_of_its_steps(
    gongshi: Installation, desk: Desk, http_server: WebServer
) -> None:
    rows = "\n".join((HEADER, *(row(number) for number in range(1, 11)))).encode()
    url = http_server.on("/rows.csv?token=x", Reply(503), Reply(200, rows))
    desk.define(where=f'url = "{url}"\nallow_private = true')
    desk.harvest(sleep=lambda _: None)
    (shown,) = lines(gongshi, "runs", "show", "1", "--log")
    said = [re.sub(r"\d+\.\d\d s", "… s", text.replace(http_server.url, "")) for _, text in shown["log"]]
    assert said == [
        "/robots.txt: 404, 0 bytes, … s",
        "/rows.csv?token=…: 503, 0 bytes, … s",
        f"/rows.csv?token=…: 200, {len(rows):,} bytes, … s",
        "read 10 rows of /rows.csv?token=…",
        "published 10 rows: 10 new, 0 changed, 0 unchanged, 0 refused",
        "waited … s for the search index",
    ]
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+08:00$", shown["log"][0][0])
    assert f"read 10 rows of {http_server.url}" in gongshi("runs", "show", "1", "--log").stdout
    assert "log" not in lines(gongshi, "runs", "show", "1")[0]


def test_a_log_keeps_its_beginning_and_its_end() -> None:
    log = Log(lambda: datetime(2026, 11, 23, tzinfo=UTC))
    for number in range(FIRST + LAST + 7):
        log.add(str(number))
    said = [line.said for line in log.lines]
    assert said[FIRST - 1 : FIRST + 2] == [str(FIRST - 1), "… 7 lines left out …", str(FIRST + 7)]
    assert (said[0], said[-1], len(said)) == ("0", str(FIRST + LAST + 6), FIRST + LAST + 1)


def test_a_run_or_source_that_is_not_known_is_one_sentence(gongshi: Installation) -> None:
    told = gongshi("runs", "show", "7")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "There is no run 7; `gongshi runs list` names them.\n"
    told = gongshi("runs", "list", "tax/nothing")
    assert told.returncode == 2
    assert "No source tax/nothing has been harvested" in told.stderr


@pytest.mark.parametrize(
    "command", [("runs", "show"), ("runs", "list", "--limit"), ("quarantine", "list", "--limit")]
)
def test_a_number_beyond_all_that_can_be_is_wrong_usage(
    gongshi: Installation, command: tuple[str, ...]
) -> None:
    done = gongshi(*command, "9" * 23)
    assert done.returncode == 2
    assert "is not in the range" in done.stderr
