"""What commands print: tables for people, JSON lines for machines, progress on a terminal."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from publisher.harvests import Counts

Tell = Callable[[str, Counts], None]


def line(text: str) -> None:
    """One line on standard output."""
    click.echo(text)


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
        click.echo(f"{name.ljust(width)}  {'' if value is None else value}")


def counts(value: Counts) -> str:
    """The counts of a run in one line; only those that are not zero, but always new, changed and refused."""
    always = ("new", "changed", "unchanged", "refused")
    return ", ".join(
        f"{number} {name.replace('_', ' ')}"
        for name, number in asdict(value).items()
        if name != "seen" and (number or name in always)
    )


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
        yield lambda source, value: bar.update(
            task, description=f"{source}: {value.seen} rows, {counts(value)}"
        )
