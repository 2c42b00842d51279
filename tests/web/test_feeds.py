"""The JSON Feeds."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator

from tests.fixtures.site import BASE_URL, TRAVEL, Site
from tests.fixtures.store import code
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
    "path", ["/feed.json?kind=penalty", "/subjects/unknown/feed.json", "/lists/x/feed.json"]
)
def test_feeds_tell_what_is_wrong_as_problem_details(filled_site: Site, path: str) -> None:
    response = filled_site.client.get(path)
    assert response.status_code in (400, 404)
    assert response.mimetype == "application/problem+json"


def test_a_feed_names_late_sources_of_its_scope(filled_site: Site) -> None:
    assert feed(filled_site, "/feed.json")["_gongshi"] == {"stale": ["tourism/penalties"]}
    assert feed(filled_site, "/search/feed.json?kind=permit")["_gongshi"] == {"stale": []}
