"""`python -m bench`: harvest, memory, search on both engines and start, measured side by side in one run."""

import argparse
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from bench.floor import CSV_PLANS
from bench.measure import Report, interleaved, percentile, run
from bench.mix import queries
from gongshi.bootstrap import Platform, build
from publisher import settings
from publisher.indexing import SCHEMA, Index
from publisher.items import Item
from publisher.public import SearchRequest
from search.engine import Engine
from search.engines.elasticsearch import ElasticsearchEngine
from search.model import Page, Query
from tests.elasticsearch_server import Unavailable, running

TODAY = "2026-11-23"
REPEATS = 5
ENVIRONMENT = {"GONGSHI_ENV": "development", "GONGSHI_NOW": f"{TODAY}T12:00:00+08:00"}
START = "from gongshi.bootstrap import serving; serving()"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--no-elasticsearch", action="store_true")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that folder and server go with it
    folder = Path(tempfile.mkdtemp(prefix="gongshi-bench-"))
    try:
        report = Report()
        harvests(folder, given.items, report)
        report.show()
        report = Report()
        searches(folder, report, with_elasticsearch=not given.no_elasticsearch)
        report.show()
    finally:
        shutil.rmtree(folder)


def harvests(folder: Path, items: int, report: Report) -> None:
    """The CSV sources, into an empty store and again; beside the floor."""
    samples = folder / "data" / "samples"
    run(("harvesters.samples", str(samples), "--items", str(items), "--today", TODAY), {})
    environment = {**ENVIRONMENT, "GONGSHI_DATA": str(folder / "data")}
    command = ("gongshi", "harvest", "--json", *(plan.id for plan in CSV_PLANS))
    run(("gongshi", "--version"), environment)  # compiles the modules, which is no part of a harvest
    floor = run(("bench.floor", str(samples), str(folder)), {})
    floor_rate = int(floor.output) / floor.seconds
    first = run(command, environment)
    counts = [json.loads(line)["counts"] for line in first.output.splitlines()]
    new = sum(count["new"] for count in counts)
    report.add(
        "first harvest, rows/s stored and searchable", new / first.seconds, "", floor=floor_rate, least=1500
    )
    report.add("  most memory of its process", first.mebibytes, "MiB", floor=floor.mebibytes, most=300)
    again = run(command, environment)
    seen = sum(json.loads(line)["counts"]["seen"] for line in again.output.splitlines())
    report.add("unchanged harvest, rows/s", seen / again.seconds, "", least=40_000)
    report.add("  most memory of its process", again.mebibytes, "MiB", most=300)
    start = run(("timeit", "-n", "1", "-r", "1", START), environment)
    report.add("start of the site", start.seconds, "s", most=2)


def searches(folder: Path, report: Report, *, with_elasticsearch: bool) -> None:
    """The published mix through the gate, beside the bare engine query within it, on both engines."""
    platform = build(settings.read({**ENVIRONMENT, "GONGSHI_DATA": str(folder / "data")}))
    with platform.store.reading() as store:
        asked = queries([batch[0] for batch in islice(_batches(platform), 20)])
        report.add("items found through", store.count_public(platform.settings.clock()), "")
    compare(platform, platform.engine, asked, report, most=(3, 30))
    if with_elasticsearch:
        try:
            with running() as url:
                engine = ElasticsearchEngine(url, SCHEMA)
                Index(
                    platform.store, engine, platform.registry, platform.zone, platform.settings.clock
                ).rebuild()
                compare(platform, engine, asked, report, most=None)
                engine.close()
        except Unavailable as error:
            print(f"Elasticsearch is not to be had: {error}")
    platform.close()


def _batches(platform: Platform) -> Iterator[list[Item]]:
    """Public items, spread over the store by their hashed ids."""
    with platform.store.reading() as store:
        yield from store.each_public_item(platform.settings.clock(), size=50)


def compare(
    platform: Platform,
    engine: Engine,
    asked: Sequence[SearchRequest],
    report: Report,
    *,
    most: tuple[float, float] | None,
) -> None:
    """Each search through the gate and, in turn with it, just its engine query."""
    recorder = _Recorder(engine)
    with platform.public(recorder) as public:  # type: ignore[arg-type]  # all but search is passed on
        for request in asked:
            public.search(request)
    bare: list[Callable[[], object]] = [partial(engine.search, query) for query in recorder.queries]
    with platform.public(engine) as public:
        whole: list[Callable[[], object]] = [partial(public.search, request) for request in asked]
        times = interleaved([*whole, *bare], REPEATS)
    ours = [time for row in times[: len(whole)] for time in row]
    floor = [time for row in times[len(whole) :] for time in row]
    for place, (name, share) in enumerate((("p50", 0.5), ("p95", 0.95))):
        bar = most[place] if most else None
        report.add(
            f"search on {engine.name}, {name}",
            percentile(ours, share),
            "ms",
            floor=percentile(floor, share),
            most=bar,
        )


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


if __name__ == "__main__":
    main()
