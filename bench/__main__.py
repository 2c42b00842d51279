"""`python -m bench`: harvest, memory, search on both engines, start and waiting, measured side by side in one
run."""

import argparse
import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from bench.floor import CSV_PLANS
from bench.measure import Ran, Report, run
from bench.searches import searches
from tests import elasticsearch_server, postgresql_server

TODAY = "2026-11-23"
ENVIRONMENT = {"GONGSHI_ENV": "development", "GONGSHI_NOW": f"{TODAY}T12:00:00+08:00"}
HARVEST = ("gongshi", "harvest", "--json", *(plan.id for plan in CSV_PLANS))
FLOORS = "bench.floor", "bench.lean"
START = "from gongshi.bootstrap import serving; serving()"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--no-elasticsearch", action="store_true")
    parser.add_argument("--data", type=Path, help="search only, in this folder's store and embedded index")
    parser.add_argument("--schedule", action="store_true", help="only what a scheduler without work costs")
    parser.add_argument("--workbook", action="store_true", help="only what a large workbook costs")
    given = parser.parse_args()
    with_elasticsearch = not given.no_elasticsearch
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that folder and server go with it
    if given.data:
        search(given.data, with_elasticsearch=with_elasticsearch)
        return
    folder = Path(tempfile.mkdtemp(prefix="gongshi-bench-"))
    try:
        if given.schedule or given.workbook:
            (waiting if given.schedule else large_workbook)(folder)
            return
        report = Report()
        harvests(folder, given.items, report)
        report.show()
        search(folder / "data", with_elasticsearch=with_elasticsearch)
        if with_elasticsearch:
            on_servers(folder / "servers", given.items // 4)
        large_workbook(folder / "workbook")
        waiting(folder / "idle")
    finally:
        shutil.rmtree(folder)


def search(data: Path, *, with_elasticsearch: bool) -> None:
    """The searches, over what was harvested."""
    report = Report()
    environment = {**ENVIRONMENT, "GONGSHI_DATA": str(data)}
    searches(environment, report, with_elasticsearch=with_elasticsearch)
    report.show()


def harvests(folder: Path, items: int, report: Report) -> None:
    """The CSV sources, into an empty store and again; beside the floors."""
    environment = _sampled(folder / "data", items)
    run(("gongshi", "--version"), environment)  # compiles the modules, which is no part of a harvest
    bare, lean = (run((floor, str(folder / "data" / "samples"), str(folder)), {}) for floor in FLOORS)
    first = run(HARVEST, environment)
    new, seen = (_counted(first, what) / first.seconds for what in ("new", "seen"))
    report.add("first harvest, rows/s stored and searchable", new, "", floor=_rate(lean), least=2000)
    report.add("  of all rows, beside rows that are only copied and indexed", seen, "", floor=_rate(bare))
    report.add("  work of all processors", _work(first, "new"), "µs a row", floor=_work(lean))
    report.add("  most memory of a process", first.mebibytes, "MiB", floor=lean.mebibytes, most=300)
    again = run(HARVEST, environment)
    report.add("unchanged harvest, rows/s", _counted(again, "seen") / again.seconds, "", least=40_000)
    report.add("  work of all processors", _work(again, "seen"), "µs a row")
    report.add("  most memory of a process", again.mebibytes, "MiB", most=300)
    bulk = run(("gongshi", "feeds", "build", "--json"), environment)
    made = int(json.loads(bulk.output)["items"])
    report.add("bulk files, items/s packed in both formats", made / bulk.seconds, "", least=6000)
    report.add("  most memory of a process", bulk.mebibytes, "MiB", most=300)
    start = run(("timeit", "-n", "1", "-r", "1", START), environment)
    report.add("start of the site", start.seconds, "s", most=2)


def on_servers(data: Path, items: int) -> None:
    """The CSV sources into an empty PostgreSQL and an empty Elasticsearch, both on this machine."""
    environment = _sampled(data, items)
    try:
        with elasticsearch_server.running() as url, postgresql_server.running(data / "postgresql") as fresh:
            servers = {"GONGSHI_DATABASE_URL": fresh(), "GONGSHI_SEARCH_URL": f"elasticsearch+{url}"}
            first = run(HARVEST, {**environment, **servers})
    except elasticsearch_server.Unavailable as error:
        print(f"Elasticsearch is not to be had: {error}")
        return
    report = Report()
    report.add(
        "first harvest on PostgreSQL and Elasticsearch, rows/s",
        _counted(first, "new") / first.seconds,
        "",
        least=1000,
    )
    report.add("  most memory of a process", first.mebibytes, "MiB", most=300)
    report.show()


def waiting(folder: Path) -> None:
    """A scheduler without work."""
    from bench.idle import idle  # loads the platform, whose memory would count into the peaks above

    report = Report()
    idle(folder, report)
    report.show()


def large_workbook(folder: Path) -> None:
    """A workbook with as many rows as may be."""
    from bench.workbook import workbook  # loads openpyxl, which takes its time

    report = Report()
    workbook(folder, _sampled(folder / "data", 40_000), report)
    report.show()


def _sampled(data: Path, items: int) -> dict[str, str]:
    """The environment of a folder that has samples and nothing else."""
    run(("harvesters.samples", str(data / "samples"), "--items", str(items), "--today", TODAY), {})
    return {**ENVIRONMENT, "GONGSHI_DATA": str(data)}


def _rate(floor: Ran) -> float:
    return int(floor.output) / floor.seconds


def _work(ran: Ran, what: str | None = None) -> float:
    """Microseconds a row: of a harvest's rows that it counted so, or of all that a floor stored."""
    return ran.processor * 1e6 / (_counted(ran, what) if what else int(ran.output))


def _counted(harvest: Ran, what: str) -> int:
    return sum(int(json.loads(line)["counts"][what]) for line in harvest.output.splitlines())


if __name__ == "__main__":
    main()
