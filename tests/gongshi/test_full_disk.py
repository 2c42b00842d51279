"""Full disks: each failure one sentence, what stands is intact, and all goes on once there is room again."""

import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.commands import Install, Installation
from tests.fixtures.harvesting import DEFINITION, HEADER, row

AWAY = {"GONGSHI_SEARCH_URL": "elasticsearch+http://127.0.0.1:1"}
"""A search engine that is out of reach."""


def full_at(size: int) -> Callable[[], None]:
    """No file grows beyond so many bytes; Python ignores the signal that comes with it."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def run(gongshi: Installation, size: int, *arguments: str) -> tuple[int, str, str]:
    """Runs a command on a disk that is full at `size`; all complaints are whole sentences."""
    process = gongshi.start(*arguments, limit=full_at(size))
    told, complaint = process.communicate()
    assert "Traceback" not in complaint
    assert all(line.rstrip().endswith((".", "?")) for line in complaint.splitlines()), complaint
    return process.returncode, told, complaint


@pytest.mark.parametrize("size", [20_000, 3_000_000])
def test_a_store_that_is_full_is_intact_and_goes_on(install: Install, undisturbed: str, size: int) -> None:
    gongshi = install()
    code, told, complaint = run(gongshi, size, "harvest", "--all")
    assert code == 1
    assert "gongshi.db did not answer as it should: disk I/O error. Is the disk full" in complaint
    assert ": complete, " in told or size < 3_000_000
    assert gongshi.asks("PRAGMA integrity_check") == [("ok",)]
    gongshi.let_leases_end()
    again = gongshi("harvest", "--all")
    assert (again.returncode, again.stderr) == (0, "")
    assert gongshi("doctor", "--checksum").stdout == undisturbed
    assert gongshi("index", "status").returncode == 0
    assert list((gongshi.folder / "spool").iterdir()) == []


def test_a_full_spool_costs_its_source_only(tmp_path: Path) -> None:
    for name, count in (("big", 8000), ("small", 10)):
        file = tmp_path / "tax" / f"{name}.csv"
        file.parent.mkdir(exist_ok=True)
        file.write_text("\n".join((HEADER, *(row(number) for number in range(count)))), "utf-8")
        definition = DEFINITION.format(
            where=f'path = "{file.name}"', format='format = "csv"', more=""
        ).replace('"tax-evasion"', f'"{name}"')
        file.with_suffix(".toml").write_text(definition, "utf-8")
        file.with_name(f"{name}.sample.csv").write_text(f"{HEADER}\n{row(1)}\n", "utf-8")
    gongshi = Installation(tmp_path / "data", GONGSHI_SOURCES=str(tmp_path))
    assert gongshi("db", "upgrade").returncode == 0
    code, told, complaint = run(gongshi, 2_000_000, "harvest", "tax/big", "tax/small")
    assert code == 1
    assert "tax/big: interrupted, 0 new" in told
    assert "tax/small: complete, 10 new" in told
    assert f"What a harvest reads cannot be kept under {gongshi.folder / 'spool'}: " in complaint
    assert list((gongshi.folder / "spool").iterdir()) == []
    assert gongshi.asks("SELECT failures FROM standing WHERE failures > 0") == []  # no step towards a pause
    assert gongshi("harvest", "tax/big").returncode == 0


def test_a_demo_without_room_for_its_samples_is_one_sentence(tmp_path: Path) -> None:
    gongshi = Installation(tmp_path / "data")
    assert gongshi("db", "upgrade").returncode == 0
    code, _, complaint = run(gongshi, 50_000, "demo", "--no-serve")
    assert code == 1
    assert complaint.endswith(" cannot be used: File too large. Is the disk full or read-only?\n")
    assert complaint.count("\n") == 1
    assert list((gongshi.folder / "samples").iterdir()) == []


def test_a_full_index_stays_as_it_was(install: Install) -> None:
    gongshi, source = install(), "food_drug/sanya-permits"
    assert gongshi("harvest", source).returncode == 0
    assert gongshi("harvest", "market/haikou-penalties", **AWAY).returncode == 0
    before = gongshi("index", "status").stdout
    for command in ("rebuild", "sync"):
        code, _, complaint = run(gongshi, 50_000, "index", command)
        assert code == 1
        assert complaint.startswith("The search index failed: ")
        assert complaint.count("\n") == 1
        assert gongshi("index", "status").stdout == before
    assert gongshi("index", "sync").returncode == 0
    assert gongshi("index", "status").returncode == 0
