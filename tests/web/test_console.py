"""The console: what operators and publishers see and do there."""

import csv
import io
from datetime import timedelta

from publisher.harvests import RunState
from publisher.items import ItemState
from tests.fixtures.accounts import PASSWORD
from tests.fixtures.console import refuse, window
from tests.fixtures.site import Site
from tests.fixtures.store import draft


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_and_back(office_site: Site) -> None:
    stranger = window(office_site)
    led = stranger.client.get("/console/runs?source=tax/list")
    assert led.status_code == 303
    assert led.location == "/console/sign-in?next=/console/runs?source%3Dtax/list"
    page = stranger.get(led.location)
    assert 'name="next" value="/console/runs?source=tax/list"' in page
    inside = stranger.sign_in("wang", next="/console/runs?source=tax/list")
    assert (inside.status_code, inside.location) == (303, "/console/runs?source=tax/list")
    assert "读取记录" in stranger.get(inside.location)


def test_the_first_page_says_what_waits(office_site: Site) -> None:
    office_site.world.add_source(stale_from=office_site.world.clock() - timedelta(days=1))
    refuse(office_site.world, "tax/list", RunState.FAILED)
    operator = window(office_site, "wang").get("/console?lang=en")
    for said in ("tourism/penalties", "tax/list", "later than promised", "failed", "2 sources in all"):
        assert said in operator
    publisher = window(office_site, "li").get("/console?lang=en")
    assert "tourism/penalties" in publisher
    assert "tax/list" not in publisher
    assert "1 source in all" in publisher


def test_a_run_is_shown_with_its_log_and_warnings(office_site: Site) -> None:
    operator = window(office_site, "wang")
    runs = operator.get("/console/runs?source=tax/list")
    assert "/console/runs/2" in runs
    assert "/console/runs/1" not in runs
    page = operator.get("/console/runs/2")
    assert "A warning about tax/list." in page
    assert "Read tax/list." in page
    operator.get("/console/runs/3", 404)
    operator.get("/console/runs/99999999999999999999", 404)


def test_runs_are_paged(office_site: Site) -> None:
    for _ in range(60):
        refuse(office_site.world, "tax/list")
    operator = window(office_site, "wang")
    first = operator.get("/console/runs")
    assert first.count('href="/console/runs/') == 50
    assert "/console/runs?before=13" in first
    assert operator.get("/console/runs?before=13").count('href="/console/runs/') == 12


def test_refused_rows_say_what_is_wrong_and_how_to_mend_it(office_site: Site) -> None:
    operator = window(office_site, "wang")
    assert "/console/quarantine/tax/list" in operator.get("/console/quarantine")
    page = operator.get("/console/quarantine/tax/list?lang=en")
    for said in ("2026-02-30", "there is no such day", "Write year, month and day", "案由", "rows.csv"):
        assert said in page
    exported = operator.client.get("/console/quarantine.csv/tax/list")
    assert exported.headers["Content-Disposition"] == "attachment; filename=refused-tax-list.csv"
    rows = list(csv.reader(io.StringIO(exported.get_data().decode("utf-8-sig"))))
    assert [row[1] for row in rows] == ["row", "7", "9"]
    assert operator.client.get("/console/quarantine.xlsx/tax/list").data[:2] == b"PK"
    operator.get("/console/quarantine.exe/tax/list", 404)


def test_harvest_again_leaves_a_request_to_the_scheduler(office_site: Site) -> None:
    led = window(office_site, "li").send("/console/harvest/tourism/penalties")
    assert (led.status_code, led.location) == (303, "/console/sources?done=asked")
    with office_site.world.store.reading() as store:
        (asked,) = store.requests()
        told = store.trail(limit=1)[0].entry
    assert (asked.source, asked.by, asked.accept_removals) == ("tourism/penalties", "li", False)
    assert (str(told.actor), told.action) == ("publisher li", "harvest.requested")
    assert "即将读取" in window(office_site, "li").get("/console/sources?done=asked")


def test_an_operator_pauses_and_resumes_a_source(office_site: Site) -> None:
    operator = window(office_site, "wang")
    for path, done, paused in (
        ("pause", "paused", True),
        ("pause", "paused-already", True),
        ("resume", "resumed", False),
        ("resume", "not-paused", False),
    ):
        led = operator.send(f"/console/{path}/tax/list")
        assert led.location == f"/console/sources?done={done}"
        with office_site.world.store.reading() as store:
            assert store.standing("tax/list").paused == paused


def test_a_run_that_would_remove_too_much_is_accepted_by_an_operator(office_site: Site) -> None:
    run = refuse(office_site.world, "tax/list", RunState.REFUSED)
    operator = window(office_site, "wang")
    assert "/console/accept-removals/tax/list" in operator.get(f"/console/runs/{run}")
    assert "/console/accept-removals" not in window(office_site, "zhao").get(f"/console/runs/{run}")
    assert "/console/accept-removals" not in operator.get("/console/runs/1")
    assert operator.send("/console/accept-removals/tax/list").status_code == 303
    with office_site.world.store.reading() as store:
        assert store.requests()[0].accept_removals


def test_an_item_is_shown_with_its_whole_history(office_site: Site) -> None:
    world = office_site.world
    id = office_site.item(kind=("penalty",)).id
    world.publish(draft("901", title="工作台所见，已更正", fine=None))
    operator = window(office_site, "wang")
    found = operator.client.get(f"/console/items?id=https://gongshi.example/items/{id}?lang=en")
    assert found.location == f"/console/items/{id}"
    page = operator.get(f"/console/items/{id}?lang=en")
    assert "It is public." in page
    assert page.count("工作台所见，已更正") > 1
    assert "What they said before" in page
    assert page.count("工作台所见") > page.count("工作台所见，已更正")
    operator.get("/console/items?id=nothing", 404)
    operator.get("/console/items/aaaaaaaaaaaaaaaa", 404)


def test_an_item_that_is_not_public_says_why(office_site: Site) -> None:
    world = office_site.world
    item = office_site.item(kind=("penalty",))
    operator = window(office_site, "wang")
    with world.store.writing() as store:
        store.set_states([item.id], ItemState.UNLISTED)
    assert "no source lists it any more" in operator.get(f"/console/items/{item.id}?lang=en")
    with world.store.writing() as store:
        store.set_states([item.id], ItemState.PUBLIC)
    world.clock.tick(days=400)
    assert "12 May 2027 was its last day" in window(office_site, "wang").get(
        f"/console/items/{item.id}?lang=en"
    )


def test_a_publisher_sees_of_a_shared_item_what_its_own_source_says(office_site: Site) -> None:
    world = office_site.world
    world.publish(draft("901", source="tax/list", title="税务所述", fine=None))
    id = next(item.id for item in world_items(office_site) if len(item.sources) == 2)
    assert "税务所述" in window(office_site, "zhao").get(f"/console/items/{id}")
    own = window(office_site, "li").get(f"/console/items/{id}")
    assert "工作台所见" in own
    assert "税务所述" not in own
    both = window(office_site, "wang").get(f"/console/items/{id}")
    assert "税务所述" in both


def world_items(site: Site) -> list:
    with site.world.store.reading() as store:
        return [item for part in store.each_public_item(site.world.clock()) for item in part]


def test_the_audit_trail_is_listed_newest_first_for_operators(office_site: Site) -> None:
    operator = window(office_site, "wang")
    operator.send("/console/pause/tax/list")
    page = operator.get("/console/trail")
    assert page.index("source.paused") < page.index("session.opened") < page.index("user.added")
    assert "source.paused" not in operator.get("/console/trail?item=aaaaaaaaaaaaaaaa")


def test_ones_own_sessions_are_listed_and_ended(office_site: Site) -> None:
    here, elsewhere = window(office_site, "wang"), window(office_site, "wang")
    page = here.get("/console/account")
    assert page.count('/end"') == 1
    id = int(page.split("/console/account/sessions/")[1].split("/")[0])
    assert here.send(f"/console/account/sessions/{id}/end").status_code == 303
    assert elsewhere.client.get("/console").status_code == 303
    here.get("/console")
    other = window(office_site, "li")
    for number in range(1, 8):
        other.send(f"/console/account/sessions/{number}/end")
        if other.client.get("/console").status_code == 303:
            break
    here.get("/console")


def test_signing_out_ends_the_session_for_good(office_site: Site) -> None:
    here = window(office_site, "wang")
    (cookie,) = [kept for kept in here.client._cookies.values() if kept.key == "__Host-gongshi"]
    assert here.send("/console/sign-out").location == "/console/sign-in?done=signed-out"
    assert here.client.get("/console").status_code == 303
    here.client.set_cookie(cookie.key, cookie.value)
    assert here.client.get("/console").status_code == 303


def test_changing_the_password_ends_all_other_sessions(office_site: Site) -> None:
    here, elsewhere = window(office_site, "wang"), window(office_site, "wang")
    new = "an entirely new pass phrase"
    wrong = here.send("/console/account/password", now="nonsense", new=new, again=new)
    assert (wrong.status_code, "现在的密码不正确" in wrong.text) == (403, True)
    unequal = here.send("/console/account/password", now=PASSWORD, new=new, again=new + "!")
    assert (unequal.status_code, "两次输入" in unequal.text) == (422, True)
    short = here.send("/console/account/password", now=PASSWORD, new="short", again="short")
    assert (short.status_code, "太短" in short.text) == (422, True)
    assert here.send("/console/account/password", now=PASSWORD, new=new, again=new).status_code == 303
    here.get("/console")
    assert elsewhere.client.get("/console").status_code == 303
    assert window(office_site).sign_in("wang").status_code == 403
    assert window(office_site).sign_in("wang", new).status_code == 303


def test_changing_the_password_is_throttled_too(office_site: Site) -> None:
    here = window(office_site, "wang")
    new = "an entirely new pass phrase"
    codes = [
        here.send("/console/account/password", now="nonsense", new=new, again=new).status_code
        for _ in range(6)
    ]
    assert codes == [403] * 5 + [429]
