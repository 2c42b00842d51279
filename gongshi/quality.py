"""Commands on how good a source is."""

import csv
import sys
from pathlib import Path

import click

from gongshi import show
from gongshi.running import FAILED, as_json, check_harvested, platform
from harvesters.register import read
from publisher.board import WEEKS
from publisher.document_numbers import NO_PROOF, compare
from publisher.numbering import count_gaps, numbers
from publisher.punctuality import Tally, first_week, percent, summed
from publisher.sources import Source
from publisher.store import Reading


@click.group()
def quality() -> None:
    """See how good a source is."""


@quality.command()
@click.argument("source", required=False)
@click.option("--weeks", type=click.IntRange(1, 520), default=WEEKS, show_default=True, help="How many.")
@as_json
def punctuality(source: str | None, weeks: int, as_json: bool) -> None:
    """Show how many decisions were public in time (及时率), by source, authority and week.

    Within 7 working days of the decision, or as many as the source's definition says. What is provisional was
    counted in a year whose holidays are not known yet.
    """
    with platform() as made, made.store.reading() as store:
        check_harvested(store, source)
        today = made.today
        found = store.punctuality(first_week(today, weeks), source)
    columns = ("source", "authority", "week", "published", "in time", "late", "share", "provisional")
    values = [
        (
            *(one.source, one.authority, one.week, one.tally.published, one.tally.timely, one.tally.late),
            one.tally.share if as_json else _percent(one.tally),
            one.tally.provisional,
        )
        for one in found
    ]
    show.rows(columns, values, as_json=as_json)
    if not as_json:
        show.line(_whole(summed(one.tally for one in found), weeks))


def _whole(total: Tally, weeks: int) -> str:
    if total.share is None:
        return f"No decision whose day of publication is known came in the last {weeks} weeks."
    return f"{_percent(total)} of {total.published} decisions were public in time."


def _percent(tally: Tally) -> str:
    return "" if tally.share is None else percent(tally.share)


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
    check_harvested(store, source)
    return store.sources()[source][0]
