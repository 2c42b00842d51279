"""Every sort of page before the Nu HTML checker and axe, in a real browser over HTTP, wide and narrow."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal
from urllib.request import urlopen

import pytest

from tests.fixtures.site import Site
from tests.fixtures.store import code

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LANGUAGES = ("zh", "en")
PHONE, DESK = 360, 1280
Scheme = Literal["dark", "light"]


def paths(site: Site) -> dict[str, str]:
    """An address of each sort of page, and of what each answers when something is wrong."""
    first_page = site.client.get("/api/v1/search?sort=newest").get_json()
    return {
        "home": "/",
        "results": "/search?q=食品&kind=penalty&kind=permit&region=460100&from=2026-01-01",
        "second page": "/search?page=" + first_page["meta"]["next"],
        "no results": "/search?q=nothing-like-it&kind=penalty",
        "penalty": f"/items/{site.item(q='椰风', kind=('penalty',)).id}",
        "list entry": f"/items/{site.item(kind=('blacklist',)).id}",
        "hostile item": f"/items/{site.item(region=('460202',)).id}",
        "person": f"/items/{site.item(q='擅自从事导游活动案').id}",
        "subject": f"/subjects/{code(1)}",
        "lists": "/lists",
        "list": "/lists/tax-evasion",
        "sources": "/sources",
        "source": "/sources/tourism/penalties",
        "board": "/quality",
        "board of one sector": "/quality?sector=food_drug",
        "about": "/about",
        "check": "/tools/validate",
        "ended": f"/items/{site.ended}",
        "revoked": f"/items/{site.revoked}",
        "objected": f"/items/{site.objected}",
        "not found": "/items/unknown",
        "wrong parameter": "/search?kind=nothing&colour=red",
    }


def in_language(path: str, language: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


def test_the_nu_html_checker_finds_nothing(
    filled_site: Site, html_faults: Callable[[Mapping[str, str]], list[str]]
) -> None:
    pages = {
        f"{name} ({language})": filled_site.client.get(in_language(path, language)).text
        for name, path in paths(filled_site).items()
        for language in LANGUAGES
    }
    faults = html_faults(pages)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("language", "width", "scheme"), [("zh", PHONE, "dark"), ("en", DESK, "light")])
def test_axe_finds_nothing_and_nothing_overflows(
    filled_site: Site, site_url: str, browser: "Browser", language: str, width: int, scheme: Scheme
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda told: faults.append(told.text) if "Content Security" in told.text else None)
    for name, path in paths(filled_site).items():
        page.goto(site_url + in_language(path, language))
        for size in (PHONE + DESK - width, width):
            page.set_viewport_size({"width": size, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                faults.append(f"{name}: it is wider than a window of {size}")
        for found in Axe().run(page).response["violations"]:
            faults.append(f"{name}: {found['id']}: {[node['target'] for node in found['nodes']]}")
    context.close()
    assert not faults, "\n".join(faults)


def test_what_is_printed_from_a_dark_screen_is_dark_on_white(
    filled_site: Site, site_url: str, browser: "Browser"
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.emulate_media(media="print")
    for name in ("penalty", "subject", "list", "sources"):
        page.goto(site_url + paths(filled_site)[name])
        found = Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
        assert not found, f"{name}: {[node['target'] for node in found[0]['nodes']]}"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    context.close()


def test_filters_open_on_a_phone_without_a_script(site_url: str, browser: "Browser") -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site_url}/search?lang=en")
    assert not page.locator("#filters").is_visible()
    page.get_by_role("link", name="Filter", exact=True).click()
    page.locator("#filters").get_by_role("link", name="Blacklist entries").click()
    assert page.get_by_role("heading", name="1 item").is_visible()
    context.close()


def test_it_is_served_over_http(site_url: str) -> None:
    with urlopen(f"{site_url}/api/v1/search?q=%E9%A3%9F%E5%93%81") as answer:
        assert answer.status == 200
        assert b'"total":' in answer.read()
