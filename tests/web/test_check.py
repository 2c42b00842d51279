"""POST /api/v1/check: its form, the asker's own ids, what has changed since, and what it refuses."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from publisher.schemas.addresses import Addresses
from publisher.schemas.check import CheckBody
from tests.fixtures.site import Site
from tests.fixtures.store import code, draft

WIND, SEA = "海南椰风旅行社有限公司", "三亚海潮酒店有限公司"


@pytest.fixture
def checked(site: Site) -> Site:
    site.world.publish(draft("1", uscc=code(1), name=WIND), draft("2", uscc=code(2), name=SEA, kind="permit"))
    return site


def post(site: Site, body: object) -> TestResponse:
    return site.client.post("/api/v1/check", json=body)


def ask(site: Site, **body: object) -> dict[str, Any]:
    response = post(site, body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.get_json()
    return answer


def test_rows_come_back_with_the_askers_ids_and_a_reason(checked: Site) -> None:
    answer = ask(
        checked,
        names=[{"id": "K-7", "name": "海南椰风旅行社", "code": code(1)}, SEA],
        codes=[{"id": "K-9", "code": code(2)}],
        items=[checked.item(q=WIND).id, "nothing"],
    )
    rows, items = answer["data"]["rows"], answer["data"]["items"]
    assert [(row["id"], row["verdict"]) for row in rows] == [
        ("K-7", "match"),
        ("names/1", "match"),
        ("K-9", "match"),
    ]
    best = rows[0]["candidates"][0]
    assert (best["subject"]["name"], best["why"], best["counts"]) == (
        WIND,
        ["code", "form_left_out"],
        {"penalty": 1},
    )
    assert [item["state"] for item in items] == ["public", "unknown"]
    assert (answer["meta"]["total"], answer["meta"]["unchanged"]) == (5, 0)


def test_a_later_question_gives_only_what_has_changed(checked: Site) -> None:
    asked = {"names": [WIND, SEA, "没有记录的公司"], "items": [checked.item(q=WIND).id]}
    token = ask(checked, **asked)["meta"]["token"]
    again = ask(checked, **asked, since=token)
    assert (again["data"], again["meta"]["unchanged"]) == ({"rows": [], "items": []}, 4)
    assert again["meta"]["token"] == token
    checked.world.publish(draft("3", uscc=code(2), name=SEA))
    more = ask(checked, names=[*asked["names"], "新的一行"], items=asked["items"], since=token)
    assert [row["name"] for row in more["data"]["rows"]] == [SEA, "新的一行"]
    checked.world.clock.now = checked.world.clock.now.replace(year=2028)
    late = ask(checked, **asked, since=token)["data"]
    assert [row["verdict"] for row in late["rows"] if row["name"] == WIND] == ["none"]
    assert [item["state"] for item in late["items"]] == ["ended"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (["a"], "body"),
        ({"name": ["a"]}, "name"),
        ({"names": "a"}, "names"),
        ({"names": [{"name": "a"}]}, "names/0/id"),
        ({"names": ["a", {"id": "x", "name": 5}]}, "names/1/name"),
        ({"codes": [5]}, "codes/0"),
        ({"names": ["a"] * 600, "codes": ["a"] * 401}, "names"),
        ({"names": ["a"], "since": "?"}, "since"),
        ({"items": ["\0"]}, "items"),
        ({"names": ["a"], "since": "AAAA"}, "since"),
    ],
)
def test_what_is_wrong_is_named(checked: Site, body: object, named: str) -> None:
    response = post(checked, body)
    assert response.status_code == 400
    first = next(problem["parameter"] for problem in response.get_json(force=True)["errors"])
    assert first.startswith(named)


def test_a_body_that_is_no_json_or_too_large_is_refused(checked: Site) -> None:
    assert checked.client.post("/api/v1/check", data=b"{").status_code == 400
    assert checked.client.post("/api/v1/check", data=b" " * (2 << 20)).status_code == 413
    assert checked.client.get("/api/v1/check").status_code == 405


def test_who_asks_too_often_is_told_when_to_come_again(checked: Site) -> None:
    answers = [post(checked, {"codes": [code(1)]}) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


def test_a_token_does_not_tell_what_was_asked(checked: Site, filled_site: Site) -> None:
    """Who has it and guesses a name cannot see whether that was it; another site's is of no use here."""
    asked = {"names": ["没有记录的公司"]}
    token = ask(checked, **asked)["meta"]["token"]
    own = CheckBody(Addresses(""), "another key").token(
        [{"id": "names/0", "name": "没有记录的公司", "code": None}]
    )
    assert own[:8] != token[:8]
    assert ask(filled_site, **asked)["meta"]["token"] == token, "every worker of a site knows it"


def test_an_empty_question_has_an_empty_answer(checked: Site) -> None:
    assert ask(checked)["data"] == {"rows": [], "items": []}
