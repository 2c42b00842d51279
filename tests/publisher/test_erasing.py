"""What has left the public is erased when its time has come: nothing of what it said stays in the store."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from publisher.ending import end, restore
from publisher.erasing import BATCH, count_due, erase_due, forget_subjects, purge, readmit
from publisher.errors import NotFound, Refused
from publisher.harvests import Counts
from publisher.items import Draft, Item, ItemState, Refusal, RowRef, What
from publisher.joining import Identity
from publisher.kinds import Registry
from publisher.laws import Laws
from publisher.publish import Desk, publish, unlist
from publisher.ruleset_file import parse
from publisher.store import Reading, Store
from publisher.store.tables import metadata
from publisher.trail import Actor, ActorKind
from search.engines.embedded import EmbeddedEngine
from tests.fixtures.store import NOON, ZONE, Clock, World, code, draft

OWN, CITY = "tourism/own", "tourism/city"
OPERATOR = Actor(ActorKind.OPERATOR, "somebody")
LAST_DAY = date(2027, 5, 12)  # of `draft`
GONE = datetime(2027, 5, 13, tzinfo=ZONE)


class Bench:
    def __init__(self, store: Store, registry: Registry) -> None:
        self.store, self.clock = store, Clock()
        self.desk = Desk(Identity(b"key"), ZONE, {}, Laws(registry))

    def publish(self, *drafts: Draft) -> Counts:
        with self.store.writing() as store:
            return publish(store, map(self.store.contents.written, drafts), self.desk, self.clock())

    def end(self, state: ItemState) -> None:
        """Has all that there is end so."""
        with self.store.writing() as store:
            if state is ItemState.UNLISTED:
                store.set_states(self.ids(), state)
                store.set_changed(self.ids(), self.clock())
            else:
                end(store, self.ids(), state, OPERATOR, "因修复 椰风", self.desk, self.clock())

    def erase(self, **given: object) -> Counter[ItemState]:
        return erase_due(self.store, self.desk, self.clock, **given)  # type: ignore[arg-type]

    def ids(self) -> list[str]:
        with self.store.reading() as store:
            return sorted({change.item for change in store.changes(0, 10_000)})

    def item(self) -> Item:
        with self.store.reading() as store:
            (id,) = self.ids()
            found = store.item(id)
        assert found
        return found


@pytest.fixture
def bench(store: Store, registry: Registry) -> Bench:
    return Bench(store, registry)


def test_what_has_expired_is_erased_after_thirty_days(bench: Bench) -> None:
    bench.publish(draft("1", source=OWN))
    bench.publish(draft("1", source=OWN, facts="更正"))
    bench.clock.now = GONE + timedelta(days=30, seconds=-1)
    assert bench.erase() == {}
    bench.clock.now = GONE + timedelta(days=30)
    assert count_due(bench.store, bench.desk, bench.clock()) == {ItemState.EXPIRED: 1}
    assert bench.erase() == {ItemState.EXPIRED: 1}
    item = bench.item()
    assert (item.kind, item.state, item.changed_at) == ("penalty", ItemState.EXPIRED, GONE)
    assert item.erased_at == bench.clock.now
    assert (item.party.name, dict(item.content), item.subject, item.region) == ("", {}, "", None)
    with bench.store.reading() as store:
        assert store.sightings(item.id) == store.earlier(item.id) == []
        assert [change.what for change in store.changes(2, 10)] == [What.ERASED]
    assert bench.erase() == {}


@pytest.mark.parametrize(
    ("state", "days"),
    [
        (ItemState.REPAIRED, 0),
        (ItemState.REVOKED, 0),
        (ItemState.WITHDRAWN, 30),
        (ItemState.UNLISTED, 30),
        (ItemState.SUSPENDED, None),
    ],
)
def test_how_long_contents_are_kept(bench: Bench, state: ItemState, days: int | None) -> None:
    bench.publish(draft("1", source=OWN))
    bench.end(state)
    if days is None:
        bench.clock.tick(days=36_500)
        assert bench.erase() == {}
        return
    if days:
        bench.clock.tick(days=days, seconds=-1)
        assert bench.erase() == {}
        bench.clock.tick(seconds=1)
    left = bench.item().changed_at
    assert bench.erase() == {state: 1}
    item = bench.item()
    assert (item.state, item.changed_at, dict(item.content)) == (state, left, {})


def test_the_law_that_judged_an_item_says_how_long(bench: Bench, registry: Registry) -> None:
    text = registry.rules["cn-2026"].raw + "\n[retention]\nexpired = 400\nwithdrawn = 0\n"
    rules = {**registry.rules, "cn-2026": parse("cn-2026", text)}
    bench.desk = replace(bench.desk, laws=Laws(replace(registry, rules=rules)))
    bench.publish(draft("1", rules="cn-2026"), draft("2"))
    bench.clock.now = GONE + timedelta(days=31)
    assert bench.erase() == {ItemState.EXPIRED: 1}
    bench.clock.now = GONE + timedelta(days=399)
    assert bench.erase() == {}
    bench.clock.tick(days=1)
    assert bench.erase() == {ItemState.EXPIRED: 1}
    bench.clock.now = NOON
    bench.publish(draft("3", rules="cn-2026"))
    with bench.store.writing() as store:
        kept = [id for id, item in store.items(bench.ids()).items() if item.erased_at is None]
        end(store, kept, ItemState.WITHDRAWN, OPERATOR, "错", bench.desk, bench.clock())
    assert bench.erase() == {ItemState.WITHDRAWN: 1}


def test_the_tombstone_says_of_when_it_left_what_it_said_before(bench: Bench) -> None:
    """What was withdrawn after its end had left at its end, and nobody sees what became of it since."""
    bench.publish(draft("1"))
    bench.clock.now = GONE + timedelta(days=3)
    bench.end(ItemState.WITHDRAWN)
    left = bench.item().left_at(ZONE)
    bench.clock.tick(days=31)
    assert bench.erase() == {ItemState.WITHDRAWN: 1}
    assert bench.item().left_at(ZONE) == left == GONE


def test_a_source_that_goes_on_listing_what_was_erased_says_nothing_new(bench: Bench) -> None:
    row = draft("1", source=OWN)
    bench.publish(row)
    bench.clock.now = GONE + timedelta(days=30)
    bench.erase()
    with bench.store.reading() as store:
        assert store.barred(OWN, [row.row_hash]) == {row.row_hash}
    assert bench.publish(replace(row, row_hash=b"written anew 123")) == Counts(suppressed=1)
    assert bench.publish(draft("1", source=CITY)) == Counts(suppressed=1)
    assert bench.item().state is ItemState.EXPIRED


def test_a_longer_period_brings_nothing_back_and_is_told(bench: Bench) -> None:
    bench.publish(draft("1", source=OWN))
    bench.clock.now = GONE + timedelta(days=30)
    bench.erase()
    longer = replace(draft("1", source=OWN, months=36, decision="责令停产停业"), row_hash=b"2" * 16)
    assert bench.publish(longer) == Counts(suppressed=1, outlasting=1)
    (id,) = bench.ids()
    with bench.store.writing() as store:
        whole = bench.desk.identity.item_digest(id)
        assert store.told_longer([whole]) == {whole: [OWN]}
        readmit(store, bench.desk.identity, [id], OPERATOR, "更正", bench.clock())
    assert bench.publish(longer) == Counts(new=1)
    item = bench.item()
    assert (item.state, item.content["decision"], item.erased_at) == (ItemState.PUBLIC, "责令停产停业", None)
    assert item.subject == bench.desk.identity.subject_of_code(code(1))


def test_only_what_was_erased_is_readmitted(bench: Bench) -> None:
    bench.publish(draft("1"))
    for id in (*bench.ids(), "nothing"):
        with bench.store.writing() as store, pytest.raises(NotFound, match=f"no item {id} whose content"):
            readmit(store, bench.desk.identity, [id], OPERATOR, "更正", bench.clock())


def test_what_was_repaired_is_not_readmitted(bench: Bench) -> None:
    bench.publish(draft("1"))
    bench.end(ItemState.REPAIRED)
    bench.erase()
    with bench.store.writing() as store, pytest.raises(Refused, match="items restore"):
        readmit(store, bench.desk.identity, bench.ids(), OPERATOR, "错", bench.clock())
    with bench.store.writing() as store:
        assert restore(store, bench.ids(), OPERATOR, "错", bench.desk, bench.clock()) == 1
    assert bench.publish(draft("1")) == Counts(new=1)
    assert bench.item().state is ItemState.PUBLIC


def test_what_a_source_lists_again_is_as_it_was(bench: Bench) -> None:
    """No longer listed is not erased for good: nobody has decided that it must not be public."""
    row = draft("1", source=OWN, uscc=None, name="张＊＊", type="person", personal_key="a" * 32)
    bench.publish(row)
    before = bench.item()
    with bench.store.writing() as store:
        kept = store.sighting_ids_of([before.id])[before.id]
        unlist(store, kept, [before.id], bench.desk, bench.clock())
    bench.clock.tick(days=30)
    assert bench.erase() == {ItemState.UNLISTED: 1}
    assert bench.item().subject == ""
    assert bench.publish(row) == Counts(new=1)
    after = bench.item()
    assert replace(after, changed_at=before.changed_at) == before
    with bench.store.reading() as store:
        whats = [change.what for change in store.changes(0, 10)]
    assert whats == [What.PUBLISHED, What.ENDED, What.ERASED, What.RESTORED]


def test_nothing_of_it_stands_in_any_table(bench: Bench) -> None:
    first = draft("1", source=OWN, aliases=["椰风国旅"], facts="甲事实")
    bench.publish(replace(first, record='{"名称": "海南椰风旅行社有限公司"}'))
    bench.publish(replace(first, content={**first.content, "facts": "乙事实"}))
    words = ("椰风", code(1), code(1)[8:17], "琼旅罚", "甲事实", "乙事实", "旅游和文化")
    assert [word for word in words if word not in everything(bench.store)] == []
    bench.end(ItemState.REPAIRED)
    bench.erase()
    assert [word for word in words if word in everything(bench.store)] == []
    with bench.store.reading() as store:
        (erased, repaired) = store.trail()
        assert (repaired.entry.action, repaired.entry.why) == ("item.repaired", None)
        assert (erased.entry.action, erased.entry.after) == ("items.erased", {"repaired": 1})


def everything(store: Store) -> str:
    """All that stands in a store, but the rule sets."""
    with store.reading() as reading:
        tables = [table for table in metadata.sorted_tables if table.name != "applied_rules"]
        return str([reading._connection.execute(table.select()).all() for table in tables])


def test_refused_rows_of_the_same_key_go_too(bench: Bench) -> None:
    bench.publish(draft("1", source=OWN))
    with bench.store.writing() as store:
        run = store.start_harvest(OWN, NOON)
        refusals = [
            Refusal(source, RowRef("rows.csv", 2), None, "bad", "", key)
            for source, key in ((OWN, "1"), (OWN, "2"), (CITY, "1"))
        ]
        store.add_refusals(run, refusals)
    bench.end(ItemState.REPAIRED)
    bench.erase()
    with bench.store.reading() as store:
        left = [(refusal.source, refusal.key) for refusal in store.refusals()]
    assert left == [(CITY, "1"), (OWN, "2")]


def test_it_goes_on_where_it_was_stopped(bench: Bench) -> None:
    class Killed(Exception):
        pass

    bench.publish(*(draft(str(number), uscc=code(number)) for number in range(1, 8)))
    bench.end(ItemState.REPAIRED)
    steps: list[int] = []

    def kill() -> None:
        steps.append(1)
        if len(steps) == 3:
            raise Killed

    with pytest.raises(Killed):
        bench.erase(check=kill, size=2)
    assert count_due(bench.store, bench.desk, bench.clock())[ItemState.REPAIRED] == 3
    assert bench.erase(size=2) == {ItemState.REPAIRED: 3}
    assert BATCH <= 1000


def test_who_was_joined_by_an_erased_item_s_code_is_so_no_more(bench: Bench) -> None:
    bench.publish(draft("1", source=OWN))
    bench.publish(draft("2", source=CITY, uscc=None, months=36))
    bench.clock.now = GONE + timedelta(days=30)
    bench.erase()
    with bench.store.reading() as store:
        subjects = {item.subject for item in store.items(bench.ids()).values()}
    assert subjects == {"", bench.desk.identity.subject_of_name("海南椰风旅行社有限公司")}


def test_after_a_day_the_log_says_no_more_whom_it_was_about(bench: Bench) -> None:
    bench.publish(draft("1", source=OWN))
    bench.end(ItemState.REPAIRED)
    bench.erase()
    bench.publish(draft("2", uscc=code(2)))

    def subjects() -> list[bool]:
        with bench.store.reading() as store:
            return [bool(change.subject) for change in store.changes(0, 10)]

    forget_subjects(bench.store, bench.clock())
    assert subjects() == [True, True, True, True]
    bench.clock.tick(days=1, seconds=1)
    forget_subjects(bench.store, bench.clock())
    assert subjects() == [False, False, False, True]


def test_the_index_forgets_the_words_of_what_was_erased(world: World) -> None:
    """Taken out of an embedded index, a document's words stay in its files until segments merge."""
    world.publish(draft("1"), draft("2", uscc=code(2), name="三亚海风酒店有限公司"))
    with world.store.writing() as store:
        ended = [id for id, item in store.items(world_ids(store)).items() if item.party.uscc == code(1)]
        end(store, ended, ItemState.REPAIRED, OPERATOR, "修复", world.desk, NOON)
    assert purge(world.store, world.index, NOON) is False
    assert erase_due(world.store, world.desk, world.clock) == {ItemState.REPAIRED: 1}
    world.index.follow()
    assert [known(world, code(1)), known(world, code(2))] == [True, True]
    assert purge(world.store, world.index, NOON) is True
    assert [known(world, code(1)), known(world, code(2))] == [False, True]
    world.clock.tick(seconds=1)
    assert purge(world.store, world.index, world.clock()) is True  # that it was erased at this very moment
    assert purge(world.store, world.index, world.clock()) is False
    assert len(list(world.index.engine.ids("items"))) == 1


def world_ids(store: Reading) -> list[str]:
    return [change.item for change in store.changes(0, 100)]


def known(world: World, word: str) -> bool:
    """Whether the files of the index that answers hold the code, deleted documents among them."""
    engine = world.index.engine
    assert isinstance(engine, EmbeddedEngine)
    reader = engine._look()
    return reader is not None and reader.snapshot.searcher.doc_freq("keyword.code", word) > 0
