"""Every page of the console before the Nu HTML checker and axe, in a real browser, wide and narrow."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

from publisher.cases import Evidence
from publisher.harvests import RunState
from tests.fixtures.accounts import PASSWORD
from tests.fixtures.console import file_case, refuse, window
from tests.fixtures.site import Site, application, at, served
from tests.web.test_referees import DESK, LANGUAGES, PHONE, Scheme, in_language

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def paths(office_site: Site) -> dict[str, str]:
    """An address of each sort of page."""
    paper = Evidence("0" * 32, "缴款凭证.pdf", "application/pdf", 2048)
    case = file_case(office_site, papers=(paper,))
    run = refuse(office_site.world, "tax/list", RunState.REFUSED)
    with office_site.world.store.writing() as store:
        store.hold("tourism/penalties", office_site.world.clock())
    return {
        "what waits": "/console",
        "cases": "/console/cases",
        "no cases": "/console/cases?state=refused",
        "case": f"/console/cases/{case.number}",
        "item": f"/console/items/{case.item}",
        "sources": "/console/sources?done=paused",
        "runs": "/console/runs",
        "run that waits": f"/console/runs/{run}",
        "quarantine": "/console/quarantine",
        "refused rows": "/console/quarantine/tax/list",
        "audit trail": "/console/trail",
        "account": "/console/account",
        "not found": "/console/items/unknown",
    }


def test_the_nu_html_checker_finds_nothing(
    office_site: Site, paths: Mapping[str, str], html_faults: Callable[[Mapping[str, str]], list[str]]
) -> None:
    operator, stranger = window(office_site, "wang").client, window(office_site)
    pages = {
        f"{name} ({language})": operator.get(in_language(path, language)).text
        for name, path in paths.items()
        for language in LANGUAGES
    }
    pages["sign in"] = stranger.get("/console/sign-in")
    pages["refused"] = stranger.sign_in("wang", "wrong").text
    faults = html_faults(pages)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("language", "width", "scheme"), [("zh", PHONE, "dark"), ("en", DESK, "light")])
def test_axe_finds_nothing_and_nothing_overflows(
    office_site: Site, paths: dict[str, str], browser: "Browser", language: str, width: int, scheme: Scheme
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    world = office_site.world
    app = application(
        world.public, world.registry, office_site.counters, office_site.dumps, at("http://127.0.0.1")
    )
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda told: faults.append(told.text) if "Content Security" in told.text else None)
    with served(app) as url:
        page.goto(f"{url}/console/sign-in?lang={language}")
        visits = {"sign in": "/console/sign-in", **paths}
        for name, path in visits.items():
            page.goto(url + in_language(path, language))
            for details in page.query_selector_all("details"):
                details.evaluate("each => each.open = true")
            for size in (PHONE + DESK - width, width):
                page.set_viewport_size({"width": size, "height": 800})
                if page.evaluate(
                    "document.documentElement.scrollWidth > document.documentElement.clientWidth"
                ):
                    faults.append(f"{name}: it is wider than a window of {size}")
            for found in Axe().run(page).response["violations"]:
                faults.append(f"{name}: {found['id']}: {[node['target'] for node in found['nodes']]}")
            if name == "sign in":
                page.fill("#login", "wang")
                page.fill("#password", PASSWORD)
                page.click("main button")
                page.wait_for_url("**/console?*")
    context.close()
    assert not faults, "\n".join(faults)


def test_an_operator_decides_without_a_script(office_site: Site, browser: "Browser") -> None:
    world, case = office_site.world, file_case(office_site)
    app = application(
        world.public, world.registry, office_site.counters, office_site.dumps, at("http://127.0.0.1")
    )
    context = browser.new_context(viewport={"width": PHONE, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    with served(app) as url:
        page.goto(f"{url}/console/cases/{case.number}?lang=en")
        page.get_by_label("Login").fill("li")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.locator("summary", has_text="Grant it").click()
        page.get_by_role("button", name="Grant it").click()
        assert page.get_by_role("status").inner_text() == "It is done, and stands in the audit trail."
        assert page.locator(".tag", has_text="granted").is_visible()
    context.close()
    assert office_site.client.get(f"/items/{case.item}").status_code == 410
