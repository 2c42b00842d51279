"""What everybody sees of items that people have ended, or to which somebody has objected."""

import json
from datetime import timedelta

import pytest

from publisher.items import HELD, ItemState
from tests.fixtures.site import TRAVEL, Site
from tests.fixtures.store import draft

TOLD = (TRAVEL, "琼旅罚", "未经许可", "海南省旅游")


def an_item(site: Site) -> str:
    site.world.add_source()
    site.world.publish(draft("1"))
    return site.item().id


def answers(site: Site, id: str) -> list[tuple[int, object, str]]:
    """All that page and API answer: status, headers, text."""
    told = []
    for path in (f"/items/{id}", f"/items/{id}?lang=en", f"/api/v1/items/{id}"):
        response = site.client.get(path)
        told.append((response.status_code, dict(response.headers), response.text))
    return told


def test_all_ends_but_a_revocation_look_the_same(site: Site) -> None:
    id = an_item(site)
    with site.world.store.writing() as store:
        store.set_states([id], ItemState.UNLISTED)
    expected = answers(site, id)
    for state in HELD - {ItemState.REVOKED}:
        with site.world.store.writing() as store:
            store.set_states([id], ItemState.PUBLIC)
        assert site.world.end(id, state) == 1
        assert answers(site, id) == expected, state
    assert {status for status, _, _ in expected} == {410}
    assert json.loads(expected[-1][2])["ended"].keys() == {"id", "kind", "moment"}


def test_a_revocation_is_told_for_thirty_days_without_what_was_revoked(site: Site) -> None:
    id = an_item(site)
    site.world.end(id, ItemState.WITHDRAWN)
    plain = answers(site, id)
    site.world.clock.tick(hours=1)
    site.world.end(id, ItemState.REVOKED)
    moment = site.world.clock().isoformat()
    zh, en, api = answers(site, id)
    assert "已由作出决定的机关撤销" in zh[2]
    assert "Revoked by the authority that decided" in en[2]
    assert json.loads(api[2])["ended"] == {"id": id, "kind": "penalty", "moment": moment, "revoked": True}
    for _, _, told in (zh, en, api):
        assert [word for word in TOLD if word in told] == []
    site.world.clock.tick(days=30, seconds=-1)
    assert answers(site, id)[0][2] == zh[2]
    site.world.clock.tick(seconds=1)
    after = answers(site, id)
    assert "撤销" not in after[0][2]
    assert json.loads(after[2][2])["ended"].keys() == {"id", "kind", "moment"}
    assert [status for status, _, _ in after] == [status for status, _, _ in plain]


def test_a_revocation_of_what_is_long_over_is_told_too(site: Site) -> None:
    id = an_item(site)
    site.world.clock.tick(days=400)
    before = answers(site, id)
    site.world.end(id, ItemState.REVOKED)
    assert "已由作出决定的机关撤销" in answers(site, id)[0][2]
    site.world.clock.tick(days=30)
    assert answers(site, id)[0][2] == before[0][2]


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", ("异议处理中", "有人对此处所载内容提出异议")), ("en", ("Objection being examined", "objected"))],
)
def test_an_objection_is_marked_wherever_the_item_stands(
    site: Site, language: str, words: tuple[str, str]
) -> None:
    id = an_item(site)
    subject = site.item().subject
    paths = [f"/items/{id}", "/", "/search", f"/subjects/{subject}", "/sources/tourism/penalties"]
    shown = [f"{path}?lang={language}" for path in paths]
    for path in shown:
        assert words[0] not in site.client.get(path).text
    site.world.clock.tick(hours=1)
    site.world.mark(id, objected=True)
    for path in shown:
        assert words[0] in site.client.get(path).text, path
    assert words[1] in site.client.get(shown[0]).text
    assert "2026-11-23 13:00" in site.client.get(shown[0]).text


def test_an_objection_is_told_to_programs_and_filters_nothing(site: Site) -> None:
    id = an_item(site)
    site.world.mark(id, objected=True)
    site.world.index.follow()
    [found] = site.client.get("/api/v1/search?q=旅行社").json["data"]
    [entry] = site.client.get("/feed.json").json["items"]
    item = site.client.get(f"/api/v1/items/{id}").json["data"]
    for told in (found, entry["_gongshi"], item):
        assert told["objected_at"] == "2026-11-23T04:00:00Z"
    site.world.clock.tick(seconds=timedelta(minutes=1).seconds)
    site.world.mark(id, objected=False)
    assert site.client.get(f"/api/v1/items/{id}").json["data"]["objected_at"] is None
    assert site.client.get("/api/v1/search").json["meta"]["total"] == 1
