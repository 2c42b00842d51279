"""The generated samples, read by the product itself, hold exactly what their generator says."""

import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

import harvesters
from harvesters.formats import FORMATS, BadRow, RawRow, rows
from harvesters.local import opened
from harvesters.mapping import Mapper, NotPublic
from harvesters.samples import Manifest, generate
from harvesters.samples.__main__ import main
from harvesters.samples.generate import write_beside
from harvesters.samples.parties import identity_number, organisation
from harvesters.samples.plans import PLANS
from harvesters.source import Definition, load_all
from publisher import identifiers
from publisher.items import Draft, Refusal
from publisher.joining import Identity
from publisher.judging import Judge
from publisher.kinds import Registry, load_registry
from publisher.periods import Period

TODAY = date(2026, 11, 24)
ZONE = ZoneInfo("Asia/Shanghai")
SHIPPED = Path(harvesters.__file__).parent / "sources"
IDENTITY = Identity(b"a key of this test")


@dataclass
class Read:
    """What the product makes of one source's files."""

    drafts: list[Draft] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    not_public: int = 0
    problems: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def definitions(registry: Registry) -> dict[str, Definition]:
    found, errors = load_all([(SHIPPED, False)], registry)
    assert errors == []
    return {definition.id: definition for definition in found}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory, scale: int) -> tuple[Path, Manifest]:
    folder = tmp_path_factory.mktemp("samples")
    return folder, generate(folder, TODAY, items=5000 * scale)


@pytest.fixture(scope="module")
def read(
    samples: tuple[Path, Manifest], definitions: dict[str, Definition], registry: Registry
) -> dict[str, Read]:
    folder, _ = samples
    return {
        id: _read(definition, _files(definition, folder), registry) for id, definition in definitions.items()
    }


def _files(definition: Definition, folder: Path) -> list[Path]:
    assert definition.path is not None
    place = definition.folder(folder) / definition.path
    return sorted(filter(Path.is_file, place.iterdir())) if place.is_dir() else [place]


def _read(definition: Definition, files: list[Path], registry: Registry) -> Read:
    found, mapper = Read(), Mapper(definition, registry, IDENTITY.seal, ZONE)
    for row in _rows(definition, files):
        if isinstance(row, BadRow):
            found.refusals.append(mapper.refusal(row))
            continue
        found.problems.update(mapper.row_fits(row.cells) + mapper.unmapped(row.cells))
        match mapper.draft(row, mapper.row_hash(row)):
            case Draft() as draft:
                found.drafts.append(draft)
            case Refusal() as refusal:
                found.refusals.append(refusal)
            case NotPublic():
                found.not_public += 1
    return found


def _rows(definition: Definition, files: list[Path]) -> Iterator[RawRow | BadRow]:
    for file in files:
        yield from rows(opened(file, file.name, definition), definition)


def _period(draft: Draft, registry: Registry) -> Period:
    return Judge(registry.rules, registry.with_ancestors).period(draft, TODAY)


def _is_public(draft: Draft, registry: Registry) -> bool:
    end = _period(draft, registry).ends_at(ZONE)
    return end is None or end > datetime.combine(TODAY, time(12), ZONE)


def _sightings(read: Read) -> list[Draft]:
    """The first row of each key, which is the one that a harvest publishes."""
    first: dict[str, Draft] = {}
    for draft in read.drafts:
        first.setdefault(draft.key, draft)
    return list(first.values())


@pytest.mark.parametrize("id", [plan.id for plan in PLANS])
def test_every_row_becomes_what_the_generator_meant(
    id: str, read: dict[str, Read], samples: tuple[Path, Manifest]
) -> None:
    found, meant = read[id], samples[1].sources[id]
    assert found.problems == set()
    assert len(found.drafts) == meant.drafts
    assert found.not_public == meant.not_public
    assert len(_sightings(found)) == meant.sightings
    assert len(found.refusals) == sum(meant.refused.values())


def test_refusals_are_for_the_reasons_meant(
    read: dict[str, Read], samples: tuple[Path, Manifest], definitions: dict[str, Definition]
) -> None:
    meant: Counter[str] = Counter()
    for expected in samples[1].sources.values():
        meant.update(expected.refused)
    said = Counter(_defect(refusal) for found in read.values() for refusal in found.refusals)
    assert said == meant
    assert set(meant) == {"impossible_date", "wrong_check", "missing_name", "ragged"}


def _defect(refusal: Refusal) -> str:
    reasons = {
        "there is no such day": "impossible_date",
        "check character": "wrong_check",
        "is blank": "missing_name",
        "cells": "ragged",
    }
    return next((defect for words, defect in reasons.items() if words in refusal.reason), refusal.reason)


def test_decisions_seen_by_several_sources_are_one_item(
    read: dict[str, Read], samples: tuple[Path, Manifest], registry: Registry
) -> None:
    manifest = samples[1]
    sightings = [draft for found in read.values() for draft in _sightings(found)]
    seen: dict[str, set[str]] = {}
    public = set()
    for draft in sightings:
        item = IDENTITY.item(draft)
        seen.setdefault(item, set()).add(draft.source)
        if _is_public(draft, registry):
            public.add(item)
    assert len(sightings) == manifest.sightings
    assert len(seen) == manifest.items
    assert sum(len(sources) > 1 for sources in seen.values()) == manifest.joined
    assert max(len(sources) for sources in seen.values()) == 3
    assert len(public) == manifest.public


def test_all_kinds_sectors_formats_and_fates_are_there(
    read: dict[str, Read], definitions: dict[str, Definition], registry: Registry, scale: int
) -> None:
    drafts = [draft for found in read.values() for draft in found.drafts]
    assert {draft.kind for draft in drafts} == set(registry.kinds)
    assert len({definition.sector for definition in definitions.values()}) >= 10
    shipped = {definition.format for definition in definitions.values()}
    assert shipped == set(FORMATS) - {"feed", "python"}
    organisations = {draft.party.uscc for draft in drafts if draft.party.uscc}
    assert 1200 * scale <= len(organisations) <= 1600 * scale
    ends = [_period(draft, registry).last_day for draft in drafts]
    assert sum(end is None for end in ends) > 100
    assert sum(end is not None and end < TODAY for end in ends) > 500
    assert sum(end is not None and 0 <= (end - TODAY).days <= 14 for end in ends) > 200
    assert sum("務" in draft.party.name or "業" in draft.party.name for draft in drafts) > 10


def test_nothing_personal_comes_out_of_a_reading(
    read: dict[str, Read], samples: tuple[Path, Manifest], definitions: dict[str, Definition]
) -> None:
    """Every invented identity number begins with 469999 and a year before 1910, however it is masked."""
    number = re.compile(r"469999|19\d\d\d{4}\*{4}")
    raw = (samples[0] / "public_security/haikou-fire-penalties.csv").read_text("utf-8-sig")
    assert len(number.findall(raw)) > 50
    for found in read.values():
        assert [refusal for refusal in found.refusals if number.search(repr(refusal))] == []
        assert [draft for draft in found.drafts if number.search(repr(draft))] == []
    people = [draft for id, found in read.items() for draft in found.drafts if draft.party.personal_key]
    assert len(people) > 200
    full = {id for id, definition in definitions.items() if definition.persons == "full"}
    for draft in people:
        assert ("＊" in draft.party.name) == (draft.source not in full)


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two", "other")]
    for folder, seed in zip(folders, (1, 1, 2), strict=True):
        generate(folder, TODAY, items=300, seed=seed)
    one, two, other = ({str(f.relative_to(d)): f.read_bytes() for f in d.rglob("*.*")} for d in folders)
    assert one == two
    assert all(one[name] != other[name] for name in one.keys() & other.keys())


def test_the_number_of_items_is_the_number_asked_for(tmp_path: Path) -> None:
    for items in (1, 700):
        manifest = generate(tmp_path / str(items), TODAY, items=items)
        assert 0.95 * items - 1 <= manifest.items <= items


def test_memory_does_not_grow_with_the_number_of_items(tmp_path: Path) -> None:
    """Organisations are remembered up to a limit, workbooks until they are closed, rows not at all."""
    program = (
        "import resource, sys; from datetime import date; from pathlib import Path;"
        "from harvesters.samples import generate;"
        "generate(Path(sys.argv[1]), date(2026, 11, 24), int(sys.argv[2]));"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)"
    )
    few, many = (
        int(subprocess.check_output([sys.executable, "-c", program, str(tmp_path), str(items)]))
        for items in (2000, 40000)
    )
    written = sum(file.stat().st_size for file in tmp_path.rglob("*.*"))
    assert many - few < written / 2


def test_organisations_are_distinct_and_their_codes_valid() -> None:
    some = [
        organisation(number) for number in (*range(3000), *range(431_990, 432_010), *range(900_000, 900_100))
    ]
    assert len({one.name for one in some}) == len({one.uscc for one in some}) == len(some)
    for one in some:
        assert one.uscc is not None
        assert identifiers.uscc(one.uscc) == one.uscc
        assert identifiers.organisation_code_fits(one.uscc)
    assert identifiers.identity_number(identity_number(77)) == identity_number(77)


def test_the_samples_beside_the_definitions_are_the_generators(
    tmp_path: Path, definitions: dict[str, Definition], registry: Registry
) -> None:
    manifest = write_beside(tmp_path, TODAY)
    for id, definition in definitions.items():
        written = tmp_path / definition.sample_file.relative_to(SHIPPED)
        for page in (written, *sorted(written.with_suffix("").glob("*"))):
            shipped = SHIPPED / page.relative_to(tmp_path)
            assert page.read_bytes() == shipped.read_bytes(), f"{id}: python -m harvesters.samples"
        found, meant = _read(definition, [written], registry), manifest.sources[id]
        assert 5 <= meant.rows <= 12
        assert (len(found.drafts), found.not_public) == (meant.drafts, meant.not_public)
        assert len(found.refusals) == sum(meant.refused.values()) >= 2


def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, [str(tmp_path), "--items", "50", "--today", "2026-11-24"])
    assert done.exit_code == 0
    assert '"joined"' in done.output
    assert (tmp_path / "labour" / "wage-arrears.xls").is_file()


def test_who_reads_while_samples_are_written_anew_reads_whole_files(tmp_path: Path) -> None:
    def contents(folder: Path) -> dict[Path, bytes]:
        return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*.csv")}

    for items in (1000, 1200):
        generate(tmp_path / str(items), TODAY, items=items)
    either = [contents(tmp_path / "1000"), contents(tmp_path / "1200")]
    generate(tmp_path / "read", TODAY, items=1000)
    written = threading.Event()

    def write() -> None:
        for items in (1200, 1000, 1200):
            generate(tmp_path / "read", TODAY, items=items)
        written.set()

    writing = threading.Thread(target=write)
    writing.start()
    while not written.is_set():
        for file in either[0]:
            assert (tmp_path / "read" / file).read_bytes() in [known[file] for known in either]
    writing.join()


def test_fewer_samples_leave_no_pages_of_the_earlier_ones(tmp_path: Path) -> None:
    generate(tmp_path / "samples", TODAY, items=6000)
    generate(tmp_path / "samples", TODAY, items=300)
    generate(tmp_path / "fresh", TODAY, items=300)

    def files(folder: Path) -> set[Path]:
        return {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()}

    assert files(tmp_path / "samples") == files(tmp_path / "fresh")
