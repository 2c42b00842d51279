"""`gongshi cases`, as operators call it; what housekeeping and the doctor do about cases."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gongshi.housekeeping import jobs
from publisher import casework
from publisher.case_rules import CaseKind
from publisher.cases import CaseState, Outcome
from publisher.kinds import Registry
from publisher.store import Store
from tests.fixtures.cases import OWN, WANG, Counter, open_counter
from tests.fixtures.commands import Installation
from tests.fixtures.store import ZONE, Clock, code


@pytest.fixture
def counter(tmp_path: Path, registry: Registry, clock: Clock) -> Iterator[Counter]:
    store = Store(f"sqlite:///{tmp_path / 'gongshi.db'}", registry.fields, ZONE)
    store.prepare()
    yield open_counter(store, registry, clock)
    store.close()


@pytest.fixture
def gongshi(counter: Counter, tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_operators_see_and_decide_what_waits(gongshi: Installation, counter: Counter) -> None:
    counter.apply()
    counter.apply(CaseKind.OBJECTION, key="2")
    listed = [json.loads(line) for line in gongshi("cases", "list", "--json").stdout.splitlines()]
    assert [(one["number"], one["kind"], one["due"]) for one in listed] == [
        ("C000001", "repair", "2026-11-26"),
        ("C000002", "objection", "2026-11-26"),
    ]
    assert gongshi("cases", "list", "--source", "tax/none").returncode == 2
    assert "C000001" in gongshi("cases", "list", "--source", OWN).stdout
    shown = gongshi("cases", "show", "1").stdout
    assert WANG.name in shown
    assert "罚款已缴清，请予修复" in shown
    taken = gongshi("cases", "accept", "1", "--by", "li")
    assert taken.stdout == "Case C000001 is under examination; the next step is due by 2026-12-02.\n"
    assert "answer is due by 2026-12-07" in gongshi("cases", "ask", "C000001", "--why", "请补交收据").stdout
    assert "refused; nothing is due" in gongshi("cases", "refuse", "2", "--why", "金额无误").stdout
    assert gongshi("cases", "grant", "1").returncode == 0
    assert counter.item().id not in counter.public
    again = gongshi("cases", "grant", "1")
    assert (again.returncode, again.stderr) == (
        1,
        "Case C000001 is granted; this cannot be done to it now.\n",
    )
    assert gongshi("cases", "list", "--json").stdout == ""
    assert "C000001" in gongshi("cases", "list", "--state", "granted").stdout
    assert gongshi("cases", "revoke", "1", "--why", "材料虚假").returncode == 0
    assert counter.item().id in counter.public


def test_what_is_late_is_told(gongshi: Installation, counter: Counter) -> None:
    counter.apply()
    assert "Cases: 1 are open and in time." in gongshi("doctor").stdout
    assert gongshi("cases", "list", "--overdue", "--json").stdout == ""
    later = {"GONGSHI_NOW": "2026-11-27T12:00:00+08:00"}
    (late,) = gongshi("cases", "list", "--overdue", "--json", **later).stdout.splitlines()
    assert json.loads(late)["remark"] == "overdue"
    told = gongshi("doctor", **later).stdout
    assert "Case C000001: it was due on 2026-11-26; gongshi cases show C000001" in told


def test_an_objection_that_no_source_follows_is_told(gongshi: Installation, counter: Counter) -> None:
    counter.do(casework.grant, counter.apply(CaseKind.OBJECTION).case, outcome=Outcome.CORRECTED)
    assert "the objection was right" not in gongshi("doctor").stdout
    told = gongshi("doctor", GONGSHI_NOW="2027-01-04T12:00:00+08:00").stdout
    assert f"no source has corrected item {counter.item().id} since" in told


def test_a_list_of_repairs_is_carried_out_but_for_its_wrong_rows(
    gongshi: Installation, counter: Counter, tmp_path: Path
) -> None:
    file = tmp_path / "修复.csv"
    file.write_text(
        f"文号,统一社会信用代码,修复日期\n琼旅罚〔2026〕1号,{code(1)},2026-11-02\n"
        f"琼旅罚〔2026〕2号,{code(3)},2026-11-02\n琼旅罚〔2026〕2号,{code(1)},2026-13-02\n",
        "gb18030",
    )
    dry = gongshi("cases", "import", str(file), "--dry-run")
    assert dry.returncode == 1
    assert dry.stdout == "1 items would be repaired, 0 had left for good before; 2 rows are left.\n"
    assert [line.split(": ")[0] for line in dry.stderr.splitlines()] == [
        "修复.csv, row 3, 统一社会信用代码",
        "修复.csv, row 4, 修复日期",
    ]
    assert counter.item().id in counter.public
    done = gongshi("cases", "import", str(file))
    assert done.stdout == "1 items are repaired, 0 had left for good before; 2 rows are left.\n"
    assert counter.item().id not in counter.public
    again = gongshi("cases", "import", str(file))
    assert again.stdout == "0 items are repaired, 1 had left for good before; 2 rows are left.\n"
    figures = json.loads(gongshi("cases", "statistics", "--json").stdout)
    assert (figures["month"], figures["granted"], figures["days"]) == ("2026-11", 1, None)


def test_a_file_that_is_no_list_changes_nothing(gongshi: Installation, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("名称\n甲公司\n")
    told = gongshi("cases", "import", str(tmp_path / "x.csv"))
    assert (told.returncode, told.stdout) == (1, "")
    assert "x.csv has no column of document numbers" in told.stderr


def test_housekeeping_forgets_who_applied_after_as_many_days_as_are_set(
    counter: Counter, tmp_path: Path
) -> None:
    old, open = counter.apply().case, counter.apply(key="2").case
    counter.do(casework.refuse, old)
    for hour, left in ((11, True), (13, False)):
        made = Installation(
            tmp_path, GONGSHI_EVIDENCE_DAYS="7", GONGSHI_NOW=f"2026-11-30T{hour}:00:00+08:00"
        ).platform()
        (job,) = (job for job in jobs(made, made.index) if job.name == "applicants forgotten")
        job.do()
        with counter.store.reading() as store:
            assert (store.filed(old.id) is not None) == left
            assert store.filed(open.id)
            assert store.case(old.id)
        made.close()


def test_housekeeping_unmarks_what_a_source_has_corrected(counter: Counter, tmp_path: Path) -> None:
    counter.do(casework.grant, counter.apply(CaseKind.OBJECTION).case, outcome=Outcome.CORRECTED)
    assert counter.item().objected_at
    made = Installation(tmp_path).platform()
    (job,) = (job for job in jobs(made, made.index) if job.name == "marks of what is corrected gone")
    job.do()
    made.close()
    assert counter.item().objected_at
    assert counter.read(lambda store: store.cases()[0].state) is CaseState.GRANTED


def test_nobodys_number_reaches_the_data_folder(
    gongshi: Installation, counter: Counter, tmp_path: Path
) -> None:
    number = "46010019900307231X"
    _, token = counter.apply(statement=f"本人 {number} 已缴清")
    gongshi("cases", "ask", "1", "--why", f"请 {number} 补交收据")
    counter.by_token(casework.answer, token, f"{number} 的收据附后", [])
    gongshi("cases", "refuse", "1", "--why", f"{number} 未缴清")
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert "已缴清".encode() in kept
    assert number.encode() not in kept
