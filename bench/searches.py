"""The published mix of searches: within the process and over HTTP, beside the bare engine's own query."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from itertools import islice
from urllib.parse import urlencode

from bench.bare import elasticsearch_calls, tantivy_calls
from bench.measure import Report, free_port, interleaved, percentile
from bench.mix import queries
from gongshi.bootstrap import Platform, build
from publisher import settings
from publisher.answers import SearchRequest
from publisher.web.results import arguments
from search.engine import Engine
from search.model import Page, Query
from tests.elasticsearch_server import Unavailable, running

REPEATS = 5
GATE = (3, 30, 250)
"""Milliseconds through the gate on the embedded engine: p50, p95 and the most of all."""
OVER_HTTP = {"embedded": (5, 12), "elasticsearch": (10, 10)}
"""Milliseconds that JSON and HTML may take over HTTP beyond the bare query, at p50."""


def searches(environment: Mapping[str, str], report: Report, *, with_elasticsearch: bool) -> None:
    """On the store and index that the environment names, then on an Elasticsearch filled from the store."""
    platform = build(settings.read(environment))
    with platform.store.reading() as store:
        now = platform.settings.clock()
        asked = queries([batch[0] for batch in islice(store.each_public_item(now, size=50), 20)])
        report.add("items found through", store.count_public(now), "")
    compare(platform, asked, environment, partial(tantivy_calls, platform.settings.folder / "index"), report)
    platform.close()
    if with_elasticsearch:
        try:
            with running() as url:
                on_elasticsearch(url, asked, environment, report)
        except Unavailable as error:
            print(f"Elasticsearch is not to be had: {error}")


def on_elasticsearch(
    url: str, asked: Sequence[SearchRequest], environment: Mapping[str, str], report: Report
) -> None:
    """Fills the server, and searches there."""
    environment = {**environment, "GONGSHI_SEARCH_URL": f"elasticsearch+{url}"}
    platform = build(settings.read(environment))
    started = time.perf_counter()
    filled = platform.index.rebuild()
    report.add("filling Elasticsearch, items/s", filled / (time.perf_counter() - started), "")
    compare(platform, asked, environment, partial(elasticsearch_calls, url), report)
    platform.close()


def compare(
    platform: Platform,
    asked: Sequence[SearchRequest],
    environment: Mapping[str, str],
    floor: Callable[[list[Query]], list[Callable[[], object]]],
    report: Report,
) -> None:
    """Each search through the gate, as JSON, as HTML, and its words asked of the bare engine, in turn."""

    def through_gate(request: SearchRequest) -> None:
        with platform.public() as public:
            public.search(request)

    with served(environment) as port:
        site = HTTPConnection("127.0.0.1", port)
        ways: list[list[Callable[[], object]]] = [
            floor(_queries(platform, asked)),
            [partial(through_gate, request) for request in asked],
            [partial(_get, site, "/api/v1/search", request) for request in asked],
            [partial(_get, site, "/search", request) for request in asked],
        ]
        times = iter(interleaved([call for calls in ways for call in calls], REPEATS))
        site.close()
    bare, gate, as_json, as_html = ([ms for row in islice(times, len(asked)) for ms in row] for _ in ways)
    name = platform.engine.name
    bars = GATE if name == "embedded" else (None, None, None)
    for share, bar, label in zip((0.5, 0.95, 1), bars, ("p50", "p95", "most"), strict=True):
        what = f"search on {name}, {label}"
        report.add(what, percentile(gate, share), "ms", floor=percentile(bare, share), most=bar)
    least = percentile(bare, 0.5)
    for found, extra, label in zip((as_json, as_html), OVER_HTTP[name], ("JSON", "HTML"), strict=True):
        what = f"  as {label} over HTTP, p50"
        report.add(what, percentile(found, 0.5), "ms", floor=least, most=least + extra)


def _queries(platform: Platform, asked: Sequence[SearchRequest]) -> list[Query]:
    """What the gate asks the engine."""
    recorder = _Recorder(platform.engine)
    with platform.public(recorder) as public:  # type: ignore[arg-type]  # all but search is passed on
        for request in asked:
            public.search(request)
    return recorder.queries


def _get(connection: HTTPConnection, path: str, request: SearchRequest) -> None:
    connection.request("GET", f"{path}?{urlencode(arguments(request), doseq=True)}")
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 200, text


@contextmanager
def served(environment: Mapping[str, str]) -> Iterator[int]:
    """A site of its own process on loopback; gives its port."""
    port = free_port()
    command = [sys.executable, "-m", "gongshi", "serve", "--port", str(port)]
    child = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            try:
                connection = HTTPConnection("127.0.0.1", port)
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                break
            except OSError:
                time.sleep(0.1)
            finally:
                connection.close()
        yield port
    finally:
        child.terminate()
        child.wait()


class _Recorder:
    """An engine that notes what it is asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.name = engine, engine.name
        self.queries: list[Query] = []

    def search(self, query: Query) -> Page:
        self.queries.append(query)
        return self._engine.search(query)

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)
