"""Commands on how good a source is."""

import csv
import sys
from pathlib import Path

import click

from gongshi import show
from gongshi.running import FAILED, as_json, platform
from harvesters.register import read
from publisher.document_numbers import NO_PROOF, compare
from publisher.numbering import count_gaps, numbers
from publisher.sources import Source
from publisher.store import Reading


@click.group()
def quality() -> None:
    """See how good a source is."""


@quality.command()
@click.argument("source")
@as_json
def gaps(source: str, as_json: bool) -> None:
    """Show the gaps in a source's document numbers (缺号), by authority, prefix and year.

    A gap is no proof that anything was concealed: minor penalties are lawfully not public. What is counted
    stands on the source's page from then on.
    """
    with platform() as made:
        with made.store.reading() as store:
            known = _known(store, source)
        found = count_gaps(made.store, known, made.settings.clock())
    columns = ("authority", "prefix", "year", "seen", "first", "last", "missing", "not seen here")
    values = [
        (
            *(one.authority, one.prefix, one.year, one.seen, one.first, one.last, one.missing),
            ", ".join(map(str, one.gaps)) if one.consecutive else "no sequence",
        )
        for one in found.series
    ]
    show.rows(columns, values, as_json=as_json)
    if as_json:
        return
    if found.unread:
        show.line(f"{found.unread} numbers have no year or no serial and are left out.")
    show.line(NO_PROOF)


@quality.command()
@click.argument("source")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def register(source: str, file: Path) -> None:
    """Compare a source with its authority's own register of document numbers; prints CSV.

    FILE is a table, CSV or a workbook, with a column of numbers. Exit code 1 when the two differ.
    """
    with platform() as made, made.store.reading() as store:
        own = read(file)
        found = compare(own.numbers, (number for _, number in numbers(store, _known(store, source))))
    lines = csv.writer(sys.stdout, lineterminator="\n")
    lines.writerow(("number", "row of the register", "what"))
    lines.writerows((number, row, "only in the register") for row, number in found.missing)
    lines.writerows((number, "", "only here") for number in found.surplus)
    show.problem(
        f"{len(own.numbers)} numbers in column {own.column} of {file.name}: "
        f"{len(found.missing)} are not here; {len(found.surplus)} that are here are not in it."
    )
    if found.missing:
        show.problem(NO_PROOF)
    raise SystemExit(FAILED if found.missing or found.surplus else 0)


def _known(store: Reading, source: str) -> Source:
    known = store.sources().get(source)
    if known is None:
        raise click.UsageError(f"No source {source} has been harvested; `gongshi sources list` names them.")
    return known[0]
