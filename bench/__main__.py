"""`python -m bench`: harvest, memory, search on both engines and start, measured side by side in one run."""

import argparse
import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from bench.floor import CSV_PLANS
from bench.measure import Report, run
from bench.searches import searches

TODAY = "2026-11-23"
ENVIRONMENT = {"GONGSHI_ENV": "development", "GONGSHI_NOW": f"{TODAY}T12:00:00+08:00"}
START = "from gongshi.bootstrap import serving; serving()"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--no-elasticsearch", action="store_true")
    parser.add_argument("--data", type=Path, help="search only, in this folder's store and embedded index")
    given = parser.parse_args()
    with_elasticsearch = not given.no_elasticsearch
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that folder and server go with it
    if given.data:
        search(given.data, with_elasticsearch=with_elasticsearch)
        return
    folder = Path(tempfile.mkdtemp(prefix="gongshi-bench-"))
    try:
        report = Report()
        harvests(folder, given.items, report)
        report.show()
        search(folder / "data", with_elasticsearch=with_elasticsearch)
    finally:
        shutil.rmtree(folder)


def search(data: Path, *, with_elasticsearch: bool) -> None:
    """The searches, over what was harvested."""
    report = Report()
    environment = {**ENVIRONMENT, "GONGSHI_DATA": str(data)}
    searches(environment, report, with_elasticsearch=with_elasticsearch)
    report.show()


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


if __name__ == "__main__":
    main()
