"""A site in a process of its own, over midnight, while nobody may write its index: no job ends anything."""

import json
import time
import urllib.error
import urllib.request
from contextlib import closing

import pytest

from tests.elasticsearch_server import free_port
from tests.fixtures.commands import Installation, wait_until
from tests.fixtures.harvesting import Desk, row

MIDNIGHT = "2026-11-24T16:00:00Z"  # in China


class Site:
    """What is asked of a running site."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"

    def status(self, path: str) -> int:
        """0 while nobody answers."""
        try:
            with urllib.request.urlopen(self._url + path, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0

    def names(self) -> tuple[str, dict[str, str]]:
        """The moment of a search's answer, and the ids of what it found by the subjects' names."""
        with urllib.request.urlopen(f"{self._url}/api/v1/search", timeout=10) as answer:
            told = json.load(answer)
        assert told["meta"]["total"] == len(told["data"])
        return told["meta"]["as_of"], {item["subject"]["name"]: item["id"] for item in told["data"]}


@pytest.mark.parametrize("engine", ["embedded", "elasticsearch"])
def test_an_item_is_there_at_23_59_59_and_gone_at_00_00_00(
    desk: Desk, engine: str, request: pytest.FixtureRequest
) -> None:
    more = {"GONGSHI_SOURCES": str(desk.platform.settings.sources)}
    if engine == "elasticsearch":
        more["GONGSHI_SEARCH_URL"] = f"elasticsearch+{request.getfixturevalue('elasticsearch_url')}"
    folder, port = desk.platform.settings.folder, free_port()
    desk.write(row(1), row(2, removed="2026-11-25"))
    done = Installation(folder, **more)("harvest", "tax/list")
    assert (done.returncode, done.stderr) == (0, "")
    gongshi = Installation(folder, **more, GONGSHI_NOW="2026-11-24T23:59:40+08:00")
    site = Site(port)
    with closing(gongshi.platform()) as platform, platform.engine.writer():
        serving = gongshi.start("serve", "--port", str(port))
        try:
            wait_until(lambda: site.status("/api/v1/search") == 200, serving)
            seen = []
            while not seen or seen[-1][0] < MIDNIGHT:
                seen.append(site.names())
                time.sleep(0.05)
            gone = site.status(f"/items/{seen[0][1]['海南第2贸易有限公司']}")
        finally:
            serving.terminate()
            serving.communicate(timeout=60)
    assert {as_of for as_of, names in seen if "海南第2贸易有限公司" in names} == {
        as_of for as_of, _ in seen if as_of < MIDNIGHT
    }
    assert seen[-2][0] == "2026-11-24T15:59:59Z"
    assert (seen[-1][0], set(seen[-1][1])) == (MIDNIGHT, {"海南第1贸易有限公司"})
    assert gone == 410
