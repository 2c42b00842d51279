"""What all acts on cases share: the step and its entry in the audit trail, and the mark of an objection."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from publisher import ending, masking
from publisher.case_letters import give
from publisher.case_rules import CaseKind, CaseRules
from publisher.cases import Act, Case, CaseState, NotAllowed, Step, acted
from publisher.publish import Desk
from publisher.rulesets import RuleSet
from publisher.schemas.parameters import mark
from publisher.store import Writing
from publisher.trail import Actor, ActorKind, Entry

OVERTAKEN = mark("Somebody else has acted on case %(number)s since you looked at it; look at it again.")


@dataclass(frozen=True, slots=True)
class Office:
    """What deciding needs to know: the rules of cases, the laws by name, and what publishing needs."""

    rules: CaseRules
    laws: Mapping[str, RuleSet]
    desk: Desk

    def today(self, now: datetime) -> date:
        return now.astimezone(self.desk.zone).date()


def do(store: Writing, case: Case, act: Act, actor: Actor, note: str, office: Office, now: datetime) -> Case:
    after = acted(case, act, office.rules[case.kind], now, office.today(now))
    if not store.change_case(after):
        raise NotAllowed(OVERTAKEN, number=case.number)
    write(store, case, after, act, actor, note, now)
    return after


def write(
    store: Writing, before: Case | None, after: Case, act: Act, actor: Actor, note: str, now: datetime
) -> None:
    """The one place where a step is written, and told: in the case itself, in the audit trail, and to the
    applicant. What an applicant says is in the case alone, where it can be erased by itself."""
    note = masking.text(note, of_person=True)
    store.add_step(after.id, Step(now, actor, act, note))
    entry = Entry(
        actor=actor,
        action=f"case.{act}",
        why="" if actor.kind is ActorKind.APPLICANT else note,
        item=after.item,
        case=after.number,
        before=_told(before) if before else None,
        after=_told(after),
    )
    store.record([entry], now)
    give(store, after, act, now)


def _told(case: Case) -> dict[str, object]:
    return {
        "kind": case.kind,
        "state": case.state,
        "due": case.due.isoformat(),
        "source": case.source,
        "outcome": case.outcome,
    }


def mark_objected(store: Writing, case: Case, actor: Actor, why: str, now: datetime) -> None:
    """Marks an item in public while an objection to it is examined, by its case or by a review, and while its
    source has not corrected what one was right about."""
    if case.about is not CaseKind.OBJECTION:
        return
    others = store.open_cases([case.item]).get(case.item, ())
    examined = any(other.examined and other.about is CaseKind.OBJECTION for other in others)
    right = case.state is CaseState.GRANTED or any(store.waiting_for_correction(case.item))
    ending.mark(store, case.item, examined or right, actor, why, now, case=case.number)
