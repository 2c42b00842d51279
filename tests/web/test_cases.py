"""Applying, following a case, certificates: as people meet them, on forms without a script."""

import io
import logging
import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, create_environ, encode_multipart, run_wsgi_app

from publisher import case_letters, casework
from publisher.case_links import CaseLinks
from publisher.cases import Case
from publisher.casework import Clerk, Said
from tests.fixtures.papers import pdf
from tests.fixtures.site import BASE_URL, SECRET, Site
from tests.fixtures.store import draft

ME = {"name": "王小明", "role": "representative", "email": "wang@example.org", "statement": "罚款已缴清"}
HTML = b"<!doctype html><script>alert(1)</script>"
PERSON = "11010519491231002X"
SECRET_WORDS = "未经许可经营旅行社业务"


@pytest.fixture
def site(site: Site) -> Site:
    """An item that can be repaired, and one that cannot yet."""
    site.world.add_source(authority="海南省旅游和文化广电体育厅")
    site.world.publish(
        draft("1", rules="cn-2026", severity="general", facts=SECRET_WORDS),
        draft("2", rules="cn-2026", severity="serious"),
    )
    return site


def item(site: Site, key: str = "1") -> str:
    return site.item(q=f'"琼旅罚〔2026〕{key}号"').id


def address(site: Site, kind: str = "repair", key: str = "1") -> str:
    return f"/cases/new?item={item(site, key)}&kind={kind}&lang=en"


def seal(page: str) -> str:
    return page.split('name="seal" value="')[1].split('"')[0]


def paper(content: bytes, name: str = "a.pdf") -> FileStorage:
    return FileStorage(io.BytesIO(content), name, "papers")


def apply(site: Site, kind: str = "repair", *papers: FileStorage, **given: object) -> TestResponse:
    """Fills the form in and sends it."""
    where = address(site, kind)
    typed = {**ME, "seal": seal(site.client.get(where).text), **given}
    boundary, body = encode_multipart(
        {**typed, "papers": list(papers)}
    )  # in memory: the client's file stays open
    return site.client.post(where, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def opened(site: Site, kind: str = "repair", **given: object) -> str:
    """Applies; gives the path of the case's page."""
    answer = apply(site, kind, paper(pdf()), **given)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].split("?")[0]


def token_of(path: str) -> str:
    return path.rsplit("/", 1)[1]


def act(site: Site, do: Callable[..., Case], path: str, note: str = "已核实") -> None:
    """What a clerk does to a case."""
    case = site.reception.followed(token_of(path)).case
    office = site.reception._office()
    with site.world.store.writing() as store:
        do(store, case.number, Said(Clerk("li"), note), office, site.world.clock())
    site.world.index.follow()


def words(response: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.text)).split())


def steps(site: Site) -> list[str]:
    """The steps of which letters wait, the oldest first."""
    with site.world.store.reading() as store:
        return [one.letter.facts["step"] for one in reversed(store.letters(50))]


def test_an_item_says_what_can_be_done_and_from_when(site: Site) -> None:
    now = site.client.get(f"/items/{item(site)}?lang=en")
    assert f'href="/cases/new?item={item(site)}&amp;kind=repair&amp;lang=en"' in now.text
    assert "Public commitment" in now.text
    later = site.client.get(f"/items/{item(site, '2')}?lang=en")
    assert "In 171 days : from 13 May 2027 on." in words(later)
    assert "kind=repair" not in later.text
    assert "还有 171 天" in site.client.get(f"/items/{item(site, '2')}?lang=zh").text


def test_before_its_time_repair_is_refused_with_the_day(site: Site) -> None:
    where = address(site, key="2")
    page = site.client.get(where)
    assert (page.status_code, 'name="statement"' in page.text) == (200, False)
    assert "Repair can be applied for from 13 May 2027 on" in words(page)
    sealed = seal(site.client.get(address(site)).text)
    assert site.client.post(where, data={**ME, "seal": sealed}).status_code == 409
    assert steps(site) == []


def test_from_application_to_certificate(site: Site) -> None:
    path = opened(site)
    page = site.client.get(path + "?lang=en")
    assert "submitted The next step is due by 26 November 2026." in words(page)
    assert "a.pdf" in page.text
    act(site, casework.accept, path)
    act(site, casework.ask_more, path, "请补交缴款凭证")
    asked = site.client.get(path + "?lang=en")
    assert "请补交缴款凭证" in asked.text
    data = {"text": "现补交", "papers": [paper(pdf(), "b.pdf")]}
    answered = site.client.post(f"{path}/answer?lang=en", data=data)
    assert answered.status_code == 303
    assert "b.pdf" in site.client.get(path).text
    act(site, casework.grant, path)
    assert site.client.get(f"/items/{item_of(site, path)}").status_code == 410
    ended = site.client.get(path + "?lang=en")
    assert "granted" in words(ended)
    assert SECRET_WORDS not in ended.text
    assert "琼旅罚" not in ended.text
    certificate = site.client.get(f"{path}/certificate?lang=en")
    assert "琼旅罚" not in certificate.text
    address = re.findall(r'href="(/verify/[^"?]+)', certificate.text)[0]
    digest = re.findall(r"[0-9a-f]{64}", certificate.text)[0]
    verified = site.client.get(address + "?lang=en")
    assert "was issued here, and holds." in verified.text
    assert digest in verified.text
    assert item_of(site, path) in verified.text
    assert steps(site) == ["opened", "accepted", "asked", "answered", "granted"]


def item_of(site: Site, path: str) -> str:
    return site.reception.followed(token_of(path)).case.item


def test_a_certificate_of_a_revoked_repair_holds_no_longer(site: Site) -> None:
    path = opened(site)
    act(site, casework.grant, path)
    certificate = site.client.get(f"{path}/certificate").text
    act(site, casework.revoke, path, "材料虚假")
    verified = re.findall(r'href="(/verify/[^"?]+)', certificate)[0]
    assert "holds no longer" in site.client.get(verified + "?lang=en").text
    assert site.client.get(f"{path}/certificate").status_code == 404
    assert site.client.get(f"/items/{item_of(site, path)}").status_code == 200


def test_a_code_is_typed_as_people_type_and_an_unknown_one_is_not_found(site: Site) -> None:
    path = opened(site)
    act(site, casework.grant, path)
    code = re.findall(r"/verify/([^\"?]+)", site.client.get(f"{path}/certificate").text)[0]
    asked = site.client.get("/verify", query_string={"code": code.lower().replace("-", " ")})
    assert site.client.get(asked.headers["Location"]).status_code == 200
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    answer = site.client.get(f"/verify/{wrong}?lang=en")
    assert answer.status_code == 404
    assert "No certificate was issued with this code" in answer.text


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(site: Site) -> None:
    answer = apply(site, "objection", paper(pdf()), name="", role="king", email="wang@", fields="fine")
    assert answer.status_code == 422
    page = answer.text
    for field, says in (
        ("name", "Write the name as your papers have it."),
        ("role", "Choose who you are."),
        ("email", "Write a mail address such as name@example.org"),
    ):
        assert f'id="{field}-fault">{says}' in page
        assert f'aria-describedby="{field}-fault"' in page
    assert "罚款已缴清</textarea>" in page
    assert 'value="fine" checked' in page
    assert "Files must be chosen again." in page
    assert list(site.evidence.glob("*")) == []
    nothing = apply(site, "objection", statement="", fields=[])
    assert "Say what you ask for, and why." in nothing.text
    assert "Choose what is wrong." in nothing.text
    long = apply(site, statement="长" * 5001)
    assert "At most 5000 characters." in long.text
    assert steps(site) == []


def test_an_objection_names_fields_of_the_item(site: Site) -> None:
    assert apply(site, "objection", fields="identity_key").status_code == 422
    path = opened(site, "objection", fields=["fine", "subject"])
    assert site.reception.followed(token_of(path)).case.fields == ("fine", "subject")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (HTML, "is no whole PDF, JPEG or PNG"),
        (pdf(padding=11 << 20), "has more than 10 MiB."),
    ],
)
def test_a_file_that_is_not_taken_is_refused_and_nothing_is_kept(
    site: Site, content: bytes, says: str
) -> None:
    answer = apply(site, "repair", paper(pdf()), paper(content))
    assert answer.status_code == 422
    assert says in words(answer)
    assert list(site.evidence.glob("*")) == []
    assert steps(site) == []


@pytest.mark.parametrize(("length", "status"), [(2 << 30, 413), (None, 411)])
def test_an_upload_without_measure_is_refused_before_it_is_read(
    site: Site, length: int | None, status: int
) -> None:
    sent = io.BytesIO(b"x" * 1000)
    environ = create_environ(address(site), BASE_URL, method="POST")
    environ |= {"wsgi.input": sent, "CONTENT_TYPE": "multipart/form-data; boundary=b"}
    environ |= {"CONTENT_LENGTH": str(length)} if length else {"wsgi.input_terminated": True}
    body, told, _ = run_wsgi_app(site.app, environ, buffered=True)
    assert int(told.split()[0]) == status
    assert length is None or "What you sent is larger than 25 MiB" in b"".join(body).decode()
    assert sent.tell() == 0
    assert list(site.evidence.glob("*")) == []


def test_only_pages_of_this_site_send_applications(site: Site) -> None:
    where = address(site)
    typed = {**ME, "seal": seal(site.client.get(where).text)}
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ):
        assert site.client.post(where, data=typed, headers=headers).status_code == 403
        path = f"/cases/{'x' * 43}/withdraw"
        assert site.client.post(path, headers=headers).status_code == 403
    here = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert site.client.post(where, data=typed, headers=here).status_code == 303


def test_a_form_is_this_sites_and_not_for_another_item(site: Site) -> None:
    other = seal(site.client.get(address(site, "report", "2")).text)
    for wrong in ("", "forged", other):
        answer = apply(site, "report", seal=wrong)
        assert answer.status_code == 422
        assert "The form was open for too long" in answer.text
    assert steps(site) == []


def test_a_program_that_fills_every_field_is_asked_not_to(site: Site) -> None:
    answer = apply(site, website="http://spam.example")
    assert (answer.status_code, steps(site)) == (422, [])


def test_an_address_applies_ten_times_an_hour(site: Site) -> None:
    codes = [apply(site, "report", name="", email="", role="").status_code for _ in range(11)]
    assert codes == [303] * 10 + [429]


def test_an_address_sends_100_mib_a_day(site: Site) -> None:
    large = pdf(padding=9 << 20)
    codes = [
        apply(site, "report", *(paper(large) for _ in range(2)), statement=str(n)).status_code
        for n in range(6)
    ]
    assert codes == [303] * 5 + [429]


def test_a_report_can_be_anonymous_and_is_followed(site: Site) -> None:
    path = opened(site, "report", name="", email="", role="", statement=f"举报 {PERSON}")
    page = site.client.get(path + "?lang=en")
    assert page.status_code == 200
    assert steps(site) == []
    with site.world.store.reading() as store:
        filed = store.filed(site.reception.followed(token_of(path)).case.id)
    assert filed
    assert (filed.applicant, PERSON in filed.statement) == (None, False)


def test_the_page_of_a_case_is_for_nobody_else(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    path = opened(site)
    for page in (site.client.get(path), site.client.get(f"/cases/{'x' * 43}")):
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
    assert site.client.get(path).headers["X-Robots-Tag"] == "noindex"
    assert token_of(path) not in caplog.text
    forged = site.client.get(f"/cases/{'x' * 43}?lang=en")
    assert forged.status_code == 404
    assert "There is no page at this address." in forged.text
    for what in ("answer", "withdraw", "review"):
        assert site.client.post(f"/cases/{'x' * 43}/{what}", data={"text": "a"}).status_code == 404
    act(site, casework.refuse, path, "未履行义务")
    site.world.clock.tick(days=366)
    expired = site.client.get(f"{path}?lang=en")
    assert (expired.status_code, expired.data) == (
        404,
        forged.data.replace(b"x" * 43, token_of(path).encode()),
    )


def test_an_unexpected_fault_does_not_log_the_link(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = opened(site)
    monkeypatch.setattr(type(site.reception), "followed", lambda *_: 1 / 0)
    assert site.client.get(path).status_code == 500
    assert "/cases/<token>" in caplog.text
    assert token_of(path) not in caplog.text


def test_an_application_is_taken_back(site: Site) -> None:
    path = opened(site)
    assert site.client.post(f"{path}/withdraw").status_code == 303
    assert "taken back" in words(site.client.get(path + "?lang=en"))
    again = site.client.post(f"{path}/withdraw?lang=en")
    assert again.status_code == 422
    assert "this cannot be done to it now" in again.text


def test_a_refused_case_is_reviewed_under_a_link_of_its_own(site: Site) -> None:
    path = opened(site)
    act(site, casework.refuse, path, "未履行义务")
    assert "未履行义务" in site.client.get(path).text
    asked = site.client.post(f"{path}/review?lang=en", data={"text": "已履行，见附件"})
    review = asked.headers["Location"].split("?")[0]
    assert asked.status_code == 303
    assert review != path
    assert "Review" in words(site.client.get(review + "?lang=en"))
    empty = site.client.post(f"{path}/review?lang=en", data={"text": " "})
    assert empty.status_code == 422


def test_letters_carry_the_link_and_the_store_does_not(site: Site) -> None:
    path = opened(site)
    links = CaseLinks(BASE_URL, SECRET)
    with site.world.store.reading() as store:
        (posted,) = store.letters(5)
        assert token_of(path) not in str(posted.letter.facts)
        case = int(posted.letter.facts["case"])
        assert case_letters.link(store, links, case) == BASE_URL + path
        assert case_letters.link(store, CaseLinks(BASE_URL, "another key"), case) == ""
    database = site.evidence.with_name("gongshi.db").read_bytes()
    assert token_of(path).encode() not in database


def test_a_letter_of_commitment_has_the_items_facts_while_it_is_public(site: Site) -> None:
    id = item(site)
    page = site.client.get(f"/items/{id}/commitment?lang=zh")
    for fact in ("海南椰风旅行社有限公司", "琼旅罚〔2026〕1号", "信用修复承诺书", "2026年5月12日"):
        assert fact in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    act(site, casework.grant, opened(site))
    for path in (f"/items/{id}/commitment", f"/cases/new?item={id}&kind=report"):
        assert site.client.get(path).status_code == 410
    assert site.client.get("/cases/new?item=unknown&kind=report").status_code == 404
    assert site.client.get(f"/cases/new?item={id}&kind=review").status_code == 400


def test_decisions_are_counted_without_what_they_are_about(site: Site) -> None:
    assert "Nothing was decided yet." in site.client.get("/cases?lang=en").text
    path = opened(site)
    site.world.clock.tick(days=3)
    act(site, casework.grant, path)
    page = site.client.get("/cases?lang=en")
    assert "2026-11 海南省旅游和文化广电体育厅 Credit repair 1 0 3" in words(page)
    assert "琼旅罚" not in page.text
    table = site.client.get("/cases.csv?lang=en").data.decode("utf-8-sig")
    assert "2026-11,海南省旅游和文化广电体育厅,Credit repair,1,0,3" in table


def test_tokens_and_codes_are_not_tried_in_bulk(site: Site) -> None:
    codes = {site.client.get(f"/verify/{number}").status_code for number in range(61)}
    assert codes == {404, 429}


def test_a_countdown_ends_at_midnight(site: Site) -> None:
    site.world.clock.now = site.world.clock.now.replace(2027, 5, 12, hour=23, minute=59, second=59)
    assert "In 1 day" in words(site.client.get(f"/items/{item(site, '2')}?lang=en"))
    site.world.clock.tick(seconds=1)
    assert site.world.clock.now.date() - timedelta(days=1) == date(2027, 5, 12)
    assert "kind=repair" in site.client.get(f"/items/{item(site, '2')}").text
