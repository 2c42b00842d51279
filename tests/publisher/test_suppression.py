"""What is suppressed does not come back, by whatever way; what is another's does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.ending import end, restore
from publisher.erasing import erase
from publisher.harvests import Counts
from publisher.items import Draft, ItemState
from publisher.joining import Identity
from publisher.kinds import load_registry
from publisher.laws import Laws
from publisher.publish import Desk, publish
from publisher.store import Store
from publisher.suppression import lift, suppressed
from publisher.trail import Actor, ActorKind
from tests.fixtures.store import NOON, ZONE, code, draft

OWN, CITY = "tourism/own", "tourism/city"
OPERATOR = Actor(ActorKind.OPERATOR, "somebody")
NAME = "海南椰风旅行社有限公司"


class Bench:
    """A store with one item that is suppressed, erased as its sources have it."""

    def __init__(self, store: Store) -> None:
        self.store, self.identity = store, Identity(b"key")
        self.desk = Desk(self.identity, ZONE, {}, Laws(load_registry()))

    def publish(self, *drafts: Draft) -> Counts:
        with self.store.writing() as store:
            return publish(store, map(self.store.contents.written, drafts), self.desk, NOON)

    def repair(self, *drafts: Draft) -> None:
        """Publishes drafts and has their items be repaired and erased."""
        self.publish(*drafts)
        self.end(self.ids())

    def end(self, ids: list[str], *, erased: bool = True) -> None:
        with self.store.writing() as store:
            end(store, ids, ItemState.REPAIRED, OPERATOR, "修复", self.desk, NOON)
            if erased:
                erase(store, self.identity, dict.fromkeys(ids, ItemState.REPAIRED), OPERATOR, NOON)

    def ids(self) -> list[str]:
        with self.store.reading() as store:
            return sorted({change.item for change in store.changes(0, 1000)})

    def public(self) -> list[str | None]:
        """The codes of what is public."""
        with self.store.reading() as store:
            return sorted(str(item.party.uscc) for page in store.each_public_item(NOON) for item in page)


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(store)


def other(uscc: str | None = code(1), name: str = NAME, **given: object) -> Draft:
    """Another source's row of the same decision."""
    return draft("1", source=CITY, uscc=uscc, name=name, **given)


def test_a_source_does_not_bring_back_what_is_suppressed(bench: Bench) -> None:
    bench.repair(draft("1", source=OWN))
    assert bench.publish(draft("1", source=OWN)) == Counts(suppressed=1)
    assert bench.publish(draft("1", source=OWN, facts="又一次"), draft("2", source=OWN)) == Counts(
        new=1, suppressed=1
    )
    with bench.store.reading() as store:
        assert store.sighting_count(OWN) == (1, 0)
        assert len(bench.public()) == 1


@pytest.mark.parametrize(
    "row",
    [
        other(),
        other(None),
        other(name="海南椰风旅行社（集团）有限责任公司"),
        other("91460000" + code(1)[8:17] + "X"),  # the same organisation, another office before it
        other(code(1)[:16] + "A" + code(1)[17]),  # its own check character does not fit
    ],
    ids=["same", "without its code", "another name", "another office", "mistyped"],
)
def test_another_source_does_not_bring_it_back(bench: Bench, row: Draft) -> None:
    bench.repair(draft("1", source=OWN))
    assert bench.publish(row) == Counts(suppressed=1)
    assert bench.public() == []


@pytest.mark.parametrize(
    "row",
    [
        other(code(2)),
        other(code(2), "三亚海风酒店有限公司"),
        other(document_number="琼旅罚〔2026〕7号"),
        other(authority="三亚市旅游和文化广电体育局"),
    ],
    ids=["another company of that name", "another company", "another decision", "another authority"],
)
def test_what_is_another_comes_in(bench: Bench, row: Draft) -> None:
    bench.repair(draft("1", source=OWN))
    assert bench.publish(row) == Counts(new=1)
    assert bench.public() == [row.party.uscc]


def test_what_had_no_code_is_suppressed_whatever_code_a_row_has(bench: Bench) -> None:
    bench.repair(draft("1", source=OWN, uscc=None))
    assert bench.publish(other(code(1))) == Counts(suppressed=1)


def test_a_company_that_shares_name_and_number_stays_what_it_is(bench: Bench) -> None:
    """Two codes under one identity are two items: the repair of one is none of the other's."""
    bench.publish(draft("1", source=OWN))
    bench.publish(other(code(2)))
    second = next(id for id in bench.ids() if id != bench.identity.item(draft("1")))
    bench.end([second])
    assert bench.publish(other(code(2))) == Counts(suppressed=1)
    assert bench.publish(draft("1", source=OWN, facts="更正")) == Counts(changed=1)
    assert bench.public() == [code(1)]


def test_a_natural_person_s_item_is_known_by_its_keyed_hash(bench: Bench) -> None:
    bench.repair(draft("1", source=OWN, uscc=None, name="张＊＊", type="person", personal_key="a" * 32))
    same = other(None, "张＊", type="person", personal_key="a" * 32)
    assert bench.publish(same) == Counts(suppressed=1)
    assert bench.publish(other(None, "张＊＊", type="person", personal_key="b" * 32)) == Counts(new=1)


def test_a_natural_person_is_known_by_the_number_too_and_another_of_the_name_is_not(bench: Bench) -> None:
    def person(number: str | None, key: str, source: str) -> Draft:
        who = {"type": "person", "uscc": None, "name": "张＊＊", "personal_key": key * 32}
        return draft("1", source=source, personal_number=number and number * 18, **who)

    bench.repair(person("a", "1", OWN))
    assert bench.publish(person("a", "2", CITY)) == Counts(suppressed=1)  # written 张三丰, and once 张三豐
    assert bench.publish(person(None, "1", CITY)) == Counts(suppressed=1)
    assert bench.publish(person("b", "1", CITY)) == Counts(new=1)
    assert len(bench.public()) == 1


def test_what_has_no_number_only_its_source_can_bring_back(bench: Bench) -> None:
    bench.repair(draft("1", source=OWN, document_number=None))
    assert bench.publish(draft("1", source=OWN, document_number=None)) == Counts(suppressed=1)
    assert bench.publish(other(document_number=None)) == Counts(new=1)


def test_a_row_that_turns_into_one_of_a_suppressed_item_leaves_its_own(bench: Bench) -> None:
    bench.repair(draft("1", source=OWN))
    bench.publish(draft("9", source=CITY))
    corrected = replace(other(), key="9")
    assert bench.publish(corrected) == Counts(suppressed=1)
    assert bench.public() == []
    with bench.store.reading() as store:
        assert store.sighting_count(CITY) == (0, 0)


def test_what_is_not_erased_yet_is_kept_up_to_date(bench: Bench) -> None:
    bench.publish(draft("1", source=OWN))
    bench.end(bench.ids(), erased=False)
    assert bench.publish(draft("1", source=OWN, facts="更正")) == Counts(changed=1)
    assert bench.publish(other()) == Counts(new=1)
    assert bench.publish(other(name="海南椰风旅行社")) == Counts(suppressed=1)
    assert bench.public() == []


@pytest.mark.parametrize("state", [ItemState.REPAIRED, ItemState.REVOKED])
def test_one_decision_under_two_names_ends_as_one(bench: Bench, state: ItemState) -> None:
    bench.publish(draft("1", source=OWN), draft("2", source=OWN))
    bench.publish(other(name="椰风旅行社"))
    first = bench.identity.item(draft("1"))
    with bench.store.writing() as store:
        assert end(store, [first], state, OPERATOR, "错", bench.desk, NOON) == 2
    with bench.store.reading() as store:
        for id in (first, bench.identity.item(other(name="椰风旅行社"))):
            (told,) = store.trail(item=id)
            assert (told.entry.action, told.entry.why) == (f"item.{state}", "错")
    assert bench.publish(draft("1", source=OWN), draft("2", source=OWN)).suppressed == 0
    with bench.store.reading() as store:
        assert [*store.public_items([*bench.ids()], NOON)] == [bench.identity.item(draft("2"))]


@pytest.mark.parametrize("erased", [False, True])
def test_one_decision_under_two_names_comes_back_as_one(bench: Bench, erased: bool) -> None:
    rows = draft("1", source=OWN), other(name="椰风旅行社")
    for row in rows:
        bench.publish(row)
    bench.end(bench.ids(), erased=erased)
    first = bench.identity.item(rows[0])
    with bench.store.writing() as store:
        assert restore(store, [first], OPERATOR, "错", bench.desk, NOON) == 2
        assert not store.has_suppressed()
    for row in rows:
        corrected = replace(row, row_hash=b"3" * 16, content={**row.content, "facts": "更正"})
        assert bench.publish(corrected).suppressed == 0
    assert bench.public() == [code(1), code(1)]


def test_what_is_withdrawn_takes_nothing_with_it(bench: Bench) -> None:
    bench.publish(draft("1", source=OWN))
    bench.publish(other(name="椰风旅行社"))
    with bench.store.writing() as store:
        first = bench.identity.item(draft("1"))
        assert end(store, [first], ItemState.WITHDRAWN, OPERATOR, "错", bench.desk, NOON) == 1
    assert bench.public() == [code(1)]


def test_what_is_lifted_comes_back(bench: Bench) -> None:
    bench.repair(draft("1", source=OWN))
    bench.publish(replace(other(), row_hash=b"1" * 16))
    (id,) = bench.ids()
    with bench.store.writing() as store:
        assert suppressed(store, bench.identity, [id])[id].why is ItemState.REPAIRED
        assert store.barred(CITY, [b"1" * 16]) == {b"1" * 16}
        lift(store, bench.identity, [id])
        assert not store.has_suppressed()
        assert store.barred(CITY, [b"1" * 16]) == set()
        store.set_states([id], ItemState.UNLISTED)
    assert bench.publish(other()) == Counts(new=1)
    assert bench.public() == [code(1)]


def test_rows_that_are_gone_are_forgotten(bench: Bench) -> None:
    bench.repair(draft("1", source=OWN), draft("2", source=OWN))
    first = replace(draft("1", source=CITY), row_hash=b"1" * 16)
    second = replace(draft("2", source=CITY), row_hash=b"2" * 16)
    with bench.store.writing() as store:
        run = store.start_harvest(CITY, NOON)
        next_run = store.start_harvest(CITY, NOON + timedelta(days=1))
        publish(
            store, map(bench.store.contents.written, (first, second)), replace(bench.desk, harvest=run), NOON
        )
        store.keep_barred(CITY, [], run)
        assert len(store.barred(CITY, [first.row_hash, second.row_hash])) == 2
        store.keep_barred(CITY, [second.row_hash], next_run)
        assert store.barred(CITY, [first.row_hash, second.row_hash]) == {second.row_hash}
