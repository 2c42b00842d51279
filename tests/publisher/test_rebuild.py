"""A rebuilt index takes the old one's place only when it is what the store says."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from publisher.indexing import Index, drift
from publisher.publish import unlist
from search.engine import SearchError
from tests.fixtures.store import World, code, draft


def meanwhile(world: World, *events: Callable[[], object]) -> Index:
    """The world's index, which is told the time once an event happened: one event each time that it asks."""
    left = list(events)

    def clock() -> datetime:
        if left:
            left.pop(0)()
        return world.clock()

    return replace(world.index, clock=clock)


def publish(world: World, *numbers: int, **given: object) -> None:
    world.publish(
        *(draft(str(n), uscc=code(n), name=f"海南第{n}旅行社", **given) for n in numbers), follow=False
    )


def withdraw(world: World, key: str) -> None:
    with world.store.writing() as store:
        known = store.sightings_by_key("tourism/penalties", [key])[key]
        unlist(store, [known.id], [known.item], world.desk, world.clock())


def test_an_index_that_is_told_to_stop_between_batches_goes_on_from_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in ("BATCH", "COMMIT"):
        monkeypatch.setattr(f"publisher.indexing.{size}", 5)
    publish(world, *range(1, 20))
    checks = iter([None, None, InterruptedError()])

    def check() -> None:
        if error := next(checks):
            raise error

    with pytest.raises(InterruptedError):
        replace(world.index, check=check).follow()
    assert world.index.behind() == 9
    world.index.follow()
    assert drift(world.index).sound


def test_what_changes_while_an_index_is_rebuilt_is_in_it(world: World) -> None:
    publish(world, *range(1, 20), public_until=date(2026, 12, 31))
    publish(world, 20, public_until=date(2026, 11, 23))
    world.index.follow()

    def at_the_filling() -> None:
        publish(world, 30, 31)
        withdraw(world, "1")

    def at_the_catching_up() -> None:
        withdraw(world, "30")

    def at_the_check() -> None:
        publish(world, 32)
        world.clock.now = datetime(2026, 11, 24, tzinfo=world.clock.now.tzinfo)  # the end of number 20

    index = meanwhile(world, at_the_filling, at_the_catching_up, at_the_check)
    assert index.rebuild() == 20
    assert drift(world.index).sound
    with world.public() as public:
        names = {item.party.name for item in public.newest(100)}
    assert names == {f"海南第{n}旅行社" for n in (*range(2, 20), 31, 32)}


@pytest.mark.parametrize("state", ["unlisted", "public"])
def test_an_index_that_differs_from_the_store_is_not_swapped_in(
    world: World, tmp_path: Path, state: str
) -> None:
    """Nothing but damage can make it differ: here an item's state changes and nobody logs it."""

    def damage(state: str) -> None:
        database = sqlite3.connect(tmp_path / "gongshi.db", isolation_level=None)
        database.execute("UPDATE item SET state = ? WHERE name_key LIKE '%第7%'", (state,))
        database.close()

    publish(world, *range(1, 20))
    world.index.follow()
    before = (world.index.position(), sorted(world.index.engine.ids("items")))
    damage("public" if state == "unlisted" else "unlisted")
    lacks, surplus = ("2", "0") if state == "public" else ("0", "2")  # the item and its subject
    with pytest.raises(SearchError, match=rf"lacks {lacks} and has {surplus} surplus documents"):
        meanwhile(world, lambda: damage(state)).rebuild()
    assert (world.index.position(), sorted(world.index.engine.ids("items"))) == before
    assert world.index.rebuild() == (19 if state == "public" else 18)


def test_drift_names_subjects_too(world: World) -> None:
    publish(world, 1)
    world.index.follow()
    (subject,) = world.index.engine.ids("subjects")
    position = world.index.position()
    assert position
    with world.index.engine.writer() as writer:
        writer.remove("subjects", [subject])
        writer.commit(position)
    assert drift(world.index).missing == (subject,)


def damaged(world: World, *commands: str) -> None:
    """Changes what the store says without a word in its log."""
    with world.store.writing() as store:
        for command in commands:
            store._connection.exec_driver_sql(command)


def test_mending_puts_in_what_is_lacking_and_takes_out_what_is_too_much(world: World) -> None:
    publish(world, *range(1, 9))
    world.index.follow()
    assert world.index.mend() == 0
    position = world.index.position()
    damaged(world, "UPDATE item SET state = 'unlisted' WHERE name_key LIKE '%第1%'")
    with world.index.engine.writer() as writer:
        assert position
        (lost,) = [item for item, name in named(world) if "第2" in name]
        writer.remove("items", {lost})
        writer.commit(position)
    assert (len(drift(world.index).missing), len(drift(world.index).surplus)) == (1, 2)
    assert world.index.mend() == 3
    assert drift(world.index).sound
    assert world.index.position() == position
    with world.public() as public:
        assert {item.party.name for item in public.newest(100)} == {f"海南第{n}旅行社" for n in range(2, 9)}


def test_mending_sweeps_out_what_has_merely_ended(world: World) -> None:
    publish(world, 1, 2)
    publish(world, 3, public_until=date(2026, 11, 23))
    world.index.follow()
    world.clock.now = datetime(2026, 11, 24, tzinfo=world.clock.now.tzinfo)
    assert drift(world.index).sound
    assert drift(world.index).documents == 3
    assert world.index.mend() == 2
    assert drift(world.index).documents == 2
    assert drift(world.index).sound


def named(world: World) -> list[tuple[str, str]]:
    with world.public() as public:
        return [(item.id, item.party.name) for item in public.newest(100)]
