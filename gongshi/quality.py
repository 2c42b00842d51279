"""Commands on how good a source is."""

from collections.abc import Iterator

import click

from gongshi import show
from gongshi.running import as_json, platform
from publisher.document_numbers import numbering
from publisher.store import Reading

NO_PROOF = (
    "Not seen here is no proof that anything was concealed: minor penalties are lawfully not public, and not "
    "every number that was given is of a decision."
)


@click.group()
def quality() -> None:
    """See how good a source is."""


@quality.command()
@click.argument("source")
@as_json
def gaps(source: str, as_json: bool) -> None:
    """Show the gaps in a source's document numbers (缺号), by authority, prefix and year.

    A gap is no proof that anything was concealed: minor penalties are lawfully not public.
    """
    with platform() as made, made.store.reading() as store:
        found = numbering(numbers(store, source))
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


def numbers(store: Reading, source: str) -> Iterator[tuple[str, str]]:
    """(authority, document number) of all rows of a source that have a number, public or not."""
    known = store.sources().get(source)
    if known is None:
        raise click.UsageError(f"No source {source} has been harvested; `gongshi sources list` names them.")
    for content in store.contents_of(source):
        if number := content.get("document_number"):
            yield str(content.get("authority") or known[0].authority), str(number)
