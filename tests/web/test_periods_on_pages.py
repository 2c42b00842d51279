"""What pages say of how long an item is public, and why."""

from datetime import date

import pytest

from tests.fixtures.site import Site
from tests.fixtures.store import draft
from tests.web.test_pages import text


@pytest.mark.parametrize(
    ("severity", "last", "zh", "en"),
    [
        (
            "general",
            date(2027, 5, 12),
            "公示至2027年5月12日：严重程度“一般”，自决定之日起 12 个月，依据《信用修复管理办法》。"
            "自2026年8月13日起可以向作出决定的机关申请信用修复。",
            "Public through 12 May 2027: severity General, 12 months from the decision, "
            "under “Measures for Credit Repair”. Repair can be applied for from 13 August 2026, "
            "at the authority that decided.",
        ),
        (
            "serious",
            date(2029, 5, 12),
            "公示至2029年5月12日：严重程度“严重”，自决定之日起 36 个月，依据《信用修复管理办法》。"
            "自2027年5月13日起可以向作出决定的机关申请信用修复。",
            "Repair can be applied for from 13 May 2027, at the authority that decided.",
        ),
    ],
)
def test_an_item_says_which_law_and_from_when_it_can_be_repaired(
    site: Site, severity: str, last: date, zh: str, en: str
) -> None:
    site.world.publish(draft(severity=severity, rules="cn-2026"))
    item = site.item(kind=("penalty",))
    assert item.period.last_day == last
    assert zh in text(site, f"/items/{item.id}?lang=zh")
    assert en in text(site, f"/items/{item.id}?lang=en")


def test_a_source_s_own_end_stands_beside_the_law_s_severity(site: Site) -> None:
    site.world.publish(draft(severity="serious", rules="cn-2026", public_until=date(2027, 9, 1)))
    item = site.item(kind=("penalty",))
    assert (
        "公示至2027年9月1日：来源给出的公示截止日期。依据《信用修复管理办法》，严重程度为“严重”。自2027年5月13日起可以向作出决定的机关申请信用修复。"
    ) in text(site, f"/items/{item.id}?lang=zh")
    assert "the end that its source gives. Its severity under “Measures for Credit Repair”: Serious." in text(
        site, f"/items/{item.id}?lang=en"
    )


@pytest.mark.parametrize("own", [None, date(2027, 2, 1)])
def test_a_severity_that_is_only_assumed_is_not_told_as_a_finding(site: Site, own: date | None) -> None:
    site.world.publish(draft(rules="cn-2026", category="罚款", public_until=own))
    item = site.item()
    zh, en = (text(site, f"/items/{item.id}?lang={language}") for language in ("zh", "en"))
    ended = "公示至2027年5月12日：自2026年5月12日起 12 个月，依据《信用修复管理办法》。"
    assert (ended in zh) is (own is None)
    assert "公示内容未写明严重程度，依据《信用修复管理办法》暂按“一般”计算。" in zh
    assert "says how severe it is: under “Measures for Credit Repair” it is taken as “General”." in en
    assert "severity General" not in en
    assert "严重程度为" not in zh


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        (
            {"kind": "blacklist", "list": "tax-evasion", "decided_on": None, "listed_on": date(2026, 5, 12)},
            "公示至2029年5月12日：严重程度“严重”，自2026年5月12日起 36 个月，依据《信用修复管理办法》。",
            "Public through 12 May 2029: severity Serious, 36 months from 12 May 2026, under “Measures",
        ),
        (
            {
                "kind": "judgment_debtor",
                "rules": "cn-courts",
                "list": "debtors",
                "decided_on": date(2026, 5, 12),
            },
            "公示至2028年5月12日：自2026年5月12日起 24 个月，依据《关于公布失信被执行人名单信息的若干规定》。"
            "自2026年5月12日起可以向执行法院申请信用修复。",
            "Repair can be applied for from 12 May 2026, at the court that listed it.",
        ),
        (
            {"kind": "permit", "rules": "permit-lasting", "valid_until": date(2026, 11, 22)},
            "来源列示期间持续公示，有效期（至2026年11月22日）届满后仍可查询。",
            "Public for as long as its source lists it, also after 22 November 2026, the last day of its",
        ),
        (
            {"rules": None, "months": 12, "decided_on": None},
            "公示至2027年11月23日：未载明日期，自本站首次公示之日起 12 个月。",
            "12 months from its first day here, for it names no date.",
        ),
    ],
)
def test_other_kinds_and_rows_without_a_date_say_why_too(
    site: Site, given: dict[str, object], zh: str, en: str
) -> None:
    site.world.publish(draft(**{"rules": "cn-2026", **given}))
    item = site.item()
    assert zh in text(site, f"/items/{item.id}?lang=zh")
    assert en in text(site, f"/items/{item.id}?lang=en")


def test_the_severity_that_a_law_finds_is_shown_counted_and_filtered(site: Site) -> None:
    site.world.publish(
        draft("1", rules="cn-2026", category="罚款、吊销营业执照"),
        draft("2", rules="cn-2026", category="警告", fine=None, decided_on=date(2026, 11, 1)),
        draft("3", rules="cn-2026", category="罚款"),
        draft("4", rules="cn-2026", category="警告", severity="grave"),
    )
    page = text(site, "/search?lang=zh&severity=serious")
    assert "琼旅罚〔2026〕1号" in page
    assert page.count('<li class="row') == page.count('<span class="tag bad">严重</span>') == 1
    assert [site.item(severity=(degree,)).content["category"] for degree in ("minor", "grave")] == [
        "警告"
    ] * 2
    assert '<li class="row' not in text(site, "/search?severity=general"), "it is only assumed"


def test_a_permit_that_has_ended_and_stays_is_marked(site: Site) -> None:
    for number, until in (("1", date(2026, 11, 22)), ("2", date(2026, 11, 23))):
        site.world.publish(
            draft(number, kind="permit", rules="permit-lasting", valid_until=until, title=f"许可{number}")
        )
    page = text(site, "/search?lang=zh")
    assert page.count("已失效") == 1
    assert "已失效" in text(site, f"/items/{site.item(q='许可1').id}?lang=zh")
    assert "已失效" not in text(site, f"/items/{site.item(q='许可2').id}?lang=zh")
