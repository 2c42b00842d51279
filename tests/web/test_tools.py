"""Checking a file on the site: real uploads, nothing kept, nothing too much."""

import csv
import io
import json
import re
import tempfile
from base64 import b64decode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import openpyxl
import pytest

from harvesters.validating.forms import as_file, load_forms
from publisher.web import tools
from publisher.web.limits import Limit
from tests.fixtures.site import Site
from tests.fixtures.store import Clock
from tests.harvesters.drafting.shapes import identity

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HEADER = "行政相对人名称,行政处罚决定书文号,处罚决定日期,证件号码"
FAULTY = f"""{HEADER}
海南甲有限公司,琼罚〔2026〕1号,2026-02-30,{identity(1)}
海南乙有限公司,琼罚〔2026〕2号,2026-03-08,
"""
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}
JSON, CSV = {"Accept": "application/json"}, {"Accept": "text/csv"}
PATH = "/tools/validate"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files, to see what is left there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def multipart(content: bytes) -> bytes:
    """A request's body with a file in it, as a browser sends it."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f.xlsx"\r\n\r\n'
    return head + content + b"\r\n--b--\r\n"


def upload(content: bytes | str, name: str = "form.csv") -> dict[str, object]:
    return {"file": (io.BytesIO(content.encode() if isinstance(content, str) else content), name)}


def test_the_page_offers_forms_and_takes_a_file(site: Site) -> None:
    page = site.client.get(PATH + "?lang=zh").text
    assert "报送前自查文件" in page
    for kind in ("penalty", "permit"):
        for format, start in (("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
            assert f'href="/tools/validate/{kind}.{format}?lang=zh"' in page
            form = site.client.get(f"/tools/validate/{kind}.{format}")
            assert form.data.startswith(start)
            assert form.headers["Content-Disposition"] == f'attachment; filename="{kind}.{format}"'
    assert site.client.get("/tools/validate/notice.csv").status_code == 404
    assert site.client.get("/tools/validate/permit.docx").status_code == 404


def test_faults_are_named_with_row_column_and_remedy(site: Site, temporary: Path) -> None:
    page = site.client.post(PATH + "?lang=zh", data=upload(FAULTY)).text
    cells = re.sub(r"<[^>]*>", "|", page)
    for words in (
        "1 处错误",
        "共 2 行，其中 1 行可以公示",
        "处罚决定日期",
        "没有这一天",
        "请写明年、月、日",
        "以下各列的内容一律不公示：证件号码",
    ):
        assert words in cells
    assert "there is" not in page
    english = site.client.post(PATH + "?lang=en", data=upload(FAULTY)).text
    assert "there is no such day" in english
    assert "Write year, month and day" in english
    assert identity(1) not in page + english
    assert list(temporary.iterdir()) == []


def test_a_clerk_fills_the_form_and_it_is_right(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "form.xlsx"
    file.write_bytes(site.client.get("/tools/validate/penalty.xlsx").data)
    book = openpyxl.load_workbook(file)
    book["填报"]["K2"] = "琼市监处罚〔2026〕1号"
    book.save(file)
    answer = site.client.post(PATH, data=upload(file.read_bytes(), "form.xlsx"), headers=JSON)
    data = answer.get_json()["data"]
    assert (data["rows"], data["publishable"], data["faults"], data["warnings"]) == (1, 1, [], [])
    assert "没有发现错误" in site.client.post(PATH + "?lang=zh", data=upload(file.read_bytes())).text


def test_programs_get_json_and_csv(site: Site) -> None:
    answer = site.client.post(PATH + "?lang=en", data=upload(FAULTY), headers=JSON)
    assert answer.mimetype == "application/json"
    fault = answer.get_json()["data"]["faults"][0]
    assert fault == {
        "row": 2,
        "column": "处罚决定日期",
        "value": "2026-02-30",
        "what": "there is no such day",
        "mend": "Write year, month and day, such as 2026-03-08.",
        "times": 1,
    }
    table = site.client.post(PATH + "?lang=en", data=upload(FAULTY), headers=CSV)
    rows = list(csv.reader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert rows[1] == ["Fault", "2", "处罚决定日期", "2026-02-30", fault["what"], fault["mend"]]
    assert "Accept" in table.headers["Vary"]


def test_the_page_carries_its_findings_as_a_table(site: Site) -> None:
    page = site.client.post(PATH + "?lang=zh", data=upload(FAULTY)).text
    table = b64decode(page.split("base64,")[1].split('"')[0]).decode("utf-8-sig")
    assert "错误,2,处罚决定日期,2026-02-30,没有这一天" in table


def test_no_cell_of_the_table_is_a_formula(site: Site) -> None:
    hostile = f"{HEADER},=cmd|' /C calc'!A0\n甲有限公司,1,=1+1,,x\n"
    table = site.client.post(PATH, data=upload(hostile), headers=CSV).data.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert "'=1+1" in cells
    assert [cell for cell in cells if cell.startswith("=")] == []


def test_what_is_hostile_in_a_file_is_text_on_the_page(site: Site) -> None:
    page = site.client.post(PATH, data=upload(f"{HEADER},<script>alert(1)</script>\n甲,1,<b>,,x\n")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "文件是空的"),
        (b"%PDF-1.7", "文件不是表格"),
        (b"a,b\n1,2\n", "表头与模板不符"),
        (b"PK\x03\x04 xl/ broken", "文件无法读取"),
    ],
)
def test_what_is_no_form_is_told_in_the_language_asked_for(content: bytes, says: str, site: Site) -> None:
    assert says in site.client.post(PATH + "?lang=zh", data=upload(content)).text


def test_without_a_file_or_with_too_large_a_one(site: Site, temporary: Path) -> None:
    missing = site.client.post(PATH + "?lang=en", data={})
    assert (missing.status_code, "Choose a file first" in missing.text) == (400, True)
    body = multipart(b"x" * tools.MAX_SIZE)
    large = site.client.post(PATH + "?lang=en", input_stream=io.BytesIO(body), headers={**MULTIPART, **JSON})
    assert (large.status_code, large.mimetype) == (413, "application/problem+json")
    assert "At most 10 MiB" in large.get_json()["detail"]
    assert list(temporary.iterdir()) == []


def test_one_address_may_not_ask_too_often(site: Site) -> None:
    forged = ({"X-Forwarded-For": f"192.0.2.{n}"} for n in range(tools.OFTEN + 1))
    answers = [site.client.post(PATH, data={}, headers=headers) for headers in forged]
    assert [answer.status_code for answer in answers] == [400] * tools.OFTEN + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    other = site.client.post(PATH, data={}, environ_base={"REMOTE_ADDR": "192.0.2.200"})
    assert other.status_code == 400


def test_a_limit_forgets_after_its_time() -> None:
    clock = Clock()
    limit = Limit(2, 60, lambda: clock.now.timestamp())
    assert [limit.wait("a") for _ in range(3)] == [0, 0, 60]
    clock.tick(seconds=59)
    assert limit.wait("a") == pytest.approx(1)
    clock.tick(seconds=1)
    assert limit.wait("a") == 0
    for number in range(25_000):
        limit.wait(str(number))
    assert limit.wait("24999") == 0


def test_a_language_link_of_an_answer_leads_to_the_empty_page(site: Site) -> None:
    page = site.client.post(PATH + "?lang=zh", data=upload(FAULTY)).text
    assert 'href="/tools/validate?lang=en"' in page
    assert site.client.get("/tools/validate?lang=en").status_code == 200


def test_it_works_over_http(site_url: str) -> None:
    form = as_file(load_forms()["permit"], "xlsx")
    with urlopen(Request(site_url + PATH, multipart(form), {**MULTIPART, **JSON})) as answer:
        data = json.load(answer)["data"]
    assert (data["kind"], data["publishable"]) == ("permit", 1)


def test_the_nu_html_checker_finds_nothing_in_an_answer(
    site: Site, html_faults: Callable[[Mapping[str, str]], list[str]]
) -> None:
    answers = {
        f"{name} ({language})": site.client.post(f"{PATH}?lang={language}", data=upload(content)).text
        for name, content in {
            "faults": FAULTY,
            "no form": "a,b\n1,2\n",
            "hostile": f"{HEADER},<b>\"'&\n",
        }.items()
        for language in ("zh", "en")
    }
    assert html_faults(answers) == []


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 1280)])
def test_a_file_is_checked_in_a_browser_without_a_script(
    language: str, width: int, site_url: str, browser: "Browser", tmp_path: Path
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    (tmp_path / "form.csv").write_text(FAULTY, "utf-8")
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site_url}{PATH}?lang={language}")
    page.locator("#file").set_input_files(tmp_path / "form.csv")
    page.locator("form.upload button").click()
    assert page.locator("table").first.is_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").first.click()
    assert "2026-02-30" in download.value.path().read_text("utf-8-sig")
    answer = page.content()
    context.close()
    judged = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    judged.goto(f"{site_url}{PATH}?lang={language}")
    judged.locator("#file").set_input_files(tmp_path / "form.csv")
    judged.locator("form.upload button").click()
    assert judged.locator("table").count() == answer.count("<table")
    assert not judged.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert Axe().run(judged).response["violations"] == []
    judged.context.close()
