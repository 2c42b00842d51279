"""Commands for who brings a new list: draft its definition, check a file before it is sent."""

from collections.abc import Iterator
from pathlib import Path

import click

from gongshi import show
from gongshi.running import FAILED, as_json, platform
from harvesters.drafting.draft import Drafted, Drafter, Wishes
from harvesters.validating.check import check
from publisher.advice import advice
from publisher.validation import Finding, Report


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


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def validate(file: Path, as_json: bool) -> None:
    """Check a filled form before it is sent: what of FILE would be published, and each fault.

    Nothing is stored. Exit code 1 when there are faults.
    """
    with platform(prepared=False) as made:
        report = check(file, file.name, made.registry, made.zone)
    found = {"faults": list(map(_told, report.faults)), "warnings": list(map(_told, report.warnings))}
    if as_json:
        show.fields(report.as_json() | found, as_json=True)
    else:
        for line in _summary(file, report):
            show.line(line)
        rows = [(name.removesuffix("s"), *one.values()) for name, all in found.items() for one in all]
        if rows:
            show.rows(("", "row", "column", "cell", "what is wrong", "how to mend it", "rows"), rows)
    raise SystemExit(FAILED if report.fault_count else 0)


def _told(finding: Finding) -> dict[str, object]:
    says = advice(finding.reason, of_row=finding.row is not None)
    return {
        "row": finding.row,
        "column": finding.column,
        "value": says.value,
        "what": says.what % says.values if says.values else says.what,
        "mend": says.mend,
        "times": finding.times,
    }


def _summary(file: Path, report: Report) -> Iterator[str]:
    yield (
        f"{file}: {report.kind or 'no form'}, {report.rows} rows, {report.publishable} would be published, "
        f"{report.fault_count} faults, {report.warning_count} warnings."
    )
    if report.too_many:
        yield "With so many faults a harvest would publish nothing of it."
    if report.not_public:
        yield f"{report.not_public} rows say themselves that they are not public."
    if report.repeated:
        yield f"{report.repeated} rows are there twice."
    if report.persons:
        yield f"The names of {report.persons} natural persons are masked."
    if report.dropped:
        yield f"Nothing is ever published of: {', '.join(report.dropped)}."


def _said(drafted: Drafted) -> list[str]:
    guess, files = drafted.guess, drafted.files
    ignored = len(guess.meaning.ignored) + len(guess.meaning.personal)
    doubts = f"Lines that are guesses and say so: {guess.doubts}."
    return [
        f"{files.definition}: {guess.kind.chosen} in {drafted.sector}, from {guess.count} rows; "
        f"{ignored} columns ignored. {doubts}",
        f"{files.sample}: rows with persons taken out; read it before you share it.",
        f"{files.expected}: what these become.",
        f"Next: correct the definition, then gongshi sources try {files.definition}",
    ]
