"""After erasure, and without anybody's doing more, no file of an installation holds what was erased."""

import json
from pathlib import Path

import pytest

from publisher.ending import end
from publisher.items import ItemState
from publisher.trail import Actor, ActorKind
from tests.fixtures.commands import Installation
from tests.fixtures.store import NOON, code

DEFINITION = """title = { zh = "处罚", en = "Penalties" }
authority = "海口市市场监督管理局"
kind = "penalty"
path = "rows.csv"
format = "csv"
standard = "cn-double-disclosure"
[period]
months = 12
"""
OPERATOR = Actor(ActorKind.OPERATOR, "somebody")
HEADER = "行政相对人名称,统一社会信用代码,行政处罚决定书文号,违法事实,处罚内容,处罚决定日期,处罚机关"
MANY = 600


def row(number: int) -> str:
    who = f"海南第{number}号蓝鲸贸易有限公司"
    return f"{who},{code(number)},琼市监罚〔2026〕{number}号,第{number}号事实,罚款,2026-03-01,"


def words(number: int) -> list[str]:
    """What a row says of nobody else."""
    return [f"第{number}号蓝鲸", code(number), f"〔2026〕{number}号", f"第{number}号事实"]


@pytest.fixture
def erased(tmp_path: Path) -> Installation:
    """An installation in which every other item was repaired and one withdrawn, before `gongshi expire`."""
    sources = tmp_path / "sources" / "market"
    sources.mkdir(parents=True)
    (sources / "list.toml").write_text(DEFINITION, "utf-8")
    (sources / "list.sample.csv").write_text(f"{HEADER}\n{row(1)}\n", "utf-8")
    (sources / "rows.csv").write_text("\n".join([HEADER, *map(row, range(100, 100 + MANY))]) + "\n", "utf-8")
    gongshi = Installation(tmp_path / "data", GONGSHI_SOURCES=str(tmp_path / "sources"))
    assert gongshi("harvest", "market/list").returncode == 0
    made = gongshi.platform()
    with made.store.writing() as store:
        items = {item.party.uscc: item.id for page in store.each_public_item(NOON) for item in page}
        repaired = [items[code(number)] for number in range(100, 100 + MANY, 2)]
        why = "当事人第100号蓝鲸已整改"
        end(store, repaired, ItemState.REPAIRED, OPERATOR, why, made.desk, NOON)
        end(store, [items[code(101)]], ItemState.WITHDRAWN, OPERATOR, "错", made.desk, NOON)
    made.close()
    return gongshi


def found(folder: Path, number: int) -> list[tuple[str, str]]:
    """Which files hold what the row says."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [
        (word, file.name) for file in files for word in words(number) if word.encode() in file.read_bytes()
    ]


def test_what_is_erased_is_in_no_file(erased: Installation) -> None:
    assert {word for word, _ in found(erased.folder, 100)} == {*words(100)}
    said = erased("expire", "--dry-run")
    assert (said.returncode, said.stdout) == (0, f"{MANY // 2} repaired items are due.\n")
    said = erased("expire")
    assert (said.returncode, said.stdout) == (0, f"{MANY // 2} repaired items erased.\n")
    assert erased("harvest", "market/list").returncode == 0
    for number in range(100, 100 + MANY, 2):
        assert found(erased.folder, number) == []
    assert found(erased.folder, 101)
    assert found(erased.folder, 103)


def test_operators_are_told_that_and_why(erased: Installation) -> None:
    ((id,),) = erased.asks("SELECT id FROM item WHERE uscc = ?", code(100))
    erased("expire")
    said = erased("items", "show", str(id), "--json")
    told = json.loads(said.stdout)
    assert told["because"].startswith(
        "It was repaired on 2026-11-23 12:00 by operator somebody. Its content was"
    )
    assert (told["state"], told["kind"], told["may come back"]) == ("repaired", "penalty", "no")
    assert told["left"].startswith("2026-11-23 04:00:00")
    assert erased("items", "outlasting").stdout.split() == ["item", "sources"]
    said = erased("items", "readmit", str(id), "--why", "错")
    assert (said.returncode, "use `gongshi items restore`" in said.stderr) == (3, True)
    assert erased("items", "restore", "--final", str(id), "--why", "错").returncode == 0
    assert json.loads(erased("items", "show", str(id), "--json").stdout)["may come back"] == "yes"
    assert erased("harvest", "market/list").stdout.startswith("market/list: complete, 1 new")
    said = erased("items", "readmit", str(id), "--why", "错")
    assert (said.returncode, said.stderr) == (1, f"There is no item {id} whose content was erased.\n")
