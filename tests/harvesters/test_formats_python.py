"""A function beside the definition: what it gives, and all that can be wrong with it, in one sentence."""

from pathlib import Path

import pytest

from harvesters.source import load
from publisher.errors import DefinitionError
from publisher.kinds import load_registry
from tests.fixtures.reading import Layout, Reader, brief

GOOD = """
from collections.abc import Iterator

def rows(page: bytes) -> Iterator[dict[str, str]]:
    for line in page.decode().split():
        name, number = line.split("##")
        yield {"名称": name, "文号": number}
"""


@pytest.fixture
def file(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "list.page", Layout("python", script=tmp_path / "list.py"))


def test_what_the_function_gives_is_the_rows(file: Reader) -> None:
    file.layout.script.write_text(GOOD)
    assert file.cells("甲##1号\n乙##2号\n") == [
        {"名称": "甲", "文号": "1号"},
        {"名称": "乙", "文号": "2号"},
    ]
    assert not (file.file.parent / "__pycache__").exists()


def test_a_bad_row_costs_no_other(file: Reader) -> None:
    file.layout.script.write_text(
        "def rows(page):\n"
        "    yield from ({'n': '甲'}, 'words', {'n': 1}, {'n': 'x' * 2_000_000})\n"
        "    yield from ({'n': '\\ud800'}, {'n': '乙'})\n"
    )
    assert brief(file.read(b"x")) == [
        (1, ["甲"]),
        (2, "the function gave no dict of text to text"),
        (3, "the function gave no dict of text to text"),
        (4, "the cell has 2,000,000 characters, more than 1,048,576"),
        (5, ["\ufffd"]),
        (6, ["乙"]),
    ]


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("x = 1\n", "{script} has no function rows(page)."),
        (
            "def rows(page):\n    yield {}\n    raise ValueError('no\\n good.')\n",
            "list.page cannot be read: {script}, line 3: ValueError: no good.",
        ),
        (
            "import json\ndef rows(page):\n    return json.loads(page)\n",
            "list.page cannot be read: {script}, line 3: JSONDecodeError: Expecting value: line ",
        ),
        (
            "def rows(page):\n    return 7\n",
            "list.page cannot be read: {script}: TypeError: 'int' object is not ",
        ),
        (
            "import nothing_of_this_name\n",
            "list.page cannot be read: {script}, line 1: ModuleNotFoundError: ",
        ),
        ("def rows(:\n", "list.page cannot be read: {script}, line 1: SyntaxError: "),
        ("raise SystemExit(3)\n", "list.page cannot be read: {script}, line 1: SystemExit: 3."),
        ("def rows():\n    return []\n", "list.page cannot be read: {script}: TypeError: rows() takes 0 "),
    ],
)
def test_what_goes_wrong_is_one_sentence_with_file_and_line(file: Reader, script: str, says: str) -> None:
    file.layout.script.write_text(script)
    assert file.refused("words").startswith(says.format(script=file.layout.script))


DEFINITION = """
title = { zh = "处罚", en = "Penalties" }
authority = "局"
kind = "penalty"
path = "rows.page"
format = "python"
key = ["subject"]
[fields]
subject = "名称"
[period]
months = 12
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "tax" / "list.toml"
    file.parent.mkdir()
    file.write_text(DEFINITION)
    file.with_name("list.sample.page").write_text("甲##1号")
    return file


def test_the_function_is_part_of_the_definition(source: Path) -> None:
    script = source.with_suffix(".py")
    script.write_text(GOOD)
    first = load(source, registry=load_registry(), trusted=True)
    assert (first.script, first.sample_file.name) == (script, "list.sample.page")
    script.write_text(GOOD + "\n# changed")
    assert load(source, registry=load_registry(), trusted=True).version != first.version


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (
            None,
            "{file}: format python needs the function rows(page) in list.py, which cannot be read ",
        ),
        ("def rows(page):\nyield 1\n", "{script}, line 2: it is not Python: expected an indented block"),
    ],
)
def test_a_missing_or_broken_function_is_told_when_definitions_are_checked(
    source: Path, script: str | None, says: str
) -> None:
    if script:
        source.with_suffix(".py").write_text(script)
    with pytest.raises(DefinitionError) as raised:
        load(source, registry=load_registry(), trusted=True)
    assert str(raised.value).startswith(says.format(file=source, script=source.with_suffix(".py")))


def test_checking_a_definition_does_not_run_its_function(source: Path) -> None:
    source.with_suffix(".py").write_text("raise SystemExit")
    load(source, registry=load_registry(), trusted=True)
