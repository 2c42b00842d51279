"""What a law says of an item: its severity, and how long it is public."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.periods import Period, Verdict, add_months
from publisher.ruleset_file import load_rule_sets, parse
from publisher.rulesets import SEVERITIES, RuleSet, Severity

SETS = load_rule_sets()
NOW = SETS["cn-2026"]
TEXT = (resources.files("publisher.rules.periods") / "cn-2026.toml").read_text("utf-8")
THRESHOLDS = """
[[thresholds]]
sector = "tourism"
from = 2026-01-01
general = 5000
serious = 200000
[[thresholds]]
sector = "tourism"
region = "460000"
from = 2026-01-01
general = 1000
serious = 100000
[[thresholds]]
sector = "tourism"
region = "460000"
from = 2026-07-01
general = 2000
serious = 100000
"""
DAY, SEEN = date(2026, 5, 12), date(2026, 6, 1)
DAYS = st.dates(date(1990, 1, 1), date(2080, 1, 1))
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "severity": st.sampled_from(("minor", "general", "grave", "serious")),
        "category": st.text("警告罚款没收吊销执照停产停业、", max_size=8),
        "decision": st.sampled_from(("警告", "罚款五千元", "吊销许可证", "责令改正")),
        "fine": st.decimals(0, 10**7, places=2),
    },
)


def severity(rules: RuleSet = NOW, day: date = DAY, region: str = "460100", **content: object) -> Severity:
    return rules.severity("penalty", content, "tourism", (region, "460000"), day)


@pytest.mark.parametrize(
    ("content", "degree", "assumed"),
    [
        ({"severity": "minor", "category": "吊销许可证件"}, "minor", False),
        ({"severity": "grave"}, "general", False),
        ({"severity": "serious"}, "serious", False),
        ({"category": "警告"}, "minor", False),
        ({"category": "警告;没收非法财物"}, "general", False),
        ({"category": "罚款"}, "general", True),
        ({"category": "警告、罚款", "fine": Decimal(200)}, "general", True),
        ({"category": "罚款;责令停产停业", "fine": Decimal(200)}, "serious", False),
        ({"category": "其他", "licence_revoked": "吊销导游证"}, "serious", False),
        ({"licence_revoked": "暂扣旅行社业务经营许可证"}, "general", False),
        ({"decision": "给予行政拘留五日"}, "serious", False),
        ({"category": "警告", "decision": "警告；逾期不改正的，吊销许可证"}, "minor", False),
        ({"category": "其他", "decision": "责令改正"}, "general", True),
        ({}, "general", True),
    ],
)
def test_how_serious_a_row_is(content: Mapping[str, object], degree: str, assumed: bool) -> None:
    assert severity(**content) == Severity(degree, assumed)


@pytest.mark.parametrize(
    ("fine", "region", "day", "degree"),
    [
        (999, "460100", DAY, "minor"),
        (1000, "460100", DAY, "general"),
        (1000, "460100", date(2026, 7, 1), "minor"),
        (100_000, "460100", DAY, "serious"),
    ],
)
def test_a_fine_weighs_what_its_regions_newest_threshold_says(
    fine: int, region: str, day: date, degree: str
) -> None:
    rules = parse("test", TEXT + THRESHOLDS)
    assert severity(rules, day, region, category="罚款", fine=Decimal(fine)) == Severity(degree, False)


def test_a_threshold_of_everywhere_or_of_none() -> None:
    rules = parse("test", TEXT + THRESHOLDS)
    content = {"fine": Decimal(1500)}
    assert rules.severity("penalty", content, "tourism", ("110000",), DAY) == Severity("minor", False)
    assert rules.severity("penalty", content, "tax", ("460000",), DAY) == Severity("general", True)
    assert rules.severity("penalty", content, "tourism", ("460000",), date(2025, 12, 31)) == Severity(
        "general", True
    )


@pytest.mark.parametrize(
    ("degree", "last", "repair"),
    [
        ("minor", date(2026, 8, 12), DAY),
        ("general", date(2027, 5, 12), date(2026, 8, 13)),
        ("serious", date(2029, 5, 12), date(2027, 5, 13)),
    ],
)
def test_how_long_it_is_public_and_when_it_can_be_repaired(degree: str, last: date, repair: date) -> None:
    content = {"severity": degree}
    period = NOW.judge("penalty", content, "tourism", (), Period(DAY, None, "none"), SEEN)
    verdict = Verdict.of(period.rule)
    assert verdict
    assert (period.last_day, verdict.severity, verdict.assumed) == (last, degree, False)
    assert verdict.repair_from(DAY) == repair


@pytest.mark.parametrize(
    ("sector", "content", "months"),
    [("tourism", {}, 3), ("food_drug", {}, 12), ("public_security", {"authority": "海口市消防救援支队"}, 12)],
)
def test_exceptions_lengthen_the_shortest_period(sector: str, content: dict[str, str], months: int) -> None:
    judged = SETS["cn-2023"].judge("penalty", content, sector, (), Period(DAY, None, "none"), SEEN)
    verdict = Verdict.of(judged.rule)
    assert verdict
    assert verdict.repair_from(DAY) == add_months(DAY, months) + timedelta(days=1)


def test_the_sources_own_end_counts_when_it_is_earlier_only() -> None:
    early, late = Period(DAY, date(2026, 9, 1), "public_until"), Period(DAY, date(2031, 1, 1), "public_until")
    content = {"severity": "general"}
    assert NOW.judge("penalty", content, "tourism", (), early, SEEN) == Period(
        DAY, date(2026, 9, 1), "cn-2026/general/3-12/public_until"
    )
    assert NOW.judge("penalty", content, "tourism", (), late, SEEN).last_day == date(2027, 5, 12)


def test_what_has_no_date_is_counted_from_the_day_it_was_first_seen() -> None:
    found = NOW.judge("penalty", {"severity": "general"}, "tourism", (), Period(None, None, "none"), SEEN)
    assert found == Period(None, date(2027, 6, 1), "cn-2026/general/3-12/2026-06-01")
    verdict = Verdict.of(found.rule)
    assert verdict
    assert verdict.repair_from(None) == date(2026, 9, 2)


@given(ROWS, DAYS, st.none() | DAYS)
def test_never_longer_than_the_longest_nor_before_the_decision(
    content: dict[str, object], start: date, own: date | None
) -> None:
    stated = Period(start, own, "public_until") if own and own > start else Period(start, None, "none")
    found = NOW.judge("penalty", content, "tourism", (), stated, SEEN)
    degree = severity(**content).degree
    longest = {"minor": 3, "general": 12, "serious": 36}[degree]
    ends = [add_months(start, longest), *([stated.last_day] if stated.last_day else [])]
    assert found.start == start
    assert found.last_day == min(ends) >= start
    graver = [add_months(start, NOW.terms[each].longest) for each in SEVERITIES]
    assert graver == sorted(graver)


OTHER = """
title = { zh = "规则", en = "Rules" }
source = "s"
from = 2026-01-01
counts_from = "publication"
own_end = "always"
ended_stay = true
[kinds]
permit = "any"
blacklist = "serious"
watchlist = "general"
redlist = "general"
[terms.any]
[terms.general]
longest = 6
[terms.serious]
shortest = 6
longest = 12
[unfulfilled]
sectors = ["labour"]
field = "performance"
words = ["未履行"]
"""


@pytest.mark.parametrize(
    ("kind", "content", "own", "expected"),
    [
        ("blacklist", {}, None, (date(2027, 5, 12), "other/serious/6-12")),
        ("watchlist", {}, None, (date(2026, 11, 12), "other/general/-6")),
        (
            "blacklist",
            {"disclosed_on": date(2026, 5, 20)},
            None,
            (date(2027, 5, 20), "other/serious/6-12/2026-05-20"),
        ),
        ("blacklist", {"disclosed_on": date(2026, 5, 1)}, None, (date(2027, 5, 12), "other/serious/6-12")),
        ("blacklist", {}, "public_until", (date(2031, 1, 1), "other/serious/6-12/public_until")),
        ("blacklist", {"performance": "全部未履行"}, None, (None, "other/serious/6-12/unfulfilled")),
        ("blacklist", {"performance": "已履行"}, None, (date(2027, 5, 12), "other/serious/6-12")),
        (
            "blacklist",
            {"performance": "未履行"},
            "public_until",
            (date(2031, 1, 1), "other/serious/6-12/public_until"),
        ),
        ("permit", {}, "valid_until", (None, "other/any/-/ended")),
        ("permit", {}, None, (None, "other/any/-")),
        ("redlist", {}, "valid_until", (date(2026, 11, 12), "other/general/-6/ended")),
        (
            "permit",
            {"public_until": date(2032, 1, 1)},
            "valid_until",
            (date(2032, 1, 1), "other/any/-/public_until"),
        ),
    ],
)
def test_what_a_rule_set_can_say_of_other_kinds(
    kind: str, content: Mapping[str, object], own: str | None, expected: tuple[date | None, str]
) -> None:
    period = Period(DAY, date(2031, 1, 1) if own else None, own or "none")
    found = parse("other", OTHER).judge(kind, content, "labour", (), period, SEEN)
    assert (found.start, found.last_day, found.rule) == (DAY, *expected)


def test_what_is_counted_from_a_publication_that_nobody_dates_is_counted_from_the_first_day_seen() -> None:
    rules = parse("other", OTHER)
    found = rules.judge("blacklist", {}, "tax", (), Period(None, None, "none"), SEEN)
    assert found == Period(None, date(2027, 6, 1), "other/serious/6-12/2026-06-01")


def test_a_law_without_repair_names_no_day_for_it() -> None:
    verdict = Verdict.of("fixed-end/any/-36")
    assert verdict == Verdict("fixed-end", "any", None, 36)
    assert verdict.repair_from(DAY) is None


@given(ROWS)
def test_one_more_penalty_never_makes_it_milder(content: dict[str, object]) -> None:
    content.pop("severity", None)
    before = severity(**content).degree
    more = {**content, "category": f"{content.get('category', '')}、吊销"}
    assert SEVERITIES.index(severity(**more).degree) >= SEVERITIES.index(before)


@given(
    st.sampled_from(SEVERITIES),
    st.none() | st.integers(0, 1200),
    st.none() | st.integers(0, 1200),
    st.booleans(),
    st.sampled_from((None, "public_until", "removed_on")),
    st.none() | DAYS,
    st.sampled_from((None, "ended", "unfulfilled")),
)
def test_a_verdict_is_what_its_text_says(
    degree: str,
    shortest: int | None,
    longest: int | None,
    assumed: bool,
    own_end: str | None,
    day: date | None,
    stays: str | None,
) -> None:
    verdict = Verdict("cn-2026", degree, shortest, longest, assumed, own_end, day, stays)
    assert Verdict.of(str(verdict)) == verdict
    assert Verdict.of("public_until") is None
