"""Commands to look back at the runs of the sources."""

from dataclasses import asdict
from datetime import datetime, tzinfo

import click

from gongshi import show
from gongshi.running import FAILED, NUMBER, as_json, check_harvested, platform
from publisher.harvests import Harvest


@click.group()
def runs() -> None:
    """Look back at runs of sources."""


@runs.command("list")
@click.argument("source", required=False)
@click.option("--limit", type=NUMBER, default=50, show_default=True, help="How many at most, newest first.")
@as_json
def list_runs(source: str | None, limit: int, as_json: bool) -> None:
    """List runs, newest first: when they were, how they ended, what became of their rows."""
    with platform() as made, made.store.reading() as store:
        check_harvested(store, source)
        values = [
            (
                run.id,
                run.source,
                _local(run.started_at, made.zone),
                _local(run.ended_at, made.zone),
                run.state,
                run.counts,
                len(run.warnings),
                run.message,
            )
            for run in store.harvests(source, limit)
        ]
        columns = ("run", "source", "started", "ended", "state", "rows", "warnings", "said")
        show.rows(columns, values, as_json=as_json)


@runs.command("show")
@click.argument("id", type=NUMBER)
@click.option("--log", "with_log", is_flag=True, help="What it said of its steps too.")
@as_json
def show_run(id: int, with_log: bool, as_json: bool) -> None:
    """Show all that is known of a run: its times, each count, what it asked of other machines, its warnings,
    why it failed."""
    with platform() as made, made.store.reading() as store:
        run = store.harvest(id)
        if run is None:
            show.problem(f"There is no run {id}; `gongshi runs list` names them.")
            raise SystemExit(FAILED)
        told = _told(run, made.zone)
        if with_log:
            lines = [(_local(line.at, made.zone), line.said) for line in store.log(id)]
            told["log"] = lines if as_json else [f"{at}  {said}" for at, said in lines]
        show.fields(told if as_json else told | {"requests": run.traffic}, as_json=as_json)


def _told(run: Harvest, zone: tzinfo) -> dict[str, object]:
    """A run with its times in the zone of this installation."""
    return {
        "run": run.id,
        "source": run.source,
        "state": run.state,
        "started": _local(run.started_at, zone),
        "ended": _local(run.ended_at, zone),
        **{name.replace("_", " "): count for name, count in asdict(run.counts).items()},
        "bytes": run.traffic.bytes,
        "requests": run.traffic.requests,
        "warnings": list(run.warnings),
        "message": run.message,
    }


def _local(moment: datetime | None, zone: tzinfo) -> str | None:
    return moment.astimezone(zone).isoformat(" ", "seconds") if moment else None
