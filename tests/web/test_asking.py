"""What people type into the search box: limits, what was mended, numbers that lead to a page."""

from datetime import date
from decimal import Decimal
from urllib.parse import quote

import pytest

from publisher.answers import SearchRequest
from publisher.schemas.parameters import BadParameters
from tests.fixtures.site import Site
from tests.fixtures.store import code, draft


@pytest.fixture
def asked(site: Site) -> Site:
    site.world.publish(
        draft("1", uscc=code(1), name="海口椰风旅行社有限公司", region="460100", facts="无证经营"),
        draft("2", uscc=code(2), name="三亚海消防工程有限公司", region="460200", facts="旅行社的消防通道堵塞",
              authority="三亚市消防救援支队", decided_on=date(2026, 2, 28), fine=Decimal("100000")),
        draft("3", uscc=code(3), name="三亚海潮酒店有限公司", region="460200", authority="三亚市执法局",
              decided_on=date(2026, 3, 1), fine=None, severity="serious", facts="客房不洁"),
        draft("4", uscc=code(3), name="三亚海潮酒店有限公司", source="tourism/permits", kind="permit",
              region="460200", decided_on=date(2025, 12, 31), valid_until=date(2027, 12, 31), fine=None,
              months=None, facts="经营许可"),
    )  # fmt: skip
    return site


def numbers(site: Site, q: str) -> list[str]:
    """The keys of what a search finds."""
    with site.world.public() as public:
        found = public.search(SearchRequest(q=q, limit=100)).hits
    return sorted(str(hit.item.content["document_number"])[9:-1] for hit in found)


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("旅行社", ["1", "2"]),
        ("subject:旅行社", ["1"]),
        ("名称：旅行社 OR 机关:执法", ["1", "3"]),
        ("机关:三亚", ["2", "3"]),
        ("authority:(消防 OR 执法) -主体:酒店", ["2"]),
        ("-机关:三亚", ["1", "4"]),
        ("机关:没有这个机关", []),
        ("number:2026〕3", ["3"]),
        ("kind:许可", ["4"]),
        ("kind:penalty 酒店", ["3"]),
        ("地区:海口", ["1"]),
        ("region:460000", ["1", "2", "3", "4"]),
        ("severity:严重", ["3"]),
        ("年份:2025", ["4"]),
        ("date:2026-02", ["2"]),
        ("date:2026-03..", ["1", "3"]),
        ("日期:2025年12月31日至2026年2月28日", ["2", "4"]),
        ("date:<2026", ["4"]),
        ("date:>2026-02-28", ["1", "3"]),
        ("date:>=2026-02-28", ["1", "2", "3"]),
        ("amount:20000", ["1"]),
        ("金额:>2万元", ["2"]),
        ("金额:≥2万", ["1", "2"]),
        ("amount:<=100,000", ["1", "2"]),
        ("amount:1万..5万", ["1"]),
        ("酒店 OR amount:>=10万", ["2", "3", "4"]),
    ],
)
def test_what_stands_before_a_colon_limits_the_search(asked: Site, q: str, found: list[str]) -> None:
    assert numbers(asked, q) == found


def test_a_limit_leaves_the_order_to_the_words(asked: Site) -> None:
    with asked.world.public() as public:
        found = public.search(SearchRequest(q="机关:三亚 三亚海潮酒店有限公司"))
    assert [hit.tier for hit in found.hits] == ["exact_name"]


@pytest.mark.parametrize(
    "q",
    [
        "date:yesterday",
        "date:2026-13",
        "date:..",
        "amount:much",
        "amount:>",
        "amount:" + "9" * 16,
        "kind:fine",
    ],
)
def test_a_limit_that_nobody_understands_is_told_and_not_dropped(asked: Site, q: str) -> None:
    with asked.world.public() as public, pytest.raises(BadParameters) as refused:
        public.search(SearchRequest(q=f"酒店 {q}"))
    assert [problem.name for problem in refused.value.problems] == ["q"]
    page = asked.client.get(f"/search?q={quote(q)}&lang=zh")
    assert page.status_code == 400


def test_what_was_mended_is_told(asked: Site) -> None:
    page = asked.client.get("/search?q=" + quote('酒店 "消防 通道') + "&lang=zh").text
    assert "按以下方式检索： <b>酒店 &#34;消防 通道&#34;</b>" in page
    assert "按以下方式检索" not in asked.client.get("/search?q=酒店&lang=zh").text
    meta = asked.client.get("/api/v1/search?q=" + quote("(酒店")).get_json()["meta"]
    assert meta["read_as"] == "酒店"


@pytest.mark.parametrize(
    "typed", [code(1), code(1).lower(), f" {code(1)[:6]} {code(1)[6:]} ", code(1).translate({49: "１"})]
)
def test_an_identifier_leads_to_its_subject(asked: Site, typed: str) -> None:
    answer = asked.client.get("/search?q=" + quote(typed))
    with asked.world.public() as public:
        subject = public.subject(code(1)).subject
    assert (answer.status_code, answer.headers["Cache-Control"]) == (303, "no-store")
    assert answer.location == f"/subjects/{subject.id}"


def test_a_document_number_leads_to_its_item(asked: Site) -> None:
    for typed in ("琼旅罚〔2026〕1号", "琼旅罚[2026] 1 号"):
        answer = asked.client.get("/search?q=" + quote(typed))
        assert answer.status_code == 303
        assert "琼旅罚〔2026〕1号" in asked.client.get(answer.location).text


@pytest.mark.parametrize("more", ["&kind=penalty", "&sort=oldest", " 酒店"])
def test_a_number_among_other_things_is_searched_for(asked: Site, more: str) -> None:
    assert asked.client.get(f"/search?q={code(1)}{more}").status_code == 200


def test_a_number_of_nobody_or_of_several_is_searched_for(asked: Site) -> None:
    assert asked.client.get(f"/search?q={code(9)}").status_code == 200
    asked.world.publish(
        draft("7", document_number="同号1", uscc=code(5)), draft("8", document_number="同号1", uscc=code(6))
    )
    assert asked.client.get("/search?q=同号1").status_code == 200


def test_an_identifier_that_has_ended_leads_nowhere(asked: Site) -> None:
    asked.world.clock.now = asked.world.clock.now.replace(year=2029)
    assert asked.client.get(f"/search?q={code(1)}").status_code == 200
