"""What commands print: tables for people, JSON lines for machines, progress on a terminal."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from publisher.harvests import Counts
from publisher.items import Draft, Earlier, Sighting

Tell = Callable[[str, Counts], None]


def line(text: str) -> None:
    """One line on standard output."""
    click.echo(text)


def minute(moment: datetime, zone: tzinfo) -> str:
    """A moment to the minute, in the zone of this installation."""
    return moment.astimezone(zone).isoformat(" ", "minutes")


def problem(text: str) -> None:
    """One line on standard error."""
    click.echo(text, err=True)


def rows(columns: Sequence[str], values: Sequence[Sequence[object]], *, as_json: bool = False) -> None:
    """A table; with `as_json` one JSON object a line instead."""
    if as_json:
        for row in values:
            click.echo(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=str))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in values:
        table.add_row(*("" if value is None else str(value) for value in row))
    # Not on a terminal there is no width to fit into: one row, one line.
    width = None if sys.stdout.isatty() else 10_000
    Console(width=width, highlight=False, markup=False).print(table)


def fields(values: Mapping[str, object], *, as_json: bool = False) -> None:
    """Names and values, one a line."""
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False, default=str))
        return
    width = max(map(len, values), default=0)
    for name, value in values.items():
        for part in value if isinstance(value, list) else [value]:
            click.echo(f"{name.ljust(width)}  {_plain(part)}")


def _plain(value: object) -> str:
    """A value as people read it; what has parts as JSON."""
    if isinstance(value, Mapping | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return "" if value is None else str(value)


def sighting(value: Sighting) -> dict[str, object]:
    """A sighting for operators: where and when it was read, and the row as its source wrote it, masked."""
    return _row(value.draft, value.harvest) | {
        "first_seen": value.first_seen,
        "missed": value.missed,
        "row_hash": value.draft.row_hash.hex(),
    }


def earlier(value: Earlier) -> dict[str, object]:
    """What a sighting said before a correction."""
    return _row(value.draft, value.harvest) | {"until": value.until}


def _row(draft: Draft, harvest: int | None) -> dict[str, object]:
    return {
        "source": draft.source,
        "harvest": harvest,
        "file": draft.where.file,
        "row": draft.where.row,
        "says": dict(draft.content),
        "record": json.loads(draft.record),
    }


@contextmanager
def progress() -> Iterator[Tell]:
    """Tells how far a run has come: a line that moves on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _source, _counts: None
        return
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("")
        yield lambda source, value: bar.update(task, description=f"{source}: {value.seen} rows, {value}")
