"""What `gongshi schedule` costs while no source is due."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bench.measure import Report
from gongshi.bootstrap import build
from publisher import settings
from publisher.harvests import Counts, RunState, Traffic

SOURCES = 500
SETTLED, WATCHED = 5.0, 15.0
"""Seconds from its first sign of life on in which the process settles, and that it is then watched."""

DEFINITION = """
title = {{ zh = "名单{number}", en = "List {number}" }}
authority = "国家税务总局海南省税务局"
kind = "blacklist"
path = "rows.csv"
format = "csv"
every = "1d"
key = ["subject"]
[list]
id = "list-{number}"
title = {{ zh = "名单{number}", en = "List {number}" }}
[fields]
subject = "名称"
listing_reason = "原因"
listed_on = "列入日期"
"""

SAMPLE = "名称,原因,列入日期\n海南椰风旅行社有限公司,失信,2026-03-01\n"


def idle(folder: Path, report: Report) -> None:
    """SOURCES sources, each read just now; the share of one processor that waiting for them takes."""
    sources = folder / "sources" / "market"
    sources.mkdir(parents=True)
    for number in range(SOURCES):
        (sources / f"list-{number}.toml").write_text(DEFINITION.format(number=number), "utf-8")
        (sources / f"list-{number}.sample.csv").write_text(SAMPLE, "utf-8")
    environment = {"GONGSHI_DATA": str(folder / "data"), "GONGSHI_SOURCES": str(folder / "sources")}
    _read_just_now(environment)
    process = subprocess.Popen(
        [sys.executable, "-m", "gongshi", "schedule"], env={**os.environ, **environment}
    )
    try:
        while not (folder / "data" / "schedule.beat").exists() and process.poll() is None:
            time.sleep(0.1)
        time.sleep(SETTLED)
        before, began = _processor_seconds(process.pid), time.monotonic()
        time.sleep(WATCHED)
        spent = _processor_seconds(process.pid) - before
        share = 100 * spent / (time.monotonic() - began)
    finally:
        process.terminate()
        process.wait()
    report.add(f"{SOURCES} idle sources, share of a processor", share, "%", most=5)


def _read_just_now(environment: Mapping[str, str]) -> None:
    platform = build(settings.read(environment))
    platform.store.prepare()
    if platform.wrong_definitions:
        sys.exit(str(platform.wrong_definitions[0]))
    now = datetime.now(platform.zone)
    with platform.store.writing() as store:
        for definition in platform.definitions:
            run = store.start_harvest(definition.id, now)
            store.end_harvest(run, RunState.COMPLETE, Counts(), Traffic(), (), None, now)
    platform.close()


def _processor_seconds(pid: int) -> float:
    """What a process has used so far, on Linux."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
