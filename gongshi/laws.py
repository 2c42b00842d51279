"""`gongshi rules`: the rule sets that say how long an item is public."""

import click

from gongshi import show
from gongshi.running import as_json
from publisher.rulesets import SEVERITIES, RuleSet, load_rule_sets


@click.group()
def rules() -> None:
    """Look at the rule sets that say how long an item is public."""


@rules.command("list")
@as_json
def list_rules(as_json: bool) -> None:
    """List the rule sets: the law, since when it is in force, and months of each severity."""
    values = [
        (law.name, law.title["zh"], law.since, law.until, *(_months(law, degree) for degree in SEVERITIES))
        for law in load_rule_sets().values()
    ]
    show.rows(("rules", "law", "from", "to", *SEVERITIES), values, as_json=as_json)


@rules.command("show")
@click.argument("name")
def show_rules(name: str) -> None:
    """Print one rule set, as its file has it."""
    known = load_rule_sets()
    if name not in known:
        raise click.UsageError(f"There is no rule set {name}; known are {', '.join(known)}.")
    show.line(known[name].raw.rstrip())


def _months(law: RuleSet, degree: str) -> str:
    term = law.terms[degree]
    return f"{term.shortest}-{term.longest}"
