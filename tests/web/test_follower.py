"""The follower of docs/changes.md, run as it stands there, against a site on loopback."""

import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from publisher.mirroring import Cursor
from publisher.publish import unlist
from tests.fixtures.site import SETTINGS, Site, application
from tests.fixtures.store import ZONE, code, draft
from tests.project.files import ROOT


@pytest.fixture
def url(site: Site) -> Iterator[str]:
    """Where the site is served; its clock is the real one, for the follower's is."""
    site.world.clock.now = datetime.now(ZONE)
    settings = replace(SETTINGS, stop=threading.Event())
    app = application(site.world.public, site.world.registry, site.counters, site.dumps, settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    settings.stop.set()
    server.shutdown()
    thread.join()
    server.server_close()


class Copy:
    """A follower at work, and what its copy shows."""

    def __init__(self, url: str, folder: Path) -> None:
        text = (ROOT / "docs" / "changes.md").read_text("utf-8")
        [code] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        (folder / "follower.py").write_text(code, "utf-8")
        self._file = folder / "copy.db"
        self._command = [sys.executable, str(folder / "follower.py"), url, str(self._file)]

    def __enter__(self) -> "Copy":
        self._process = subprocess.Popen(self._command)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def ask(self, query: str) -> list[str]:
        with closing(sqlite3.connect(self._file, timeout=30)) as copy, copy:
            return [text for (text,) in copy.execute(query)]

    def comes_to_show(self, *names: str) -> None:
        """Waits for it."""
        self._wait(lambda: self._names() == sorted(names))

    def _names(self) -> list[str]:
        return sorted(self.ask("SELECT json_extract(json, '$.subject.name') FROM public"))

    def _wait(self, come: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not (self._file.exists() and self._is_made() and come()):
            assert self._process.poll() is None
            assert time.monotonic() < end, "the moment never came"
            time.sleep(0.05)

    def _is_made(self) -> bool:
        return bool(self.ask("SELECT name FROM sqlite_master WHERE name = 'public'"))


def test_the_documented_follower_keeps_in_step(site: Site, url: str, tmp_path: Path) -> None:
    world = site.world
    shop, tea = (
        draft("1", name="海口食品店", months=None),
        draft("2", name="三亚茶店", uscc=code(2), months=None),
    )
    world.publish(shop)
    with Copy(url, tmp_path) as copy:
        copy.comes_to_show("海口食品店")
        world.publish(tea)
        copy.comes_to_show("海口食品店", "三亚茶店")
        copy.ask("UPDATE item SET until = '2020-01-01T00:00:00Z' WHERE json LIKE '%\\u4e09\\u4e9a%'")
        copy.comes_to_show("海口食品店")
        with world.store.writing() as store:
            [known] = store.sightings_by_key("tourism/penalties", ["1"]).values()
            unlist(store, [known.id], {known.item}, world.desk, world.clock())
        copy.comes_to_show()
        assert copy.ask("SELECT id FROM item") == []
    world.publish(shop)
    with Copy(url, tmp_path) as copy:  # goes on where it was
        copy.comes_to_show("海口食品店")
        assert len(copy.ask("SELECT id FROM item")) == 1


def test_the_documented_follower_of_another_log_begins_again(site: Site, url: str, tmp_path: Path) -> None:
    site.world.publish(draft("1", name="海口食品店", months=None))
    with Copy(url, tmp_path) as copy:
        copy.comes_to_show("海口食品店")
    copy.ask(f"UPDATE cursor SET since = '{Cursor('another', 1).text()}'")
    copy.ask("""INSERT INTO item VALUES ('old', NULL, '{"subject": {"name": "旧"}}')""")
    with Copy(url, tmp_path) as copy:
        copy.comes_to_show("海口食品店")
