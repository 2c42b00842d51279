"""What a large workbook costs: the most memory while its rows are read and checked, none of them stored."""

import csv
from collections.abc import Iterable, Mapping
from importlib import resources
from itertools import cycle, islice
from pathlib import Path

import openpyxl

from bench.measure import Report, run

ROWS = 200_000
LIKE = "market/haikou-penalties"
"""The sample source whose rows stand in it, again and again with other numbers."""


def workbook(folder: Path, environment: Mapping[str, str], report: Report) -> None:
    """In `folder`, whose `data/samples` has the sample sources."""
    with (folder / "data" / "samples" / f"{LIKE}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    sources = folder / "sources" / "market"
    sources.mkdir(parents=True)
    definition = (resources.files("harvesters") / "sources" / f"{LIKE}.toml").read_text("utf-8")
    said = definition.replace(f'"{LIKE}.csv"', '"large.xlsx"').replace('"csv"', '"xlsx"')
    (sources / "large.toml").write_text(said.replace("sample = true\n", ""), "utf-8")
    number = header.index("行政处罚决定书文号")
    numbered = (
        [str(place), *cells[1:number], f"{cells[number]}之{place}", *cells[number + 1 :]]
        for place, cells in enumerate(cycle(row for row in rows if len(row) == len(header)), 1)
    )
    _write(sources / "large.xlsx", header, islice(numbered, ROWS))
    _write(sources / "large.sample.xlsx", header, rows[:3])
    given = {**environment, "GONGSHI_SOURCES": str(folder / "sources")}
    ran = run(("gongshi", "harvest", "--dry-run", "--json", "market/large"), given)
    report.add(f"a workbook of {ROWS:,} rows, {len(header)} columns, rows/s read", ROWS / ran.seconds, "")
    report.add("  most memory of a process", ran.mebibytes, "MiB", most=500)


def _write(path: Path, header: list[str], rows: Iterable[list[str]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(header)
    for cells in rows:
        sheet.append(cells)
    book.save(path)
