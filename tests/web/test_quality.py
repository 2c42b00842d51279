"""The board of punctuality: its page, its table, and what sources' pages and the API tell of it."""

import csv
import io
from datetime import date, timedelta

import pytest

from publisher.harvests import Counts, RunState, Traffic
from publisher.kinds import Label
from publisher.punctuality import Tally
from publisher.quality import Gaps
from tests.fixtures.site import HOSTILE, Site
from tests.fixtures.store import NOON

WEEK = date(2026, 11, 23)
"""The week of NOON."""
OFFICE = "海南省旅游和文化广电体育厅"


@pytest.fixture
def measured(site: Site) -> Site:
    """Two sources that tell of one authority's decisions, and one of another's."""
    world = site.world
    world.add_source(within=7)
    world.add_source("government/city", title=Label("海口双公示", "Haikou double disclosure"), within=20)
    world.add_source("tax/evasion", title=Label("税务名单", "Tax list"), kind="blacklist")
    with world.store.writing() as store:
        store.add_punctuality(
            "tourism/penalties",
            {
                (OFFICE, WEEK): Tally(timely=6, late=1),
                (OFFICE, WEEK - timedelta(weeks=11)): Tally(timely=1),
                (OFFICE, WEEK - timedelta(weeks=12)): Tally(late=100),
            },
        )
        store.add_punctuality(
            "government/city",
            {
                (f"{OFFICE[:3]} {OFFICE[3:]}", WEEK): Tally(timely=1, provisional=1),
                ("=海口市税务局", WEEK): Tally(late=3),
            },
        )
        store.put_gaps("tourism/penalties", Gaps(NOON, 3, 1234, 56, 7))
        store.put_gaps("tax/evasion", Gaps(NOON, 0, 0, 0, 0))
        run = store.start_harvest("tourism/penalties", NOON)
        store.end_harvest(run, RunState.COMPLETE, Counts(seen=1000, refused=1), Traffic(), (), None, NOON)
    world.index.follow()
    return site


def page(site: Site, path: str) -> str:
    response = site.client.get(path)
    assert response.status_code == 200, response.text
    return " ".join(response.text.split())


def table(site: Site, path: str) -> list[list[str]]:
    response = site.client.get(path)
    assert (response.status_code, response.mimetype) == (200, "text/csv")
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))


def test_the_board_adds_up_an_authority_s_weeks_over_its_sources(measured: Site) -> None:
    told = page(measured, "/quality?lang=en")
    assert "<strong>66.7%</strong> of 12 decisions in time" in told
    late, punctual = told.split("<details")[1:]
    assert "海口市税务局" in late
    assert "0 of 3 in time" in late
    assert f"{OFFICE[:3]} {OFFICE[3:]}" in punctual  # the newest of its spellings that a source has
    assert "8 of 9 in time" in punctual
    assert punctual.count("<time") == 2
    assert "7 September 2026" in told  # the first of twelve weeks
    assert "provisional" in punctual
    assert "provisional" not in late


def test_what_is_not_all_in_time_is_never_said_to_be(site: Site) -> None:
    site.world.add_source(within=7)
    with site.world.store.writing() as store:
        store.add_punctuality("tourism/penalties", {(OFFICE, WEEK): Tally(timely=9_999, late=1)})
    told = page(site, "/quality")
    assert "99.9%" in told
    assert "100%" not in told


def test_sources_stand_with_what_their_rows_were_like(measured: Site) -> None:
    told = page(measured, "/quality?lang=en").split('id="by-source"')[1]
    assert "99.9% of 1,000 rows" in told
    assert "not measured" in told


def test_the_board_is_of_the_sectors_and_sources_asked_for(measured: Site) -> None:
    for path in ("/quality?sector=tourism", "/quality?source=tourism/penalties"):
        told = page(measured, path + "&lang=en")
        assert "of 8 decisions in time" in told
        assert "<details open>" in told
        assert "Tax list" not in told.split('id="by-source"')[1]
    both = "/quality?source=tourism/penalties&source=government/city&lang=en"
    assert "of 12 decisions in time" in page(measured, both)
    assert "来源" in page(measured, "/quality?sector=food_drug&lang=zh")


def test_a_sector_that_is_not_known_is_named(measured: Site) -> None:
    response = measured.client.get("/quality?sector=colours&lang=en")
    assert response.status_code == 400
    assert "sector" in response.text


def test_the_table_has_a_row_for_each_source_authority_and_week(measured: Site) -> None:
    header, *rows = table(measured, "/quality.csv?lang=en")
    assert header == [
        *("Authority", "Source", "Id", "Week from", "Published"),
        *("In time", "Late", "Share in time", "Provisional"),
    ]
    assert len(rows) == 4
    assert [
        OFFICE,
        "Tourism penalties",
        "tourism/penalties",
        "2026-11-23",
        "7",
        "6",
        "1",
        "0.8571",
        "0",
    ] in rows
    assert rows[0][0] == "'=海口市税务局"  # no formula
    assert len(table(measured, "/quality.csv?source=tourism/penalties")) == 3
    assert table(measured, "/quality.csv?lang=zh")[0][0] == "决定机关"


def test_a_source_s_page_tells_how_good_it_is(measured: Site) -> None:
    told = page(measured, "/sources/tourism/penalties?lang=en")
    assert "99.9% of 1,000 rows" in told
    assert "Public within 7 working days, last 12 weeks" in told
    assert "87.5% of 8 decisions" in told
    assert 'href="/quality?source=tourism/penalties' in told
    assert "56 not seen between 1,234 that were" in told
    assert "3 series, counted 2026-11-23 12:00" in told
    assert "no proof that anything was concealed" in told
    assert "不证明有隐瞒" in page(measured, "/sources/tourism/penalties?lang=zh")
    listed = page(measured, "/sources/tax/evasion?lang=en")
    assert "working day" not in listed
    assert "no row yet" in listed
    assert "no proof" not in listed


def test_the_api_tells_each_source_s_weeks(measured: Site) -> None:
    all_of_them = measured.client.get("/api/v1/sources").get_json()["data"]
    by_id = {one["id"]: one for one in all_of_them}
    assert by_id["tax/evasion"]["within"] is None
    assert by_id["tax/evasion"]["punctuality"] == []
    assert by_id["government/city"]["punctuality"] == [
        {"week": "2026-11-23", "published": 4, "timely": 1, "late": 3, "share": 0.25, "provisional": 1}
    ]
    one = measured.client.get("/api/v1/sources/tourism/penalties").get_json()["data"]
    assert one == by_id["tourism/penalties"]
    assert one["gaps"] == {
        "counted_at": "2026-11-23T04:00:00Z",
        "series": 3,
        "seen": 1234,
        "missing": 56,
        "left_out": 7,
    }
    assert by_id["government/city"]["gaps"] is None
    assert (one["within"], [week["week"] for week in one["punctuality"]]) == (7, ["2026-11-23", "2026-09-07"])


def test_hostile_names_are_shown_as_they_are_and_no_more(filled_site: Site) -> None:
    assert HOSTILE not in page(filled_site, "/quality")
    assert "&lt;script&gt;" in page(filled_site, "/quality")


def test_an_empty_board_says_so(site: Site) -> None:
    assert "这些周里没有可知公示日的决定" in page(site, "/quality?lang=zh")
    assert len(table(site, "/quality.csv")) == 1
