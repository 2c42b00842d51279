"""`gongshi trail`: who did what to what is public, and whether that is still what was recorded."""

from datetime import tzinfo

import click

from gongshi import show
from gongshi.running import FAILED, NUMBER, as_json, platform
from publisher.trail import Head, Recorded, verify

COLUMNS = ("number", "at", "actor", "action", "item", "case", "why", "before", "after")


@click.group()
def trail() -> None:
    """Look at the audit trail: who did what, when and why."""


@trail.command("list")
@click.option("--item", help="Only what was done to this item.")
@click.option("--case", help="Only what was done in the case of this number.")
@click.option("--before", type=NUMBER, help="Only entries with a lower number than this.")
@click.option("--limit", type=NUMBER, default=50, show_default=True, help="How many entries at most.")
@as_json
def list_entries(item: str | None, case: str | None, before: int | None, limit: int, as_json: bool) -> None:
    """List entries, newest first."""
    with platform() as made, made.store.reading() as store:
        entries = store.trail(item=item, case=case, before=before, limit=limit)
        values = [row(entry, made.zone) for entry in entries]
    if values or as_json:
        show.rows(COLUMNS, [list(value.values()) for value in values], as_json=as_json)
    else:
        show.line("There is no such entry in the audit trail.")


def row(recorded: Recorded, zone: tzinfo) -> dict[str, object]:
    """An entry under the names of COLUMNS."""
    entry, at = recorded.entry, recorded.at.astimezone(zone).isoformat(" ", "seconds")
    said = (entry.item, entry.case, "(erased)" if entry.why is None else entry.why, entry.before, entry.after)
    return dict(zip(COLUMNS, (recorded.number, at, str(entry.actor), entry.action, *said), strict=True))


@trail.command()
def head() -> None:
    """Print the number of the last entry and its link, to be noted where nobody can change it.

    `gongshi trail verify --head` compares: an entry that was changed, taken out or cut off since is seen even
    if all links after it were made anew.
    """
    with platform() as made, made.store.reading() as store:
        show.line(str(store.trail_head()))


@trail.command("verify")
@click.option("--head", "noted", metavar="N:LINK", help="What `gongshi trail head` printed once.")
def verify_trail(noted: str | None) -> None:
    """Check that each entry is what was recorded, and that none is missing; exit code 1 if not."""
    try:
        known = Head.read(noted) if noted else None
    except ValueError as error:
        raise click.UsageError("--head takes what `gongshi trail head` printed: N:LINK.") from error
    with platform() as made, made.store.reading() as store:
        verdict = verify(store.trail_links(), known)
    if verdict.problem:
        show.problem(f"Audit trail: {verdict.problem}")
        raise SystemExit(FAILED)
    number, erased = verdict.head.number, verdict.erased
    show.line(f"{number} entries are what was recorded; of {erased} the contents were erased.")
