"""Faults of files that lie here: nothing public is lost, the file is named, and all is as before later."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harvesters.local import opened
from harvesters.source import load
from publisher.errors import SourceUnreadable
from publisher.harvests import RunState
from publisher.public import checksum
from tests.fixtures.faults import ROWS
from tests.fixtures.harvesting import HEADER, Desk

UNREADABLE = Path("/proc/self/mem")
"""A file that exists, and whose reading fails whoever reads it."""


def write(file: Path) -> None:
    file.write_text("\n".join((HEADER, *ROWS)), "utf-8")


def unreadable(file: Path) -> None:
    file.unlink()
    file.symlink_to(UNREADABLE)


def folder_instead(file: Path) -> None:
    file.unlink()
    file.mkdir()


def emptied(file: Path) -> None:
    file.write_bytes(b"")


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "unreadable": (unreadable, "rows.csv cannot be read: Input/output error."),
    "gone": (Path.unlink, "rows.csv does not exist"),
    "a-folder-instead": (folder_instead, "rows.csv has no .csv files."),
    "empty": (emptied, "rows.csv is empty."),
}


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_lost_by(name: str, desk: Desk) -> None:
    breaks, sentence = FAULTS[name]
    write(desk.file)
    assert desk.harvest().state is RunState.COMPLETE
    before = told(desk)
    breaks(desk.file)
    for _ in range(2):
        outcome = desk.harvest()
        assert (outcome.state, told(desk)) == (RunState.FAILED, before)
        assert sentence in (outcome.message or "")
    desk.file.rmdir() if desk.file.is_dir() else desk.file.unlink(missing_ok=True)
    write(desk.file)
    outcome = desk.harvest()
    assert (outcome.state, outcome.counts.unchanged, told(desk)) == (RunState.COMPLETE, 60, before)


def told(desk: Desk) -> str:
    with desk.platform.store.reading() as store:
        return checksum(store, desk.platform.settings.clock())


def test_one_unreadable_file_of_a_drop_folder_is_named(desk: Desk) -> None:
    drop = desk.file.with_name("drop")
    drop.mkdir()
    write(drop / "a.csv")
    (drop / "b.csv").symlink_to(UNREADABLE)
    desk.define(where='path = "drop"')
    outcome = desk.harvest(sleep=lambda _: None)
    assert (outcome.state, outcome.counts.seen) == (RunState.FAILED, 0)
    assert outcome.message == f"{drop}/b.csv cannot be read: Input/output error."


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, who may read everything."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(mine)


def test_a_file_that_may_not_be_read_asks_for_leave(desk: Desk) -> None:
    definition = load(desk.file.with_name("list.toml"), registry=desk.platform.registry, trusted=True)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder, "rows.csv")
        write(file)
        file.chmod(0)
        with as_nobody(), pytest.raises(SourceUnreadable) as caught:
            opened(file, "rows.csv", definition)
    assert str(caught.value) == (
        f"{file} cannot be read: Permission denied; give the account that harvests leave to read it."
    )
