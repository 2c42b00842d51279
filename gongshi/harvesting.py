"""Sources harvested one after the other, and what commands tell of it."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict

from gongshi import show
from gongshi.bootstrap import Platform
from gongshi.indexer import Indexer
from gongshi.running import FAILED, INTERRUPTED, REFUSED, acting, operator, told_to_stop
from harvesters.harvest import Outcome
from harvesters.source import Definition
from harvesters.stopping import INTERRUPTED as ASKED_TO_STOP
from harvesters.stopping import Stop
from publisher.errors import GongshiError, Refused
from publisher.harvests import RunState
from publisher.trail import Entry


def harvest_all(
    made: Platform,
    definitions: Sequence[Definition],
    *,
    accept_removals: bool,
    dry: bool = False,
    as_json: bool = False,
) -> int:
    """Harvests source after source; one that fails never keeps the others from being done. Told to stop, it
    ends the run that is under way, and begins no other. `dry`: says what that would come to, and writes
    nothing.

    Gives the exit code.
    """
    codes, stop = set(), Stop()
    with show.progress() as progress, closing(Indexer(made.settings)) as indexer, told_to_stop(stop.ask):
        harvester = made.harvester(progress, indexer.running, stop)
        harvest, note = (harvester.dry_run, "dry run, nothing written: ") if dry else (harvester.run, "")
        for definition in definitions:
            if stop.asked:
                break
            try:
                if accept_removals and not dry:
                    _note_acceptance(made, definition)
                outcome = harvest(definition, accept_removals=accept_removals)
            except Refused as error:
                show.problem(str(error))
                codes.add(REFUSED)
                continue
            except GongshiError as error:
                show.problem(f"{definition.id}: {error}")
                codes.add(FAILED)
                continue
            _tell(outcome, note, as_json=as_json)
            codes.add({RunState.COMPLETE: 0, RunState.REFUSED: REFUSED}.get(outcome.state, FAILED))
    if stop.asked:
        show.problem(INTERRUPTED)
        return FAILED
    return FAILED if FAILED in codes else max(codes, default=0)


def _note_acceptance(made: Platform, definition: Definition) -> None:
    """Says in the audit trail who lets a run take out whatever its source no longer lists."""
    with made.store.writing() as store:
        entry = Entry(acting(), "harvest.removals_accepted", "", after={"source": definition.id})
        store.record([entry], made.settings.clock())


def _tell(outcome: Outcome, note: str, *, as_json: bool) -> None:
    if as_json:
        show.fields(asdict(outcome), as_json=True)
        return
    show.line(f"{outcome.source}: {note}{outcome.state}, {outcome.counts}, {outcome.seconds:.1f} s")
    for warning in outcome.warnings:
        show.problem(f"{outcome.source}: {warning}")
    if outcome.message and outcome.message != ASKED_TO_STOP:
        show.problem(f"{outcome.source}: {outcome.message}")


def ask_for(made: Platform, definitions: Sequence[Definition], *, accept_removals: bool) -> int:
    """Leaves the runs to the scheduler. Gives the exit code."""
    scheduled = {definition.id for definition in made.harvested}
    code = 0
    for definition in definitions:
        if definition.id not in scheduled:
            show.problem(f"{definition.id}: its sample is not invented yet; run `gongshi demo` first.")
            code = FAILED
            continue
        now = made.settings.clock()
        with made.store.writing() as store:
            store.ask_for(definition.id, operator(), now, accept_removals=accept_removals)
            after = {"source": definition.id, "accept_removals": accept_removals}
            store.record([Entry(acting(), "harvest.requested", "", after=after)], now)
        show.line(f"{definition.id}: asked for; `gongshi schedule` reads it next.")
    return code
