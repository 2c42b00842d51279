"""An item as operators see it: whole, public or not, with all that was ever said of it. The audit trail."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import tzinfo
from http import HTTPStatus
from typing import Any

from flask import Response, g, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as AnyResponse

from publisher import admitting, ending
from publisher.cases import STATE_NAMES
from publisher.errors import NotFound
from publisher.items import FINAL, HELD, Item, ItemState
from publisher.store import Reading
from publisher.web.console.backstage import Backstage
from publisher.web.console.casework import scope
from publisher.web.console.pages import Pages, below, led_to, said
from publisher.web.console.words import NOT_PUBLIC
from publisher.web.language import day_in_words, gettext

ENTRIES = 50
"""Entries of the audit trail on a page."""

ENDS = {
    "withdraw": ItemState.WITHDRAWN,
    "suspend": ItemState.SUSPENDED,
    "revoke": ItemState.REVOKED,
    "repair": ItemState.REPAIRED,
}
"""By the last part of its address, the state into which an act takes an item."""

_ID = re.compile(r"[a-z2-7]{16}")


class History(Pages):
    """Pages about single items, and the trail."""

    def __init__(self, backstage: Backstage, zone: tzinfo) -> None:
        super().__init__(backstage)
        self._zone = zone

    def find(self) -> AnyResponse:
        """Leads to the item whose id, or whose address, is given."""
        found = _ID.search(request.args.get("id", "")[:2000])
        if found is None:
            raise NotFound("no such item")
        return redirect(url_for("console.item", id=found[0]), HTTPStatus.SEE_OTHER)

    def item(self, id: str) -> Response:
        return self._shown(id)

    def _shown(self, id: str, fault: str | None = None) -> Response:
        with self._behind.store.reading() as store:
            item = store.item(id)
            if item is None:
                raise NotFound("no such item")
            mine = g.account.concerns
            sightings = [one for one in store.sightings(id) if mine(one.draft.source)]
            if not g.account.operator:  # what others say of it is not the publisher's to read
                own = sightings[0].draft
                item = replace(item, party=own.party, content=own.content)
            return self._page(
                "item.html",
                HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
                fault=fault,
                allowed=_allowed(item.state),
                final=item.state in FINAL,
                cases=store.cases(item=id, source=scope()),
                states=STATE_NAMES,
                rules=self._behind.office().rules,
                item=item,
                public=item.public_at(g.now, self._zone),
                why_not=self._why_not(item),
                sightings=sightings,
                earlier=[one for one in store.earlier(id) if mine(one.draft.source)],
                trail=store.trail(item=id, limit=ENTRIES) if g.account.operator else None,
                sources={key: source for key, (source, _) in store.sources().items()},
            )

    def decide(self, id: str, act: str) -> AnyResponse:
        """Takes an item out of the public, or back: as `gongshi items` does, with a reason for the trail."""
        why, by = said("why"), admitting.actor(g.account)
        if not why:
            return self._shown(id, gettext("Say why, in a few words: it stands in the audit trail."))
        desk, final = self._behind.office().desk, bool(request.form.get("final"))
        with self._behind.store.writing() as store:
            if act == "restore":
                states = HELD if final else HELD - FINAL
                count = ending.restore(store, [id], by, why, desk, g.now, states=states)
            else:
                count = ending.end(store, [id], ENDS[act], by, why, desk, g.now)
            kept = store.items([id])[id].state in FINAL
        if act == "restore" and kept:
            return self._shown(id, gettext("It left for good; say that it should not have."))
        return led_to("item", "decided" if count else "as-before", id=id)

    def _why_not(self, item: Item) -> str | None:
        """Why an item is not public, in a sentence; None while it is."""
        if item.ended_by_time(g.now, self._zone) and item.period.last_day:
            day = day_in_words(item.period.last_day)
            return gettext("It is not public: %(day)s was its last day.", day=day)
        return gettext(NOT_PUBLIC[item.state]) if item.state in NOT_PUBLIC else None

    def trail(self) -> Response:
        item, case = request.args.get("item") or None, request.args.get("case") or None
        if item and not _ID.fullmatch(item):
            raise NotFound("no such item")
        before = below()
        with self._behind.store.reading() as store:
            entries = store.trail(item=item, case=case, before=before, limit=ENTRIES + 1)
        more = entries[ENTRIES - 1].number if len(entries) > ENTRIES else None
        return self._page("trail.html", entries=entries[:ENTRIES], item=item, case=case, more=more)


def _allowed(state: ItemState) -> list[str]:
    """The acts that change an item in this state."""
    ends = [] if state in FINAL else [name for name, after in ENDS.items() if after is not state]
    return [*ends, "restore"] if state in HELD else ends


def of_item(store: Reading, values: Mapping[str, Any]) -> Collection[str] | None:
    """The sources that tell of an item."""
    id = str(values["id"])
    if not _ID.fullmatch(id) or store.item(id) is None:
        return None
    return {draft.source for draft in store.sightings_of([id]).get(id, ())}


def of_run(store: Reading, values: Mapping[str, Any]) -> Collection[str] | None:
    """The source of a run."""
    run = store.harvest(values["id"])
    return [run.source] if run else None


def of_source(store: Reading, values: Mapping[str, Any]) -> Collection[str] | None:
    """The source itself."""
    id = str(values["id"])
    return [id] if id in store.sources() else None
