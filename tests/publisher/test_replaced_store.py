"""A store whose file is replaced while it is open: nobody goes on with what the old one said."""

import shutil
from pathlib import Path

import pytest

from publisher.errors import StoreError
from publisher.indexing import ForeignIndex, drift
from publisher.kinds import Registry
from publisher.store import Store
from tests.fixtures.store import ZONE, World, draft


def test_a_deleted_store_tells_nothing_more(tmp_path: Path, world: World) -> None:
    world.publish(draft("1"))
    for file in tmp_path.glob("gongshi.db*"):
        file.unlink()
    with pytest.raises(StoreError, match="Was its file deleted"), world.store.reading() as store:
        store.count_public(world.clock())
    world.store.prepare()
    with world.store.reading() as store:
        assert store.count_public(world.clock()) == 0


def test_a_replaced_store_is_seen_and_the_index_known_as_of_another(
    tmp_path: Path, world: World, registry: Registry
) -> None:
    world.publish(draft("1"))
    other = Store(f"sqlite:///{tmp_path / 'other.db'}", registry.fields, ZONE)
    other.prepare()
    with other.reading() as store:
        epoch = store.epoch()
    other.close()
    for file in tmp_path.glob("gongshi.db-*"):
        file.unlink()
    shutil.move(tmp_path / "other.db", tmp_path / "gongshi.db")
    with world.store.reading() as store:
        assert (store.epoch(), store.count_public(world.clock())) == (epoch, 0)
    with pytest.raises(ForeignIndex):
        drift(world.index)
