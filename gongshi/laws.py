"""`gongshi rules`: the rule sets that say how long an item is public."""

import time
from collections.abc import Mapping
from datetime import datetime
from functools import partial

import click

from gongshi import show
from gongshi.bootstrap import Platform
from gongshi.running import as_json, by, platform
from harvesters.catching_up import catch_up
from harvesters.publishing import LAG
from publisher.laws import Laws, Standing
from publisher.leases import Lease
from publisher.rejudging import apply, preview
from publisher.ruleset_file import load_rule_sets
from publisher.rulesets import ANY, SEVERITIES, RuleSet

KINDS_OF_EFFECT = ("appear", "vanish", "change")
STATES = {
    "applied": "applied",
    "unfinished": "not yet applied to all items",
    "changed": "changed, not applied",
    "new": "new, not applied",
    "no file": "applied, its file is gone",
}


@click.group()
def rules() -> None:
    """Look after the rule sets that say how long an item is public."""


@rules.command("list")
@as_json
def list_rules(as_json: bool) -> None:
    """List the rule sets: the law, since when it is in force, months of each severity, and what holds.

    A file that is new or was changed judges nothing before `gongshi rules apply`.
    """
    with platform() as made:
        with made.store.reading() as store:
            standings = {standing.name: standing for standing in Laws(made.registry).standings(store)}
        values = [
            (
                *(law.name, law.title["zh"], law.since, law.until),
                *(_months(law, degree) for degree in SEVERITIES),
                *_applied(standings[law.name], made),
            )
            for law in made.registry.rules.values()
        ]
    show.rows(("rules", "law", "from", "to", *SEVERITIES, "state", "applied"), values, as_json=as_json)


@rules.command("show")
@click.argument("name")
def show_rules(name: str) -> None:
    """Print one rule set, as its file has it."""
    show.line(_named(name, load_rule_sets()).raw.rstrip())


@rules.command("preview")
@click.argument("name", metavar="[SET]", required=False)
@as_json
def preview_rules(name: str | None, as_json: bool) -> None:
    """Say what applying a rule set, or all that are not applied, would change, and change nothing.

    Items are counted by kind and source: those that would appear, vanish, or be public until another day.
    """
    with platform() as made:
        waiting = _waiting(made, name)
        effect = preview(made.store, made.desk, waiting, made.settings.clock())
    values = [
        (kind, source, *(counts[what] for what in KINDS_OF_EFFECT))
        for (kind, source), counts in sorted(effect.parts.items())
    ]
    if values or as_json:
        show.rows(("kind", "source", *KINDS_OF_EFFECT), values, as_json=as_json)
    if not as_json:
        appear, vanish, change = (effect.total[what] for what in KINDS_OF_EFFECT)
        names = ", ".join(waiting) or "nothing"
        show.line(
            f"To apply: {names}. {appear} items would appear, {vanish} vanish, {change} end on another day."
        )


@rules.command("apply")
@click.argument("name", metavar="[SET]", required=False)
@by
def apply_rules(name: str | None, by: str) -> None:
    """Have a rule set, or all that are not applied, hold from now on, for new rows and for what is stored.

    An interrupted one goes on where it stopped when it is called again.
    """
    with platform() as made:
        wall = partial(datetime.now, made.zone)
        lease = Lease(made.store, "rules", "application of rule sets", wall)
        with lease.held():
            waiting = _waiting(made, name)
            for law in waiting.values():
                changes = apply(
                    made.store, made.desk, law, by, made.settings.clock, lease, partial(_follow, made)
                )
                show.line(f"{law.name} is applied: {changes} changes.")
        if not waiting:
            show.line("There is nothing to apply.")
        if warning := catch_up(made.index, time.sleep, most=0):
            show.problem(warning)


def _follow(made: Platform, changes: int) -> None:
    """Lets the index keep up: what has ended would else fill the list that all searches ask for."""
    if changes and (warning := catch_up(made.index, time.sleep, most=LAG)):
        show.problem(warning)


def _waiting(made: Platform, name: str | None) -> Mapping[str, RuleSet]:
    """The sets that are to be applied; of a named one only itself, if it is."""
    known = made.registry.rules
    with made.store.reading() as store:
        waiting = [standing.name for standing in Laws(made.registry).standings(store) if standing.waits]
    wanted = waiting if name is None else [_named(name, known).name]
    return {each: known[each] for each in wanted if each in waiting}


def _named(name: str, known: Mapping[str, RuleSet]) -> RuleSet:
    if name not in known:
        raise click.UsageError(f"There is no rule set {name}; known are {', '.join(known)}.")
    return known[name]


def _applied(standing: Standing, made: Platform) -> tuple[str, str]:
    """What is applied of a set, by whom and when."""
    held = standing.applied
    when = f"{held.at.astimezone(made.zone).isoformat(' ', 'minutes')} by {held.by}" if held else ""
    return STATES[standing.state], when


def _months(law: RuleSet, degree: str) -> str:
    """Months of repair and publication under one severity; of all where the law knows none."""
    shortest, longest = law.terms.get(degree) or law.terms.get(ANY) or (None, None)
    return f"{'' if shortest is None else shortest}-{'' if longest is None else longest}".strip("-")
