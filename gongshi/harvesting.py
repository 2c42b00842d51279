"""Sources harvested one after the other, and what commands tell of it."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict

from gongshi import show
from gongshi.bootstrap import Platform
from gongshi.indexer import Indexer
from gongshi.running import FAILED, REFUSED
from harvesters.source import Definition
from publisher.errors import GongshiError, Refused
from publisher.harvests import RunState


def harvest_all(
    made: Platform,
    definitions: Sequence[Definition],
    *,
    accept_removals: bool,
    dry: bool = False,
    as_json: bool = False,
) -> int:
    """Harvests source after source; one that fails never keeps the others from being done. `dry`: says what
    that would come to, and writes nothing.

    Gives the exit code.
    """
    codes = set()
    with show.progress() as progress, closing(Indexer(made.settings)) as indexer:
        harvester = made.harvester(progress, indexer.running)
        harvest, note = (harvester.dry_run, "dry run, nothing written: ") if dry else (harvester.run, "")
        for definition in definitions:
            try:
                outcome = harvest(definition, accept_removals=accept_removals)
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
                said = f"{outcome.state}, {outcome.counts}, {outcome.seconds:.1f} s"
                show.line(f"{outcome.source}: {note}{said}")
                for warning in outcome.warnings:
                    show.problem(f"{outcome.source}: {warning}")
                if outcome.message:
                    show.problem(f"{outcome.source}: {outcome.message}")
            codes.add({RunState.COMPLETE: 0, RunState.REFUSED: REFUSED}.get(outcome.state, FAILED))
    return FAILED if FAILED in codes else max(codes, default=0)
