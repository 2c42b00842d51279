"""What people decide of items: each state against each other, what sources say meanwhile, and the trail."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from publisher.ending import end, restore
from publisher.errors import Ended, NotFound
from publisher.indexing import SCHEMA, Index, drift
from publisher.items import FINAL, HELD, Draft, Item, ItemState, What
from publisher.joining import Identity
from publisher.kinds import Registry
from publisher.public import checksum
from publisher.publish import unlist
from publisher.store import Store
from search.engines.embedded import EmbeddedEngine
from tests.fixtures.store import ANNA, NOON, ZONE, Clock, World, code, draft

WITHDRAWN, SUSPENDED, REPAIRED, REVOKED = (
    ItemState.WITHDRAWN,
    ItemState.SUSPENDED,
    ItemState.REPAIRED,
    ItemState.REVOKED,
)
PUBLIC, UNLISTED = ItemState.PUBLIC, ItemState.UNLISTED
POSSIBLE = {
    PUBLIC: {WITHDRAWN, SUSPENDED, REPAIRED, REVOKED},
    UNLISTED: {WITHDRAWN, SUSPENDED, REPAIRED, REVOKED},
    WITHDRAWN: {SUSPENDED, REPAIRED, REVOKED},
    SUSPENDED: {WITHDRAWN, REPAIRED, REVOKED},
    REPAIRED: set(),
    REVOKED: set(),
    ItemState.EXPIRED: set(),
}


class Office(World):
    """A world in which people decide."""

    def unlist(self, source: str) -> int:
        with self.store.writing() as store:
            rows = list(store.sighting_ids(source))
            return unlist(
                store, [id for id, _, _ in rows], [item for _, item, _ in rows], self.desk, self.clock()
            )

    def move(self, item: str, state: ItemState) -> None:
        if state is UNLISTED:
            self.unlist("tourism/penalties")
        elif state is ItemState.EXPIRED:
            with self.store.writing() as store:
                store.set_states([item], state)
        elif state in HELD:
            assert self.end(item, state) == 1

    def item(self, id: str) -> Item:
        with self.store.reading() as store:
            item = store.item(id)
        assert item
        return item

    def log(self) -> list[What]:
        with self.store.reading() as store:
            return [change.what for change in store.changes(0, 1000)]

    def trail(self, item: str | None = None) -> list[tuple[str, object, object]]:
        with self.store.reading() as store:
            entries = [recorded.entry for recorded in store.trail(item=item)]
        return [
            (each.action, (each.before or {}).get("state"), (each.after or {}).get("state"))
            for each in entries
        ]

    def gone(self, id: str) -> tuple[str, str, str]:
        """The tombstone."""
        with self.public() as public, pytest.raises(Ended) as ended:
            public.item(id)
        return ended.value.id, ended.value.kind, ended.value.moment

    def is_public(self, id: str) -> bool:
        with self.public() as public, self.store.reading() as store:
            try:
                shown = public.item(id).id == id
            except Ended:
                shown = False
            assert (id in store.public_items([id], self.clock())) == shown
        return shown


@pytest.fixture
def office(store: Store, tmp_path: Path, registry: Registry, clock: Clock) -> Iterator[Office]:
    engine = EmbeddedEngine(tmp_path / "index", SCHEMA)
    yield Office(store, Index(store, engine, registry, ZONE, clock), registry, clock, Identity(b"test"))
    engine.close()


def the_item(office: Office, *drafts: Draft) -> str:
    """The one item that the drafts are about, or a penalty."""
    office.publish(*(drafts or (draft(),)))
    with office.store.reading() as store:
        [id] = {change.item for change in store.changes(0, 1000)}
    return id


@pytest.mark.parametrize("before", list(ItemState))
@pytest.mark.parametrize("after", sorted(HELD))
def test_each_state_is_followed_by_those_of_the_table(
    office: Office, before: ItemState, after: ItemState
) -> None:
    item = the_item(office)
    office.move(item, before)
    entries, changes = office.trail(item), office.log()
    moved = after in POSSIBLE[before]
    assert office.end(item, after) == moved
    assert office.item(item).state == (after if moved else before)
    assert office.trail(item) == [(f"item.{after}", before, after)] * moved + entries
    assert office.log() == changes + [What.ENDED] * (before is PUBLIC)
    assert not office.is_public(item)


@pytest.mark.parametrize("state", sorted(HELD))
def test_no_row_brings_back_what_is_held_and_what_it_says_is_kept(office: Office, state: ItemState) -> None:
    item = the_item(office, draft(facts="a"), draft(source="tourism/city", facts="b"))
    office.end(item, state)
    changes = office.log()
    office.clock.tick(hours=1)
    office.publish(draft(facts="c"), draft(source="government/nation", facts="d"))
    assert office.unlist("tourism/city") == 0
    held = office.item(item)
    assert (held.state, held.changed_at, held.content["facts"]) == (state, NOON, "b")
    assert (office.log(), office.is_public(item), drift(office.index).sound) == (changes, False, True)
    office.clock.tick(hours=1)
    assert office.restore(item) == 1
    back = office.item(item)
    assert (back.state, back.content["facts"]) == (PUBLIC, "d")
    assert back.sources == ("government/nation", "tourism/penalties")
    assert (office.log(), office.is_public(item)) == ([*changes, What.RESTORED], True)
    assert office.trail(item)[0] == ("item.restored", state, "public")
    office.index.follow()
    assert drift(office.index).sound


@pytest.mark.parametrize("number", [1, 2])
def test_a_code_that_is_corrected_while_it_is_held_decides_who_else_tells_of_it(
    office: Office, number: int
) -> None:
    """Another source with the corrected code does not bring it back; one with the code that was wrong tells
    of another decision."""
    item = the_item(office, draft(uscc=code(1)))
    office.end(item, SUSPENDED)
    office.publish(draft(uscc=code(2)))
    office.publish(draft(source="tourism/city", uscc=code(number)))
    with office.public() as public:
        assert [one.party.uscc for one in public.newest(10)] == ([code(1)] if number == 1 else [])
    office.restore(item)
    told = ("tourism/penalties",) if number == 1 else ("tourism/city", "tourism/penalties")
    assert (office.item(item).party.uscc, office.item(item).sources) == (code(2), told)


def test_what_no_source_lists_any_more_comes_back_unlisted_and_is_restored_by_its_source(
    office: Office,
) -> None:
    item = the_item(office)
    office.end(item, SUSPENDED)
    office.clock.tick(hours=1)
    assert office.unlist("tourism/penalties") == 0
    assert office.item(item).state is SUSPENDED
    changes = office.log()
    assert office.restore(item) == 1
    assert (office.item(item).state, office.item(item).changed_at, office.log()) == (UNLISTED, NOON, changes)
    assert office.trail(item)[0] == ("item.restored", "suspended", "unlisted")
    office.publish(draft())
    assert office.is_public(item)


def test_what_is_not_held_is_not_restored(office: Office) -> None:
    item = the_item(office)
    assert (office.restore(item), office.log(), office.trail(item)) == (0, [What.PUBLISHED], [])
    office.unlist("tourism/penalties")
    assert (office.restore(item), office.item(item).state) == (0, UNLISTED)


def test_only_what_left_for_the_reason_that_is_gone_is_restored(office: Office) -> None:
    item = the_item(office)
    office.end(item, REVOKED)
    entries = office.trail(item)
    for states in ({REPAIRED}, HELD - FINAL):
        with office.store.writing() as store:
            count = restore(store, [item], ANNA, "", office.desk, office.clock(), states=states)
        assert (count, office.item(item).state, office.trail(item)) == (0, REVOKED, entries)


def test_an_end_within_the_hold_is_kept(office: Office) -> None:
    """The period goes on meanwhile: what is restored after it stays away, and says nothing of that."""
    item = the_item(office, draft(public_until=date(2026, 12, 1)))
    office.end(item, SUSPENDED)
    office.clock.tick(days=30)
    changes, tombstone = office.log(), office.gone(item)
    assert office.restore(item) == 1
    assert (office.item(item).state, office.is_public(item), office.log()) == (PUBLIC, False, changes)
    assert office.gone(item)[2] > tombstone[2]
    office.publish(draft(public_until=date(2027, 12, 1)))
    assert (office.is_public(item), drift(office.index).sound) == (True, True)


def test_what_is_long_over_says_nothing_of_what_becomes_of_it(office: Office) -> None:
    item = the_item(office, draft(public_until=date(2026, 12, 1)))
    office.clock.tick(days=30)
    changes, tombstone = office.log(), office.gone(item)
    for state in (WITHDRAWN, SUSPENDED, REPAIRED):
        assert office.end(item, state) == 1
        assert (office.gone(item), office.log()) == (tombstone, changes)
        office.clock.tick(days=1)


def test_when_it_left_is_kept_whatever_becomes_of_it(office: Office) -> None:
    item = the_item(office)
    office.end(item, WITHDRAWN)
    tombstone = office.gone(item)
    assert tombstone == (item, "penalty", NOON.astimezone(office.clock().tzinfo).isoformat())
    for state in (SUSPENDED, WITHDRAWN, REPAIRED):
        office.clock.tick(days=1)
        assert office.end(item, state) == 1
        assert office.gone(item) == tombstone


def test_an_unknown_item_changes_nothing(office: Office) -> None:
    item = the_item(office)
    with pytest.raises(NotFound, match="There is no item unknown"), office.store.writing() as store:
        end(store, [item, "unknown"], WITHDRAWN, ANNA, "", office.desk, NOON)
    with pytest.raises(NotFound, match="There is no item unknown"):
        office.restore("unknown")
    with pytest.raises(NotFound, match="There is no item unknown"):
        office.mark("unknown", objected=True)
    assert (office.is_public(item), office.trail()) == (True, [])


def test_searches_miss_what_ended_before_the_index_follows(office: Office) -> None:
    item = the_item(office)
    office.end(item, REPAIRED)
    with office.public() as public:
        assert (public.newest(10), public.counts_by_kind()["penalty"]) == ((), 0)
    office.index.follow()
    assert drift(office.index).sound


def test_what_others_were_joined_by_leaves_with_it(office: Office, tmp_path: Path) -> None:
    """As if what was ended had never been told; and restored, as if it had never been ended."""
    coded, named = draft("1", uscc=code(1)), draft("2", uscc=None)
    office.publish(coded, named)
    with office.store.reading() as store:
        ids = [change.item for change in store.changes(0, 10) if change.what is What.PUBLISHED]
        joined = checksum(store, office.clock())
    first, second = (office.item(id) for id in ids)
    assert first.subject == second.subject
    office.end(first.id if first.party.uscc else second.id, WITHDRAWN)
    other = second if first.party.uscc else first
    assert office.item(other.id).subject != other.subject
    office.restore(first.id if first.party.uscc else second.id)
    with office.store.reading() as store:
        assert checksum(store, office.clock()) == joined


def test_an_objection_is_a_mark_that_all_see_and_keeps_its_moment(office: Office) -> None:
    item = the_item(office)
    since = office.clock()
    assert office.mark(item, objected=True) is True
    office.clock.tick(hours=1)
    assert office.mark(item, objected=True) is False
    office.publish(draft(facts="corrected"))
    assert office.item(item).objected_at == since
    assert office.mark(item, objected=False) is True
    assert office.item(item).objected_at is None
    assert office.log() == [What.PUBLISHED, What.OBJECTED, What.CORRECTED, What.OBJECTED]
    assert [action for action, _, _ in office.trail(item)] == ["item.objection_over", "item.objected"]


def test_the_mark_of_what_is_not_public_is_told_to_nobody(office: Office) -> None:
    item = the_item(office)
    office.end(item, WITHDRAWN)
    office.clock.tick(hours=1)
    changes, tombstone = office.log(), office.gone(item)
    assert office.mark(item, objected=True) is True
    assert (office.log(), office.gone(item)) == (changes, tombstone)
    office.restore(item)
    assert office.item(item).objected_at == NOON + timedelta(hours=1)


def test_why_and_by_whom_stands_in_the_trail(office: Office) -> None:
    item = the_item(office)
    office.end(item, REPAIRED, "信用修复决定书", "R-1")
    with office.store.reading() as store:
        [recorded] = store.trail(case="R-1")
    entry = recorded.entry
    assert (recorded.at, entry.actor, entry.why, entry.item) == (NOON, ANNA, "信用修复决定书", item)


def test_many_end_at_once(office: Office, scale: int) -> None:
    office.publish(*(draft(str(n), uscc=code(n), name=f"海南第{n}旅行社") for n in range(30 * scale)))
    with office.store.reading() as store:
        ids = {change.item for change in store.changes(0, 10_000)}
    with office.store.writing() as writing:
        assert (
            end(writing, ids, REPAIRED, ANNA, "", office.desk, datetime.now(ZONE)) == len(ids) == 30 * scale
        )
    with office.public() as public:
        assert public.newest(10) == ()
