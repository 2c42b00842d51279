"""`gongshi items`: an item as operators see it, and what they decide of it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime

import click

from gongshi import show
from gongshi.bootstrap import Platform
from gongshi.erasing import outlasting, readmit_items, tombstone
from gongshi.running import FAILED, REFUSED, acting, as_json, by, platform
from harvesters.catching_up import catch_up
from publisher.ending import end, restore
from publisher.errors import NotFound
from publisher.history import history, why_not_public
from publisher.items import FINAL, HELD, ItemState
from publisher.laws import Laws
from publisher.publish import Desk
from publisher.store import Writing

Decide = Callable[[Writing, str, Desk, datetime], int]
"""Does to an item what was asked for; gives whether that changed anything."""

_ids = click.argument("ids", nargs=-1, required=True, metavar="ID...")


def _said(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if not text.strip():
        raise click.BadParameter("say why, in a few words.")
    return text.strip()


_why = click.option("--why", required=True, callback=_said, help="The reason, for the audit trail.")


@click.group()
def items() -> None:
    """Look at items as operators see them, and decide what stays public."""


@items.command("show")
@click.argument("id")
@as_json
def show_item(id: str, as_json: bool) -> None:
    """Show an item, public or not, what each source says of it, and since when."""
    with platform() as made, made.store.reading() as store:
        item = store.item(id)
        if item is None:
            raise NotFound(f"There is no item {id}.")
        reason = why_not_public(store, item, made.settings.clock(), made.zone)
        values: dict[str, object] = (
            {"public now": "no", "because": reason} if reason else {"public now": "yes"}
        )
        if item.erased_at:
            show.fields(values | tombstone(made, store, item), as_json=as_json)
            return
        values |= asdict(item)
        values["sightings"] = [show.sighting(sighting) for sighting in store.sightings(id)]
        values["earlier"] = [show.earlier(earlier) for earlier in store.earlier(id)]
        show.fields(values, as_json=as_json)


@items.command("history")
@click.argument("id")
@as_json
def show_history(id: str, as_json: bool) -> None:
    """Show all that became of an item, in order: what sources told when, what changed for the public, and who
    decided what."""
    with platform() as made, made.store.reading() as store:
        values = [
            (event.at.astimezone(made.zone).isoformat(" ", "seconds"), event.what, event.by, event.tells)
            for event in history(store, id)
        ]
    show.rows(("at", "what", "by", "tells"), values, as_json=as_json)


def _ending(name: str, state: ItemState, does: str) -> None:
    """Adds a command that takes items out of the public."""

    @items.command(name, help=f"{does} Sources that still list them do not bring them back.")
    @_ids
    @_why
    @by
    def decide(ids: Sequence[str], why: str, by: str) -> None:
        def decided(store: Writing, id: str, desk: Desk, now: datetime) -> int:
            return end(store, [id], state, acting(by), why, desk, now)

        _each(ids, decided)


_ending("withdraw", ItemState.WITHDRAWN, "Take items out of the public.")
_ending("suspend", ItemState.SUSPENDED, "Hide items for a time, as during a reorganisation.")
_ending("revoke", ItemState.REVOKED, "Take out decisions that their authority took back; a notice says so.")
_ending("repair", ItemState.REPAIRED, "Take out items whose repair was granted, for ever.")


@items.command("restore")
@_ids
@_why
@by
@click.option(
    "--final", is_flag=True, help="Also what was repaired or revoked, if that should not have been."
)
def restore_items(ids: Sequence[str], why: str, by: str, final: bool) -> None:
    """Make items that were taken out what their sources say now; that is public while its period lasts."""

    def decided(store: Writing, id: str, desk: Desk, now: datetime) -> int:
        states = HELD if final else HELD - FINAL
        count = restore(store, [id], acting(by), why, desk, now, states=states)
        state = store.items([id])[id].state
        if state in FINAL:
            raise _Final(f"{id} is {state}, which is for good; if it should not have been: --final")
        return count

    _each(ids, decided)


items.add_command(outlasting)
items.add_command(readmit_items)


class _Final(Exception):
    """What is for good was to be undone as if it were not."""


def _each(ids: Sequence[str], decided: Decide) -> None:
    """Does it to each item, and says of each what it is now; one that cannot be keeps no other from it."""
    codes = set()
    with platform() as made:
        with made.store.reading() as store:
            desk = Desk(made.identity, made.zone, store.authorities(), Laws(made.registry))
        for id in dict.fromkeys(ids):
            try:
                show.line(_one(made, id, desk, decided))
            except NotFound as error:
                show.problem(str(error))
                codes.add(FAILED)
            except _Final as error:
                show.problem(str(error))
                codes.add(REFUSED)
        if warning := catch_up(made.index, time.sleep, most=0):
            show.problem(warning)
    raise SystemExit(FAILED if FAILED in codes else max(codes, default=0))


def _one(made: Platform, id: str, desk: Desk, decided: Decide) -> str:
    with made.store.writing() as store:
        changed = decided(store, id, desk, made.settings.clock())
        item = store.items([id])[id]
    return f"{id} is {item.state}{'' if changed else ' already, and stays so'}."
