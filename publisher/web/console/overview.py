"""What waits, the sources, their runs and the rows that they refused."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from flask import Response, abort, g, make_response
from werkzeug.wrappers import Response as AnyResponse

from publisher import admitting, casework, overseeing, refused
from publisher.advice import advice
from publisher.cases import STATE_NAMES
from publisher.errors import NotFound
from publisher.harvests import Harvest, RunState, Standing
from publisher.items import Refusal
from publisher.sources import Freshness, Source
from publisher.store import Reading
from publisher.web.console.casework import scope
from publisher.web.console.pages import Pages, below, led_to
from publisher.web.language import gettext

RUNS = 50
"""Runs on a page."""
CASES = 10
"""Cases on the first page, the most urgent ones."""
ROWS = 200
"""Refused rows on a page; a file of them holds all."""
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


class Seen(NamedTuple):
    """A source as operators see it."""

    source: Source
    freshness: Freshness
    late: bool
    standing: Standing
    last: Harvest | None
    refused: int

    @property
    def troubled(self) -> bool:
        """Whether its last run did not come to its end, or waits for an operator."""
        return self.last is not None and self.last.state not in (RunState.COMPLETE, RunState.RUNNING)

    @property
    def waits(self) -> bool:
        return self.late or self.standing.paused or self.troubled or self.refused > 0


class Row(NamedTuple):
    """A refused row in the language of the request; `cells` are its own, masked."""

    refusal: Refusal
    what: str
    mend: str
    value: str | None
    cells: Mapping[str, str]


class Overview(Pages):
    """Pages about sources. A publisher sees its own alone."""

    def start(self) -> Response:
        with self._behind.store.reading() as store:
            seen = self._seen(store)
            cases = casework.queue(store, source=scope(), limit=CASES)
        office = self._behind.office()
        return self._page(
            "start.html",
            waiting=[one for one in seen if one.waits],
            count=len(seen),
            cases=cases,
            rules=office.rules,
            states=STATE_NAMES,
            today=office.today(g.now),
        )

    def sources(self) -> Response:
        with self._behind.store.reading() as store:
            return self._page("sources.html", seen=self._seen(store), asked=_asked(store))

    def runs(self) -> Response:
        before = below()
        with self._behind.store.reading() as store:
            scope = self._known_scope(store)
            runs = store.harvests(scope, RUNS + 1, before)
            titles = {id: source.title for id, (source, _) in store.sources().items()}
        more = runs[RUNS - 1].id if len(runs) > RUNS else None
        return self._page("runs.html", runs=runs[:RUNS], scope=scope, titles=titles, more=more)

    def run(self, id: int) -> Response:
        with self._behind.store.reading() as store:
            run = store.harvest(id)
            if run is None:
                raise NotFound("no such run")
            newest = store.harvests(run.source, 1)[0].id == id
            return self._page(
                "run.html",
                run=run,
                log=store.log(id),
                source=store.sources()[run.source][0],
                may_accept=newest and run.state is RunState.REFUSED and g.account.operator,
            )

    def quarantine(self) -> Response:
        with self._behind.store.reading() as store:
            held = [one for one in self._seen(store) if one.refused]
        return self._page("quarantine.html", held=held)

    def refused(self, id: str) -> Response:
        with self._behind.store.reading() as store:
            return self._page(
                "refused.html",
                source=store.sources()[id][0],
                rows=[_row(refusal) for refusal in store.refusals(id, ROWS)],
                total=store.refusal_counts().get(id, 0),
                formats=tuple(TYPES),
            )

    def export(self, format: str, id: str) -> Response:
        """All refused rows of a source as a file, as `gongshi quarantine export` writes it."""
        if format not in TYPES:
            abort(404)
        with TemporaryDirectory() as folder, self._behind.store.reading() as store:
            to = Path(folder) / f"refused.{format}"
            refused.write(partial(store.each_refusal, id), to)
            response = make_response(to.read_bytes())
        response.mimetype = TYPES[format]
        name = id.replace("/", "-")
        response.headers.set("Content-Disposition", "attachment", filename=f"refused-{name}.{format}")
        return response

    def harvest(self, id: str) -> AnyResponse:
        """Leaves a run to the scheduler; nothing is harvested here."""
        return self._ask_for(id, accept_removals=False)

    def accept(self, id: str) -> AnyResponse:
        """The same, and lets it take out whatever its source no longer lists."""
        return self._ask_for(id, accept_removals=True)

    def _ask_for(self, id: str, *, accept_removals: bool) -> AnyResponse:
        by = admitting.actor(g.account)
        with self._behind.store.writing() as store:
            overseeing.ask_for(store, id, by, g.now, accept_removals=accept_removals)
        return led_to("sources", "asked")

    def pause(self, id: str) -> AnyResponse:
        with self._behind.store.writing() as store:
            done = overseeing.pause(store, id, admitting.actor(g.account), g.now)
        return led_to("sources", "paused" if done else "paused-already")

    def resume(self, id: str) -> AnyResponse:
        with self._behind.store.writing() as store:
            done = overseeing.resume(store, id, admitting.actor(g.account), g.now)
        return led_to("sources", "resumed" if done else "not-paused")

    def _seen(self, store: Reading) -> list[Seen]:
        """The sources that are the account's business."""
        standings, last, counts = store.standings(), store.last_runs(), store.refusal_counts()
        return [
            Seen(
                source,
                freshness,
                freshness.stale_at(g.now),
                standings.get(id, Standing()),
                last.get(id),
                counts.get(id, 0),
            )
            for id, (source, freshness) in store.sources().items()
            if g.account.concerns(id)
        ]

    def _known_scope(self, store: Reading) -> str | None:
        scope = self._scope()
        if scope and scope not in store.sources():
            raise NotFound("no such source")
        return scope


def _asked(store: Reading) -> set[str]:
    """The sources whose next run was asked for and has not come to its end."""
    return {request.source for request in store.requests()}


def _row(refusal: Refusal) -> Row:
    says = advice(refusal.reason, of_row=True)
    what, mend = gettext(says.what, **says.values), gettext(says.mend)
    return Row(refusal, what, mend, says.value, json.loads(refusal.record or "{}"))
