"""Every definition of the package: it loads, and its sample's rows become exactly what stands beside it.

A missing `<name>.expected.json` is written, and the test fails so that somebody reads it. After a wanted
change delete the file, run the test, read the difference, commit it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import harvesters
from harvesters.formats import Fetched, RawRow, rows
from harvesters.mapping import Mapper, NotPublic
from harvesters.preview import Outcome, preview
from harvesters.source import load, load_all
from publisher.items import Refusal
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
    sample = Fetched(definition.sample_file, definition.sample_file.name)
    found = [told(outcome) for outcome in preview(definition, [sample], REGISTRY, SEAL, ZONE)]
    assert found
    if not definition.expected_file.exists():
        text = json.dumps(found, ensure_ascii=False, indent=1, default=plain)
        definition.expected_file.write_text(f"{text}\n", "utf-8")
        pytest.fail(f"{definition.expected_file.name} was missing: read what was written, and commit it")
    assert json.loads(json.dumps(found, default=plain)) == json.loads(
        definition.expected_file.read_text("utf-8")
    )


@pytest.mark.parametrize("file", FILES, ids=named)
def test_every_column_of_a_sample_is_mapped_or_ignored(file: Path) -> None:
    definition = load(file, registry=REGISTRY, trusted=False)
    mapper = Mapper(definition, REGISTRY, SEAL, ZONE)
    for row in rows(Fetched(definition.sample_file, definition.sample_file.name), definition):
        if isinstance(row, RawRow):
            assert mapper.row_fits(row.cells) == []
            assert mapper.unmapped(row.cells) == []


def told(outcome: Outcome) -> Mapping[str, Any]:
    """An outcome for people: without what says nothing, hashes, which change with versions, and the record,
    which says the same once more."""
    match outcome:
        case Refusal():
            kind = "refused"
        case NotPublic():
            kind = "not public"
        case _:
            kind = "draft"
    return {"is": kind, **dict(_told(asdict(outcome)))}


def _told(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if name in ("row_hash", "source", "record") or value is None or value in ((), {}, ""):
            continue
        yield name, dict(_told(value)) if isinstance(value, dict) else value


def plain(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    assert isinstance(value, date | Decimal)
    return str(value)
