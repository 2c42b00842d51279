"""What the store keeps of cases, on every database."""

from dataclasses import replace
from datetime import date, timedelta

from publisher.case_rules import CaseKind
from publisher.cases import Act, Applicant, Case, CaseState, Evidence, Outcome, Role, Step
from publisher.store import Store
from publisher.trail import Actor, ActorKind
from tests.fixtures.store import NOON

WANG = Applicant("王小明", Role.REPRESENTATIVE, "13800000000", "wang@example.com")
OPERATOR = Actor(ActorKind.OPERATOR, "li")


def case(item: str = "i" * 16, **given: object) -> Case:
    opened = Case(
        id=0,
        kind=CaseKind.OBJECTION,
        about=CaseKind.OBJECTION,
        state=CaseState.SUBMITTED,
        item=item,
        item_kind="penalty",
        source="tourism/penalties",
        authority="海南省旅游和文化广电体育厅",
        fields=("fine", "facts"),
        review_of=None,
        language="zh",
        opened_at=NOON,
        due=date(2026, 11, 26),
        provisional=False,
    )
    return replace(opened, **given)  # type: ignore[arg-type]


def test_a_case_is_given_back_as_it_was_kept(store: Store) -> None:
    whole = case(
        state=CaseState.MORE,
        accepted_at=NOON,
        decided_at=NOON + timedelta(days=1),
        outcome=Outcome.CORRECTED,
        extended=True,
        left=4,
        version=7,
        provisional=True,
    )
    with store.writing() as writing:
        id = writing.add_case(whole, b"t" * 32)
        writing.put_filed(id, WANG, "罚款已缴清")
        writing.add_evidence(id, [Evidence("k1", "收据.pdf", "application/pdf", 1234)])
        writing.add_step(id, Step(NOON, OPERATOR, Act.ASK, "请补交收据"))
        anonymous = writing.add_case(case(source=None), None)
        writing.put_filed(anonymous, None, "公司已注销")
    with store.reading() as reading:
        assert reading.case(id) == reading.case_by_token(b"t" * 32) == replace(whole, id=id)
        assert reading.case(anonymous + 1) is reading.case_by_token(b"x" * 32) is None
        assert reading.filed(id) == (WANG, "罚款已缴清")
        assert reading.filed(anonymous) == (None, "公司已注销")
        assert reading.evidence(id) == [Evidence("k1", "收据.pdf", "application/pdf", 1234)]
        assert reading.steps(id) == [Step(NOON, OPERATOR, Act.ASK, "请补交收据")]


def test_cases_come_by_the_day_they_are_due_for_those_who_decide(store: Store) -> None:
    with store.writing() as writing:
        late = writing.add_case(case(due=date(2026, 12, 1)), None)
        soon = writing.add_case(case(due=date(2026, 11, 24)), None)
        theirs = writing.add_case(case(item="j" * 16, source="tax/a"), None)
        nobodys = writing.add_case(case(source=None, state=CaseState.GRANTED), None)
    with store.reading() as reading:
        assert [one.id for one in reading.cases()] == [soon, theirs, nobodys, late]
        assert [one.id for one in reading.cases(source="tax/a")] == [theirs]
        assert [one.id for one in reading.cases(source=None)] == [nobodys]
        assert [one.id for one in reading.cases(states=[CaseState.GRANTED])] == [nobodys]
        assert [one.id for one in reading.cases(item="j" * 16)] == [theirs]
        assert [one.id for one in reading.cases(limit=1)] == [soon]
        found = reading.open_cases(["i" * 16, "j" * 16, "k" * 16])
        assert {item: [one.id for one in open] for item, open in found.items()} == {
            "i" * 16: [late, soon],
            "j" * 16: [theirs],
        }


def test_a_case_is_changed_from_the_version_before_only(store: Store) -> None:
    with store.writing() as writing:
        id = writing.add_case(case(), None)
        assert writing.change_case(case(id=id, version=2, state=CaseState.ACCEPTED))
        assert not writing.change_case(case(id=id, version=2, state=CaseState.REFUSED))
    with store.reading() as reading:
        kept = reading.case(id)
    assert kept
    assert kept.state is CaseState.ACCEPTED


def test_who_applied_is_forgotten_after_the_decision_and_what_was_decided_stays(store: Store) -> None:
    decided = case(state=CaseState.REFUSED, decided_at=NOON)
    with store.writing() as writing:
        old, open = writing.add_case(decided, b"t" * 32), writing.add_case(case(), None)
        for id in (old, open):
            writing.put_filed(id, WANG, "罚款已缴清")
            writing.add_evidence(id, [Evidence(f"k{id}", "收据.pdf", "application/pdf", 1)])
            writing.add_step(id, Step(NOON, Actor(ActorKind.APPLICANT, "C1"), Act.ANSWER, "我的电话是…"))
            writing.add_step(id, Step(NOON, OPERATOR, Act.REFUSE, "未缴清"))
    with store.writing() as writing:
        assert writing.forget_applicants(NOON) == []
        assert writing.forget_applicants(NOON + timedelta(seconds=1)) == [f"k{old}"]
        assert writing.forget_applicants(NOON + timedelta(seconds=1)) == []
    with store.reading() as reading:
        assert reading.filed(old) is None
        assert reading.evidence(old) == []
        assert [step.note for step in reading.steps(old)] == [None, "未缴清"]
        assert reading.case(old) == replace(decided, id=old)
        assert reading.filed(open) == (WANG, "罚款已缴清")
        assert reading.evidence_keys() == {f"k{open}"}
        assert [step.note for step in reading.steps(open)] == ["我的电话是…", "未缴清"]


def test_an_imported_decision_is_known_again_by_its_seal(store: Store) -> None:
    with store.writing() as writing:
        writing.add_case(case(), None, "a" * 32)
        writing.add_case(case(), None)
    with store.reading() as reading:
        assert reading.imported(["a" * 32, "b" * 32]) == {"a" * 32}


def test_figures_hold_decided_cases_only(store: Store) -> None:
    with store.writing() as writing:
        for state in CaseState:
            writing.add_case(case(state=state, decided_at=NOON), None)
    with store.reading() as reading:
        found = reading.figures()
    assert {one.state for one in found} == {CaseState.GRANTED, CaseState.REFUSED, CaseState.REVOKED}
    assert {one.decided_at for one in found} == {NOON}
    assert not any(one.imported for one in found)
