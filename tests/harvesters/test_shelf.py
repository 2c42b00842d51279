"""Definitions while a scheduler runs: changed, made wrong, mended, added and removed."""

import pytest

from harvesters.shelf import Shelf
from tests.fixtures.harvesting import Desk


@pytest.fixture
def shelf(desk: Desk, caplog: pytest.LogCaptureFixture) -> Shelf:
    caplog.set_level("INFO", "gongshi.sources")
    folder = desk.platform.settings.sources
    assert folder
    return Shelf([(folder, True)], desk.platform.registry)


def test_a_change_counts_at_the_next_look(desk: Desk, shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    (before,) = shelf.definitions
    shelf.look()
    assert shelf.definitions == [before]
    desk.define(more='licence = "CC0-1.0"')
    shelf.look()
    (after,) = shelf.definitions
    assert (after.id, after.licence) == (before.id, "CC0-1.0")
    assert caplog.messages == ["tax/list: definition changed"]


def test_one_that_became_wrong_stays_as_it_was_and_that_is_said_once(
    desk: Desk, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    before = shelf.definitions
    for more in ("licences = 1", "licences = 12"):
        desk.define(more=more)
        shelf.look()
        shelf.look()
    assert shelf.definitions == before
    (said,) = caplog.records
    assert said.levelname == "ERROR"
    assert "licences is not a known key (do you mean licence?)" in said.message
    desk.define()
    shelf.look()
    assert shelf.definitions == before


def test_one_that_is_removed_goes_and_a_new_one_comes(
    desk: Desk, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    file = desk.file.with_name("list.toml")
    file.with_name("other.sample.csv").write_bytes(file.with_name("list.sample.csv").read_bytes())
    file.rename(file.with_name("other.toml"))
    shelf.look()
    assert [definition.id for definition in shelf.definitions] == ["tax/other"]
    assert caplog.messages == ["tax/list: definition removed", "tax/other: definition added"]
