"""The pages of cases before the Nu HTML checker and axe, wide and narrow, in both languages."""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from publisher import casework
from tests.fixtures.papers import pdf
from tests.fixtures.site import Site
from tests.web.test_cases import act, address, apply, item, opened, paper, site
from tests.web.test_referees import DESK, LANGUAGES, PHONE, in_language

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["site"]


@pytest.fixture
def pages(site: Site) -> dict[str, str]:
    """An address of each sort of page, by name."""
    refused, asked, granted = (opened(site) for _ in range(3))
    act(site, casework.accept, asked)
    act(site, casework.ask_more, asked, "请补交缴款凭证")
    act(site, casework.refuse, refused, "未履行义务")
    before = {
        "item": f"/items/{item(site)}",
        "form for repair": address(site).removesuffix("&lang=en"),
        "form for an objection": address(site, "objection").removesuffix("&lang=en"),
        "form for a report": address(site, "report").removesuffix("&lang=en"),
        "too early": address(site, key="2").removesuffix("&lang=en"),
        "commitment": f"/items/{item(site)}/commitment",
        "papers asked for": asked,
        "refused": refused,
        "to type a code": "/verify",
        "decisions": "/cases",
    }
    for path in before.values():
        assert site.client.get(path).status_code == 200, path
    return before | {"to be granted": granted}


@pytest.fixture
def url(site: Site) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def granted(site: Site, pages: Mapping[str, str]) -> dict[str, str]:
    """The pages that come when one is granted, and the item is gone."""
    path = pages["to be granted"]
    act(site, casework.grant, path)
    certificate = site.client.get(f"{path}/certificate").text
    verified = certificate.split('href="/verify/')[1].split('"')[0]
    return {"granted": path, "certificate": f"{path}/certificate", "verified": f"/verify/{verified}"}


def test_the_nu_html_checker_finds_nothing(
    site: Site, pages: dict[str, str], html_faults: Callable[[Mapping[str, str]], list[str]]
) -> None:
    texts = {"faults": apply(site, "objection", paper(pdf()), name="", email="").text}
    for more in (lambda: pages, lambda: granted(site, pages)):
        for name, path in more().items():
            for language in LANGUAGES:
                texts[f"{name} ({language})"] = site.client.get(in_language(path, language)).text
    assert html_faults(texts) == []


def test_axe_finds_nothing_and_nothing_overflows(
    site: Site, pages: dict[str, str], url: str, browser: "Browser"
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    faults: list[str] = []
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    for more in (lambda: pages, lambda: granted(site, pages)):
        for number, (name, path) in enumerate(more().items()):
            page.goto(url + in_language(path, LANGUAGES[number % 2]))
            page.emulate_media(color_scheme=("light", "dark")[number % 2])
            for width in (DESK, PHONE):
                page.set_viewport_size({"width": width, "height": 800})
                if page.evaluate(
                    "document.documentElement.scrollWidth > document.documentElement.clientWidth"
                ):
                    faults.append(f"{name}: it is wider than a window of {width}")
            for found in Axe().run(page).response["violations"]:
                faults.append(f"{name}: {found['id']}: {[node['target'] for node in found['nodes']]}")
    context.close()
    assert faults == []


def test_a_person_applies_and_hands_in_papers_without_a_script(
    site: Site, url: str, browser: "Browser"
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{url}/items/{item(site)}?lang=en")
    page.get_by_role("link", name="Apply for repair").click()
    page.get_by_label("What was corrected").fill("罚款已缴清")
    page.get_by_label("Papers").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    page.get_by_label("Name", exact=True).fill("王小明")
    page.get_by_label("You are").select_option("representative")
    page.get_by_label("Mail address").fill("wang@example.org")
    page.get_by_role("button", name="Send").click()
    assert page.get_by_role("heading", name="Case C000001").is_visible()
    page.get_by_text("I do not want a decision any more").click()
    page.get_by_role("button", name="Take the application back").click()
    assert page.locator(".standing").get_by_text("taken back").is_visible()
    context.close()
