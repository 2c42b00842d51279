"""The command that lists the sources."""

from datetime import datetime

import click

from gongshi import show
from gongshi.bootstrap import Platform
from gongshi.running import as_json, platform
from harvesters.source import Definition
from publisher.sources import Freshness
from publisher.store import Reading

COLUMNS = ("source", "kind", "format", "complete", "fresh", "last run", "rows", "warnings", "said")


@click.command("list")
@as_json
def list_sources(as_json: bool) -> None:
    """List the sources, how fresh they are, and what became of their last run.

    `gongshi runs show` has its warnings.
    """
    with platform() as made:
        now = made.settings.clock()
        with made.store.reading() as store:
            known = {id: fresh for id, (_, fresh) in store.sources().items()}
            values = [
                _line(made, store, definition, known.get(definition.id), now)
                for definition in made.definitions
            ]
        show.rows(COLUMNS, values, as_json=as_json)
        for error in made.wrong_definitions:
            show.problem(str(error))


def _line(
    made: Platform, store: Reading, definition: Definition, fresh: Freshness | None, now: datetime
) -> tuple[object, ...]:
    run = next(iter(store.harvests(definition.id, 1)), None)
    complete = fresh.last_complete if fresh else None
    return (
        definition.id,
        definition.kind,
        definition.format,
        show.minute(complete, made.zone) if complete else "never",
        _fresh(fresh, now, made),
        "paused" if store.standing(definition.id).paused else run.state if run else "",
        str(run.counts) if run else "",
        len(run.warnings) if run else 0,
        run.message if run else None,
    )


def _fresh(fresh: Freshness | None, now: datetime, made: Platform) -> str:
    """Whether a source keeps its promise; empty where it has made none yet."""
    if fresh is None:
        return ""
    if fresh.stale_from is None:
        return "no promise"
    if fresh.stale_at(now):
        return f"late since {show.minute(fresh.stale_from, made.zone)}" if fresh.last_complete else "late"
    return "yes"
