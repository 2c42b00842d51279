"""Numbers and names of persons, planted wherever a source can hold them: none is found in what is kept."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from gongshi.cli import main
from publisher import masking
from publisher.identifiers import identity_check_character
from tests.fixtures.commands import Installation
from tests.fixtures.store import code

BODY = "46010019850712312"
IDENTITY = BODY + identity_check_character(BODY)
MISTYPED = BODY + identity_check_character(BODY).translate(str.maketrans("0123456789X", "12345678900"))
NAME = "欧阳震霆"
PLANTED = {
    "identity": IDENTITY,
    "mistyped": MISTYPED,
    "mobile": "13876543219",
    "landline": "68559173",
    "card": "6222021202001234567",
    "name": NAME,
    "home": "蓝天路77号",
}
"""What must not be found."""

NUMBERS = (
    f"身份证号{IDENTITY}，住址：海口市美兰区蓝天路77号，电话{PLANTED['mobile']}、0898-{PLANTED['landline']}，"
    f"卡号{PLANTED['card']}，另一证件{MISTYPED}"
)
TELLS = f"当事人{NAME}，{NUMBERS}"
HEADER = ("名称", "类别", "代码", "证件", "文号", "事由", "日期", "金额", "截止", "范围", "序号")
DEFINITION = """
title = {{ zh = "处罚", en = "Penalties" }}
authority = "海口市市场监督管理局"
kind = "penalty"
{where}
key = {key}
{more}
[period]
months = 12
[fields]
subject = "名称"
subject_type = "类别"
uscc = "代码"
identity_number = "证件"
document_number = "文号"
facts = "事由"
decided_on = "日期"
fine = "金额"
valid_until = "截止"
scope_of_use = "范围"
"""
GOOD_SHOP = (
    "海南蓝鲸贸易有限公司",
    "法人",
    code(1),
    "",
    "琼市监罚〔2026〕1号",
    "销售过期食品",
    "2026-03-01",
    "5000",
    "",
    "公开",
    "1",
)
Row = tuple[str, ...]


SPOILT = (
    {0: ""},
    *({2: cell} for cell in (MISTYPED, f"{IDENTITY}A", NUMBERS)),
    {4: " "},
    *({6: cell} for cell in (IDENTITY, NUMBERS, PLANTED["mobile"], "2026-02-30", "")),
    *({7: cell} for cell in (IDENTITY, PLANTED["card"], NUMBERS)),
    *({8: cell} for cell in (MISTYPED, NUMBERS)),
    *({9: cell} for cell in (IDENTITY, NUMBERS, "不公开")),
    *({5: NUMBERS * times} for times in (1_500, 15_000)),
)
"""Cells by column that keep a row from being stored, each for another reason."""


def rows() -> Iterator[Row]:
    """Good rows, rows that are refused for every reason that a row can give, rows that are not public."""
    shop = (*GOOD_SHOP[:5], NUMBERS, *GOOD_SHOP[6:])
    person = (
        NAME,
        "自然人",
        "",
        IDENTITY,
        "琼市监罚〔2026〕2号",
        TELLS,
        "2026-03-02",
        "500",
        "",
        "公开",
        IDENTITY,
    )
    yield person
    yield (NAME, "自然人", IDENTITY, "", f"琼市监罚〔2026〕{IDENTITY}号", *person[5:])
    yield (*GOOD_SHOP[:4], f"琼市监罚〔2026〕3号，{NUMBERS}", *GOOD_SHOP[5:])
    for number, spoilt in enumerate(SPOILT, 10):
        for row in (person, shop):
            given = [*row[:4], f"琼市监罚〔2026〕{number}号", *row[5:]]
            for place, cell in spoilt.items():
                given[place] = f"{NAME}，{cell}" if row is person and cell == NUMBERS else cell
            if not given[0]:
                given[5] = NUMBERS  # nobody could know that a name in it is the subject's
            yield tuple(given)
    for reason in ("一", "二"):  # the same key twice, and what it says differs
        for row in (person, shop):
            yield (*row[:4], "琼市监罚〔2026〕90号", row[5] + reason, *row[6:])


def as_csv() -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(HEADER)
    good = [(*GOOD_SHOP[:4], f"琼市监罚〔2026〕{n}号", *GOOD_SHOP[5:]) for n in range(1000, 1300)]
    writer.writerows([*good, *rows()])
    return file.getvalue() + f'{NAME},{IDENTITY}\n{NAME},自然人,{",".join([TELLS] * 12)}\n{NAME},"{TELLS}\n'


def as_objects() -> list[dict[str, str]]:
    return [dict(zip(HEADER, row, strict=True)) for row in rows() if max(map(len, row)) < 100_000]


def as_ndjson() -> str:
    lines = [json.dumps(row, ensure_ascii=False) for row in as_objects()]
    return "\n".join(
        [
            *lines,
            f'{{"名称": "{NAME}", "证件": "{IDENTITY}',
            f'"{TELLS}"',
            json.dumps({NUMBERS: TELLS}),
            "[[[",
        ]
    )


def as_html() -> str:
    table = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row.values()) + "</tr>" for row in as_objects()
    )
    head = "".join(f"<th>{name}</th>" for name in HEADER)
    table += f"<tr><td>{NAME}</td><td>{TELLS}</td></tr>"
    return f"<html><body><table><tr>{head}</tr>{table}</table></body></html>"


def as_xml() -> str:
    made = "".join(
        "<r>" + "".join(f"<{name}>{cell}</{name}>" for name, cell in row.items()) + "</r>"
        for row in as_objects()
    )
    return f"<?xml version='1.0' encoding='utf-8'?><l>{made}<r><名称>{NAME}</名称>"


def headless() -> str:
    return "".join(",".join(row).replace("\n", " ") + "\n" for row in rows() if max(map(len, row)) < 1_000)


SOURCES: dict[str, tuple[str, str, str | bytes]] = {
    "rows": ("csv", "", as_csv()),
    "objects": ("json", "", json.dumps(as_objects(), ensure_ascii=False)),
    "lines": ("ndjson", "", as_ndjson()),
    "table": ("html", 'rows = "table"', as_html()),
    "cut": ("xml", 'rows = "l/r"', as_xml()),
    "headless": ("csv", "", headless()),
    "empty": ("csv", "", f"{IDENTITY},{NAME},{TELLS}\n"),
    "refusing": (
        "json",
        "",
        json.dumps({"code": 500, "message": f"没有权限：{NUMBERS}"}, ensure_ascii=False),
    ),
    "nowhere": (
        "json",
        'rows = "data.list"',
        json.dumps({"msg": NUMBERS, IDENTITY: NUMBERS}, ensure_ascii=False),
    ),
    "strange": (
        "json",
        "",
        json.dumps([{**row, IDENTITY: NUMBERS} for row in as_objects()], ensure_ascii=False),
    ),
    "raising": ("python", "", NUMBERS),
    "giving": ("python", "", NUMBERS),
}
SCRIPTS = {
    "raising": "def rows(page):\n    raise ValueError(page.decode())\n",
    "giving": "def rows(page):\n    yield [page.decode()]\n    yield {page.decode(): page.decode()}\n",
}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with sources full of what must not be kept, its files outside of the data folder."""
    folder = tmp_path_factory.mktemp("planted")
    sources, files = folder / "sources", folder / "files"
    (sources / "market").mkdir(parents=True)
    files.mkdir()
    for name, (format, more, content) in SOURCES.items():
        suffix = {"python": "page"}.get(format, format)
        file = files / f"{name}.{suffix}"
        file.write_text(content, "utf-8") if isinstance(content, str) else file.write_bytes(content)
        where = f'path = "{file}"\nformat = "{format}"\n{more}'
        (sources / "market" / f"{name}.toml").write_text(
            DEFINITION.format(where=where, key='["subject", "document_number"]', more="")
        )
        (sources / "market" / f"{name}.sample.{suffix}").write_text("名称\n")
        if name in SCRIPTS:
            (sources / "market" / f"{name}.py").write_text(SCRIPTS[name])
    gongshi = Installation(folder / "data", GONGSHI_SOURCES=str(sources))
    (folder / "said.txt").write_text(say(gongshi, "harvest", *(f"market/{name}" for name in SOURCES)))
    return gongshi


def say(gongshi: Installation, *arguments: str) -> str:
    """All that a command prints, run within this process: there are many."""
    done = CliRunner().invoke(main, arguments, env=gongshi.environment)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    assert done.output or done.exit_code == 0
    return done.output


def found_in(content: bytes) -> list[str]:
    """What is planted in it, in any encoding that a file or a workbook may have."""
    return [
        what
        for what, planted in PLANTED.items()
        if any(planted.encode(encoding) in content for encoding in ("utf-8", "utf-16-le", "gb18030"))
        or json.dumps(planted)[1:-1].encode() in content
    ]


def test_every_source_was_harvested_and_all_sorts_of_rows_were_met(planted: Installation) -> None:
    said = (planted.folder.parent / "said.txt").read_text()
    assert [name for name in SOURCES if f"market/{name}: " not in said] == []
    assert "market/rows: complete, 30" in said
    assert planted.count("SELECT count(*) FROM quarantine") > 150
    assert planted.count("SELECT count(DISTINCT substr(reason, 1, 30)) FROM quarantine") > 12


def test_nothing_personal_is_said_while_harvesting(planted: Installation) -> None:
    assert found_in((planted.folder.parent / "said.txt").read_bytes()) == []


def test_nothing_personal_is_in_the_data_folder(planted: Installation) -> None:
    files = [file for file in planted.folder.rglob("*") if file.is_file()]
    assert {"gongshi.db", "identity.key"} <= {file.name for file in files}
    assert {file.name: found for file in files if (found := found_in(file.read_bytes()))} == {}
    stored = planted.asks("SELECT * FROM sighting") + planted.asks("SELECT * FROM quarantine")
    assert found_in(repr(stored).encode()) == []


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_personal_is_said_of_a_source(planted: Installation, name: str) -> None:
    source, folder = f"market/{name}", planted.folder.parent
    definition = folder / "sources" / "market" / f"{name}.toml"
    exports = [folder / f"{name}.refused.csv", folder / f"{name}.refused.xlsx"]
    for arguments in (
        ("quarantine", "list", source),
        ("quarantine", "list", source, "--json"),
        *(("quarantine", "export", source, "--to", str(export)) for export in exports),
        ("runs", "list", source),
        ("sources", "try", str(definition)),
        ("quality", "gaps", source),
        ("quality", "register", source, str(folder / "files" / "rows.csv")),
    ):
        assert found_in(say(planted, *arguments).encode()) == [], arguments
    assert found_in(exports[0].read_bytes()) == []
    with zipfile.ZipFile(exports[1]) as book:
        assert [found for part in book.namelist() if (found := found_in(book.read(part)))] == []


def test_nothing_personal_is_said_of_runs_and_items(planted: Installation) -> None:
    runs = planted.asks("SELECT id FROM harvest")
    items = planted.asks("SELECT DISTINCT item_id FROM sighting ORDER BY id DESC LIMIT 5")
    said = [say(planted, "runs", "show", str(id)) for (id,) in runs]
    shown = [say(planted, "items", "show", str(id)) for (id,) in items]
    assert (len(runs), len(items)) == (len(SOURCES), 5)
    assert sum(masking.NUMBER_MASK in text for text in shown) >= 3
    assert found_in("".join(said + shown).encode()) == []


@pytest.mark.parametrize("name", ["rows.csv", "objects.json", "headless.csv"])
def test_nothing_personal_is_in_a_draft_or_its_sample(
    planted: Installation, name: str, tmp_path: Path
) -> None:
    said = say(planted, "sources", "new", str(planted.folder.parent / "files" / name), "--to", str(tmp_path))
    drafted = [file.read_text() for file in tmp_path.rglob("*") if file.is_file()]
    assert len(drafted) == (0 if name.startswith("headless") else 3)
    assert found_in("".join([*drafted, said]).encode()) == []


@pytest.mark.parametrize("name", ["rows.csv", "headless.csv", "table.html", "objects.json"])
def test_nothing_personal_is_said_of_a_form_that_is_checked(planted: Installation, name: str) -> None:
    said = say(planted, "sources", "validate", str(planted.folder.parent / "files" / name))
    assert found_in(said.encode()) == []
