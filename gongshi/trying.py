"""A definition tried on its source: what its first rows would become, as a table."""

from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from gongshi import show
from gongshi.bootstrap import Platform
from harvesters.fetch import fetch
from harvesters.mapping import NotPublic
from harvesters.preview import preview
from harvesters.source import Definition
from publisher.items import Draft, Refusal
from publisher.judging import Judge


def show_preview(made: Platform, definition: Definition, count: int) -> None:
    """The first rows as a table: what they become, or why not. Only the pages that have them are fetched."""
    with TemporaryDirectory() as folder:
        files = fetch(
            definition, Path(folder), made.outgoing, definition.folder(made.samples), warn=show.problem
        )
        outcomes = islice(preview(definition, files, made.registry, made.identity.seal, made.zone), count)
        judge = Judge(made.registry.rules, made.registry.with_ancestors)
        today = made.today
        values = [_previewed(outcome, judge, today) for outcome in outcomes]
    show.rows(("row", "becomes", "subject", "says"), values)


def _previewed(outcome: Draft | Refusal | NotPublic, judge: Judge, today: date) -> tuple[object, ...]:
    if isinstance(outcome, Refusal):
        return outcome.where.row, "refused", "", f"{outcome.column or 'the row'}: {outcome.reason}"
    if isinstance(outcome, NotPublic):
        return outcome.where.row, "not public", "", outcome.reason
    party = outcome.party
    names = {"aliases": ", ".join(party.aliases), "former_names": ", ".join(party.former_names)}
    said = "; ".join(f"{name} {value}" for name, value in {**names, **outcome.content}.items() if value)
    period = judge.period(outcome, today)
    until = f"public until {period.last_day or 'further notice'} ({period.rule})"
    return outcome.where.row, until, party.name, said
