"""Deciding in the console: on cases, and on items."""

import re

import pytest

from publisher.case_rules import CaseKind
from publisher.cases import CaseState, Evidence
from publisher.items import ItemState
from tests.fixtures.console import Window, file_case, window
from tests.fixtures.site import Site

PAPER = Evidence("0" * 32, "<回执>.pdf", "application/pdf", 2048)
VERSION = re.compile(r'name="version" value="(\d+)"')


def file_repair(site: Site) -> str:
    """A repair of the penalty that the publisher's own authority decided; gives its number."""
    return file_case(site, papers=(PAPER,)).number


def decide(browser: Window, number: str, act: str, **form: object) -> int:
    """Decides with the form that the case's page has; gives the status of the answer."""
    version = VERSION.search(browser.get(f"/console/cases/{number}"))
    assert version
    given = {"version": version[1], "note": "已核实"} | form
    return browser.send(f"/console/cases/{number}/{act}", **given).status_code


def state(site: Site, number: str) -> CaseState:
    with site.world.store.reading() as store:
        case = store.case(int(number[1:]))
    assert case
    return case.state


def test_the_queue_shows_what_is_due_first_and_what_is_overdue(office_site: Site) -> None:
    number = file_repair(office_site)
    office_site.world.clock.tick(days=1)
    later = file_case(office_site, CaseKind.REPORT).number
    operator = window(office_site, "wang")
    for path in ("/console/cases?lang=en", "/console?lang=en"):
        page = operator.get(path)
        assert page.index(number) < page.index(later)
        assert "overdue" not in page
    office_site.world.clock.tick(days=20)
    assert window(office_site, "wang").get("/console/cases?lang=en").count("overdue") == 2
    assert number not in window(office_site, "wang").get("/console/cases?state=granted")


def test_a_publisher_sees_the_cases_that_it_decides_on_and_an_operator_all(office_site: Site) -> None:
    number = file_repair(office_site)
    report = file_case(office_site, CaseKind.REPORT).number
    publisher = window(office_site, "li")
    assert number in publisher.get("/console/cases")
    assert report not in publisher.get("/console/cases")
    publisher.get(f"/console/cases/{report}", 404)
    assert number not in window(office_site, "zhao").get("/console/cases")
    window(office_site, "zhao").get(f"/console/cases/{number}", 404)
    assert {number, report} <= set(re.findall(r"C\d{6}", window(office_site, "wang").get("/console/cases")))


def test_a_case_is_shown_with_what_was_applied_for_its_papers_and_its_steps(office_site: Site) -> None:
    page = window(office_site, "li").get(f"/console/cases/{file_repair(office_site)}?lang=en")
    for said in (
        "罚款已缴清",
        "王小明",
        "its representative",
        "13800000000",
        "&lt;回执&gt;.pdf",
        "applied for",
    ):
        assert said in page
    assert "<回执>" not in page


def test_a_repair_is_accepted_and_granted_and_the_item_is_gone_at_once(office_site: Site) -> None:
    number, publisher = file_repair(office_site), window(office_site, "li")
    item = office_site.item(kind=("penalty",)).id
    assert decide(publisher, number, "accept", note="") == 303
    assert state(office_site, number) is CaseState.ACCEPTED
    assert decide(publisher, number, "grant") == 303
    assert state(office_site, number) is CaseState.GRANTED
    assert office_site.client.get(f"/items/{item}").status_code == 410
    page = window(office_site, "wang").get(f"/console/items/{item}?lang=en")
    assert "it was repaired" in page
    assert "已核实" in page
    with office_site.world.store.reading() as store:
        assert {"publisher li"} == {str(one.entry.actor) for one in store.trail(item=item)} - {
            f"applicant {number}"
        }


def test_more_is_asked_for_and_time_taken_and_it_is_refused_with_a_reason(office_site: Site) -> None:
    number, publisher = file_repair(office_site), window(office_site, "li")
    assert decide(publisher, number, "accept") == 303
    assert decide(publisher, number, "extend", note="情况复杂") == 303
    assert decide(publisher, number, "extend", note="情况复杂") == 409
    assert decide(publisher, number, "ask", note="请补交缴款凭证") == 303
    assert state(office_site, number) is CaseState.MORE
    assert decide(publisher, number, "refuse", note="") == 409
    assert decide(publisher, number, "refuse", note="材料不符") == 303
    assert state(office_site, number) is CaseState.REFUSED
    assert "材料不符" in publisher.get(f"/console/cases/{number}")


def test_what_is_not_allowed_is_said_and_what_was_written_stays(office_site: Site) -> None:
    number, publisher = file_repair(office_site), window(office_site, "li")
    told = publisher.send(f"/console/cases/{number}/revoke?lang=en", note="假材料 <b>", version=1)
    assert told.status_code == 409
    assert f"Case {number} is submitted; this cannot be done to it now." in told.text
    assert "<b>" not in told.text
    empty = publisher.send(f"/console/cases/{number}/ask?lang=en", note=" ", version=1)
    assert "The text is missing" in empty.text
    long = publisher.send(f"/console/cases/{number}/ask?lang=en", note="长" * 5001, version=1)
    assert (long.status_code, "长长长" in long.text) == (409, True)


def test_of_two_clerks_who_decide_at_once_one_is_told(office_site: Site) -> None:
    number, li, wang = file_repair(office_site), window(office_site, "li"), window(office_site, "wang")
    assert decide(li, number, "accept") == 303
    told = wang.send(f"/console/cases/{number}/refuse?lang=en", note="晚了", version=1)
    assert told.status_code == 409
    assert "Somebody else has acted on case" in told.text
    assert state(office_site, number) is CaseState.ACCEPTED


def test_an_objection_comes_to_what_is_chosen(office_site: Site) -> None:
    number = file_case(office_site, CaseKind.OBJECTION).number
    publisher = window(office_site, "li")
    assert decide(publisher, number, "accept") == 303
    item = office_site.item(kind=("penalty",)).id
    assert "An objection to it is being examined." in publisher.get(f"/console/items/{item}?lang=en")
    for outcome in ("", "repaired", "nonsense"):
        assert decide(publisher, number, "grant", outcome=outcome) == 409
    assert decide(publisher, number, "grant", outcome="withdrawn") == 303
    assert office_site.client.get(f"/items/{item}").status_code == 410


def test_a_case_that_is_handed_over_is_no_longer_its_publishers(office_site: Site) -> None:
    number, publisher = file_repair(office_site), window(office_site, "li")
    assert decide(publisher, number, "transfer", to="nothing") == 409
    led = publisher.send(f"/console/cases/{number}/transfer", note="不属本机关", to="", version=1)
    assert led.location == "/console/cases?done=decided"
    publisher.get(f"/console/cases/{number}", 404)
    assert number in window(office_site, "wang").get("/console/cases")


def test_a_paper_is_a_download_and_nothing_that_a_browser_runs(office_site: Site) -> None:
    number = file_repair(office_site)
    office_site.evidence.mkdir(exist_ok=True)
    (office_site.evidence / PAPER.key).write_bytes(b"the paper")
    answer = window(office_site, "li").client.get(f"/console/cases/{number}/papers/{PAPER.key}")
    assert answer.data == b"the paper"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={PAPER.key[:8]}.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Cache-Control"] == "no-store"
    other = file_case(office_site, CaseKind.REPORT).number
    operator = window(office_site, "wang")
    operator.get(f"/console/cases/{other}/papers/{PAPER.key}", 404)
    operator.get(f"/console/cases/{number}/papers/{'1' * 32}", 404)
    window(office_site, "zhao").get(f"/console/cases/{number}/papers/{PAPER.key}", 404)


@pytest.mark.parametrize("number", ["C999999", "C1", "nothing", "C%00", "C９", "C0000000000001"])
def test_a_number_of_no_case_is_not_found(office_site: Site, number: str) -> None:
    file_repair(office_site)
    wanted = 200 if number == "C1" else 404
    window(office_site, "wang").get(f"/console/cases/{number}", wanted)


def test_an_operator_takes_an_item_out_and_back_with_a_reason(office_site: Site) -> None:
    id = office_site.item(kind=("penalty",)).id
    operator = window(office_site, "wang")
    for act, held in (("suspend", ItemState.SUSPENDED), ("withdraw", ItemState.WITHDRAWN)):
        led = operator.send(f"/console/items/{id}/{act}", why="重整期间")
        assert led.location == f"/console/items/{id}?done=decided"
        with office_site.world.store.reading() as store:
            item = store.item(id)
        assert item
        assert item.state is held
        assert office_site.client.get(f"/items/{id}").status_code == 410
    again = operator.send(f"/console/items/{id}/withdraw", why="再次")
    assert again.location == f"/console/items/{id}?done=as-before"
    assert operator.send(f"/console/items/{id}/restore", why="已结束").status_code == 303
    assert office_site.client.get(f"/items/{id}").status_code == 200
    with office_site.world.store.reading() as store:
        told = [(str(one.entry.actor), one.entry.action, one.entry.why) for one in store.trail(item=id)]
    assert told == [
        ("operator wang", "item.restored", "已结束"),
        ("operator wang", "item.withdrawn", "重整期间"),
        ("operator wang", "item.suspended", "重整期间"),
    ]


def test_an_item_that_left_for_good_comes_back_only_if_that_is_said(office_site: Site) -> None:
    id = office_site.item(kind=("penalty",)).id
    operator = window(office_site, "wang")
    assert operator.send(f"/console/items/{id}/revoke", why="撤销决定").status_code == 303
    kept = operator.send(f"/console/items/{id}/restore?lang=en", why="误操作")
    assert (kept.status_code, "It left for good" in kept.text) == (422, True)
    assert operator.send(f"/console/items/{id}/restore", why="误操作", final="1").status_code == 303
    assert office_site.client.get(f"/items/{id}").status_code == 200


def test_what_nobody_sees_in_a_reason_is_left_out(office_site: Site) -> None:
    number = file_repair(office_site)
    assert decide(window(office_site, "li"), number, "ask", note="一\0二\r\n三\u202e") == 303
    with office_site.world.store.reading() as store:
        assert [step.note for step in store.steps(int(number[1:]))] == ["", "一二\n三"]


def test_without_a_reason_nothing_is_done_to_an_item(office_site: Site) -> None:
    id = office_site.item(kind=("penalty",)).id
    told = window(office_site, "wang").send(f"/console/items/{id}/withdraw?lang=en", why="  ")
    assert (told.status_code, "Say why, in a few words" in told.text) == (422, True)
    assert office_site.client.get(f"/items/{id}").status_code == 200
