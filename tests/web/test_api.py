"""The API: envelopes, problems, headers."""

from datetime import date, timedelta
from typing import Any

import pytest

from publisher.harvests import Counts, RunState, Traffic
from tests.fixtures.site import BASE_URL, TRAVEL, Site
from tests.fixtures.store import code, draft


def get(site: Site, path: str, status: int = 200) -> dict[str, Any]:
    response = site.client.get(path)
    assert response.status_code == status, response.text
    read: dict[str, Any] = response.get_json(force=True)
    return read


def test_both_scripts_give_the_same_total(filled_site: Site) -> None:
    totals = {get(filled_site, f"/api/v1/search?q={q}")["meta"]["total"] for q in ("行政處罰", "行政处罚")}
    assert len(totals) == 1
    assert totals.pop() > 0


def test_a_search_comes_with_total_facets_moment_and_the_next_page(filled_site: Site) -> None:
    response = filled_site.client.get("/api/v1/search?q=食品店&limit=20&kind=penalty")
    meta, data = response.json["meta"], response.json["data"]  # type: ignore[index]
    assert (meta["total"], len(data), meta["as_of"]) == (25, 20, "2026-11-23T04:00:00Z")
    assert {"value": "penalty", "count": 25} in meta["facets"]["kind"]
    assert response.headers["Link"].startswith(f"<{BASE_URL}/api/v1/search?q=")
    rest = get(filled_site, f"/api/v1/search?q=食品店&limit=20&kind=penalty&page={meta['next']}")
    assert (len(rest["data"]), rest["meta"]["next"]) == (5, None)


def test_an_item_says_all_that_is_public_and_nothing_else(filled_site: Site) -> None:
    item = filled_site.item(kind=("arrears",))
    data = get(filled_site, f"/api/v1/items/{item.id}")["data"]
    assert data["content"]["amount_owed"] == "880000.5"
    assert data["period"] == {
        "start": "2026-05-12",
        "last_day": "2027-05-12",
        "rule": "months:12",
        "basis": "months",
        "law": None,
        "severity": None,
        "assumed": None,
        "counted_from": None,
        "repair_from": None,
    }
    assert data["subject"]["name"] == TRAVEL
    person = filled_site.item(q="擅自从事导游活动案")
    assert "personal_key" not in filled_site.client.get(f"/api/v1/items/{person.id}").text


def test_an_items_period_says_the_law_and_the_severity(site: Site) -> None:
    site.world.publish(draft(rules="cn-2026"))
    data = get(site, f"/api/v1/items/{site.item(kind=('penalty',)).id}")["data"]
    assert data["period"] == {
        "start": "2026-05-12",
        "last_day": "2027-05-12",
        "rule": "cn-2026/general/3-12/assumed",
        "basis": "law",
        "law": "cn-2026",
        "severity": "general",
        "assumed": True,
        "counted_from": None,
        "repair_from": "2026-08-13",
    }


def test_a_source_s_earlier_end_keeps_the_law_s_severity_and_day_of_repair(site: Site) -> None:
    site.world.publish(draft(rules="cn-2026", severity="serious", public_until=date(2027, 9, 1)))
    period = get(site, f"/api/v1/items/{site.item(kind=('penalty',)).id}")["data"]["period"]
    assert (period["last_day"], period["basis"]) == ("2027-09-01", "public_until")
    assert (period["law"], period["severity"], period["repair_from"]) == ("cn-2026", "serious", "2027-05-13")


def test_a_subject_has_counts_of_every_kind_and_its_items(filled_site: Site) -> None:
    data = get(filled_site, f"/api/v1/subjects/{code(1)}")["data"]
    assert data["name"] == TRAVEL
    assert set(data["counts"]) == set(filled_site.world.registry.kinds)
    assert [item["content"]["severity"] for item in data["items"]["penalty"]] == ["serious"]


def test_suggestions_are_subjects(filled_site: Site) -> None:
    found = get(filled_site, "/api/v1/suggest?q=椰风&limit=3")["data"]
    assert [subject["name"] for subject in found] == [TRAVEL]
    assert get(filled_site, "/api/v1/suggest")["data"] == []


def test_chinese_is_not_escaped(filled_site: Site) -> None:
    assert TRAVEL in filled_site.client.get("/api/v1/search").text


def test_what_has_ended_is_a_bare_tombstone(site: Site) -> None:
    site.world.add_source()
    site.world.publish(draft("1"))
    id = site.item().id
    site.world.clock.tick(days=400)
    problem = get(site, f"/api/v1/items/{id}", 410)
    assert problem["ended"] == {"id": id, "kind": "penalty", "moment": "2027-05-12T16:00:00+00:00"}
    assert set(problem) == {"type", "title", "status", "detail", "instance", "ended"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/items/unknown", 404),
        ("/api/v1/subjects/unknown", 404),
        ("/api/v1/nothing", 404),
        ("/api/v1/sources/tourism/unknown", 404),
        ("/api/v1/items/unknown?colour=red", 400),
        ("/api/v1/suggest?limit=x", 400),
        ("/api/v1/search?lang=fr", 400),
    ],
)
def test_problems_are_problem_details(filled_site: Site, path: str, status: int) -> None:
    response = filled_site.client.get(path)
    problem = response.get_json(force=True)
    assert response.mimetype == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert (response.status_code, problem["status"], problem["instance"]) == (
        status,
        status,
        path.split("?")[0],
    )


def test_a_known_value_is_offered_for_an_unknown_one(filled_site: Site) -> None:
    problem = get(filled_site, "/api/v1/search?kind=fine&lang=en", 400)
    assert problem["errors"][0]["allowed"] == list(filled_site.world.registry.kinds)
    assert problem["errors"][0]["detail"] == "this value is not known"


def test_sources_come_with_freshness_counts_and_compliance(site: Site) -> None:
    world = site.world
    world.add_source(every=timedelta(hours=6), url="https://example.org/list")
    world.add_source("tax/evasion", kind="blacklist")
    world.publish(draft("1"), draft("2"))
    runs = [
        (RunState.COMPLETE, Counts(seen=9)),
        (RunState.COMPLETE, Counts(seen=8, new=2, refused=1, not_public=5)),
        (RunState.FAILED, Counts(seen=100, refused=100)),
    ]
    with world.store.writing() as store:
        for state, counts in runs:
            run = store.start_harvest("tourism/penalties", world.clock())
            store.end_harvest(run, state, counts, Traffic(), (), None, world.clock())
    told = get(site, "/api/v1/sources")
    assert [one["id"] for one in told["data"]] == ["tax/evasion", "tourism/penalties"]
    never, read = told["data"]
    assert (never["read"], never["compliance"], never["every"], never["stale"]) == (None, None, None, False)
    assert (read["items"], read["read"], read["refused"], read["compliance"]) == (2, 8, 1, 0.875)
    assert (read["every"], read["source_url"]) == (21600, "https://example.org/list")
    assert read["title"] == {"zh": "旅游行政处罚", "en": "Tourism penalties"}
    assert read["url"] == f"{BASE_URL}/sources/tourism/penalties"
    assert get(site, "/api/v1/sources/tourism/penalties")["data"] == read


def test_results_and_subjects_name_late_sources(site: Site) -> None:
    site.world.add_source(stale_from=site.world.clock())
    site.world.add_source("tax/list", stale_from=site.world.clock(), kind="blacklist", cron="0 6 * * *")
    site.world.add_source("tax/other")
    site.world.publish(draft("1"))
    for path, stale in (
        ("/api/v1/search", ["tax/list", "tourism/penalties"]),
        ("/api/v1/search?kind=penalty", ["tourism/penalties"]),
        ("/api/v1/search?kind=permit", []),
        (f"/api/v1/subjects/{code(1)}", ["tax/list", "tourism/penalties"]),
    ):
        assert get(site, path)["meta"]["stale"] == stale, path
    told = {
        source["id"]: (source["stale"], source["cron"]) for source in get(site, "/api/v1/sources")["data"]
    }
    assert told == {
        "tax/list": (True, "0 6 * * *"),
        "tax/other": (False, None),
        "tourism/penalties": (True, None),
    }


def test_other_methods_are_told_which_there_are(filled_site: Site) -> None:
    response = filled_site.client.post("/api/v1/search")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_nothing_is_kept_past_midnight_when_items_end(site: Site) -> None:
    """Nor is what shows no item but their number, or the name of their subject."""
    site.world.add_source()
    site.world.publish(draft("1", decided_on=date(2025, 11, 24)), draft("2"))
    site.world.clock.tick(days=1, hours=11, minutes=59, seconds=30.25)
    paths = ("/", "/search", "/lists", "/sources", "/feed.json", "/api/v1/search", "/api/v1/sources")
    for path in (*paths, "/api/v1/suggest?q=椰风"):
        assert site.client.get(path).headers["Cache-Control"] == "public, max-age=29, s-maxage=1", path
    assert site.client.get("/nowhere").headers["Cache-Control"] == "no-store"
    site.world.clock.tick(seconds=29.75)
    assert site.client.get("/search").headers["Cache-Control"] == "public, max-age=60, s-maxage=1"


def test_every_answer_carries_the_security_headers(filled_site: Site) -> None:
    for path in ("/", "/api/v1/search", "/feed.json", "/nowhere", "/static/site.css"):
        with filled_site.client.get(path) as response:
            headers = response.headers
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Referrer-Policy" in headers


def test_robots_and_health_are_there(filled_site: Site) -> None:
    assert "Disallow: /search" in filled_site.client.get("/robots.txt").text
    assert filled_site.client.get("/healthz").text == "ok\n"
