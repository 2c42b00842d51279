"""Cases: what can be applied for on an item, and the way of an application to its decision. Pure.

A case goes from act to act; TRANSITIONS says which act is allowed in which state, `acted` what comes of it.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from publisher.case_rules import OTHER, CaseKind, CaseRule, CaseRules
from publisher.errors import GongshiError
from publisher.items import Item
from publisher.kinds import Label
from publisher.periods import Verdict
from publisher.rulesets import RuleSet
from publisher.schemas.parameters import mark
from publisher.trail import Actor
from publisher.working_days import Deadline, deadline, working_days_between

SUBJECT = "subject"
"""Among the fields that an objection names: the item is about another."""

MOST_TEXT, MOST_NAME = 5000, 254
"""Characters of a statement, a reason, an answer; of a name, a number, an address."""


class CaseState(StrEnum):
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    MORE = "more"  # papers are asked for, and the terms stand still
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SETTLED = "settled"  # another case ended its item before it was decided
    REVOKED = "revoked"  # granted on false papers, and taken back


STATE_NAMES: Mapping[CaseState, str] = {
    CaseState.SUBMITTED: mark("submitted"),
    CaseState.ACCEPTED: mark("under examination"),
    CaseState.MORE: mark("waiting for papers"),
    CaseState.GRANTED: mark("granted"),
    CaseState.REFUSED: mark("refused"),
    CaseState.WITHDRAWN: mark("taken back"),
    CaseState.SETTLED: mark("settled by another case"),
    CaseState.REVOKED: mark("revoked"),
}
"""What pages call a state; to be translated."""


class Act(StrEnum):
    """What is done to a case. OPEN makes it."""

    OPEN = "opened"
    ACCEPT = "accepted"
    ASK = "asked"
    ANSWER = "answered"
    EXTEND = "extended"
    TRANSFER = "transferred"
    GRANT = "granted"
    REFUSE = "refused"
    WITHDRAW = "withdrawn"
    SETTLE = "settled"
    REVOKE = "revoked"


OPEN = frozenset({CaseState.SUBMITTED, CaseState.ACCEPTED, CaseState.MORE})
EXAMINED = frozenset({CaseState.ACCEPTED, CaseState.MORE})

TRANSITIONS: Mapping[Act, frozenset[CaseState]] = {
    Act.ACCEPT: frozenset({CaseState.SUBMITTED, CaseState.MORE}),
    Act.ASK: frozenset({CaseState.SUBMITTED, CaseState.ACCEPTED}),
    Act.ANSWER: frozenset({CaseState.MORE}),
    Act.EXTEND: frozenset({CaseState.ACCEPTED}),
    Act.TRANSFER: OPEN,
    Act.GRANT: OPEN,
    Act.REFUSE: OPEN,
    Act.WITHDRAW: OPEN,
    Act.SETTLE: OPEN,
    Act.REVOKE: frozenset({CaseState.GRANTED}),
}
"""The states in which each act is allowed."""

_CLOSING = {
    Act.GRANT: CaseState.GRANTED,
    Act.REFUSE: CaseState.REFUSED,
    Act.WITHDRAW: CaseState.WITHDRAWN,
    Act.SETTLE: CaseState.SETTLED,
}


class Outcome(StrEnum):
    """What a granted case does to its item."""

    REPAIRED = "repaired"  # it leaves the public and does not come back
    WITHDRAWN = "withdrawn"  # it should not have been published
    CORRECTED = "corrected"  # its source corrects it; until then the mark stays
    NOTED = "noted"  # nothing


OUTCOMES: Mapping[CaseKind, tuple[Outcome, ...]] = {
    CaseKind.REPAIR: (Outcome.REPAIRED,),
    CaseKind.OBJECTION: (Outcome.CORRECTED, Outcome.WITHDRAWN),
    CaseKind.REPORT: (Outcome.NOTED, Outcome.CORRECTED, Outcome.WITHDRAWN),
}
"""What each kind of case can come to. That of a review: as the case it reviews."""


class NotAllowed(GongshiError):
    """A case cannot be opened, or an act is not allowed now. `from_day`: the first day on which it is.
    `template` is a text to be translated, with `values` in it."""

    def __init__(self, template: str, from_day: date | None = None, **values: object) -> None:
        self.template, self.from_day, self.values = template, from_day, values
        super().__init__(self.told("en", str))

    def told(self, language: str, translate: Callable[[str], str]) -> str:
        """The sentence in a language that `translate` knows templates in."""
        return translate(self.template) % {
            name: _told(value, language, translate) for name, value in self.values.items()
        }


def _told(value: object, language: str, translate: Callable[[str], str]) -> object:
    if isinstance(value, Label):
        return value.get(language)
    return translate(value) if isinstance(value, str) and value in STATE_NAMES.values() else value


class Role(StrEnum):
    """Who applies, to the item's subject."""

    SUBJECT = "subject"
    REPRESENTATIVE = "representative"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Applicant:
    """Personal: kept apart from the case, and erased some time after its decision."""

    name: str
    role: Role
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """What someone applies for. `fields`: those of the content that an objection is about, or SUBJECT.
    `applicant` may be missing from a report only. `reviews`: the token of the case that a review is of."""

    kind: CaseKind
    item: str
    statement: str
    applicant: Applicant | None = None
    fields: tuple[str, ...] = ()
    language: str = "zh"
    reviews: str | None = None


class Evidence(NamedTuple):
    """A file that was handed in, masked by nobody and never public: `key` is what it is kept under, `name` as
    its applicant called it, `size` in bytes."""

    key: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Case:
    """`id` counts cases, `number` is what people call it. `source`: whose publisher decides; None: operators.
    `authority` decided on the item. `about` is its own kind, or that of the refused case `review_of` which a
    review is about. `due`: the last day for the next step; for the applicant's in MORE. `provisional`: it was
    counted in a year whose holidays are not known. `left`: working days that the terms had left when they
    stood still. `version` rises with each act. Moments are aware UTC."""

    id: int
    kind: CaseKind
    about: CaseKind
    state: CaseState
    item: str
    item_kind: str
    source: str | None
    authority: str
    fields: tuple[str, ...]
    review_of: int | None
    language: str
    opened_at: datetime
    due: date
    provisional: bool
    accepted_at: datetime | None = None
    decided_at: datetime | None = None
    outcome: Outcome | None = None
    extended: bool = False
    left: int | None = None
    version: int = 1

    @property
    def number(self) -> str:
        return number_of(self.id)

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def examined(self) -> bool:
        """Whether it was accepted and is not decided."""
        return self.accepted_at is not None and self.open

    def overdue(self, today: date) -> bool:
        """Whether who decides is late. Papers that are asked for make the applicant late, not them."""
        return self.state in (CaseState.SUBMITTED, CaseState.ACCEPTED) and today > self.due


class Step(NamedTuple):
    """What was done to a case, by whom. `note` is what they said of it; None once it was erased."""

    at: datetime
    actor: Actor
    what: Act
    note: str | None


def number_of(id: int) -> str:
    return f"C{id:06d}"


def id_of(number: str) -> int:
    """Raises NotAllowed for what is no number of a case."""
    digits = number.strip().upper().removeprefix("C")
    if not re.fullmatch(r"[0-9]{1,9}", digits):
        raise NotAllowed(mark("%(number)s is no number of a case such as C000012."), number=number[:40])
    return int(digits)


def first_due(rule: CaseRule, today: date) -> Deadline:
    """Until when a case that is opened today must be accepted."""
    return deadline(today, rule.accept)


def check(case: Case, act: Act) -> None:
    """Raises NotAllowed for an act that the case's state does not allow."""
    if case.state not in TRANSITIONS[act]:
        raise NotAllowed(
            mark("Case %(number)s is %(state)s; this cannot be done to it now."),
            number=case.number,
            state=STATE_NAMES[case.state],
        )
    if act is Act.EXTEND and case.extended:
        raise NotAllowed(mark("Case %(number)s was extended already; it can be once."), number=case.number)
    if act is Act.REVOKE and case.outcome is not Outcome.REPAIRED:
        raise NotAllowed(
            mark("Case %(number)s is no granted repair; only these can be revoked."), number=case.number
        )


def acted(case: Case, act: Act, rule: CaseRule, now: datetime, today: date) -> Case:
    """The case after an act; `now` is aware UTC, `today` its local day. Raises NotAllowed."""
    check(case, act)
    case = replace(case, version=case.version + 1)
    if act in _CLOSING:
        return replace(case, state=_CLOSING[act], decided_at=now, left=None)
    if act is Act.REVOKE:
        return replace(case, state=CaseState.REVOKED)
    if act is Act.TRANSFER:
        return case
    return _waiting(case, act, rule, now, today)


def _waiting(case: Case, act: Act, rule: CaseRule, now: datetime, today: date) -> Case:
    """After an act that leaves it open, with the day by which the next one is due."""
    if act is Act.ASK:
        left = working_days_between(today, case.due).days
        return _due(replace(case, state=CaseState.MORE, left=left), deadline(today, rule.answer))
    if act is Act.EXTEND:
        return _due(replace(case, extended=True), deadline(case.due, rule.extend))
    left = case.left or 0  # of the term that stood still
    if act is Act.ANSWER:
        state = CaseState.ACCEPTED if case.accepted_at else CaseState.SUBMITTED
        return _due(replace(case, state=state, left=None), deadline(today, left))
    term = left if case.accepted_at else rule.decide
    accepted = replace(case, state=CaseState.ACCEPTED, accepted_at=case.accepted_at or now, left=None)
    return _due(accepted, deadline(today, term))


def _due(case: Case, until: Deadline) -> Case:
    return replace(case, due=until.day, provisional=until.provisional)


class Possible(NamedTuple):
    """What can be applied for on an item: from `from_day` on (None: it is not applied for here, but
    `elsewhere`), with these papers, and who decides. `authority` is the name of the item's own, where known.
    `ends_first`: the item leaves the public by itself before that day."""

    kind: CaseKind
    from_day: date | None
    elsewhere: Label | None
    papers: tuple[Label, ...]
    decides: Label
    authority: str | None
    ends_first: bool = False

    def days_left(self, today: date) -> int:
        """Days to the first one on which it can be applied for; 0 from that day on."""
        return max((self.from_day - today).days, 0) if self.from_day else 0


def possible(item: Item, rules: CaseRules, laws: Mapping[str, RuleSet], today: date) -> tuple[Possible, ...]:
    """What can be applied for on a public item: repair, objection, report, in this order. A review is asked
    for on the case itself."""
    authority = str(item.content.get("authority", "")) or None
    others = (CaseKind.OBJECTION, CaseKind.REPORT)
    return (
        _repair(item, rules[CaseKind.REPAIR], laws, authority),
        *(Possible(kind, today, None, rules[kind].papers, rules[kind].decides, authority) for kind in others),
    )


def _repair(item: Item, rule: CaseRule, laws: Mapping[str, RuleSet], authority: str | None) -> Possible:
    verdict = Verdict.of(item.period.rule)
    first = verdict.repair_from(item.period.start) if verdict else None
    name = verdict.rules if verdict else OTHER
    if verdict is None or first is None or name in rule.elsewhere:
        told = rule.elsewhere.get(name, rule.elsewhere[OTHER])
        return Possible(rule.kind, None, told, (), rule.decides, authority)
    law = laws.get(name)
    decides = Label(**law.repaired_by) if law and law.repaired_by else rule.decides
    last = item.period.last_day
    return Possible(
        rule.kind, first, None, rule.papers, decides, authority, last is not None and last < first
    )


def check_possible(choice: Possible, today: date) -> None:
    """Raises NotAllowed where repair cannot be applied for today, with the day from which it can be."""
    if choice.from_day is None:
        raise NotAllowed(
            mark("Repair of this item is not applied for here: %(where)s."), where=choice.elsewhere
        )
    if choice.ends_first:
        raise NotAllowed(
            mark("Repair could be applied for from %(day)s on; the item leaves the public before by itself."),
            day=choice.from_day,
        )
    if today < choice.from_day:
        raise NotAllowed(
            mark(
                "Repair can be applied for from %(day)s on: the shortest period in public is not over before."
            ),
            choice.from_day,
            day=choice.from_day,
        )


def check_application(application: Application, known: Collection[str]) -> None:
    """Raises NotAllowed for an application that lacks something. `known`: the fields of the item."""
    applicant = application.applicant
    if applicant is None and application.kind is not CaseKind.REPORT:
        raise NotAllowed(mark("Only a report can be anonymous; say who applies, and how to reach you."))
    if applicant and not applicant.name.strip():
        raise NotAllowed(mark("The applicant's name is missing; write it as your papers have it."))
    if applicant and max(len(applicant.name), len(applicant.phone), len(applicant.email)) > MOST_NAME:
        raise NotAllowed(
            mark("A name, a number or an address has more than %(most)s characters."), most=MOST_NAME
        )
    check_text(application.statement)
    if application.kind is CaseKind.OBJECTION and not application.fields:
        raise NotAllowed(mark("An objection names what is wrong; choose at least one field of the item."))
    if unknown := [name for name in application.fields if name != SUBJECT and name not in known]:
        raise NotAllowed(
            mark("%(field)s is no field of this item; choose among those that it shows."),
            field=unknown[0][:40],
        )


def check_text(text: str) -> None:
    """Raises NotAllowed for a statement, a reason or an answer that says nothing, or too much."""
    if not text.strip():
        raise NotAllowed(mark("The text is missing; say what you ask for, or decide, and why."))
    if len(text) > MOST_TEXT:
        raise NotAllowed(
            mark("The text has more than %(most)s characters; put the rest into a paper."), most=MOST_TEXT
        )
