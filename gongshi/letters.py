"""`gongshi letters`: mails that wait to be sent."""

from datetime import tzinfo

import click

from gongshi import show
from gongshi.running import NUMBER, as_json, platform
from publisher.errors import GongshiError
from publisher.letters import Posted

_COLUMNS = ("number", "kind", "posted", "state", "tries", "next", "error")


@click.group()
def letters() -> None:
    """Look after the mails that the site sends."""


@letters.command("list")
@click.option("--limit", type=NUMBER, default=50, show_default=True, help="How many, the newest first.")
@as_json
def list_letters(limit: int, as_json: bool) -> None:
    """List letters: what became of each. To whom and what they say is for who gets them."""
    with platform() as made:
        with made.store.reading() as store:
            found = store.letters(limit)
        values = [_row(one, made.zone) for one in found]
    show.rows(_COLUMNS, values, as_json=as_json)


@letters.command()
def send() -> None:
    """Send all letters that are due now. `gongshi schedule` does so every minute.

    What the mail server puts off is tried again for two days; while it is out of reach nothing is lost.
    """
    with platform() as made:
        sender = made.sender()
        if sender is None:
            raise GongshiError("No mail server is set, so letters wait; set GONGSHI_SMTP_URL.")
        done = sender.once()
    show.line(f"{done.sent} letters sent, {done.put_off} put off, {done.given_up} given up.")


def _row(posted: Posted, zone: tzinfo) -> tuple[object, ...]:
    state = _state(posted)
    at, next_at = (
        when.astimezone(zone).isoformat(" ", "minutes") for when in (posted.posted_at, posted.due_at)
    )
    after = next_at if state == "waits" else None
    return posted.number, posted.letter.kind, at, state, posted.tries, after, posted.error


def _state(posted: Posted) -> str:
    if posted.sent_at:
        return "sent"
    return "given up" if posted.failed_at else "waits"
