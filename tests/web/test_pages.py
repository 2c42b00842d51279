"""The pages: what they show, in which language, and what they answer to what is wrong."""

import re
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from markupsafe import Markup
from werkzeug.test import create_environ, run_wsgi_app

from publisher.kinds import Label
from tests.fixtures.site import BASE_URL, HOSTILE, TRAVEL, Site
from tests.fixtures.store import code, draft


def text(site: Site, path: str, status: int = 200, language: str | None = None) -> str:
    response = site.client.get(path, headers={"Accept-Language": language} if language else {})
    assert response.status_code == status, response.text
    return response.text


def words(page: str) -> str:
    """What a page says, without its tags."""
    return Markup(re.sub(r"</d[dt]>", " ", page)).striptags()


def test_home_shows_newest_items_counts_and_lists(filled_site: Site) -> None:
    page = text(filled_site, "/")
    assert TRAVEL in page
    assert "重大税收违法失信主体名单" in page
    assert 'href="/search?kind=penalty"' in page


def test_a_search_finds_in_either_script_and_marks_what_it_found(filled_site: Site) -> None:
    simplified, traditional = text(filled_site, "/search?q=旅行社"), text(filled_site, "/search?q=旅行社業務")
    assert "<mark>旅行社</mark>" in simplified
    assert "<mark>旅行社业务</mark>" in traditional


def test_a_filter_in_force_is_a_chip_with_a_way_out(filled_site: Site) -> None:
    page = text(filled_site, "/search?q=食品&kind=permit&amount_min=5&lang=zh")
    assert 'href="/search?q=%E9%A3%9F%E5%93%81&amp;amount_min=5&amp;lang=zh"' in page
    assert 'href="/search?q=%E9%A3%9F%E5%93%81&amp;kind=permit&amp;lang=zh"' in page


def test_a_facet_that_is_cut_says_how_many_values_there_are(site: Site) -> None:
    drafts = [draft(str(number), uscc=code(number), authority=f"海南省第{number}局") for number in range(60)]
    site.world.publish(*drafts[:50])
    assert "in all" not in text(site, "/search?lang=en")
    site.world.publish(*drafts[50:])
    assert "60 in all; these are the most frequent." in text(site, "/search?lang=en")
    assert "共 60 项" in text(site, "/search?lang=zh")


def test_all_pages_of_a_search_are_reached_once_each(filled_site: Site) -> None:
    first = text(filled_site, "/search?q=食品店&limit=20")
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = text(filled_site, following)
    assert first.count('<li class="row') == 20
    assert "回到第一页" in second
    rows = [part.split('"')[0] for page in (first, second) for part in page.split('<h3><a href="/items/')[1:]]
    assert len(rows) == len(set(rows)) == 25


def test_an_item_shows_its_fields_its_end_and_its_sources(filled_site: Site) -> None:
    item = filled_site.item(kind=("penalty",), q="椰风")
    response = filled_site.client.get(f"/items/{item.id}")
    for expected in (
        *("琼旅罚〔2026〕1号", "20,000 元", "《旅行社条例》第五十五条", "海南省 · 海口市", "严重"),
        *("公示至2027年5月12日：自2026年5月12日起 12 个月。", "旅游行政处罚", "样例数据"),
        f"{BASE_URL}/items/{item.id}",
    ):
        assert expected in response.text
    assert response.headers.getlist("X-Robots-Tag") == ["unavailable_after: 12 May 2027 16:00:00 GMT"]


def test_a_subject_is_found_by_its_code_and_shows_zeros_too(filled_site: Site) -> None:
    page = text(filled_site, f"/subjects/{code(1)}")
    assert "公示中：行政处罚 1 条、严重失信主体（黑名单） 1 条、欠税公告 1 条、失信被执行人 1 条。" in page
    assert "椰风旅行社" in page
    assert page.count('class="tile ') == len(filled_site.world.registry.kinds)


def test_pages_about_natural_persons_ask_not_to_be_listed(filled_site: Site) -> None:
    item = filled_site.item(q="擅自从事导游活动案")
    assert item.personal
    for path in (f"/items/{item.id}", f"/subjects/{item.subject}", f"/subjects/{item.subject}/feed.json"):
        assert "noindex" in filled_site.client.get(path).headers.getlist("X-Robots-Tag"), path


def test_an_item_shows_when_its_source_disclosed_it(site: Site) -> None:
    site.world.add_source()
    site.world.publish(draft("1", disclosed_on=date(2026, 5, 20)))
    page = text(site, f"/items/{site.item().id}?lang=zh")
    assert "<dt>公示日期</dt>" in page
    assert '<time datetime="2026-05-20">2026年5月20日</time>' in page


@pytest.mark.parametrize(("name", "named"), [("李四", True), ("李＊", False)])
def test_whatever_names_a_natural_person_asks_not_to_be_listed(site: Site, name: str, named: bool) -> None:
    site.world.add_source()
    site.world.publish(draft("1", name=name, type="person", uscc=None, personal_key="p1"))
    item = site.item()
    about = {f"/items/{item.id}", f"/subjects/{item.subject}", f"/api/v1/items/{item.id}"}
    pages = {"/", "/search", *about}
    for path in (*pages, "/feed.json", "/search/feed.json", "/api/v1/search"):
        answer = site.client.get(path)
        assert name in answer.text, path
        told = any("noindex" in tag for tag in answer.headers.getlist("X-Robots-Tag"))
        assert told == (named or path in about or path == "/search"), path
        if answer.mimetype == "text/html":
            assert answer.text.count('<meta name="robots"') == told, path


@pytest.mark.parametrize(("operator", "named"), [("张三丰", True), ("张＊＊", False)])
def test_a_suggested_business_that_names_its_operator_asks_not_to_be_listed(
    site: Site, operator: str, named: bool
) -> None:
    site.world.add_source()
    told = draft("1", name="海口龙华水果店", type="self_employed")
    site.world.publish(replace(told, party=replace(told.party, legal_representative=operator)))
    answer = site.client.get("/api/v1/suggest?q=水果店")
    assert operator in answer.text
    assert ("X-Robots-Tag" in answer.headers) == named


def test_lists_and_sources_have_their_pages(filled_site: Site) -> None:
    assert "/lists/tax-evasion" in text(filled_site, "/lists")
    page = text(filled_site, "/lists/tax-evasion")
    assert "虚开增值税专用发票" in page
    assert page.count('class="tag bad">严重失信主体名单<') == 1, (
        "a list says its kind once, not at each entry"
    )
    assert 'href="/lists" aria-current="true"' in page
    assert "/sources/tourism/penalties" in text(filled_site, "/sources")
    page = text(filled_site, "/sources/tourism/penalties")
    for expected in ("CC BY 4.0", "https://example.org/list", "6小时", "样例数据"):
        assert expected in page


def test_the_page_of_a_source_says_how_its_last_runs_went(filled_site: Site) -> None:
    page = text(filled_site, "/sources/tourism/penalties?lang=en")
    said = [re.sub(r"<[^>]+>|\s+", " ", row).split() for row in re.findall("<tr>(.*?)</tr>", page, re.DOTALL)]
    assert [" ".join(words) for words in said] == [
        "Read at Outcome Rows New Changed Gone",
        "2026-11-21 11:00 under way 0 0 0 0",
        "2026-11-21 10:00 failed 1,234 0 0 0",
        "2026-11-21 09:00 waits to be looked at 1,234 12 3 4",
        "2026-11-21 08:00 complete 1,234 12 3 4",
    ]
    assert "What only operators" not in page
    assert "进行中" in text(filled_site, "/sources/tourism/penalties")
    assert "Last readings" not in text(filled_site, "/sources/tax/evasion?lang=en")


def test_hostile_text_stays_text(filled_site: Site) -> None:
    item = filled_site.item(region=("460202",))
    for path in (
        "/",
        "/search?q=" + HOSTILE.replace("&", "%26").replace(" ", "+"),
        f"/items/{item.id}",
        f"/subjects/{item.subject}",
        "/sources",
        "/sources/food_drug/permits",
        "/search?kind=<script>alert(1)</script>",
    ):
        page = filled_site.client.get(path).text
        assert "<script" not in page, path
        assert 'href="javascript:' not in page, path


def test_links_to_other_sites_are_not_followed(filled_site: Site) -> None:
    item = filled_site.item(kind=("blacklist",))
    page = text(filled_site, f"/items/{item.id}")
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener">' in page


def test_an_item_is_gone_at_the_moment_of_its_end(site: Site) -> None:
    site.world.add_source()
    site.world.publish(draft("1", decided_on=date(2025, 11, 24)))
    item = site.item()
    path = f"/items/{item.id}"
    site.world.clock.tick(days=1)
    assert TRAVEL in text(site, path)
    site.world.clock.tick(hours=12)
    page = text(site, path, 410)
    assert "已不再公示" in page
    assert item.id in page
    assert "2026-11-25 00:00" in page
    for told in (TRAVEL, "琼旅罚", "未经许可", "海南省旅游"):
        assert told not in page
    for other in ("/", "/search?q=旅行社", "/feed.json", "/api/v1/search", "/sources/tourism/penalties"):
        assert item.id not in text(site, other), other
    assert text(site, f"/subjects/{item.subject}", 404)


def test_an_empty_site_says_so(site: Site) -> None:
    site.world.index.rebuild()
    assert "还没有公示的信息" in text(site, "/")
    assert "没有符合条件的公示信息" in text(site, "/search?q=旅行社")
    assert "还没有公示的名单" in text(site, "/lists")
    assert "还没有读取任何来源" in text(site, "/sources")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/items/unknown", "没有这个编号的公示条目"),
        ("/subjects/unknown", "没有这个编号或统一社会信用代码的主体"),
        ("/lists/unknown", "没有这个编号的名单"),
        ("/sources/unknown/one", "没有这个编号的数据来源"),
        ("/nowhere", "这个网址没有页面"),
    ],
)
def test_a_wrong_address_is_a_helpful_404_in_the_asked_language(
    filled_site: Site, path: str, expected: str
) -> None:
    page = text(filled_site, path, 404)
    assert expected in page
    assert 'role="search"' in page
    assert "Not found" in text(filled_site, f"{path}?lang=en", 404)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("kind=nothing", "kind"),
        ("sector=x", "sector"),
        ("severity=x", "severity"),
        ("year=26", "year"),
        ("from=2026-02-30", "from"),
        ("from=2026-02-03&to=2026-02-02", "to"),
        ("amount_min=NaN", "amount_min"),
        ("amount_max=-1", "amount_max"),
        ("sort=size", "sort"),
        ("sort=newest&sort=oldest", "sort"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("page=nonsense", "page"),
        ("colour=red", "colour"),
        ("lang=fr", "lang"),
        ("q=" + "a+" * 65, "q"),
        ("q=" + "a" * 1001, "q"),
    ],
)
def test_a_wrong_parameter_is_a_400_that_names_it(filled_site: Site, query: str, named: str) -> None:
    assert f'<dt class="code">{named}</dt>' in text(filled_site, f"/search?{query}", 400)
    problem = filled_site.client.get(f"/api/v1/search?{query}")
    assert problem.status_code == 400
    assert problem.mimetype == "application/problem+json"
    assert named in [error["parameter"] for error in problem.get_json()["errors"]]


def test_without_an_index_search_says_when_to_ask_again_and_items_are_still_shown(site: Site) -> None:
    site.world.add_source()
    site.world.publish(draft("1"), follow=False)
    response = site.client.get("/search?q=旅行社")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "请稍后再试" in response.text
    with site.world.store.reading() as store:
        id = next(iter(store.changes(0, 1))).item
    assert TRAVEL in text(site, f"/items/{id}")


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/lists/", "/lists"),
        ("/search/?q=%E9%A3%9F&lang=en", "/search?q=%E9%A3%9F&lang=en"),
        ("/sources/tourism/penalties//", "/sources/tourism/penalties"),
        ("/tools/validate/", "/tools/validate"),
        ("/no-such-page/?lang=xx", "/no-such-page?lang=xx"),
        ("//elsewhere.example/", "/elsewhere.example"),
        ("/%5Celsewhere.example/", "/%5Celsewhere.example"),
        ("/a%0D%0AX-Evil:1/", "/a%0D%0AX-Evil%3A1"),
    ],
)
def test_a_slash_at_the_end_leads_to_the_page_without_it(
    filled_site: Site, asked: str, leads_to: str
) -> None:
    path, _, query = asked.partition("?")
    environ = create_environ(query_string=query) | {"PATH_INFO": unquote(path)}
    _, status, headers = run_wsgi_app(filled_site.app, environ)
    assert (status, headers["Location"]) == ("308 PERMANENT REDIRECT", leads_to)


@pytest.mark.parametrize(
    "path", ["/items/%00", "/subjects/%00", "/lists/%00", "/sources/%00", "/api/v1/items/%00"]
)
def test_what_no_database_takes_is_nowhere(filled_site: Site, path: str) -> None:
    assert filled_site.client.get(path).status_code == 404


def test_the_home_page_is_where_it_is(filled_site: Site) -> None:
    assert filled_site.client.get("/?lang=en").status_code == 200


def test_the_language_is_the_asked_one_else_the_browsers_else_chinese(filled_site: Site) -> None:
    assert '<html lang="zh-Hans">' in text(filled_site, "/")
    assert '<html lang="en">' in text(filled_site, "/", language="en-GB,en;q=0.9")
    assert '<html lang="zh-Hans">' in text(filled_site, "/", language="fr")
    page = text(filled_site, "/?lang=en", language="zh")
    assert '<html lang="en">' in page
    assert f'<link rel="alternate" hreflang="zh-Hans" href="{BASE_URL}/?lang=zh">' in page


def test_links_keep_the_language_that_was_asked_for(filled_site: Site) -> None:
    page = text(filled_site, "/?lang=en")
    assert 'href="/sources?lang=en"' in page
    assert '<input type="hidden" name="lang" value="en">' in page
    assert "lang=" not in text(filled_site, "/").split("<main")[1]


def test_the_other_language_keeps_the_search(filled_site: Site) -> None:
    page = text(filled_site, "/search?q=食品&kind=permit&kind=penalty")
    assert 'href="/search?q=%E9%A3%9F%E5%93%81&amp;kind=permit&amp;kind=penalty&amp;lang=en"' in page


def test_results_carry_a_note_on_late_sources_of_their_scope(filled_site: Site) -> None:
    note = "Later than promised: Tourism penalties. What is new there may be missing here."
    for path in ("/search", "/search?kind=penalty&q=nothing-like-it", f"/subjects/{code(1)}"):
        page = text(filled_site, path, language="en")
        assert note in words(page), path
        assert '<a href="/sources/tourism/penalties">Tourism penalties</a>' in page
    for path in ("/search?kind=permit", "/lists/tax-evasion"):
        assert "Later than promised" not in text(filled_site, path, language="en"), path
    assert "以下来源未按承诺时间更新：旅游行政处罚。其新增内容可能尚未收录。" in words(
        text(filled_site, "/search")
    )


def test_a_note_names_two_late_sources_and_counts_the_others(site: Site) -> None:
    for number in range(5):
        title = Label(f"来源{number}", f"Source {number}")
        site.world.add_source(f"tax/{number}", title=title, stale_from=site.world.clock())
    site.world.publish()
    page = words(text(site, "/search?lang=en"))
    assert "Later than promised: Source 0, Source 1, 3 more. What" in page


def test_a_source_says_how_often_it_is_read_and_that_it_is_late(filled_site: Site) -> None:
    late = words(text(filled_site, "/sources/tourism/penalties?lang=en"))
    assert "never yet later than promised" in late
    assert "every 6 hours" in late
    assert "每6小时" in words(text(filled_site, "/sources/tourism/penalties?lang=zh"))
    assert "at set times" in words(text(filled_site, "/sources/food_drug/permits?lang=en"))
    assert "no promise" in words(text(filled_site, "/sources/tax/evasion?lang=en"))
    assert "later than promised" not in words(text(filled_site, "/sources/tax/evasion?lang=en"))


@pytest.mark.parametrize(
    ("every", "zh", "en"),
    [
        (timedelta(days=1), "每天", "every day"),
        (timedelta(hours=36), "每36小时", "every 36 hours"),
        (timedelta(weeks=1), "每周", "every week"),
        (timedelta(days=10), "每10天", "every 10 days"),
    ],
)
def test_how_often_a_source_is_read_is_said_exactly(site: Site, every: timedelta, zh: str, en: str) -> None:
    site.world.publish(draft())
    site.world.add_source(every=every)
    assert f"<dd>{zh}</dd>" in text(site, "/sources/tourism/penalties?lang=zh")
    assert f"<dd>{en}</dd>" in text(site, "/sources/tourism/penalties?lang=en")


def test_a_late_source_is_seen_at_the_top_of_its_page_and_on_its_items(filled_site: Site) -> None:
    late, other = filled_site.item(q="椰风", kind=("penalty",)), filled_site.item(kind=("blacklist",))
    note = "该来源未按承诺时间更新"
    assert note in text(filled_site, "/sources/tourism/penalties?lang=zh").split('class="columns"')[0]
    assert note not in text(filled_site, "/sources/tax/evasion?lang=zh")
    assert "晚于承诺" in text(filled_site, f"/items/{late.id}?lang=zh")
    assert "晚于承诺" not in text(filled_site, f"/items/{other.id}?lang=zh")
