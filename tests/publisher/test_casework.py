"""Cases from their application to their decision, on every database."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from publisher import casework, ending
from publisher.case_rules import CaseKind
from publisher.cases import Act, Application, Case, CaseState, Evidence, NotAllowed, Outcome
from publisher.casework import Clerk
from publisher.items import HELD, ItemState
from publisher.kinds import Label, Registry
from publisher.sources import NamedList
from publisher.store import Store
from publisher.trail import Actor, ActorKind
from tests.fixtures.cases import AUTHORITY, OTHER, OWN, WANG, Counter, open_counter
from tests.fixtures.store import NOON, Clock, draft

THEIRS = Clerk("chen", OWN)
OPERATOR = Actor(ActorKind.OPERATOR, "op")


def state(counter: Counter, case: Case) -> CaseState:
    with counter.store.reading() as store:
        found = store.case(case.id)
    assert found
    return found.state


def end(counter: Counter, held: ItemState) -> None:
    with counter.store.writing() as store:
        ending.end(store, [counter.item().id], held, OPERATOR, "法院裁定", counter.office.desk, counter.now)


def restore(counter: Counter) -> None:
    with counter.store.writing() as store:
        ending.restore(store, [counter.item().id], OPERATOR, "更正", counter.office.desk, counter.now)


def test_a_repair_goes_from_application_to_decision(counter: Counter) -> None:
    papers = (Evidence("k1", "收据.pdf", "application/pdf", 12),)
    case, token = counter.apply(evidence=papers)
    assert (case.kind, case.state, case.source, case.authority) == (
        *(CaseKind.REPAIR, CaseState.SUBMITTED, OWN),
        AUTHORITY,
    )
    assert case.due == date(2026, 11, 26)
    assert counter.read(lambda store: store.evidence(case.id)) == list(papers)
    accepted = counter.do(casework.accept, case, clerk=THEIRS)
    assert accepted.due == date(2026, 12, 2)
    assert counter.item().id in counter.public
    granted = counter.do(casework.grant, accepted, clerk=THEIRS)
    assert (granted.state, granted.outcome) == (CaseState.GRANTED, Outcome.REPAIRED)
    assert counter.item().state is ItemState.REPAIRED
    assert counter.item().id not in counter.public
    followed = counter.read(lambda store: casework.case_of(store, token, counter.now))
    assert followed == granted
    steps = counter.read(lambda store: [(step.what, step.actor.kind) for step in store.steps(case.id)])
    assert steps == [
        (Act.OPEN, ActorKind.APPLICANT),
        (Act.ACCEPT, ActorKind.PUBLISHER),
        (Act.GRANT, ActorKind.PUBLISHER),
    ]


def test_a_repaired_item_is_out_for_all_its_sources_at_once(counter: Counter) -> None:
    counter.do(casework.grant, counter.apply().case)
    counter.publish(draft("1", source=OTHER, rules="cn-2026", severity="general", remark="改了备注"))
    assert counter.item().id not in counter.public


def test_too_early_is_refused_with_the_day_and_leaves_nothing(counter: Counter) -> None:
    with pytest.raises(NotAllowed, match="from 2027-05-13 on") as told:
        counter.apply(key="early")
    assert told.value.from_day == date(2027, 5, 13)
    assert counter.read(lambda store: store.cases()) == []
    counter.clock.tick(days=171)
    assert counter.apply(key="early").case.state is CaseState.SUBMITTED


def test_what_is_not_public_can_not_be_applied_for(counter: Counter) -> None:
    counter.do(casework.grant, counter.apply().case)
    for kind in (CaseKind.REPAIR, CaseKind.OBJECTION, CaseKind.REPORT):
        with pytest.raises(NotAllowed, match="in public"):
            counter.apply(kind)
    office, unknown = counter.office, Application(CaseKind.REPORT, "nothing", "错")
    with counter.store.writing() as store, pytest.raises(NotAllowed, match="no item nothing in public"):
        casework.open_case(store, unknown, (), office, counter.now)


def test_what_is_said_is_masked_before_it_is_kept(counter: Counter) -> None:
    number = "46010019900307231X"
    who = replace(WANG, name=f"{WANG.name} {number}")
    case, token = counter.apply(statement=f"本人身份证号 {number}，请予修复", applicant=who)
    counter.do(casework.ask_more, case, f"请补交 {number} 的复印件")
    counter.by_token(casework.answer, token, f"已补交，{number}", ())
    with counter.store.reading() as store:
        filed, steps, trail = store.filed(case.id), store.steps(case.id), store.trail(case=case.number)
    assert filed
    assert filed.applicant
    assert WANG.name in filed.applicant.name
    assert "请予修复" in filed.statement
    assert number not in f"{filed} {steps} {trail}"
    assert len(trail) == len(steps) == 3
    assert "已补交" in str(steps)
    assert "已补交" not in str(trail)  # where it could not be erased with its applicant


def test_strangers_who_apply_first_do_not_keep_the_subject_from_it(counter: Counter) -> None:
    stranger, own = counter.apply().case, counter.apply().case
    accepted = counter.do(casework.accept, own)
    with pytest.raises(NotAllowed, match="being examined"):
        counter.apply()
    with pytest.raises(NotAllowed, match="being examined"):
        counter.do(casework.accept, stranger)
    counter.apply(CaseKind.OBJECTION)
    counter.do(casework.refuse, accepted)
    assert counter.do(casework.accept, stranger).state is CaseState.ACCEPTED


def test_what_ends_the_item_settles_its_other_cases(counter: Counter) -> None:
    objection = counter.do(casework.accept, counter.apply(CaseKind.OBJECTION).case)
    other, elsewhere = counter.apply().case, counter.apply(key="2").case
    assert counter.item().objected_at
    granted = counter.do(casework.grant, counter.apply().case)
    assert [state(counter, one) for one in (objection, other)] == [CaseState.SETTLED] * 2
    assert state(counter, elsewhere) is CaseState.SUBMITTED
    counter.do(casework.revoke, granted, "材料虚假")
    assert counter.item().id in counter.public
    assert counter.item().objected_at is None


def test_a_repair_on_false_papers_is_taken_back(counter: Counter) -> None:
    granted = counter.do(casework.grant, counter.apply().case)
    assert counter.do(casework.revoke, granted).state is CaseState.REVOKED
    assert counter.item().state is ItemState.PUBLIC
    assert counter.item().id in counter.public
    with pytest.raises(NotAllowed, match="is revoked"):
        counter.do(casework.revoke, granted)


@pytest.mark.parametrize("held", sorted(HELD))
def test_a_case_does_not_end_what_somebody_else_took_out(counter: Counter, held: ItemState) -> None:
    case = counter.apply().case
    end(counter, held)
    with pytest.raises(NotAllowed, match="already by another decision; refuse the case"):
        counter.do(casework.grant, case, clerk=THEIRS)
    assert counter.item().state is held
    assert counter.do(casework.refuse, case, clerk=THEIRS).state is CaseState.REFUSED


@pytest.mark.parametrize("held", sorted(HELD))
def test_a_revoked_repair_does_not_bring_back_what_another_decision_keeps_out(
    counter: Counter, held: ItemState
) -> None:
    granted = counter.do(casework.grant, counter.apply().case)
    restore(counter)
    end(counter, held)
    assert counter.do(casework.revoke, granted, clerk=THEIRS).state is CaseState.REVOKED
    assert counter.item().state is held
    assert counter.item().id not in counter.public


def test_a_revoked_repair_does_not_bring_back_what_a_later_case_repaired(counter: Counter) -> None:
    first = counter.do(casework.grant, counter.apply().case)
    restore(counter)
    second = counter.do(casework.grant, counter.apply().case)
    counter.do(casework.revoke, first)
    assert counter.item().id not in counter.public
    counter.do(casework.revoke, second)
    assert counter.item().id in counter.public


def test_an_objection_marks_the_item_while_it_is_examined(counter: Counter) -> None:
    case = counter.apply(CaseKind.OBJECTION).case
    assert counter.item().objected_at is None
    counter.do(casework.accept, case)
    assert counter.item().objected_at == NOON
    counter.do(casework.ask_more, case)
    assert counter.item().objected_at == NOON
    counter.do(casework.refuse, case)
    assert counter.item().objected_at is None
    assert counter.item().id in counter.public


def test_an_objection_that_is_right_withdraws_the_item(counter: Counter) -> None:
    case = counter.do(casework.accept, counter.apply(CaseKind.OBJECTION).case)
    with pytest.raises(NotAllowed, match="corrected, withdrawn; say which"):
        counter.do(casework.grant, case)
    counter.do(casework.grant, case, outcome=Outcome.WITHDRAWN)
    assert counter.item().state is ItemState.WITHDRAWN


def test_a_field_that_is_to_be_corrected_keeps_its_mark_until_its_source_did(counter: Counter) -> None:
    case = counter.do(casework.accept, counter.apply(CaseKind.OBJECTION).case)
    counter.do(casework.grant, case, outcome=Outcome.CORRECTED)
    counter.clock.tick(days=1)
    with counter.store.writing() as store:
        assert casework.unmark_corrected(store, counter.now) == 0
    assert counter.item().objected_at
    counter.publish(draft("1", source=OWN, rules="cn-2026", severity="general", fine=None))
    with counter.store.writing() as store:
        assert casework.unmark_corrected(store, counter.now) == 1
        assert casework.unmark_corrected(store, counter.now) == 0
    assert counter.item().objected_at is None
    assert counter.item().id in counter.public


def test_a_review_is_the_operators_and_does_what_was_refused(counter: Counter) -> None:
    case, token = counter.apply()
    with pytest.raises(NotAllowed, match="Only a case that was refused"):
        counter.apply(CaseKind.REVIEW, reviews=token)
    counter.do(casework.refuse, case, clerk=THEIRS)
    for wrong in (None, "forged"):
        with pytest.raises(NotAllowed, match="Only a case that was refused"):
            counter.apply(CaseKind.REVIEW, reviews=wrong)
    review, second = counter.apply(CaseKind.REVIEW, reviews=token)
    assert (review.source, review.review_of, review.about) == (None, case.id, CaseKind.REPAIR)
    with pytest.raises(NotAllowed, match="no case C000002 that you decide on"):
        counter.do(casework.grant, review, clerk=THEIRS)
    counter.do(casework.refuse, review)
    with pytest.raises(NotAllowed, match="A review is final"):
        counter.apply(CaseKind.REVIEW, reviews=second)
    again = counter.apply(CaseKind.REVIEW, reviews=token).case
    counter.do(casework.grant, again)
    assert counter.item().state is ItemState.REPAIRED


def test_a_review_comes_too_late_after_its_term(counter: Counter) -> None:
    case, token = counter.apply()
    counter.do(casework.refuse, case)
    counter.clock.tick(days=60)
    with pytest.raises(NotAllowed, match="could be asked for until 2026-12-21"):
        counter.apply(CaseKind.REVIEW, reviews=token)


def test_an_anonymous_report_is_followed_by_its_code_and_goes_to_operators(counter: Counter) -> None:
    case, token = counter.apply(CaseKind.REPORT, applicant=None, statement="公司早已注销")
    assert case.source is None
    assert counter.read(lambda store: store.filed(case.id).applicant) is None
    assert counter.read(lambda store: casework.queue(store, source=None)) == [case]
    assert counter.read(lambda store: casework.queue(store, source=OWN)) == []
    counter.do(casework.grant, case, outcome=Outcome.NOTED)
    assert counter.item().id in counter.public
    assert counter.read(lambda store: casework.case_of(store, token, counter.now).state) is CaseState.GRANTED


def test_papers_are_asked_for_and_handed_in(counter: Counter) -> None:
    case, token = counter.apply()
    asked = counter.do(casework.ask_more, case, "请补交收据")
    assert (asked.state, asked.left) == (CaseState.MORE, 3)
    counter.clock.tick(days=4)
    paper = Evidence("k9", "收据.png", "image/png", 9)
    answered = counter.by_token(casework.answer, token, "附上收据", [paper])
    assert (answered.state, answered.due) == (CaseState.SUBMITTED, date(2026, 12, 2))
    assert counter.read(lambda store: store.evidence(case.id)) == [paper]
    with pytest.raises(NotAllowed, match="is submitted"):
        counter.by_token(casework.answer, token, "再附", [])


def test_applicants_and_clerks_for_them_take_applications_back(counter: Counter) -> None:
    case, token = counter.apply(CaseKind.OBJECTION)
    counter.do(casework.accept, case)
    assert counter.by_token(casework.withdraw, token).state is CaseState.WITHDRAWN
    assert counter.item().objected_at is None
    other = counter.apply().case
    assert counter.do(casework.withdraw_for, other, "电话要求撤回").state is CaseState.WITHDRAWN


@pytest.mark.parametrize(
    "act", [casework.ask_more, casework.refuse, casework.extend, casework.withdraw_for, casework.revoke]
)
def test_these_acts_need_their_reason(counter: Counter, act: Callable[..., Case]) -> None:
    case = counter.apply().case
    with pytest.raises(NotAllowed, match="The text is missing"):
        counter.do(act, case, " ")


def test_a_case_is_decided_by_those_whose_it_is(counter: Counter) -> None:
    case = counter.apply().case
    for act in (casework.accept, casework.grant, casework.refuse, casework.ask_more):
        with pytest.raises(NotAllowed, match="no case C000001 that you decide on"):
            counter.do(act, case, clerk=Clerk("zhou", OTHER))
    with pytest.raises(NotAllowed, match="There is no source tax/none"):
        counter.do(casework.transfer, case, to="tax/none")
    moved = counter.do(casework.transfer, case, to=OTHER)
    assert (moved.source, moved.due) == (OTHER, case.due)
    counter.do(casework.accept, case, clerk=Clerk("zhou", OTHER))
    with pytest.raises(NotAllowed, match="that you decide on"):
        counter.do(casework.grant, case, clerk=THEIRS)
    assert counter.do(casework.transfer, case, to=None).source is None


def test_the_keeper_of_a_list_decides_on_its_entries(counter: Counter) -> None:
    title = Label("严重失信主体名单", "Blacklist")
    with counter.store.writing() as store:
        store.put_named_list(NamedList("tourism/black", title, "blacklist", "tourism", AUTHORITY))
    listed = {"kind": "blacklist", "list": "tourism/black", "authority": None, "listed_on": date(2026, 5, 12)}
    counter.publish(draft("9", source=OWN, rules="cn-2026", severity=None, **listed))
    case = counter.apply(CaseKind.OBJECTION, key="9").case
    assert (case.source, case.authority) == (OWN, AUTHORITY)


def test_an_unknown_case_is_told(counter: Counter) -> None:
    case = counter.apply().case
    object.__setattr__(case, "id", 99)
    with pytest.raises(NotAllowed, match="There is no case C000099"):
        counter.do(casework.accept, case)


def test_who_acts_on_what_has_changed_meanwhile_is_told(counter: Counter) -> None:
    case = counter.apply().case
    counter.do(casework.accept, case, version=1)
    with pytest.raises(NotAllowed, match="Somebody else has acted on case C000001"):
        counter.do(casework.refuse, case, version=1)
    assert state(counter, case) is CaseState.ACCEPTED


@pytest.mark.parametrize("key", ["1", "2"])
def test_of_two_clerks_at_once_one_decides_and_the_other_is_told(counter: Counter, key: str) -> None:
    case, begin = counter.apply(key=key).case, threading.Barrier(2)
    done: list[CaseState] = []
    told: list[str] = []

    def decide(act: Callable[..., Case]) -> None:
        begin.wait(60)
        try:
            done.append(counter.do(act, case).state)
        except NotAllowed as error:
            told.append(str(error))

    clerks = [threading.Thread(target=decide, args=(act,)) for act in (casework.grant, casework.refuse)]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    assert told == [f"Case {case.number} is {done[0]}; this cannot be done to it now."]
    assert len(done) == 1
    assert (counter.item(key).id in counter.public) == (done[0] is CaseState.REFUSED)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "令" * 5000, "a\x00b"])
def test_a_forged_link_leads_nowhere(counter: Counter, token: str) -> None:
    counter.apply()
    assert counter.read(lambda store: casework.case_of(store, token, counter.now)) is None
    with pytest.raises(NotAllowed, match="no case under this link"):
        counter.by_token(casework.withdraw, token)


def test_a_link_ends_a_year_after_the_decision(counter: Counter) -> None:
    case, token = counter.apply()
    counter.do(casework.refuse, case)

    def followed() -> object:
        return counter.read(lambda store: casework.case_of(store, token, counter.now))

    counter.clock.tick(days=365, seconds=-1)
    assert followed()
    counter.clock.tick(seconds=1)
    assert followed() is None


def test_each_step_is_in_the_audit_trail_without_who_applied(counter: Counter) -> None:
    case = counter.apply().case
    counter.do(casework.grant, case)
    with counter.store.reading() as store:
        entries = [recorded.entry for recorded in store.trail(case=case.number)]
    assert [entry.action for entry in entries] == ["item.repaired", "case.granted", "case.opened"]
    assert entries[-1].actor == Actor(ActorKind.APPLICANT, case.number)
    assert entries[1].before
    assert (entries[1].before["state"], entries[1].item) == ("submitted", case.item)
    assert WANG.name not in str(entries)


def test_what_fails_leaves_nothing_of_itself(store: Store, registry: Registry, clock: Clock) -> None:
    counter = open_counter(store, registry, clock)
    case = counter.apply().case

    def broken(*given: object) -> Case:
        casework.grant(*given)  # type: ignore[arg-type]
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        counter.do(broken, case)
    assert state(counter, case) is CaseState.SUBMITTED
    assert counter.item().id in counter.public
    assert counter.read(lambda store: len(store.steps(case.id))) == 1


def test_a_case_is_late_after_its_day(counter: Counter) -> None:
    case = counter.apply().case
    assert not case.overdue(case.due)
    assert case.overdue(case.due + timedelta(days=1))
