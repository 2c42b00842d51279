"""Commands for rows that were refused."""

from functools import partial
from pathlib import Path

import click

from gongshi import show
from gongshi.harvesting import harvest_all
from gongshi.running import FAILED, NUMBER, as_json, check_harvested, platform
from publisher import refused


@click.group()
def quarantine() -> None:
    """Look at rows that were refused, and have them corrected."""


@quarantine.command("list")
@click.argument("source", required=False)
@click.option("--limit", type=NUMBER, default=1000, show_default=True, help="How many at most.")
@as_json
def list_quarantine(source: str | None, limit: int, as_json: bool) -> None:
    """List the rows that the last runs refused, with file, row, column and reason."""
    with platform() as made, made.store.reading() as store:
        check_harvested(store, source)
        values = [
            (refusal.source, refusal.where.file, refusal.where.row, refusal.column, refusal.reason)
            for refusal in store.refusals(source, limit)
        ]
        show.rows(("source", "file", "row", "column", "reason"), values, as_json=as_json)


@quarantine.command()
@click.argument("source")
@click.option(
    "--to",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write: .csv or .xlsx. What it held before is replaced.",
)
def export(source: str, to: Path) -> None:
    """Write a source's refused rows to a file for its publisher, with the reason of each, how to mend it, and
    the row's own cells.

    Names and numbers of persons are masked; of a row that cannot be read there are no cells.
    """
    if to.suffix.lower() not in refused.FORMATS:
        raise click.BadParameter(f"{to} is neither .csv nor .xlsx.", param_hint="--to")
    with platform() as made, made.store.reading() as store:
        check_harvested(store, source)
        count = refused.write(partial(store.each_refusal, source), to)
    show.line(f"{to}: {count} refused rows of {source}.")


@quarantine.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
def replay(names: tuple[str, ...]) -> None:
    """Harvest again just the sources that have refused rows, all or those named: after a file or definition
    was mended.

    Says how many rows have left the quarantine of each, how many have stayed and how many are new there.
    """
    with platform() as made:
        with made.store.reading() as store:
            for name in names:
                check_harvested(store, name)
            before = {id: refused.identities(store.each_refusal(id)) for id in store.refusal_counts()}
        wanted = {id for id in before if not names or id in names}
        chosen = [definition for definition in made.definitions if definition.id in wanted]
        gone = sorted(wanted - {definition.id for definition in chosen})
        for id in gone:
            show.problem(f"{id}: its definition is missing or wrong; see `gongshi sources check`.")
        if not wanted:
            show.line("No row is in quarantine.")
        code = harvest_all(made, chosen, accept_removals=False)
        with made.store.reading() as store:
            now = {id: refused.identities(store.each_refusal(id)) for id in wanted}
        for definition in chosen:
            id = definition.id
            stayed, new = (before[id] & now[id]).total(), (now[id] - before[id]).total()
            left = before[id].total() - stayed
            show.line(f"{id}: {left} rows left the quarantine, {stayed} stayed, {new} are new.")
        raise SystemExit(code or (FAILED if gone else 0))
