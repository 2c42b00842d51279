"""A site in a process of its own, under load: what is repaired is gone from all outputs within a second."""

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import cycle, islice
from typing import NamedTuple

import pytest

from gongshi.bootstrap import Platform
from publisher.ending import end
from publisher.items import ItemState
from publisher.laws import Laws
from publisher.publish import Desk as Office
from tests.elasticsearch_server import free_port
from tests.fixtures.commands import Installation, wait_until
from tests.fixtures.harvesting import Desk, row
from tests.fixtures.store import ANNA, code

RATE, SECONDS = 50, 5
"""Requests in a second, and for how long."""
REPAIRED = range(1, 5)
"""The rows of the items that are repaired, one a second."""


class Seen(NamedTuple):
    """An answer to what was asked for at the moment `began`; 0 and "" while nobody answers."""

    began: float
    path: str
    status: int
    text: str


def ask(port: int, path: str, began: float = 0.0) -> Seen:
    time.sleep(max(0.0, began - time.monotonic()))
    began = time.monotonic()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return Seen(began, path, answer.status, answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Seen(began, path, error.code, error.read().decode())
    except OSError:
        return Seen(began, path, 0, "")


def name(number: int) -> str:
    return f"海南第{number}贸易有限公司"


def paths(ids: dict[int, str]) -> Iterator[str]:
    """All outputs in turn, with those of each item that is to be repaired."""
    everything = ["/", "/search?q=%E8%B4%B8%E6%98%93", "/feed.json", "/api/v1/search", "/lists/tax-evasion"]
    for number in REPAIRED:
        id = ids[number]
        everything += [f"/items/{id}", f"/api/v1/items/{id}", f"/subjects/{code(number)}"]
        everything += [f"/api/v1/suggest?q={code(number)}"]
    return cycle(everything)


def repair(made: Platform, id: str) -> float:
    """Grants a repair, as a case does; gives the moment just before."""
    began = time.monotonic()
    with made.store.writing() as store:
        desk = Office(made.identity, made.zone, store.authorities(), Laws(made.registry))
        assert end(store, [id], ItemState.REPAIRED, ANNA, "granted", desk, made.settings.clock()) == 1
    return began


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_granted_repair_is_gone_from_all_outputs_within_a_second(
    desk: Desk, database: str, request: pytest.FixtureRequest
) -> None:
    more = {"GONGSHI_SOURCES": str(desk.platform.settings.sources)}
    if database == "postgresql":
        more["GONGSHI_DATABASE_URL"] = request.getfixturevalue("postgresql_url")()
    gongshi, port = Installation(desk.platform.settings.folder, **more), free_port()
    desk.write(*(row(number) for number in range(1, 16)))
    assert gongshi("harvest", "tax/list").returncode == 0
    with closing(gongshi.platform()) as made, ThreadPoolExecutor(12) as clients:
        with made.store.reading() as store:
            known = store.sighting_ids("tax/list")
            items = store.items([item for _, item, _ in known]).values()
        ids = {number: item.id for item in items for number in REPAIRED if item.party.name == name(number)}
        serving = gongshi.start("serve", "--port", str(port))
        try:
            wait_until(lambda: ask(port, "/api/v1/search").status == 200, serving)
            begin = time.monotonic()
            planned = enumerate(islice(paths(ids), RATE * SECONDS))
            asked = [clients.submit(ask, port, path, begin + turn / RATE) for turn, path in planned]
            ended: dict[int, float] = {}
            for number in REPAIRED:
                time.sleep(max(0.0, begin + number - time.monotonic()))
                ended[number] = repair(made, ids[number])
            seen = [one.result() for one in asked]
        finally:
            serving.terminate()
            serving.communicate(timeout=60)
    for number, moment in ended.items():
        shown = [one for one in seen if name(number) in one.text]
        assert any(one.began < moment for one in shown), "it was there before"
        late = [(one.path, one.began - moment) for one in shown if one.began > moment + 1]
        assert late == []
    after = [one for one in seen if one.began > max(ended.values()) + 0.1]
    assert {one.status for one in seen} == {200, 404, 410}
    assert len({one.path for one in after}) > 10
