"""Cases from their application to their decision: each act in a transaction of its caller, with its step, its
entry in the audit trail, and what it does to the item.

All acts lock the items first: of two clerks who act at once one comes after the other, and is told.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from publisher import ending, masking
from publisher.case_rules import CaseKind
from publisher.case_steps import OVERTAKEN, Office, do, mark_objected, write
from publisher.cases import (
    OPEN,
    OUTCOMES,
    Act,
    Application,
    Case,
    CaseState,
    Evidence,
    NotAllowed,
    Outcome,
    check_application,
    check_possible,
    check_text,
    first_due,
    id_of,
    possible,
)
from publisher.items import HELD, Item, ItemState
from publisher.publish import keeps
from publisher.schemas.parameters import mark
from publisher.store import Reading, Writing
from publisher.store.case_reading import ANYWHERE
from publisher.trail import Actor, ActorKind
from publisher.working_days import deadline

__all__ = ["ANYWHERE", "Clerk", "Office", "Opened", "Said"]

FOLLOWED = timedelta(days=365)
"""So long after its decision a case can be followed by its token."""

_ENDS = {Outcome.REPAIRED: ItemState.REPAIRED, Outcome.WITHDRAWN: ItemState.WITHDRAWN}


SYSTEM = Actor(ActorKind.SYSTEM, "casework")


class Clerk(NamedTuple):
    """Who decides: an operator, or with a `source` somebody of the authority that keeps it."""

    name: str
    source: str | None = None

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.PUBLISHER if self.source else ActorKind.OPERATOR, self.name)


class Said(NamedTuple):
    """What a clerk says to an act: `note` is for the applicant. `version` is that of the case as the clerk
    saw it; None where they did not look before."""

    clerk: Clerk
    note: str = ""
    version: int | None = None


class Opened(NamedTuple):
    """A new case, and the only copy of the token by which its applicant follows it."""

    case: Case
    token: str


def open_case(
    store: Writing,
    application: Application,
    evidence: Sequence[Evidence],
    office: Office,
    now: datetime,
    *,
    token: str | None = None,
) -> Opened:
    """Opens a case on an item that is public, to be followed by `token`, or by one that is made here. Raises
    NotAllowed, also where it is too early: `from_day`."""
    store.lock_items()
    today, kind = office.today(now), application.kind
    item = store.item(application.item)
    if item is None or not item.public_at(now, office.desk.zone):
        raise NotAllowed(
            mark("There is no item %(id)s in public; nothing can be applied for."), id=application.item[:40]
        )
    if kind is CaseKind.REPAIR:
        check_possible(possible(item, office.rules, office.laws, today)[0], today)
    check_application(application, item.content.keys())
    reviewed = _reviewed(store, application, office, today) if kind is CaseKind.REVIEW else None
    about = reviewed.about if reviewed else kind
    _check_free(store, item.id, kind, about)
    until = first_due(office.rules[kind], today)
    case = Case(
        id=0,
        kind=kind,
        about=about,
        state=CaseState.SUBMITTED,
        item=item.id,
        item_kind=item.kind,
        source=decider(store, item, kind),
        authority=authority_of(store, item),
        fields=application.fields,
        review_of=reviewed.id if reviewed else None,
        language=application.language,
        opened_at=now,
        due=until.day,
        provisional=until.provisional,
    )
    token = token or secrets.token_urlsafe(32)
    case = replace(case, id=store.add_case(case, _digest(token)))
    applicant = application.applicant
    if applicant:  # a number typed beside a name is nobody's business either
        applicant = replace(applicant, name=masking.code(applicant.name))
    store.put_filed(case.id, applicant, masking.text(application.statement, of_person=True))
    store.add_evidence(case.id, evidence)
    write(store, None, case, Act.OPEN, _applicant(case), "", now)
    return Opened(case, token)


def authority_of(store: Reading, item: Item) -> str:
    """Who decided on an item, or keeps the list that it stands on; "" where nobody says so."""
    if told := item.content.get("authority"):
        return str(told)
    listed = store.named_lists().get(item.list) if item.list else None
    return listed.authority if listed else ""


def decider(store: Reading, item: Item, kind: CaseKind) -> str | None:
    """The source of the authority that decides; None: operators. Reports and reviews are theirs."""
    if kind in (CaseKind.REPORT, CaseKind.REVIEW):
        return None
    authority, keepers = authority_of(store, item), store.authorities()
    return next((id for id in item.sources if keeps(keepers.get(id), authority)), None)


def _reviewed(store: Reading, application: Application, office: Office, today: date) -> Case:
    """The refused case that a review is asked of, by who has its token."""
    case = store.case_by_token(_digest(application.reviews or ""))
    if case is None or case.item != application.item or case.state is not CaseState.REFUSED:
        raise NotAllowed(mark("Only a case that was refused can be reviewed; ask by its own link."))
    if case.kind is CaseKind.REVIEW:
        raise NotAllowed(mark("A review is final; it is not reviewed again."))
    decided = office.today(case.decided_at or case.opened_at)
    last = deadline(decided, office.rules[CaseKind.REVIEW].within).day
    if today > last:
        raise NotAllowed(mark("A review could be asked for until %(day)s."), day=last)
    return case


def _check_free(store: Reading, item: str, kind: CaseKind, about: CaseKind) -> None:
    """One case of a kind is examined at a time. What is merely submitted holds up nobody: anyone can
    submit."""
    for other in store.open_cases([item]).get(item, ()):
        if kind is not CaseKind.REPORT and other.examined and (other.kind, other.about) == (kind, about):
            raise NotAllowed(
                mark("An application of this kind is being examined for this item; wait for its decision.")
            )


# --- acts of those who decide: all raise NotAllowed for an unknown number, somebody else's case, a state that
# --- does not allow the act, and a case that was acted on since it had the version that the clerk saw


def accept(store: Writing, number: str, said: Said, office: Office, now: datetime) -> Case:
    """Takes a case up for examination; an objection is marked in public from now on."""
    case = _taken(store, number, said)
    if case.accepted_at is None:
        _check_free(store, case.item, case.kind, case.about)
    case = do(store, case, Act.ACCEPT, said.clerk.actor, said.note, office, now)
    mark_objected(store, case, said.clerk.actor, said.note, now)
    return case


def ask_more(store: Writing, number: str, said: Said, office: Office, now: datetime) -> Case:
    """Asks the applicant for what the note says; the terms stand still until they answer."""
    return _reasoned(store, number, Act.ASK, said, office, now)


def extend(store: Writing, number: str, said: Said, office: Office, now: datetime) -> Case:
    """Gives a complex case more time, once."""
    return _reasoned(store, number, Act.EXTEND, said, office, now)


def transfer(
    store: Writing, number: str, said: Said, office: Office, now: datetime, *, to: str | None
) -> Case:
    """Hands a case to the publisher of a source, or to the operators (None). The terms run on."""
    check_text(said.note)
    if to is not None and to not in store.sources():
        raise NotAllowed(mark("There is no source %(id)s."), id=to[:80])
    case = replace(_taken(store, number, said), source=to)
    return do(store, case, Act.TRANSFER, said.clerk.actor, said.note, office, now)


def grant(
    store: Writing, number: str, said: Said, office: Office, now: datetime, *, outcome: Outcome | None = None
) -> Case:
    """Decides for the applicant. A repair takes the item out of the public at this moment, whoever lists it.

    `outcome` may be left out where the kind has but one. One that ends the item settles its other open cases.
    """
    case = _taken(store, number, said)
    known = OUTCOMES[case.about]
    outcome = known[0] if outcome is None and len(known) == 1 else outcome
    if outcome not in known:
        raise NotAllowed(
            mark("Case %(number)s can come to: %(known)s; say which."),
            number=case.number,
            known=", ".join(known),
        )
    if outcome in _ENDS and case.open:
        _check_not_held(store, case)
    case = replace(case, outcome=outcome)
    case = do(store, case, Act.GRANT, said.clerk.actor, said.note, office, now)
    if outcome in _ENDS:
        end_item(store, case, said, office, now)
    else:
        mark_objected(store, case, said.clerk.actor, said.note, now)
    return case


def _check_not_held(store: Reading, case: Case) -> None:
    """What somebody else took out stays out by their decision, of which a case must not be the reason."""
    item = store.item(case.item)
    if item and item.state in HELD:
        raise NotAllowed(
            mark(
                "The item of case %(number)s is out of the public already by another decision; "
                "refuse the case, or have the item restored first."
            ),
            number=case.number,
        )


def end_item(store: Writing, case: Case, said: Said, office: Office, now: datetime) -> None:
    """Takes the item out of the public that a case was granted on, and settles its other open cases."""
    actor, why = said.clerk.actor, said.note
    for other in store.open_cases([case.item]).get(case.item, ()):
        do(store, other, Act.SETTLE, SYSTEM, case.number, office, now)
    assert case.outcome is not None
    ending.mark(store, case.item, False, actor, why, now, case=case.number)
    ending.end(store, [case.item], _ENDS[case.outcome], actor, why, office.desk, now, case=case.number)


def refuse(store: Writing, number: str, said: Said, office: Office, now: datetime) -> Case:
    """Decides against the applicant, for the reason in the note. The mark of an objection goes."""
    case = _reasoned(store, number, Act.REFUSE, said, office, now)
    mark_objected(store, case, said.clerk.actor, said.note, now)
    return case


def revoke(store: Writing, number: str, said: Said, office: Office, now: datetime) -> Case:
    """Takes back a repair that was granted on false papers: the item is public again while its period lasts,
    unless it is out of the public by another decision since."""
    case = _reasoned(store, number, Act.REVOKE, said, office, now)
    if store.repaired_by(case.item) == case.number:
        actor, repaired = said.clerk.actor, {ItemState.REPAIRED}
        ending.restore(
            store, [case.item], actor, said.note, office.desk, now, case=case.number, states=repaired
        )
    return case


def withdraw_for(store: Writing, number: str, said: Said, office: Office, now: datetime) -> Case:
    """Takes a case back for its applicant, who asked for that otherwise than by the link."""
    case = _reasoned(store, number, Act.WITHDRAW, said, office, now)
    mark_objected(store, case, said.clerk.actor, said.note, now)
    return case


# --- acts of the applicant, by the token


def answer(
    store: Writing, token: str, text: str, evidence: Sequence[Evidence], office: Office, now: datetime
) -> Case:
    """Hands in what was asked for."""
    check_text(text)
    case = _followed(store, token, now)
    store.add_evidence(case.id, evidence)
    return do(store, case, Act.ANSWER, _applicant(case), text, office, now)


def withdraw(store: Writing, token: str, office: Office, now: datetime) -> Case:
    """Takes the application back."""
    case = _followed(store, token, now)
    actor = _applicant(case)
    case = do(store, case, Act.WITHDRAW, actor, "", office, now)
    mark_objected(store, case, actor, "", now)
    return case


def unmark_corrected(store: Writing, now: datetime) -> int:
    """Takes the mark from items whose source has changed what an objection was right about; gives the
    number of these."""
    store.lock_items()
    count = 0
    for case in store.waiting_for_correction():
        assert case.decided_at is not None
        if any(earlier.until > case.decided_at for earlier in store.earlier(case.item)):
            count += ending.mark(store, case.item, False, SYSTEM, case.number, now, case=case.number)
    return count


# --- looking


def case_of(store: Reading, token: str, now: datetime) -> Case | None:
    """The case that a token follows; None for one that was forged or has expired."""
    case = store.case_by_token(_digest(token))
    expired = case and case.decided_at and case.decided_at + FOLLOWED <= now
    return None if expired else case


def queue(
    store: Reading, *, source: str | None = ANYWHERE, state: CaseState | None = None, limit: int = 1000
) -> list[Case]:
    """Open cases, or those in a state, by the day on which they are due. `source`: those that its publishers
    decide; None: those that only operators do; ANYWHERE: all."""
    states: Collection[CaseState] = OPEN if state is None else (state,)
    return store.cases(source=source, states=states, limit=limit)


def seen(store: Reading, number: str, clerk: Clerk) -> Case:
    """A case by its number, for who may decide on it. Raises NotAllowed."""
    case = store.case(id_of(number))
    if case is None or (clerk.source is not None and case.source != clerk.source):
        raise NotAllowed(mark("There is no case %(number)s that you decide on."), number=number[:40])
    return case


def _taken(store: Writing, number: str, said: Said) -> Case:
    """A case to act on, which nobody else acts on until the transaction ends."""
    store.lock_items()
    case = seen(store, number, said.clerk)
    if said.version is not None and case.version != said.version:
        raise NotAllowed(OVERTAKEN, number=case.number)
    return case


def _followed(store: Writing, token: str, now: datetime) -> Case:
    store.lock_items()
    case = case_of(store, token, now)
    if case is None:
        raise NotAllowed(mark("There is no case under this link."))
    return case


def _reasoned(store: Writing, number: str, act: Act, said: Said, office: Office, now: datetime) -> Case:
    """An act that needs its reason."""
    check_text(said.note)
    return do(store, _taken(store, number, said), act, said.clerk.actor, said.note, office, now)


def _applicant(case: Case) -> Actor:
    return Actor(ActorKind.APPLICANT, case.number)


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
