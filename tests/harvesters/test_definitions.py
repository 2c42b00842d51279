"""Every definition of the package: it loads, and its sample's rows become exactly what stands beside it.

A missing `<name>.expected.json` is written, and the test fails so that somebody reads it. After a wanted
change delete the file, run the test, read the difference, commit it.
"""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import harvesters
from harvesters.expectation import expectation
from harvesters.formats import RawRow, rows
from harvesters.local import opened
from harvesters.mapping import Mapper
from harvesters.source import load, load_all
from publisher.joining import Identity
from publisher.kinds import load_registry

SHIPPED = Path(harvesters.__file__).parent / "sources"
FILES = sorted(SHIPPED.glob("*/*.toml"))
REGISTRY = load_registry()
SEAL = Identity(b"a key of this test").seal
ZONE = ZoneInfo("Asia/Shanghai")


def named(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def test_all_definitions_load() -> None:
    found, errors = load_all([(SHIPPED, False)], REGISTRY)
    assert errors == []
    assert len(found) == len(FILES) >= 10


@pytest.mark.parametrize("file", FILES, ids=named)
def test_a_sample_becomes_what_is_expected(file: Path) -> None:
    definition = load(file, registry=REGISTRY, trusted=False)
    found = expectation(definition, REGISTRY, ZONE)
    assert json.loads(found)
    if not definition.expected_file.exists():
        definition.expected_file.write_text(found, "utf-8")
        pytest.fail(f"{definition.expected_file.name} was missing: read what was written, and commit it")
    assert json.loads(found) == json.loads(definition.expected_file.read_text("utf-8"))


@pytest.mark.parametrize("file", FILES, ids=named)
def test_every_column_of_a_sample_is_mapped_or_ignored(file: Path) -> None:
    definition = load(file, registry=REGISTRY, trusted=False)
    mapper = Mapper(definition, REGISTRY, SEAL, ZONE)
    for row in rows(opened(definition.sample_file, definition.sample_file.name, definition), definition):
        if isinstance(row, RawRow):
            assert mapper.row_fits(row.cells) == []
            assert mapper.unmapped(row.cells) == []
