"""A filled form before it is sent: every fault with its row and column, and nothing of any person."""

import ast
import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import harvesters
from harvesters.preview import preview
from harvesters.validating import check as module
from harvesters.validating.apart import check_apart
from harvesters.validating.check import check
from harvesters.validating.forms import as_file, load_forms
from publisher import identifiers
from publisher.advice import Advice, advice
from publisher.kinds import Registry
from publisher.validation import Finding, Report
from tests.fixtures.store import code
from tests.harvesters.drafting.shapes import MOBILE, PERSON, TELEPHONE, identity

USCC = "行政相对人代码_1（统一社会信用代码）"
ZONE = ZoneInfo("Asia/Shanghai")
FORMS = load_forms()
GOOD: Mapping[str, str] = {
    "行政相对人名称": "海南椰风旅行社有限公司",
    "行政处罚决定书文号": "琼旅罚〔2026〕1号",
}


def rows_of(kind: str, *changes: Mapping[str, str]) -> list[list[str]]:
    """Good rows of a form, each with something else in it and a number of its own."""
    form = FORMS[kind]
    number = "行政处罚决定书文号" if kind == "penalty" else "行政许可决定文书号"
    rows = []
    for place, change in enumerate(changes, 1):
        cells = {column.header: column.example for column in form.columns}
        cells |= {name: text for name, text in GOOD.items() if name in cells}
        cells |= {number: f"琼罚〔2026〕{place}号", **change}
        rows.append([cells[column.header] for column in form.columns])
    return rows


def filled(kind: str, rows: Sequence[Sequence[str]]) -> bytes:
    """The form as CSV with these rows in place of its example."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.marked for column in FORMS[kind].columns])
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


@pytest.fixture
def checked(tmp_path: Path, registry: Registry) -> "Checked":
    return Checked(tmp_path / "form.csv", registry)


class Checked:
    """Checks content as a file."""

    def __init__(self, file: Path, registry: Registry) -> None:
        self.file, self.registry = file, registry

    def __call__(self, content: bytes) -> Report:
        self.file.write_bytes(content)
        return check(self.file, "form.csv", self.registry, ZONE)

    def rows(self, *changes: Mapping[str, str], kind: str = "penalty") -> Report:
        return self(filled(kind, rows_of(kind, *changes)))


def brief(findings: Sequence[Finding]) -> list[tuple[int | None, str | None]]:
    return [(finding.row, finding.column) for finding in findings]


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_form_as_handed_out_is_right_but_for_its_example(kind: str, format: str, checked: Checked) -> None:
    report = checked(as_file(FORMS[kind], format))
    assert (report.kind, report.rows, report.publishable, report.faults) == (kind, 1, 1, ())
    assert [finding.reason for finding in report.warnings] == [module.EXAMPLE]


def test_the_forms_keep_long_numbers_as_text(tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(as_file(FORMS["penalty"], "xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "form.xlsx")["填报"]
    assert sheet.column_dimensions["C"].number_format == "@"
    assert sheet["C2"].number_format == "@"
    assert sheet["A1"].value == "行政相对人名称（必填）"


def test_good_rows_have_no_findings(checked: Checked) -> None:
    report = checked.rows({}, {}, {})
    assert (report.rows, report.publishable, report.faults, report.warnings) == (3, 3, (), ())
    assert report.dropped == ("证件号码",)


@pytest.mark.parametrize(
    ("header", "text", "says"),
    [
        ("行政相对人名称", "", "the cell is blank"),
        ("行政处罚决定书文号", "/", "the cell is blank"),
        ("处罚决定日期", "", "the cell is blank"),
        ("处罚决定日期", "2026-02-30", "there is no such day"),
        ("处罚决定日期", "2026", "it is only a year or a month, not a day"),
        ("处罚决定日期", "03/08/2026", "day and month cannot be told apart"),
        ("公示截止期", "明年", "it is not a date"),
        ("罚款金额（万元）", "若干", "it is not an amount of money"),
        ("罚款金额（万元）", "-2", "the amount is below zero"),
        (USCC, code(1)[:17], "a unified social credit code has 18 characters, this has 17"),
        (USCC, code(1)[:17] + "Z", "it holds characters that no such code has in that place"),
        (USCC, code(1)[:17] + code(2)[17], "the code is mistyped: its check character does not fit"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_row_column_and_remedy(
    header: str, text: str, says: str, checked: Checked
) -> None:
    report = checked.rows({}, {}, {}, {}, {}, {header: text}, {})
    assert (report.rows, report.publishable, report.fault_count) == (7, 6, 1)
    assert report.faults[0].row == 7
    assert (report.faults[0].column or "").startswith(header)
    told = advice(report.faults[0].reason, of_row=True)
    assert told.what % told.values == says
    assert told.mend


def test_it_refuses_what_a_harvest_refuses(checked: Checked, registry: Registry) -> None:
    changes = [
        {"处罚决定日期": "2026-13-01"},
        {"行政相对人名称": ""},
        {},
        {"罚款金额（万元）": "很多"},
        {},
        {},
    ]
    content = filled("penalty", rows_of("penalty", *changes))
    report = checked(content)
    from harvesters.formats import Fetched
    from harvesters.source import load
    from publisher.items import Refusal

    file = Path(harvesters.__file__).parent / "sources" / "market" / "haikou-penalties.toml"
    definition = load(file, registry=registry, trusted=False)
    outcomes = preview(definition, [Fetched(checked.file, "form.csv")], registry, str.upper, ZONE)
    refused = [(one.where.row, one.column, one.reason) for one in outcomes if isinstance(one, Refusal)]
    assert [(one.row, one.column, one.reason) for one in report.faults] == refused
    assert len(refused) == 3


def test_two_rows_that_contradict_each_other(checked: Checked) -> None:
    same = {"行政处罚决定书文号": "琼罚〔2026〕9号"}
    report = checked.rows(same, same, {**same, "处罚内容": "罚款9元。"}, {}, {})
    assert (report.publishable, report.repeated) == (3, 1)
    assert brief(report.faults) == [(4, None)]
    assert advice(report.faults[0].reason, of_row=True).values == {"row": "2"}


def test_warnings_do_not_keep_a_row_back(checked: Checked) -> None:
    report = checked.rows(
        {"罚款金额（万元）": "2000"},
        {"违法行为类型": ""},
        {"违法行为类型": "", "违法事实": f"联系人电话{MOBILE}"},
    )
    assert (report.publishable, report.faults) == (3, ())
    assert [(one.row, one.column, one.reason, one.times) for one in report.warnings] == [
        (2, "罚款金额（万元）", module.OTHER_UNIT, 1),
        (3, "违法行为类型", module.BLANK, 2),
        (4, "违法事实（必填）", module.PERSONAL, 1),
    ]


def test_columns_that_are_not_of_the_form(checked: Checked) -> None:
    rows = rows_of("penalty", {})
    content = (
        filled("penalty", rows)
        .decode("utf-8-sig")
        .replace("备注", "内部批注")
        .replace("违法行为类型", "类型代号")
    )
    report = checked(content.encode())
    assert {(one.column, one.reason) for one in report.warnings} == {
        ("内部批注", module.UNKNOWN),
        ("类型代号（必填）", module.UNKNOWN),
        ("违法行为类型", module.MISSING),
    }
    without = filled("penalty", rows).decode("utf-8-sig").replace("行政处罚决定书文号", "其他")
    report = checked(without.encode())
    assert brief(report.faults) == [(None, "行政处罚决定书文号")]
    assert (report.rows, report.publishable) == (1, 0)


def test_a_code_whose_inside_does_not_fit_is_a_warning(checked: Checked) -> None:
    unfit = code(1)[:16] + ("0" if code(1)[16] != "0" else "1")
    report = checked.rows({USCC: unfit + identifiers.uscc_check_character(unfit)})
    assert (report.publishable, [one.reason for one in report.warnings]) == (1, [module.ORGANISATION_CODE])


def test_persons_are_counted_and_rows_that_are_not_public(checked: Checked) -> None:
    person = {
        "行政相对人名称": PERSON,
        "行政相对人类别": "自然人",
        "行政相对人代码_1（统一社会信用代码）": "",
        "证件号码": identity(1),
    }
    report = checked.rows({}, person)
    assert (report.publishable, report.persons, report.faults) == (2, 1, ())
    report = checked.rows({}, {"当前状态": "2"}, kind="permit")
    assert (report.publishable, report.not_public, report.faults) == (1, 1, ())


SECRETS = (identity(1), identity(2), MOBILE, TELEPHONE, "460100 19900101 0011")


@pytest.mark.parametrize(
    "secret",
    [*SECRETS, identity(3)[:17], "4.60100199001011E+17", identity(4)[:6] + "********" + identity(4)[14:]],
)
@pytest.mark.parametrize("header", [column.header for column in FORMS["penalty"].columns])
def test_no_finding_echoes_a_persons_number(secret: str, header: str, checked: Checked) -> None:
    report = checked.rows({header: secret}, {"行政相对人名称": PERSON, header: secret})
    assert secret not in json.dumps(report.as_json(), ensure_ascii=False)


def test_a_file_without_headers_tells_nothing(checked: Checked) -> None:
    report = checked(f"{PERSON},{identity(1)},{MOBILE}\n{PERSON},{identity(2)},{MOBILE}\n".encode())
    assert [one.reason for one in report.faults] == [module.NOT_THE_FORM]
    names = [column.marked for column in FORMS["penalty"].columns]
    header = ",".join([*names[:-1], identity(1)])
    report = checked(f"{header}\n{','.join('x' for _ in names)}\n".encode())
    assert identity(1) not in json.dumps(report.as_json())
    assert any(one.column == "******" for one in report.warnings)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"%PDF-1.7", "the file is no table"),
        (b"<html><title>x</title>", "the file is no table"),
        (b"PK\x03\x04 xl/ broken", "the file cannot be read"),
        (b"a,b\n1,2\n", "the headers are not those of the form"),
        (filled("penalty", []), "the file has no rows under its header"),
        (b"\xff\xfe\x00\xd8\x00", "the file cannot be read"),
    ],
)
def test_a_file_that_is_no_form(content: bytes, says: str, checked: Checked) -> None:
    report = checked(content)
    assert (report.publishable, report.fault_count) == (0, 1)
    assert advice(report.faults[0].reason, of_row=False).what == says


def test_a_cell_that_is_longer_than_any_costs_its_own_row_only(checked: Checked) -> None:
    report = checked(filled("penalty", rows_of("penalty", {"违法事实": "超" * 200_000}, {})))
    assert (report.publishable, report.fault_count) == (1, 1)


def test_many_faults_are_all_counted(checked: Checked) -> None:
    report = checked.rows(*({"处罚决定日期": "x"} for _ in range(1_500)))
    assert (report.fault_count, len(report.faults), report.publishable) == (1_500, 1_000, 0)
    assert report.too_many
    assert not checked.rows({}, {}, {}, {}, {"处罚决定日期": "x"}).too_many


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(st.text(max_size=20), min_size=1, max_size=12), max_size=6),
    st.sampled_from(("penalty", "permit")),
)
def test_whatever_stands_in_a_file_there_is_a_report(
    checked: Checked, rows: list[list[str]], kind: str
) -> None:
    report = checked(filled(kind, rows))
    assert report.publishable <= report.rows
    for finding in (*report.faults, *report.warnings):
        assert isinstance(advice(finding.reason, of_row=finding.row is not None), Advice)
    assert Report.from_json(json.loads(json.dumps(report.as_json()))) == report


def test_apart_it_says_the_same_and_survives_a_hostile_workbook(tmp_path: Path, registry: Registry) -> None:
    file = tmp_path / "form.xlsx"
    file.write_bytes(as_file(FORMS["permit"], "xlsx"))
    assert check_apart(file, "Asia/Shanghai") == check(file, "the file", registry, ZONE)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "行政相对人名称"
    sheet["XFD1048576"] = "far away"
    book.save(file)
    report = check_apart(file, "Asia/Shanghai")
    assert (report.fault_count, report.publishable) == (1, 0)
    assert advice(report.faults[0].reason, of_row=False).what == "the file cannot be read"


def test_a_bomb_of_zeros_costs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "bomb.xlsx"
    file.write_bytes(as_file(FORMS["permit"], "xlsx"))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.bin", b"\0" * (64 << 20))
    assert check_apart(file, "Asia/Shanghai").faults == ()


def _reasons() -> set[str]:
    """The sentences, as far as they are fixed, by which cells and rows are refused."""
    folder = Path(harvesters.__file__).parent
    files = [folder / "values.py", Path(identifiers.__file__), folder / "content.py"]
    found = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
                "BadValue",
                "BadIdentifier",
            ):
                found.add("".join(_text(part) for part in ast.walk(node.args[0])))
    return found


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return "1" if isinstance(node, ast.FormattedValue) else ""


def test_every_reason_for_a_refusal_has_its_words() -> None:
    reasons = _reasons()
    assert len(reasons) > 12
    unknown = advice("something new", of_row=True)
    assert [
        reason
        for reason in reasons
        if advice(f"column 列 has “x” that cannot stand: {reason}.", of_row=True).what == unknown.what
    ] == []
