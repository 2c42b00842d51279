"""`gongshi cases`: applications for repair, objections, reviews and reports, and what is decided on them."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from gongshi import show
from gongshi.bootstrap import Platform
from gongshi.running import FAILED, NUMBER, as_json, by, check_harvested, operator, platform
from harvesters.repairs import read
from publisher import casework
from publisher.case_figures import decisions
from publisher.case_import import Fault, carry_out, match
from publisher.cases import STATE_NAMES, Case, CaseState, Outcome
from publisher.casework import ANYWHERE, Clerk, Office, Said
from publisher.store import Writing

Act = Callable[[Writing, str, Said, Office, datetime], Case]

number = click.argument("number")
why = click.option("--why", required=True, help="The reason; the applicant is told it.")
note = click.option("--why", default="", help="What the applicant is told of it.")


@click.group()
def cases() -> None:
    """Decide on what was applied for: repair, objections, reviews, reports."""


@cases.command("list")
@click.option("--source", help="Only those that the publisher of this source decides on.")
@click.option(
    "--state",
    type=click.Choice([state.value for state in CaseState]),
    help="Only those in this state; else all open ones.",
)
@click.option("--overdue", is_flag=True, help="Only those that are later than the law has it.")
@click.option("--limit", type=NUMBER, default=1000, show_default=True, help="How many at most.")
@as_json
def list_cases(source: str | None, state: str | None, overdue: bool, limit: int, as_json: bool) -> None:
    """List cases, the most urgent first. A day that is provisional was counted without known holidays."""
    with platform() as made, made.store.reading() as store:
        check_harvested(store, source)
        chosen = CaseState(state) if state else None
        found = casework.queue(store, source=source or ANYWHERE, state=chosen, limit=limit)
        values = [
            (
                *(case.number, case.kind, case.state, case.due, _lateness(case, made)),
                *(case.item, case.item_kind, case.authority, case.source or "operators"),
            )
            for case in found
            if case.overdue(made.today) or not overdue
        ]
    columns = ("number", "kind", "state", "due", "remark", "item", "of kind", "authority", "decided by")
    show.rows(columns, values, as_json=as_json)


def _lateness(case: Case, made: Platform) -> str | None:
    if case.overdue(made.today):
        return "overdue"
    if case.state is CaseState.MORE and made.today > case.due:
        return "no answer in time"
    return "provisional" if case.open and case.provisional else None


@cases.command("show")
@number
@as_json
def show_case(number: str, as_json: bool) -> None:
    """Show a case: who applied and what for, the papers, and each step.

    Who applied is personal, and gone some days after the decision.
    """
    with platform() as made, made.store.reading() as store:
        case = casework.seen(store, number, Clerk(operator()))
        filed = store.filed(case.id)
        values: dict[str, object] = {"number": case.number} | asdict(case)
        values["remark"] = _lateness(case, made)
        values["applicant"] = asdict(filed.applicant) if filed and filed.applicant else None
        values["statement"] = filed.statement if filed else None
        values["papers"] = [paper._asdict() for paper in store.evidence(case.id)]
        values["steps"] = [
            {"at": made.local(step.at), "what": step.what, "by": str(step.actor), "note": step.note}
            for step in store.steps(case.id)
        ]
        show.fields(values, as_json=as_json)


@cases.command()
@number
@note
@by
def accept(number: str, why: str, by: str) -> None:
    """Take a case up for examination. An objection is marked in public from now on."""
    _do(number, by, why, casework.accept)


@cases.command()
@number
@why
@by
def ask(number: str, why: str, by: str) -> None:
    """Ask the applicant for what is missing; until they answer, the terms stand still."""
    _do(number, by, why, casework.ask_more)


@cases.command()
@number
@click.option(
    "--outcome",
    type=click.Choice([outcome.value for outcome in Outcome]),
    help="What it comes to, where there are several.",
)
@note
@by
def grant(number: str, outcome: str | None, why: str, by: str) -> None:
    """Decide for the applicant. A repair takes the item out of the public at once, whoever lists it.

    An objection is granted as `withdrawn`, or as `corrected`: then the mark stays until the source has
    corrected it.
    """
    _do(number, by, why, partial(casework.grant, outcome=Outcome(outcome) if outcome else None))


@cases.command()
@number
@why
@by
def refuse(number: str, why: str, by: str) -> None:
    """Decide against the applicant. The mark of an objection goes."""
    _do(number, by, why, casework.refuse)


@cases.command()
@number
@why
@by
def extend(number: str, why: str, by: str) -> None:
    """Give a complex case more time, once."""
    _do(number, by, why, casework.extend)


@cases.command()
@number
@click.option("--to", help="The source whose publisher decides from now on; without it the operators do.")
@why
@by
def transfer(number: str, to: str | None, why: str, by: str) -> None:
    """Hand a case to those who have to decide on it."""
    _do(number, by, why, partial(casework.transfer, to=to))


@cases.command()
@number
@why
@by
def withdraw(number: str, why: str, by: str) -> None:
    """Take a case back for its applicant, who asked for that otherwise than by the link."""
    _do(number, by, why, casework.withdraw_for)


@cases.command()
@number
@why
@by
def revoke(number: str, why: str, by: str) -> None:
    """Take back a repair that was granted on false papers: the item is public again for its period."""
    _do(number, by, why, casework.revoke)


def _do(number: str, by: str, why: str, act: Act) -> None:
    with platform() as made:
        office = made.office
        with made.store.writing() as store:
            case = act(store, number, Said(Clerk(by), why), office, made.settings.clock())
        show.line(f"Case {case.number} is {STATE_NAMES[case.state]}; {_next(case)}.")


def _next(case: Case) -> str:
    if not case.open:
        return "nothing is due"
    whose = "the applicant's answer" if case.state is CaseState.MORE else "the next step"
    return f"{whose} is due by {case.due}"


@cases.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", "dry", is_flag=True, help="Say what it would come to, and repair nothing.")
@click.option("--source", help="Repair only what the keeper of this source has decided.")
@click.option("--why", default="", help="The reason of rows that have none, for the record.")
@by
@as_json
def import_decisions(file: Path, dry: bool, source: str | None, why: str, by: str, as_json: bool) -> None:
    """Carry out repairs that an authority decided by itself: those in FILE, CSV or a workbook.

    A row needs the document number and the subject's code or name; it may have the day of the repair and a
    reason. Rows that fit no item, several, or another subject's are told, the others are done; what was
    imported before is not done again. Exit code 1 when a row is left.
    """
    with platform() as made:
        listed = read(file, made.zone, made.today)
        said, office = Said(Clerk(by, source), why), made.office
        with made.store.reading() as store:
            check_harvested(store, source)
            found = match(store, listed.decisions, said.clerk, office)
        faults = sorted([*listed.faults, *found.faults], key=lambda fault: fault.row or 0)
        done = 0 if dry else carry_out(made.store, found, said, office, made.settings.clock())
    _tell(file, faults, as_json=as_json)
    if not as_json:
        what = f"{len(found.items)} items would be repaired" if dry else f"{done} items are repaired"
        show.line(f"{what}, {found.done} had left for good before; {len(faults)} rows are left.")
    raise SystemExit(FAILED if faults else 0)


def _tell(file: Path, faults: list[Fault], *, as_json: bool) -> None:
    for fault in faults:
        if as_json:
            show.rows(("file", "row", "column", "reason"), [(file.name, *fault)], as_json=True)
        else:
            column = f", {fault.column}" if fault.column else ""
            show.problem(f"{file.name}, row {fault.row}{column}: {fault.reason}.")


@cases.command()
@as_json
def statistics(as_json: bool) -> None:
    """Count decisions by month, authority and kind, with the median of days that they took."""
    with platform() as made, made.store.reading() as store:
        found = decisions(store.figures(), made.zone)
    show.rows(("month", "authority", "kind", "granted", "refused", "days"), found, as_json=as_json)
