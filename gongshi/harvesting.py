"""Sources harvested one after the other, and what commands tell of it."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict

from gongshi import show
from gongshi.bootstrap import Platform
from gongshi.indexer import Indexer
from gongshi.running import FAILED, REFUSED, operator
from harvesters.source import Definition
from publisher.errors import GongshiError, Refused
from publisher.harvests import RunState


def harvest_all(
    made: Platform, definitions: Sequence[Definition], *, accept_removals: bool, as_json: bool = False
) -> int:
    """Harvests source after source; one that fails never keeps the others from being done.

    Gives the exit code.
    """
    codes = set()
    with show.progress() as progress, closing(Indexer(made.settings)) as indexer:
        harvester = made.harvester(progress, indexer.running)
        for definition in definitions:
            try:
                outcome = harvester.run(definition, accept_removals=accept_removals)
            except Refused as error:
                show.problem(str(error))
                codes.add(REFUSED)
                continue
            except GongshiError as error:
                show.problem(f"{definition.id}: {error}")
                codes.add(FAILED)
                continue
            if as_json:
                show.fields(asdict(outcome), as_json=True)
            else:
                show.line(f"{outcome.source}: {outcome.state}, {outcome.counts}, {outcome.seconds:.1f} s")
                for warning in outcome.warnings:
                    show.problem(f"{outcome.source}: {warning}")
                if outcome.message:
                    show.problem(f"{outcome.source}: {outcome.message}")
            codes.add({RunState.COMPLETE: 0, RunState.REFUSED: REFUSED}.get(outcome.state, FAILED))
    return FAILED if FAILED in codes else max(codes, default=0)


def ask_for(made: Platform, definitions: Sequence[Definition], *, accept_removals: bool) -> int:
    """Leaves the runs to the scheduler. Gives the exit code."""
    scheduled = {definition.id for definition in made.harvested}
    code = 0
    for definition in definitions:
        if definition.id not in scheduled:
            show.problem(f"{definition.id}: its sample is not invented yet; run `gongshi demo` first.")
            code = FAILED
            continue
        with made.store.writing() as store:
            store.ask_for(definition.id, operator(), made.settings.clock(), accept_removals=accept_removals)
        show.line(f"{definition.id}: asked for; `gongshi schedule` reads it next.")
    return code
