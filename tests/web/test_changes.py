"""The change log for others: whole items, bare tombstones, cursors, waiting."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from publisher.ending import end, mark, restore
from publisher.erasing import erase_due
from publisher.items import HELD, ItemState
from publisher.mirroring import Cursor
from publisher.publish import unlist
from publisher.trail import Actor, ActorKind
from tests.fixtures.site import BASE_URL, SETTINGS, TRAVEL, Site, application
from tests.fixtures.store import code, draft

PATH = "/api/v1/changes"
OPERATOR = Actor(ActorKind.OPERATOR, "li")


def ask(site: Site, status: int = 200, **parameters: object) -> dict[str, Any]:
    response = site.client.get(PATH, query_string=parameters)
    assert response.status_code == status, response.text
    read: dict[str, Any] = response.get_json(force=True)
    return read


def told(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    """What happened, and the title of the item where it is there."""
    return [(entry["what"], entry.get("item", {}).get("title")) for entry in answer["data"]]


def test_that_an_item_was_erased_is_not_told(site: Site) -> None:
    site.world.publish(draft("1"))
    [entry] = ask(site)["data"]
    site.world.end(entry["id"], ItemState.REPAIRED)
    before = ask(site)
    assert told(before) == [("ended", None)]
    erase_due(site.world.store, site.world.desk, site.world.clock)
    after = ask(site, since=before["meta"]["next"])
    assert (after["data"], after["meta"]["more"]) == ([], False)
    assert ask(site, since=after["meta"]["next"])["meta"]["next"] == after["meta"]["next"]
    assert after["meta"]["next"] != before["meta"]["next"]
    assert told(ask(site)) == [("ended", None)]


def withdraw(site: Site, *keys: str) -> None:
    """Their source has them no more."""
    world = site.world
    with world.store.writing() as store:
        known = store.sightings_by_key("tourism/penalties", keys).values()
        unlist(store, [one.id for one in known], {one.item for one in known}, world.desk, world.clock())


def test_a_published_item_comes_whole_with_its_end(site: Site) -> None:
    site.world.publish(draft("1"))
    answer = ask(site)
    entry = answer["data"][0]
    item = site.client.get(f"/api/v1/items/{entry['id']}").json["data"]  # type: ignore[index]
    assert entry == {
        "id": item["id"],
        "kind": "penalty",
        "what": "published",
        "moment": "2026-11-23T04:00:00Z",
        "item": item,
    }
    assert item["public_until"] == "2027-05-12T16:00:00Z"
    assert answer["meta"] == {"next": answer["meta"]["next"], "more": False, "as_of": "2026-11-23T04:00:00Z"}


def test_a_follower_gets_each_change_once_and_in_order(site: Site) -> None:
    site.world.publish(*(draft(f"{n}", name=f"海口{n}店", uscc=code(n), title=f"第{n}件") for n in range(7)))
    pages, since = [], {}
    while not pages or pages[-1]["meta"]["more"]:
        pages.append(ask(site, limit=3, **since))
        since = {"since": pages[-1]["meta"]["next"]}
    assert [len(page["data"]) for page in pages] == [3, 3, 1]
    with site.world.store.reading() as store:
        logged = [change.item for change in store.changes(0, 100)]
    assert [entry["id"] for page in pages for entry in page["data"]] == logged
    site.world.publish(draft("1", name="海口1店", uscc=code(1), title="第1件，更正"))
    assert told(ask(site, **since)) == [("corrected", "第1件，更正")]


def test_what_an_item_said_before_is_in_no_change(site: Site) -> None:
    site.world.publish(draft("1", title="旧"))
    site.world.publish(draft("2", name="海口2店", uscc=code(2)))
    site.world.publish(draft("1", title="新"))
    assert told(ask(site)) == [("published", "行政处罚决定书"), ("corrected", "新")]
    assert told(ask(site, limit=1)) == [("published", "新")]


def test_an_item_that_its_source_took_back_is_a_bare_tombstone_in_older_changes_too(site: Site) -> None:
    site.world.publish(draft("1"), draft("2", name="海口2店", uscc=code(2), title="留下的"))
    before = ask(site)
    gone = next(entry for entry in before["data"] if entry["item"]["subject"]["name"] == TRAVEL)
    site.world.clock.tick(hours=1)
    withdraw(site, "1")
    tombstone = {"id": gone["id"], "kind": "penalty", "what": "ended", "moment": "2026-11-23T05:00:00Z"}
    assert ask(site, since=before["meta"]["next"])["data"] == [tombstone]
    first = [ask(site, limit=1, since=cursor)["data"][0] for cursor in cursors(site, 2)]
    assert tombstone in first
    assert TRAVEL not in site.client.get(PATH).text


def cursors(site: Site, rows: int) -> list[str]:
    """Those before each of the first rows of the log."""
    with site.world.store.reading() as store:
        seqs = [0, *(change.seq for change in store.changes(0, rows - 1))]
        return [Cursor(store.epoch(), seq).text() for seq in seqs]


def test_an_item_that_is_back_is_never_told_as_ended(site: Site) -> None:
    """Else who follows would lack what is public, up to the next answer."""
    site.world.publish(draft("1"))
    withdraw(site, "1")
    site.world.publish(draft("1"))
    assert [told(ask(site, limit=1, since=cursor)) for cursor in cursors(site, 3)] == [
        [("published", "行政处罚决定书")],
        [("restored", "行政处罚决定书")],
        [("restored", "行政处罚决定书")],
    ]


@pytest.mark.parametrize("state", sorted(HELD))
def test_an_item_that_people_ended_is_the_same_tombstone_whatever_the_reason(
    site: Site, state: ItemState
) -> None:
    site.world.publish(draft("1"))
    world, start = site.world, ask(site)
    [id] = [entry["id"] for entry in start["data"]]
    world.clock.tick(hours=1)
    with world.store.writing() as store:
        end(store, [id], state, OPERATOR, "因故", world.desk, world.clock())
    entries = [{"id": id, "kind": "penalty", "what": "ended", "moment": "2026-11-23T05:00:00Z"}]
    assert ask(site, since=start["meta"]["next"])["data"] == ask(site)["data"] == entries
    with world.store.writing() as store:
        restore(store, [id], OPERATOR, "已重整", world.desk, world.clock())
    assert told(ask(site, since=start["meta"]["next"])) == [("restored", "行政处罚决定书")]


def test_the_mark_of_an_objection_comes_and_goes(site: Site) -> None:
    site.world.publish(draft("1"))
    world, since = site.world, ask(site)["meta"]["next"]
    found = []
    for objected in (True, False):
        with world.store.writing() as store:
            mark(store, site.item().id, objected, OPERATOR, "异议", world.clock())
        answer = ask(site, since=since)
        since = answer["meta"]["next"]
        found += [(entry["what"], entry["item"]["objected_at"]) for entry in answer["data"]]
    assert found == [("objected", "2026-11-23T04:00:00Z"), ("objected", None)]


def test_an_item_whose_period_has_ended_is_a_tombstone_of_that_moment(site: Site) -> None:
    site.world.publish(draft("1", public_until=date(2026, 11, 23)))
    assert ask(site)["data"][0]["item"]["public_until"] == "2026-11-23T16:00:00Z"
    site.world.clock.now = site.world.clock.now.replace(hour=23, minute=59, second=59)
    assert "item" in ask(site)["data"][0]
    site.world.clock.tick(seconds=1)
    entry = ask(site)["data"][0]
    assert (entry["what"], entry["moment"], "item" in entry) == ("ended", "2026-11-23T16:00:00Z", False)


def test_an_item_that_moved_to_another_subject_comes_once_with_the_right_one(site: Site) -> None:
    site.world.publish(draft("1", uscc=None))
    start = ask(site)
    site.world.publish(draft("2"))
    data = ask(site, since=start["meta"]["next"])["data"]
    assert [entry["what"] for entry in data] == ["published", "joined"]
    assert data[1]["id"] == start["data"][0]["id"]
    subjects = {entry["item"]["subject"]["id"] for entry in data}
    assert len(subjects) == 1
    assert subjects != {start["data"][0]["item"]["subject"]["id"]}


def test_the_next_page_is_linked_and_nobody_keeps_or_lists_an_answer(site: Site) -> None:
    site.world.publish(draft("1"))
    response = site.client.get(f"{PATH}?limit=10")
    cursor = response.json["meta"]["next"]  # type: ignore[index]
    assert response.headers["Link"] == f'<{BASE_URL}{PATH}?limit=10&since={cursor}>; rel="next"'
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("parameters", "wrong"),
    [
        ({"since": "abc"}, "since"),
        ({"since": "公示"}, "since"),
        ({"since": "MS4yLjM="}, "since"),
        ({"since": Cursor("epoch", -1).text()}, "since"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"wait": "31"}, "wait"),
        ({"page": "2"}, "page"),
    ],
)
def test_a_wrong_parameter_is_named(site: Site, parameters: dict[str, str], wrong: str) -> None:
    assert [error["parameter"] for error in ask(site, 400, **parameters)["errors"]] == [wrong]


def test_a_cursor_that_lost_a_character_is_refused(site: Site) -> None:
    site.world.publish(draft("1"))
    cursor = ask(site)["meta"]["next"]
    for place in range(0, len(cursor), 5):
        other = "B" if cursor[place] == "A" else "A"
        ask(site, 400, since=cursor[:place] + other + cursor[place + 1 :])


@pytest.mark.parametrize("ahead", [0, 1, 10**30])
def test_a_cursor_of_another_log_is_gone_and_is_told_where_to_begin(site: Site, ahead: int) -> None:
    """One of another epoch, and one ahead of the log: that of a database before an older copy took its
    place."""
    site.world.publish(draft("1"))
    with site.world.store.reading() as store:
        cursor = Cursor(store.epoch() if ahead else "another", store.last_change() + ahead)
    problem = ask(site, 410, since=cursor.text(), lang="en")
    assert problem["detail"] == (
        "This cursor belongs to another change log. Start a fresh copy here, without the parameter since."
    )
    assert problem["start"] == PATH


# waiting


def test_an_answer_that_has_something_does_not_wait(site: Site) -> None:
    site.world.publish(draft("1"))
    began = time.monotonic()
    assert ask(site, wait=30)["data"]
    assert time.monotonic() - began < 5


def test_without_a_change_the_wait_ends_when_it_was_to(site: Site) -> None:
    began = time.monotonic()
    answer = ask(site, wait=1)
    assert 1 <= time.monotonic() - began < 5
    assert answer["data"] == []
    assert ask(site, since=answer["meta"]["next"])["meta"]["next"] == answer["meta"]["next"]


def test_a_wait_ends_with_a_change(site: Site) -> None:
    answers = in_background(lambda: ask(site, wait=30))
    time.sleep(0.3)
    began = time.monotonic()
    site.world.publish(draft("1"))
    assert told(answers()) == [("published", "行政处罚决定书")]
    assert time.monotonic() - began < 5


def test_when_as_many_wait_as_may_the_next_is_answered_at_once(site: Site) -> None:
    app = application(
        site.world.public, site.world.registry, site.counters, site.dumps, replace(SETTINGS, waiting=1)
    )
    answers = in_background(lambda: app.test_client().get(f"{PATH}?wait=3").json)
    time.sleep(0.5)
    began = time.monotonic()
    assert app.test_client().get(f"{PATH}?wait=30").json["data"] == []  # type: ignore[index]
    assert time.monotonic() - began < 2
    answers()
    assert app.test_client().get(f"{PATH}?wait=1").json["data"] == []  # type: ignore[index]
    assert time.monotonic() - began > 3


def test_where_nobody_may_wait_everyone_is_answered_at_once(site: Site) -> None:
    app = application(
        site.world.public, site.world.registry, site.counters, site.dumps, replace(SETTINGS, waiting=0)
    )
    began = time.monotonic()
    assert app.test_client().get(f"{PATH}?wait=30").json["data"] == []  # type: ignore[index]
    assert time.monotonic() - began < 5


def in_background(work: Callable[[], Any]) -> Callable[[], Any]:
    """Begins it in a thread; the function given waits for what comes of it."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()

    def result() -> Any:
        thread.join(30)
        return found[0]

    return result
