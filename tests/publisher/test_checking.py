"""Whom names and codes mean: the verdicts, over a real store and index."""

from collections.abc import Sequence

import pytest

from publisher.checking import Asked, Checked, Verdict
from publisher.names import core, likeness
from tests.fixtures.store import World, code, draft

WIND = "海南椰风旅行社有限公司"
GROUP = "三亚海潮（集团）股份有限公司"


@pytest.fixture
def filled(world: World) -> World:
    world.publish(
        draft("1", uscc=code(1), name=WIND),
        draft("2", uscc=code(1), name=WIND, kind="permit", valid_until=None, months=None),
        draft("3", uscc=code(3), name=GROUP, aliases=("三亚海潮实业公司",)),
        draft("4", uscc=None, name="儋州白云酒店管理有限公司"),
        draft("5", uscc=code(5), name="儋州白云酒店有限公司"),
        draft("6", uscc=code(6), name="文昌同名商行"),
        draft("7", uscc=code(7), name="文昌同名商行"),
        draft("8", uscc=None, name="张＊＊", type="person", personal_key="k"),
        draft("9", uscc=code(9), name="琼海椰林农业有限公司"),
        draft("10", uscc=code(10), name="琼海椰林农业专业合作社"),
        draft("11", uscc=code(11), name="Acme Trading Co., Ltd."),
    )
    return world


def ask(world: World, *rows: Asked) -> list[Checked]:
    with world.public() as public:
        return public.check(rows)


def one(world: World, name: str = "", code: str = "") -> Checked:
    return ask(world, Asked("a", name, code))[0]


@pytest.mark.parametrize(
    ("name", "number", "verdict", "first", "why"),
    [
        (WIND, "", "match", WIND, ["name"]),
        (" 海南椰風 旅行社有限公司 ", "", "match", WIND, ["name"]),
        ("海南椰风旅行社", "", "match", WIND, ["form_left_out"]),
        ("三亚海潮股份有限公司", "", "possible", GROUP, ["other_form"]),
        ("三亚海潮", "", "match", GROUP, ["form_left_out"]),
        ("三亚海潮实业公司", "", "match", GROUP, ["name", "former_name"]),
        ("海南椰凤旅行社有限公司", "", "possible", WIND, ["similar"]),
        ("海南椰旅行社有限公司", "", "possible", WIND, ["similar"]),
        ("椰风旅行社", "", "possible", WIND, ["part"]),
        ("海南椰风旅行社有限公司海口分公司", "", "possible", WIND, ["part"]),
        ("儋州白云酒店有限公司", "", "match", "儋州白云酒店有限公司", ["name"]),
        ("文昌同名商行", "", "possible", "文昌同名商行", ["name"]),
        ("琼海椰林农业专业合作社", "", "match", "琼海椰林农业专业合作社", ["name"]),
        ("ACME TRADING", "", "match", "Acme Trading Co., Ltd.", ["form_left_out"]),
        ("", code(1), "match", WIND, ["code"]),
        ("", f" {code(1)[:8].lower()}-{code(1)[8:]} ", "match", WIND, ["code"]),
        ("文昌同名商行", code(7), "match", "文昌同名商行", ["code", "name"]),
        (WIND, code(3), "possible", GROUP, ["code", "name_differs"]),
        (WIND, code(99), "possible", WIND, ["code_differs", "name"]),
        ("儋州白云酒店管理有限公司", code(98), "match", "儋州白云酒店管理有限公司", ["code_unknown", "name"]),
        (WIND, "460100000012345", "match", WIND, ["code_unknown", "name"]),
    ],
)
def test_the_verdict_and_its_reason(
    filled: World, name: str, number: str, verdict: str, first: str, why: list[str]
) -> None:
    checked = one(filled, name, number)
    best = checked.candidates[0]
    assert (checked.verdict, best.subject.name, list(best.why)) == (verdict, first, why)


def test_a_name_without_its_form_that_two_bear_is_nobody_s(filled: World) -> None:
    checked = one(filled, "琼海椰林农业")
    assert checked.verdict is Verdict.POSSIBLE
    assert {each.subject.name for each in checked.candidates} == {
        "琼海椰林农业有限公司",
        "琼海椰林农业专业合作社",
    }


@pytest.mark.parametrize(
    "name", ["", "  ", "，。", "某个没有记录的公司", "有限公司", "张＊＊", "张三", "公" * 1000]
)
def test_who_is_not_there_is_nobody(filled: World, name: str) -> None:
    assert one(filled, name) == Checked(Asked("a", name), Verdict.NONE, (), False)


def test_a_code_that_cannot_be_one_is_told_and_never_matches(filled: World) -> None:
    broken = code(1)[:-1] + ("0" if code(1)[-1] != "0" else "1")
    checked = one(filled, WIND, broken)
    assert (checked.verdict, checked.bad_code) == (Verdict.POSSIBLE, True)
    assert (one(filled, "", broken).verdict, one(filled, "", broken).bad_code) == (Verdict.NONE, True)


def test_candidates_come_with_counts_by_kind(filled: World) -> None:
    assert one(filled, WIND).candidates[0].counts == {"penalty": 1, "permit": 1}


def test_answers_are_in_the_order_of_the_rows(filled: World) -> None:
    rows = [Asked(str(number), name) for number, name in enumerate((WIND, "没有", GROUP, WIND))]
    assert [each.asked for each in ask(filled, *rows)] == rows


def test_what_has_ended_is_no_reason_to_name_anybody(filled: World) -> None:
    filled.clock.now = filled.clock.now.replace(year=2028)
    assert one(filled, GROUP).verdict is Verdict.NONE
    assert one(filled, "", code(3)).verdict is Verdict.NONE


def test_a_dead_follower_names_nobody_who_is_gone(filled: World) -> None:
    filled.publish(draft("3", uscc=code(3), name="三亚改名股份有限公司"), follow=False)
    checked = one(filled, GROUP)
    assert not checked.candidates or checked.candidates[0].subject.name != GROUP


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        (WIND, ("海南椰风旅行社", "有限公司")),
        (GROUP, ("三亚海潮", "(集团)股份有限公司")),
        ("三亚海潮集团有限责任公司", ("三亚海潮", "集团有限责任公司")),
        ("海口某某合伙企业（有限合伙）", ("海口某某", "合伙企业(有限合伙)")),
        ("有限公司", ("有限公司", "")),
        ("海南公司", ("海南", "公司")),
        ("海南椰风有限公司海口分公司", ("海南椰风有限公司海口分公司", "")),
        ("Acme Trading Co., Ltd.", ("acme trading", "co., ltd.")),
        ("", ("", "")),
    ],
)
def test_a_name_is_parted_from_its_legal_form(name: str, parts: Sequence[str]) -> None:
    assert core(name) == parts


def test_likeness_does_not_depend_on_who_comes_first() -> None:
    names = [WIND, "海南椰风旅行社", "海南椰凤旅行社有限公司", "椰风旅行社", GROUP, ""]
    assert all(likeness(a, b) == likeness(b, a) for a in names for b in names)
