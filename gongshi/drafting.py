"""Commands for who brings a new list: draft its definition, check a file before it is sent."""

from pathlib import Path

import click

from gongshi import show
from gongshi.running import platform
from harvesters.drafting.draft import Drafted, Drafter, Wishes


@click.command()
@click.argument("source", metavar="URL-or-FILE")
@click.option("--to", type=click.Path(path_type=Path), help="A folder of sources; else beside the input.")
@click.option("--sector", help="The sector, a folder in it; else guessed.")
@click.option("--kind", help="What its rows are: permit, penalty, blacklist, …; else guessed.")
@click.option("--name", help="What the definition's file is called; else as the input.")
@click.option("--allow-private", is_flag=True, help="The address may lead into the own network.")
@click.option("--force", is_flag=True, help="Replace what was drafted before.")
def new(
    source: str,
    to: Path | None,
    sector: str | None,
    kind: str | None,
    name: str | None,
    allow_private: bool,
    force: bool,
) -> None:
    """Draft a definition from a file or an address, with a sample and what the sample becomes."""
    with platform(prepared=False) as made:
        drafter = Drafter(made.registry, made.outgoing, made.zone)
        drafted = drafter.draft(source, Wishes(to, sector, kind, name, force, allow_private))
        for line in _said(drafted):
            show.line(line)


def _said(drafted: Drafted) -> list[str]:
    guess, files = drafted.guess, drafted.files
    ignored = len(guess.meaning.ignored) + len(guess.meaning.personal)
    doubts = (
        f"{guess.doubts} of its lines are guesses and say so."
        if guess.doubts
        else "No line of it is a mere guess."
    )
    return [
        f"{files.definition}: {guess.kind.chosen} in {drafted.sector}, from {guess.count} rows; "
        f"{ignored} columns ignored. {doubts}",
        f"{files.sample}: rows with persons taken out; read it before you share it.",
        f"{files.expected}: what these become.",
        f"Next: correct the definition, then gongshi sources try {files.definition}",
    ]
