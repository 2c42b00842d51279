"""The gate of the console: each route tried by everybody who might, and by attacks."""

import itertools
import secrets
from dataclasses import dataclass
from datetime import timedelta

import pytest

from publisher import admitting
from publisher.accounts import IDLE, LONGEST
from publisher.cases import Evidence
from publisher.throttling import FREE, Counted
from tests.fixtures.accounts import BY, PASSWORD, SECRET, quick_passwords
from tests.fixtures.console import Window, file_case, window
from tests.fixtures.site import BASE_URL, Site, application, at

OWN, OTHER = "tourism/penalties", "tax/list"
ACCOUNTS = {"nobody": None, "publisher": "li", "other publisher": "zhao", "operator": "wang"}


@dataclass
class Address:
    """A route with arguments: things of the publisher's source. Who may: who is let in."""

    method: str
    path: str
    may: tuple[str, ...]


SIGNED_IN = ("publisher", "other publisher", "operator")
ADDRESSES = {
    "sign_in": Address("GET", "/console/sign-in", ("nobody",)),  # the others are led on
    "enter": Address("POST", "/console/sign-in", ()),  # tried below
    "sign_out": Address("POST", "/console/sign-out", SIGNED_IN),
    "own": Address("GET", "/console/account", SIGNED_IN),
    "change": Address("POST", "/console/account/password", SIGNED_IN),
    "end": Address("POST", "/console/account/sessions/0/end", SIGNED_IN),
    "start": Address("GET", "/console", SIGNED_IN),
    "sources": Address("GET", "/console/sources", SIGNED_IN),
    "harvest": Address("POST", f"/console/harvest/{OWN}", ("publisher", "operator")),
    "accept": Address("POST", f"/console/accept-removals/{OWN}", ("operator",)),
    "pause": Address("POST", f"/console/pause/{OWN}", ("operator",)),
    "resume": Address("POST", f"/console/resume/{OWN}", ("operator",)),
    "runs": Address("GET", f"/console/runs?source={OWN}", ("publisher", "operator")),
    "run": Address("GET", "/console/runs/1", ("publisher", "operator")),
    "quarantine": Address("GET", "/console/quarantine", SIGNED_IN),
    "refused": Address("GET", f"/console/quarantine/{OWN}", ("publisher", "operator")),
    "export": Address("GET", f"/console/quarantine.csv/{OWN}", ("publisher", "operator")),
    "find": Address("GET", "/console/items?id=aaaaaaaaaaaaaaaa", SIGNED_IN),
    "item": Address("GET", "/console/items/{item}", ("publisher", "operator")),
    "decide_item": Address("POST", "/console/items/{item}/withdraw", ("operator",)),
    "cases": Address("GET", "/console/cases", SIGNED_IN),
    "case": Address("GET", "/console/cases/{case}", ("publisher", "operator")),
    "decide": Address("POST", "/console/cases/{case}/accept", ("publisher", "operator")),
    "paper": Address("GET", "/console/cases/{case}/papers/{paper}", ("publisher", "operator")),
    "trail": Address("GET", "/console/trail", ("operator",)),
}
TRIED = {name: address for name, address in ADDRESSES.items() if name != "enter"}


def with_things(site: Site, address: Address) -> str:
    """The path with a case that the publisher decides on, its paper and its item."""
    paper = Evidence(secrets.token_hex(16), "回执.pdf", "application/pdf", 2048)
    case = file_case(site, papers=(paper,))
    site.evidence.mkdir(exist_ok=True)
    (site.evidence / paper.key).write_bytes(b"the paper")
    return address.path.format(item=case.item, case=case.number, paper=paper.key)


def test_every_route_of_the_console_is_tried_here(office_site: Site) -> None:
    routes = {
        rule.endpoint.removeprefix("console.")
        for rule in office_site.app.url_map.iter_rules()
        if rule.endpoint.startswith("console.")
    }
    assert routes == ADDRESSES.keys()


@pytest.mark.parametrize("name", TRIED)
def test_who_may_is_let_in_and_nobody_else(office_site: Site, name: str) -> None:
    address = TRIED[name]
    path = with_things(office_site, address)
    for who, login in ACCOUNTS.items():
        browser = window(office_site, login)
        if address.method == "GET":
            answered = browser.client.get(path)
        else:
            answered = browser.post(path, token=browser.token if login else "")
        led_to_sign_in = answered.status_code == 303 and "/console/sign-in?next" in answered.location
        if name == "sign_in":
            assert (answered.status_code == 200) == (who == "nobody")
        elif name == "decide" and who == "operator":  # the publisher has accepted it by then
            assert answered.status_code == 409
        elif who in address.may:
            done = (
                422
                if name in ("change", "decide_item")
                else 303
                if address.method == "POST" or name == "find"
                else 200
            )
            assert answered.status_code == done, (who, answered.text)
        elif who == "nobody":
            assert led_to_sign_in or answered.location == "/console/sign-in"
        else:
            assert answered.status_code in (403, 404), (who, answered.text)
        assert answered.headers["Cache-Control"] == "no-store"
        assert answered.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "frame-ancestors 'none'" in answered.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", [name for name, one in TRIED.items() if one.method == "POST"])
def test_no_form_is_taken_that_a_page_of_the_session_did_not_send(office_site: Site, name: str) -> None:
    operator, other = window(office_site, "wang"), window(office_site, "wang")
    path = with_things(office_site, TRIED[name])
    for token in ("", "0" * 64, other.token, "\ud7ff"):
        assert operator.post(path, token=token).status_code == 403, token
    assert operator.post(path).status_code == 403
    for origin in (
        None,
        "null",
        "https://evil.example",
        "http://gongshi.example",
        "https://[",
        "",
        BASE_URL + ".evil",
    ):
        refused = operator.post(path, origin=origin, token=operator.token)
        assert (refused.status_code, "该表单不是本站发出的" in refused.text) == (403, True), origin
    operator.get("/console")
    assert unchanged(office_site)


def unchanged(site: Site) -> bool:
    """Whether nothing was done to the sources and the case."""
    with site.world.store.reading() as store:
        untouched = not any(one.paused for one in store.standings().values()) and not store.requests()
        return untouched and [case.version for case in store.cases()] == [1]


def test_a_form_must_be_small(office_site: Site) -> None:
    operator = window(office_site, "wang")
    assert (
        operator.post("/console/pause/tax/list", token=operator.token, more="x" * 70_000).status_code == 413
    )
    assert window(office_site).sign_in("wang", "x" * 70_000).status_code == 413


def test_a_sign_in_is_taken_from_this_site_alone(office_site: Site) -> None:
    stranger = window(office_site)
    refused = stranger.post(
        "/console/sign-in", origin="https://evil.example", login="wang", password=PASSWORD
    )
    assert refused.status_code == 403
    assert stranger.client.get("/console").status_code == 303


def test_a_login_and_a_password_that_are_wrong_are_answered_alike(office_site: Site) -> None:
    answers = [
        window(office_site).sign_in(login, password)
        for login, password in (("wang", "wrong"), ("nobody", PASSWORD), ("王芳", PASSWORD), ("", ""))
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert (
        len(
            {
                answer.text.replace(f'value="{login}"', 'value=""')
                for answer, login in zip(answers, ("wang", "nobody", "王芳", ""), strict=True)
            }
        )
        == 1
    )


def test_whoever_fails_too_often_is_told_how_long_to_wait(office_site: Site) -> None:
    stranger = window(office_site)
    codes = [stranger.sign_in("wang", "wrong").status_code for _ in range(FREE[Counted.LOGIN] + 1)]
    assert codes == [403] * FREE[Counted.LOGIN] + [429]
    waiting = stranger.post("/console/sign-in?lang=en", login="wang", password=PASSWORD)
    assert waiting.headers["Retry-After"] == "30"
    assert "Please try again in 30 seconds." in waiting.text


def test_the_browser_of_an_owner_is_let_in_while_a_stranger_tries(office_site: Site) -> None:
    owner, stranger = window(office_site, "wang"), window(office_site)
    owner.send("/console/sign-out")
    while stranger.sign_in("wang", "wrong").status_code != 429:
        pass
    assert window(office_site).sign_in("wang").status_code == 429
    assert owner.sign_in("wang").status_code == 303


def test_a_session_that_was_planted_is_not_taken_over(office_site: Site) -> None:
    victim = Window(office_site.app.test_client())
    victim.client.set_cookie("__Host-gongshi", "planted")
    victim.sign_in("wang")
    kept = {cookie.key: cookie.value for cookie in victim.client._cookies.values()}
    assert kept["__Host-gongshi"] != "planted"
    attacker = Window(office_site.app.test_client())
    attacker.client.set_cookie("__Host-gongshi", "planted")
    assert attacker.client.get("/console").status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    [
        *(
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/console/../../evil",
            "javascript:alert(1)",
        ),
        *(
            "/console\\evil",
            "/console//evil.example",
            "/consoleevil",
            "/console/\r\nLocation: x",
            "console",
            "/",
            "https:/console",
        ),
    ],
)
def test_nobody_is_led_out_of_the_console(office_site: Site, elsewhere: str) -> None:
    stranger = window(office_site)
    led = stranger.sign_in("wang", next=elsewhere)
    assert led.status_code == 303
    assert led.location.split("?")[0] in ("/console", "/console/../../evil", "/console//evil.example")
    again = stranger.client.get("/console/sign-in", query_string={"next": elsewhere})
    assert again.location == led.location


def test_cookies_are_for_this_host_only_and_no_script_reads_them(office_site: Site) -> None:
    answer = window(office_site).sign_in("wang")
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert cookie.startswith(("__Host-gongshi=", "__Host-gongshi-browser="))
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_on_ones_own_machine_cookies_need_no_https(office_site: Site, host: str) -> None:
    world = office_site.world
    local = application(
        world.public, world.registry, office_site.counters, office_site.dumps, at(f"http://{host}")
    ).test_client()
    answer = local.post(
        "/console/sign-in", data={"login": "wang", "password": PASSWORD}, headers={"Origin": f"http://{host}"}
    )
    assert [cookie.split("=")[0] for cookie in answer.headers.getlist("Set-Cookie")] == [
        "gongshi",
        "gongshi-browser",
    ]
    assert not any("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_a_site_that_is_open_to_others_without_https_says_that_nobody_can_sign_in(office_site: Site) -> None:
    world = office_site.world
    app = application(
        world.public, world.registry, office_site.counters, office_site.dumps, at("http://gongshi.example")
    )
    assert "GONGSHI_BASE_URL" in app.test_client().get("/console/sign-in").text
    assert "GONGSHI_BASE_URL" not in window(office_site).get("/console/sign-in")


def test_a_session_ends_when_idle_and_after_half_a_day(office_site: Site) -> None:
    clock = office_site.world.clock
    operator = window(office_site, "wang")
    began = clock.now
    while clock.now - began < LONGEST - timedelta(minutes=29):
        clock.tick(minutes=29)
        operator.get("/console")
    clock.now = began + LONGEST
    assert operator.client.get("/console").status_code == 303
    idle = window(office_site, "wang")
    clock.tick(seconds=IDLE.total_seconds())
    assert idle.client.get("/console").status_code == 303


def test_a_clock_that_was_set_back_makes_no_session_last_longer(office_site: Site) -> None:
    clock = office_site.world.clock
    clock.tick(days=30)
    operator = window(office_site, "wang")
    clock.tick(days=-30)
    assert operator.client.get("/console").status_code == 303


def test_an_account_that_is_disabled_is_out_at_once(office_site: Site) -> None:
    operator = window(office_site, "wang")
    with office_site.world.store.writing() as store:
        admitting.disable(store, "wang", BY, office_site.world.clock())
    assert operator.client.get("/console").status_code == 303


def test_strange_addresses_are_plain_answers(office_site: Site) -> None:
    operator = window(office_site, "wang")
    for path in (
        *("/console/runs?before=x", "/console/runs?before=-1", "/console/trail?before=" + "9" * 40),
        *(
            "/console/runs?source=",
            "/console/trail?item=%00",
            "/console/account",
            "/console?done=<script>",
            "/console/items?id=" + "1" * 3000,
        ),
        *(
            "/console/items/%00",
            "/console/runs/0",
            "/console/quarantine/%00",
            "/console/runs?before=" + "9" * 40,
        ),
    ):
        answer = operator.client.get(path)
        assert answer.status_code in (200, 400, 404), (path, answer.status_code)
        assert "<script>" not in answer.text
    assert operator.client.get("/console/runs?source=nothing").status_code == 404


def test_every_page_stands_in_two_languages_with_no_script_and_no_style_of_its_own(office_site: Site) -> None:
    operator = window(office_site, "wang")
    pages = [with_things(office_site, one) for one in TRIED.values() if one.method == "GET"]
    for path, language in itertools.product(pages, ("zh", "en")):
        answer = operator.client.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        if answer.mimetype == "text/html" and answer.status_code == 200:
            assert "<script" not in answer.text
            assert "<style" not in answer.text
            assert " style=" not in answer.text
            assert " on" + "click" not in answer.text
            assert '<meta name="robots" content="noindex, nofollow">' in answer.text


def test_the_secret_of_another_installation_makes_no_browser_known(office_site: Site) -> None:
    from publisher.signing_in import Door, Visitor

    world = office_site.world
    foreign = Door(world.store, SECRET + b"!", quick_passwords())
    inside = foreign.sign_in("wang", PASSWORD, Visitor("192.0.2.9", "x"), world.clock())
    stranger = window(office_site)
    stranger.client.set_cookie("__Host-gongshi-browser", inside.browser)
    while stranger.sign_in("wang", "wrong").status_code != 429:
        pass
    assert window(office_site).sign_in("wang", "wrong").status_code == 429
