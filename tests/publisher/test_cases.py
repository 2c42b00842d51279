"""What can be applied for on an item, which acts a case allows, and until when each is due."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.case_rules import CaseKind, CaseRules, load_case_rules, parse
from publisher.cases import (
    OPEN,
    SUBJECT,
    TRANSITIONS,
    Act,
    Applicant,
    Application,
    Case,
    CaseState,
    NotAllowed,
    Outcome,
    Role,
    acted,
    check_application,
    check_possible,
    first_due,
    id_of,
    number_of,
    possible,
)
from publisher.errors import DefinitionError
from publisher.items import Item, ItemState
from publisher.kinds import load_registry
from publisher.periods import Period
from publisher.subjects import Party
from publisher.working_days import is_working_day, working_days_between

TEXT = (resources.files("publisher.rules") / "cases.toml").read_text("utf-8")
LAWS = load_registry().rules
RULES: CaseRules = load_case_rules(LAWS)
MONDAY = date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
ACTS = st.sampled_from([act for act in Act if act is not Act.OPEN])


def item(rule: str, start: date = date(2026, 5, 12), last: date | None = date(2027, 5, 12)) -> Item:
    content = {"authority": "海南省旅游和文化广电体育厅"}
    period = Period(start, last, rule)
    party = Party("海南椰风旅行社有限公司")
    return Item(
        "i" * 16,
        "penalty",
        None,
        "tourism",
        None,
        "s",
        party,
        content,
        period,
        ItemState.PUBLIC,
        (),
        NOON,
        NOON,
    )


def case(kind: CaseKind = CaseKind.REPAIR, today: date = MONDAY) -> Case:
    until = first_due(RULES[kind], today)
    return Case(
        *(1, kind, kind, CaseState.SUBMITTED, "i" * 16, "penalty", None, "", (), None, "zh", NOON),
        due=until.day,
        provisional=until.provisional,
    )


def test_repair_is_possible_from_the_day_after_the_shortest_period() -> None:
    repair, objection, report = possible(item("cn-2026/general/3-12"), RULES, LAWS, MONDAY)
    assert (repair.kind, repair.from_day, repair.decides.zh) == (
        CaseKind.REPAIR,
        date(2026, 8, 13),
        "作出决定的机关",
    )
    assert repair.days_left(MONDAY) == 73
    assert repair.days_left(date(2026, 8, 13)) == 0
    assert "信用承诺书" in [paper.zh for paper in repair.papers]
    assert (objection.kind, objection.from_day) == (CaseKind.OBJECTION, MONDAY)
    assert (report.kind, report.decides.en) == (CaseKind.REPORT, "this platform's operators")


def test_before_that_day_it_is_refused_with_the_day() -> None:
    repair = possible(item("cn-2026/general/3-12"), RULES, LAWS, MONDAY)[0]
    with pytest.raises(NotAllowed, match="from 2026-08-13 on") as told:
        check_possible(repair, date(2026, 8, 12))
    assert told.value.from_day == date(2026, 8, 13)
    check_possible(repair, date(2026, 8, 13))


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        ("cn-courts/any/0-24", "apply to the court"),
        ("fixed-end/any/-36/public_until", "apply to the authority"),
        ("months:12", "apply to the authority"),
    ],
)
def test_where_no_law_of_here_repairs_it_says_where_instead(rule: str, where: str) -> None:
    repair = possible(item(rule), RULES, LAWS, MONDAY)[0]
    assert repair.from_day is None
    assert repair.papers == ()
    with pytest.raises(NotAllowed, match=where):
        check_possible(repair, date(2030, 1, 1))


def test_an_item_that_ends_before_it_can_be_repaired_says_so() -> None:
    repair = possible(item("cn-2026/general/3-12/public_until", last=date(2026, 7, 1)), RULES, LAWS, MONDAY)[
        0
    ]
    with pytest.raises(NotAllowed, match="leaves the public before by itself"):
        check_possible(repair, MONDAY)


def test_a_sentence_is_told_in_other_languages_with_its_values() -> None:
    with pytest.raises(NotAllowed) as told:
        check_possible(possible(item("cn-courts/any/0-24"), RULES, LAWS, MONDAY)[0], MONDAY)
    assert (
        told.value.told("zh", lambda _: "不在此申请：%(where)s。")
        == "不在此申请：请向列入名单的执行法院申请。"
    )


def test_what_a_state_forbids_is_told_in_words() -> None:
    refused = acted(case(), Act.REFUSE, RULES[CaseKind.REPAIR], NOON, MONDAY)
    with pytest.raises(NotAllowed, match=r"Case C000001 is refused; this cannot be done to it now\.") as told:
        acted(refused, Act.ACCEPT, RULES[CaseKind.REPAIR], NOON, MONDAY)
    chinese = {told.value.template: "%(number)s %(state)s", "refused": "不予支持"}
    assert told.value.told("zh", lambda text: chinese[text]) == "C000001 不予支持"


def test_terms_are_those_of_the_law() -> None:
    opened = case()
    assert opened.due == date(2026, 6, 4)
    accepted = acted(opened, Act.ACCEPT, RULES[CaseKind.REPAIR], NOON, date(2026, 6, 3))
    assert accepted.due == date(2026, 6, 12)
    longer = acted(accepted, Act.EXTEND, RULES[CaseKind.REPAIR], NOON, date(2026, 6, 12))
    assert working_days_between(accepted.due, longer.due).days == 10
    with pytest.raises(NotAllowed, match="extended already"):
        acted(longer, Act.EXTEND, RULES[CaseKind.REPAIR], NOON, date(2026, 6, 12))
    assert not longer.overdue(longer.due)
    assert longer.overdue(longer.due + timedelta(days=1))


def test_a_term_over_a_year_end_without_published_holidays_is_provisional() -> None:
    assert case(today=date(2027, 12, 30)).provisional
    assert not case().provisional


@given(st.integers(0, 400), st.integers(0, 40), st.integers(0, 40), st.booleans())
def test_while_papers_are_awaited_the_term_stands_still(
    first: int, before: int, waited: int, accepted: bool
) -> None:
    """Whatever was left of it when they were asked for is left when they come."""
    rule, today = RULES[CaseKind.REPAIR], date(2025, 1, 1) + timedelta(days=first)
    opened = case(today=today)
    if accepted:
        opened = acted(opened, Act.ACCEPT, rule, NOON, today)
    asked_on = today + timedelta(days=before)
    left = working_days_between(asked_on, opened.due).days
    asked = acted(opened, Act.ASK, rule, NOON, asked_on)
    assert working_days_between(asked_on, asked.due).days == rule.answer
    assert not asked.overdue(date.max)
    answered_on = asked_on + timedelta(days=waited)
    answered = acted(asked, Act.ANSWER, rule, NOON, answered_on)
    assert answered.state is opened.state
    assert working_days_between(answered_on, answered.due).days == left
    assert answered.due == answered_on or is_working_day(answered.due)


@given(st.sampled_from(CaseKind), st.lists(st.tuples(ACTS, st.integers(0, 20)), max_size=12))
def test_any_acts_lead_to_allowed_states_only_and_what_is_closed_stays_closed(
    kind: CaseKind, acts: list[tuple[Act, int]]
) -> None:
    held, today = case(kind), MONDAY
    for act, days in acts:
        today += timedelta(days=days)
        allowed = held.state in TRANSITIONS[act] and not (act is Act.EXTEND and held.extended)
        if act is Act.REVOKE:
            allowed = allowed and held.outcome is Outcome.REPAIRED
        if not allowed:
            with pytest.raises(NotAllowed):
                acted(held, act, RULES[kind], NOON, today)
            continue
        after = acted(held, act, RULES[kind], NOON, today)
        assert after.version == held.version + 1
        assert after.open == (after.decided_at is None)
        assert (after.state is CaseState.MORE) == (after.left is not None)
        assert held.open or after.state is CaseState.REVOKED
        assert not after.open or after.due >= min(held.due, today)
        held = after


def test_only_granted_repairs_are_revoked() -> None:
    granted = acted(case(CaseKind.OBJECTION), Act.GRANT, RULES[CaseKind.OBJECTION], NOON, MONDAY)
    with pytest.raises(NotAllowed, match="no granted repair"):
        acted(granted, Act.REVOKE, RULES[CaseKind.OBJECTION], NOON, MONDAY)
    repaired = replace(granted, outcome=Outcome.REPAIRED)
    assert acted(repaired, Act.REVOKE, RULES[CaseKind.REPAIR], NOON, MONDAY).state is CaseState.REVOKED
    assert CaseState.REVOKED not in OPEN


@pytest.mark.parametrize("number", ["12", "C000012", " c12 "])
def test_a_number_is_read_as_people_write_it(number: str) -> None:
    assert number_of(id_of(number)) == "C000012"


@pytest.mark.parametrize("number", ["", "C", "-1", "1.5", "١٢", "9" * 40, "C1; DROP"])
def test_what_is_no_number_is_said(number: str) -> None:
    with pytest.raises(NotAllowed, match="no number of a case"):
        id_of(number)


WANG = Applicant("王小明", Role.REPRESENTATIVE, "13800000000", "wang@example.com")


@pytest.mark.parametrize(
    ("application", "told"),
    [
        (Application(CaseKind.REPAIR, "i", "已缴罚款"), "Only a report can be anonymous"),
        (Application(CaseKind.REPAIR, "i", " ", WANG), "The text is missing"),
        (Application(CaseKind.REPORT, "i", "错" * 5001), "more than 5000 characters"),
        (
            Application(CaseKind.REPAIR, "i", "已缴", Applicant(" ", Role.SUBJECT)),
            "applicant's name is missing",
        ),
        (Application(CaseKind.REPAIR, "i", "已缴", Applicant("王" * 255, Role.SUBJECT)), "254 characters"),
        (Application(CaseKind.OBJECTION, "i", "不是我", WANG), "names what is wrong"),
        (Application(CaseKind.OBJECTION, "i", "不是我", WANG, ("password",)), "password is no field"),
    ],
)
def test_what_an_application_lacks_is_said(application: Application, told: str) -> None:
    with pytest.raises(NotAllowed, match=told):
        check_application(application, {"fine", "facts"})


def test_whole_applications_are_let_through() -> None:
    check_application(Application(CaseKind.REPORT, "i", "公司已注销"), ())
    check_application(Application(CaseKind.OBJECTION, "i", "不是我", WANG, (SUBJECT, "fine")), {"fine"})


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("accept = 3", "accept = -1", r"cases.toml, line 10: accept must be a whole number of days, from 0"),
        ("accept = 3", "accept = 0", r"line 10: accept must be 1 day at least"),
        ("accept = 3\n", "", r"line 6: accept is missing"),
        ("[report]", "[complaint]", r"complaint is no kind of case"),
        ("cn-courts =", "cn-court =", r"line 23: cn-court is no rule set"),
        ("other = {", "# other = {", r"line 22: other is missing"),
        ("within = 20", "wihtin = 20", r"wihtin is not a known key"),
        ('{ zh = "信用承诺书", en', '{ zh = "信用承诺书", de', r"line 14: de is not a known key"),
        ('label = { zh = "举报",', 'label = { zh = "",', r"zh must not be empty"),
        ("decide = 7", "decide = 七", r"not valid TOML"),
    ],
)
def test_wrong_rules_are_told_with_their_line(old: str, new: str, told: str) -> None:
    with pytest.raises(DefinitionError, match=told):
        parse(TEXT.replace(old, new, 1), LAWS)
