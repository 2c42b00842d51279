"""Repairs that an authority decided by itself: which item each is of, and what comes of it."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from publisher import casework, ending
from publisher.case_figures import Decided, decisions
from publisher.case_import import Decision, Fault, Matched, carry_out, match
from publisher.case_rules import CaseKind
from publisher.cases import CaseState
from publisher.casework import Clerk, Said
from publisher.items import ItemState
from tests.fixtures.cases import AUTHORITY, CLERK, OTHER, OWN, Counter
from tests.fixtures.store import ZONE, code, draft

HEADERS = {"document_number": "文号", "uscc": "信用代码", "subject": "名称", "repaired_on": "修复日期"}
ONE = Decision(2, "琼旅罚〔2026〕1号", code(1), "", date(2026, 11, 2), "已履行", HEADERS)


def matched(counter: Counter, *listed: Decision, clerk: Clerk = CLERK) -> Matched:
    with counter.store.reading() as store:
        return match(store, listed, clerk, counter.office)


def carried_out(counter: Counter, *listed: Decision, clerk: Clerk = CLERK) -> int:
    found = matched(counter, *listed, clerk=clerk)
    assert found.faults == []
    return carry_out(counter.store, found, Said(clerk, "见批文"), counter.office, counter.now)


def test_a_decision_takes_its_item_out_and_is_a_case(counter: Counter) -> None:
    assert carried_out(counter, ONE) == 1
    assert counter.item("1").state is ItemState.REPAIRED
    assert counter.item("2").id in counter.public
    with counter.store.reading() as store:
        (case,) = store.cases()
        (step,) = store.steps(case.id)
        actions = [recorded.entry.action for recorded in store.trail(item=case.item)]
    assert (case.state, case.source, case.authority) == (CaseState.GRANTED, OWN, AUTHORITY)
    assert case.decided_at == datetime(2026, 11, 2, tzinfo=ZONE)
    assert (step.note, step.actor) == ("已履行", CLERK.actor)
    assert sorted(actions) == ["case.granted", "item.repaired"]


def test_imported_again_it_changes_nothing(counter: Counter) -> None:
    two = ONE._replace(row=3, document_number="琼旅罚[2026]第002号", reason="")
    assert carried_out(counter, ONE, two, two._replace(row=4)) == 2
    with counter.store.reading() as store:
        before = store.last_change(), store.cases(), store.trail()
    found = matched(counter, ONE, two)
    assert (found.items, found.done, found.faults) == ({}, 2, [])
    assert carried_out(counter, ONE, two) == 0
    with counter.store.reading() as store:
        assert (store.last_change(), store.cases(), store.trail()) == before


def test_an_interrupted_one_goes_on(counter: Counter) -> None:
    listed = (ONE, ONE._replace(row=3, document_number="琼旅罚〔2026〕2号"))
    both = matched(counter, *listed)
    carried_out(counter, ONE)
    assert carry_out(counter.store, both, Said(CLERK, ""), counter.office, counter.now) == 1
    assert counter.item("2").state is ItemState.REPAIRED


def test_what_is_examined_here_is_granted_by_it(counter: Counter) -> None:
    waiting, examined = counter.apply().case, counter.do(casework.accept, counter.apply().case)
    carried_out(counter, ONE)
    with counter.store.reading() as store:
        assert [(case.id, case.state) for case in store.cases()] == [
            (waiting.id, CaseState.SETTLED),
            (examined.id, CaseState.GRANTED),
        ]


@pytest.mark.parametrize(
    ("wrong", "column", "told"),
    [
        ({"document_number": "琼旅罚〔2026〕99号"}, "文号", "no item has this document number"),
        ({"code": code(2)}, "信用代码", "is another subject's"),
        ({"code": None, "name": "海南椰林旅行社有限公司"}, "名称", "is another subject's"),
        ({"decided_on": date(2026, 5, 11)}, "修复日期", "lies before the decision of 2026-05-12"),
    ],
)
def test_a_row_that_fits_nothing_is_told_and_the_others_are_done(
    counter: Counter, wrong: dict[str, object], column: str, told: str
) -> None:
    two = ONE._replace(row=3, document_number="琼旅罚〔2026〕2号")
    found = matched(counter, ONE._replace(**wrong), two)  # type: ignore[arg-type]
    assert list(found.items) == [counter.item("2").id]
    (fault,) = found.faults
    assert isinstance(fault, Fault)
    assert (fault.row, fault.column) == (2, column)
    assert told in fault.reason


@pytest.mark.parametrize("held", [ItemState.SUSPENDED, ItemState.WITHDRAWN])
def test_a_row_does_not_end_what_somebody_else_took_out(counter: Counter, held: ItemState) -> None:
    found, id = matched(counter, ONE), counter.item("1").id
    with counter.store.writing() as store:
        ending.end(store, [id], held, CLERK.actor, "法院裁定", counter.office.desk, counter.now)
    assert carry_out(counter.store, found, Said(CLERK, ""), counter.office, counter.now) == 0
    assert counter.item("1").state is held
    (fault,) = matched(counter, ONE).faults
    assert (fault.row, fault.column) == (2, "文号")
    assert f"item {id} is {held} by another decision" in fault.reason


def test_a_number_of_several_parties_is_told_apart_by_the_subject(counter: Counter) -> None:
    party = {"source": OWN, "rules": "cn-2026", "severity": "general"}
    counter.publish(
        replace(draft("1", name="三亚海风酒店有限公司", uscc=code(5), **party), key="1-2"),
    )
    found = matched(counter, ONE._replace(code=code(5)))
    with counter.store.reading() as store:
        assert [item.party.name for item in store.items(found.items).values()] == ["三亚海风酒店有限公司"]


def test_several_items_of_one_subject_are_told_with_their_ids(counter: Counter) -> None:
    twin = {"source": OWN, "rules": "cn-2026", "severity": "general", "authority": "三亚市旅游局"}
    counter.publish(replace(draft("1", **twin), key="1-3"))
    (fault,) = matched(counter, ONE).faults
    assert "several items have this number and subject" in fault.reason
    assert counter.item("1").id in fault.reason


def test_a_person_is_known_by_number_and_masked_name(counter: Counter) -> None:
    told = {"source": OWN, "rules": "cn-2026", "severity": "general", "uscc": None, "type": "person"}
    counter.publish(draft("7", name="王＊＊", personal_key="k", **told))
    found = matched(counter, ONE._replace(document_number="琼旅罚〔2026〕7号", code=None, name="王小明"))
    assert list(found.items) == [counter.item("7").id]
    other = matched(counter, ONE._replace(document_number="琼旅罚〔2026〕7号", code=None, name="李小明"))
    assert "another subject's" in other.faults[0].reason


def test_a_publisher_carries_out_what_is_its_own(counter: Counter) -> None:
    (fault,) = matched(counter, ONE, clerk=Clerk("zhou", OTHER)).faults
    assert "another authority decided on it" in fault.reason
    assert carried_out(counter, ONE, clerk=Clerk("chen", OWN)) == 1


def test_decisions_are_counted_without_what_they_are_about(counter: Counter) -> None:
    first, second = counter.apply().case, counter.apply(key="2").case
    objection = counter.apply(CaseKind.OBJECTION, key="early").case
    counter.clock.tick(days=3)
    counter.do(casework.grant, first)
    counter.clock.tick(days=2)
    counter.do(casework.refuse, second)
    counter.clock.tick(days=10)
    counter.do(casework.refuse, objection)
    carried_out(counter, ONE._replace(document_number="琼旅罚〔2026〕2号", decided_on=date(2026, 10, 9)))
    counter.apply(CaseKind.REPORT, key="early")
    with counter.store.reading() as store:
        found = decisions(store.figures(), ZONE)
    assert found == [
        Decided("2026-12", AUTHORITY, CaseKind.OBJECTION, 0, 1, 15),
        Decided("2026-11", AUTHORITY, CaseKind.REPAIR, 1, 1, 4),
        Decided("2026-10", AUTHORITY, CaseKind.REPAIR, 1, 0, None),
    ]
    assert decisions([], ZONE) == []
