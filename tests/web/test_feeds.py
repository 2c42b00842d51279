"""The feeds, as JSON Feed and as Atom."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest
from jsonschema import Draft202012Validator

from tests.fixtures.site import BASE_URL, TRAVEL, Site
from tests.fixtures.store import code, draft
from tests.web.jsonfeed_schema import JSON_FEED


def feed(site: Site, path: str) -> dict[str, Any]:
    response = site.client.get(path)
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/feed+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    read: dict[str, Any] = response.get_json(force=True)
    return read


@pytest.mark.parametrize(
    "path",
    [
        "/feed.json",
        "/feed.json?lang=en",
        f"/subjects/{code(1)}/feed.json",
        "/search/feed.json?q=旅行社&kind=penalty&sort=oldest",
        "/search/feed.json?q=nothing-like-it",
        "/lists/tax-evasion/feed.json",
        "/kinds/penalty/feed.json",
        "/sectors/tourism/feed.json?lang=en",
        "/regions/460000/feed.json",
        "/sources/food_drug/permits/feed.json",
    ],
)
def test_every_feed_is_a_json_feed(filled_site: Site, path: str) -> None:
    found = feed(filled_site, path)
    Draft202012Validator(JSON_FEED).validate(found)
    for item in found["items"]:
        assert item["id"] == item["url"] == f"{BASE_URL}/items/{item['_gongshi']['id']}"


def test_the_pages_of_a_feed_hold_every_item_once(filled_site: Site) -> None:
    ids: list[str] = []
    path = "/feed.json?limit=7"
    while path:
        found = feed(filled_site, path)
        ids += [item["id"] for item in found["items"]]
        following = urlsplit(found.get("next_url", ""))
        path = f"{following.path}?{following.query}" if following.path else ""
    total = filled_site.client.get("/api/v1/search").get_json()["meta"]["total"]
    assert len(ids) == len(set(ids)) == total


def test_a_feed_speaks_the_asked_language(filled_site: Site) -> None:
    in_chinese, in_english = (feed(filled_site, f"/feed.json?lang={language}") for language in ("zh", "en"))
    assert (in_chinese["language"], in_english["language"]) == ("zh-Hans", "en")
    assert "Penalty" in {tag for item in in_english["items"] for tag in item["tags"]}
    assert "行政处罚" in {tag for item in in_chinese["items"] for tag in item["tags"]}


def test_the_feed_of_a_subject_holds_only_its_items(filled_site: Site) -> None:
    found = feed(filled_site, f"/subjects/{code(1)}/feed.json")
    assert found["items"]
    assert {item["_gongshi"]["subject"]["name"] for item in found["items"]} == {TRAVEL}


@pytest.mark.parametrize(
    "path",
    [
        "/feed.json?kind=penalty",
        "/subjects/unknown/feed.json",
        "/subjects/unknown/feed.atom",
        "/lists/x/feed.json",
        "/kinds/x/feed.json",
        "/sectors/x/feed.atom",
        "/regions/1/feed.json",
        "/sources/tourism/x/feed.atom",
    ],
)
def test_feeds_tell_what_is_wrong_as_problem_details(filled_site: Site, path: str) -> None:
    response = filled_site.client.get(path)
    assert response.status_code in (400, 404)
    assert response.mimetype == "application/problem+json"


def test_a_feed_names_late_sources_of_its_scope(filled_site: Site) -> None:
    assert feed(filled_site, "/feed.json")["_gongshi"] == {"stale": ["tourism/penalties"]}
    assert feed(filled_site, "/search/feed.json?kind=permit")["_gongshi"] == {"stale": []}


# Atom

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = (
    "/feed",
    f"/subjects/{code(1)}/feed",
    "/lists/tax-evasion/feed",
    "/kinds/penalty/feed",
    "/sectors/tourism/feed",
    "/regions/460000/feed",
    "/sources/food_drug/permits/feed",
    "/search/feed",
)


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_feed_says_the_same_in_both_formats(filled_site: Site, path: str, language: str) -> None:
    """Read by a parser of feeds that is not ours, which says what it finds wrong."""
    asked = f"?limit=9&lang={language}"
    as_json = feed(filled_site, f"{path}.json{asked}")
    response = filled_site.client.get(f"{path}.atom{asked}")
    assert response.mimetype == "application/atom+xml"
    found = feedparser.parse(response.data)
    assert not found.bozo, found.bozo_exception
    assert (found.version, found.feed.title, found.feed.subtitle) == (
        "atom10",
        as_json["title"],
        as_json["description"],
    )
    links = {link.rel: link.href for link in found.feed.links}
    assert links["alternate"] == as_json["home_page_url"]
    assert links.get("next") == (
        as_json["next_url"].replace(".json", ".atom") if "next_url" in as_json else None
    )
    assert links["first"] == found.feed.id == f"{BASE_URL}{path}.atom{asked}"
    assert found.feed.updated == max(item["date_modified"] for item in as_json["items"])
    assert [
        {
            "id": entry.id,
            "url": entry.link,
            "title": entry.title,
            "content_text": entry.content[0].value,
            "date_published": entry.published,
            "date_modified": entry.updated,
            "tags": [tag.term for tag in entry.tags],
        }
        for entry in found.entries
    ] == [
        {name: item[name] for name in item if name not in ("authors", "_gongshi")}
        for item in as_json["items"]
    ]
    assert [entry.get("authors", [{}])[0].get("name") for entry in found.entries] == [
        item.get("authors", [{}])[0].get("name") for item in as_json["items"]
    ]


def test_an_empty_feed_was_updated_when_its_day_began(filled_site: Site) -> None:
    root = ElementTree.fromstring(filled_site.client.get("/search/feed.atom?q=nothing-like-it").data)
    assert [element.text for element in root.iter(f"{ATOM}updated")] == ["2026-11-22T16:00:00Z"]


def test_what_xml_does_not_know_is_replaced(site: Site) -> None:
    site.world.publish(draft("1", title="a\x0bb\uffff"))
    root = ElementTree.fromstring(site.client.get("/feed.atom").data)
    assert "a\ufffdb\ufffd" in [(title.text or "").split(": ")[-1] for title in root.iter(f"{ATOM}title")]


# asked for again


@pytest.mark.parametrize("path", ["/feed.json", "/kinds/permit/feed.atom"])
def test_a_feed_is_not_sent_again_until_something_in_it_changes(site: Site, path: str) -> None:
    permit = {"source": "food_drug/permits", "kind": "permit", "months": None}
    world = site.world
    world.publish(draft("1", valid_until=date(2026, 11, 23), **permit), draft("2", uscc=code(2), **permit))
    first = site.client.get(path)
    asked = {"If-None-Match": first.headers["ETag"]}
    world.clock.tick(minutes=1)
    again = site.client.get(path, headers=asked)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert site.client.head(path).headers["ETag"] == first.headers["ETag"]
    world.clock.tick(hours=12)
    assert site.client.get(path, headers=asked).status_code == 200


def test_what_changes_elsewhere_leaves_a_feed_as_it_is(site: Site) -> None:
    site.world.publish(draft("1"))
    asked = {"If-None-Match": site.client.get("/kinds/penalty/feed.json").headers["ETag"]}
    site.world.publish(draft("2", source="food_drug/permits", kind="permit"))
    assert site.client.get("/kinds/penalty/feed.json", headers=asked).status_code == 304
