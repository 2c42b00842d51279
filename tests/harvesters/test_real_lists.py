"""Three real lists, each read by a definition of some twenty lines; nothing is programmed for them."""

import csv
import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from harvesters.formats import BadRow, Fetched, rows
from harvesters.mapping import Mapper
from harvesters.source import Definition, load
from publisher.items import Draft, Refusal
from publisher.kinds import load_registry

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "sources"
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 12, tzinfo=ZONE)

Read = tuple[list[Draft], list[Refusal]]


def _read(name: str, data: Path, folder: Path) -> Read:
    """Reads a list as a user would: its definition, the sample and the file in one folder."""
    for file in (EXAMPLES / name).parent.glob(f"{Path(name).name}.*"):
        shutil.copy(file, folder)
    definition = load(
        folder / f"{Path(name).name}.toml", Path(name).parent.name, registry=load_registry(), trusted=True
    )
    assert definition.path is not None
    shutil.copy(data / definition.path, folder)
    return _mapped(definition, folder / definition.path)


def _mapped(definition: Definition, file: Path) -> Read:
    mapper = Mapper(definition, load_registry(), str.upper, ZONE)
    drafts, refusals = [], []
    for row in rows(Fetched(file, file.name), definition):
        assert not isinstance(row, BadRow)
        assert mapper.row_fits(row.cells) == mapper.unmapped(row.cells) == []
        made = mapper.draft(row, mapper.row_hash(row))
        assert isinstance(made, Draft | Refusal)
        if isinstance(made, Draft):
            drafts.append(made)
        else:
            refusals.append(made)
    assert definition.expect_rows is not None
    assert definition.expect_rows[0] <= len(drafts) <= definition.expect_rows[1]
    assert len({draft.key for draft in drafts}) == len(drafts)
    return drafts, refusals


def _public(drafts: list[Draft]) -> list[Draft]:
    return [draft for draft in drafts if (end := draft.period.ends_at(ZONE)) is None or end > NOW]


@pytest.mark.parametrize(
    "name", ["education/us-section-1286", "procurement/us-1260h", "foreign_trade/us-cuba-restricted"]
)
def test_the_definitions_have_some_twenty_lines_and_read_their_samples(name: str) -> None:
    file = EXAMPLES / f"{name}.toml"
    assert len([line for line in file.read_text("utf-8").splitlines() if line and line[0] != "#"]) <= 32
    definition = load(file, registry=load_registry(), trusted=True)
    mapper = Mapper(definition, load_registry(), str.upper, ZONE)
    read = list(rows(Fetched(definition.sample_file, definition.sample_file.name), definition))
    made = [mapper.draft(row, b"") for row in read if not isinstance(row, BadRow)]
    assert sum(isinstance(one, Refusal) for one in made) >= 1
    assert sum(isinstance(one, Draft) for one in made) >= 3


def test_section_1286(shared_data: Path, tmp_path: Path) -> None:
    drafts, refusals = _read("education/us-section-1286", shared_data, tmp_path)
    assert len(drafts) == 442
    assert [(refusal.where.row, refusal.column) for refusal in refusals] == [
        (_line(shared_data / "us_section_1286.csv", "Naval Service Academy", ",2026,"), "end-date")
    ]  # an end that is only a year is no day
    assert len(_public(drafts)) == 442 - 6
    names = {alias: draft.party.name for draft in drafts for alias in draft.party.aliases}
    assert names["Beihang University"] == "Beijing University of Aeronautics and Astronautics"
    assert "Academy of Engineering Physics" in names["Ninth Academy"]
    assert all(draft.list == "us-section-1286" for draft in drafts)


def test_section_1260h(shared_data: Path, tmp_path: Path) -> None:
    drafts, refusals = _read("procurement/us-1260h", shared_data, tmp_path)
    assert refusals == []
    assert len(drafts) == 397
    removed = {draft.party.name for draft in drafts} - {draft.party.name for draft in _public(drafts)}
    assert "Beijing Megvii Technology Co., Ltd." in removed
    assert "Yangtze Memory Technologies Co., Ltd." not in removed  # removed, then listed again
    assert len(_public(drafts)) == 397 - 21
    former = {name: draft.party.name for draft in drafts for name in draft.party.former_names}
    assert former["ZEMIC"] == "AVIC Chengdu Aircraft Co., Ltd."
    aliases = {alias for draft in drafts for alias in draft.party.aliases}
    assert {"Qihoo 360", "China Avionics Systems Co., Ltd."} <= aliases


def test_cuba_restricted_list(shared_data: Path, tmp_path: Path) -> None:
    drafts, refusals = _read("foreign_trade/us-cuba-restricted", shared_data, tmp_path)
    assert refusals == []
    assert len(drafts) == len(_public(drafts)) == 239
    names = {alias: draft.party.name for draft in drafts for alias in draft.party.aliases}
    with (shared_data / "us_cuba_restricted_entities.csv").open(encoding="utf-8-sig") as file:
        for line in csv.DictReader(file):
            for name in (line["Acronym"], *line["Alias"].split(";")):
                assert not name or names[" ".join(name.split())] == line["Company"]
    assert names["MINFAR"] == "Ministerio de las Fuerzas Armadas Revolucionarias"
    assert names["Fiesta Club Adults Only"] == "Blau Marina Varadero Resort"


def _line(file: Path, *words: str) -> int:
    lines = file.read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if all(word in line for word in words))
