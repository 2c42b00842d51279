"""How the gate asks an engine: nothing that has ended is found, whatever state of the index answers."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from publisher import finding
from publisher.finding import Finder
from publisher.indexing import ITEMS, SCHEMA
from publisher.publish import unlist
from search.engine import Engine, SearchError
from search.engines.embedded import EmbeddedEngine
from search.model import Page, Position, Query
from tests.fixtures.store import World, code, draft


@pytest.fixture
def folder(world: World, tmp_path: Path) -> Path:
    """The folder of the world's index, with two items in it."""
    world.publish(draft("1"), draft("2", uscc=code(2), name="三亚海风酒店有限公司", source="tourism/hotels"))
    return tmp_path / "index"


def total(world: World, finder: Finder) -> int:
    with world.store.reading() as store:
        now: datetime = world.clock()
        return finder.find(Query(ITEMS, int(now.timestamp())), store, now).total


def end_first(world: World, *, follow: bool) -> None:
    with world.store.writing() as store:
        rows = list(store.sighting_ids("tourism/penalties"))
        unlist(store, [id for id, _, _ in rows], [item for _, item, _ in rows], world.desk, world.clock())
    if follow:
        world.index.follow()


def test_a_copy_of_before_in_the_place_of_the_index_shows_nothing_that_has_ended(
    world: World, folder: Path, tmp_path: Path
) -> None:
    engine = EmbeddedEngine(folder, SCHEMA)
    finder = Finder(engine)
    shutil.copytree(folder, tmp_path / "copy")
    end_first(world, follow=True)
    assert total(world, finder) == 1  # it has seen the index at its newest
    engine.close()
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "copy", folder)
    assert engine.search(Query(ITEMS, 0)).total == 2
    assert total(world, finder) == 1


def test_an_index_that_moves_on_is_asked_once_a_search(world: World, folder: Path) -> None:
    engine = _Counting(EmbeddedEngine(folder, SCHEMA))
    finder = Finder(engine)
    for number in range(3, 6):
        assert total(world, finder) == number - 1
        world.publish(draft(str(number), uscc=code(number)))
    assert (engine.searches, engine.positions) == (3, 1)


def test_what_ended_since_a_position_long_past_is_no_reason_to_refuse(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "OVERTAKING", 0)
    finder = Finder(EmbeddedEngine(folder, SCHEMA))
    assert total(world, finder) == 2
    end_first(world, follow=False)
    with pytest.raises(SearchError, match="catching up"):
        total(world, finder)
    world.index.follow()
    assert total(world, finder) == 1


def test_an_index_of_another_log_is_not_asked_again(world: World, folder: Path) -> None:
    finder = Finder(EmbeddedEngine(folder, SCHEMA))
    assert total(world, finder) == 2
    with world.index.engine.writer() as writer:
        writer.commit(Position("another", 99))
    with pytest.raises(SearchError, match="another database"):
        total(world, finder)
    world.index.rebuild()
    assert total(world, finder) == 2


class _Counting:
    """An engine that counts what it is asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.name = engine, engine.name
        self.searches = self.positions = 0

    def search(self, query: Query) -> Page:
        self.searches += 1
        return self._engine.search(query)

    def position(self) -> Position | None:
        self.positions += 1
        return self._engine.position()

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)
