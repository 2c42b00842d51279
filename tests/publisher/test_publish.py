"""Drafts become items: joined, merged, corrected, ended; on every database."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from publisher.harvests import Counts
from publisher.items import Draft, Item, ItemState, RowRef, What
from publisher.joining import Identity
from publisher.judging import merge_periods
from publisher.kinds import Label, Registry, load_registry
from publisher.laws import Laws
from publisher.periods import Period
from publisher.public import checksum
from publisher.publish import Desk, publish, unlist
from publisher.sources import Source
from publisher.store import Store
from publisher.subjects import PartyType
from tests.fixtures.store import NOON, ZONE, code, draft

OWN, CITY, NATION = "tourism/own", "tourism/city", "government/nation"
AUTHORITY = "海南省旅游和文化广电体育厅"


class Bench:
    """A store to publish to, and what stands in it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.desk = Desk(
            Identity(b"key"),
            ZONE,
            {OWN: AUTHORITY, CITY: "海口市人民政府", NATION: "国家发展改革委"},
            Laws(load_registry()),
        )

    def publish(self, *drafts: Draft, harvest: int | None = None, now: datetime = NOON) -> Counts:
        counts = Counts()
        for _, group in itertools.groupby(drafts, key=lambda draft: draft.source):
            with self.store.writing() as store:
                counts += publish(
                    store, map(self.store.contents.written, group), replace(self.desk, harvest=harvest), now
                )
        return counts

    def unlist(self, source: str) -> int:
        with self.store.writing() as store:
            rows = list(store.sighting_ids(source))
            return unlist(store, [id for id, _, _ in rows], [item for _, item, _ in rows], self.desk, NOON)

    def items(self) -> list[Item]:
        with self.store.reading() as store:
            ids = {change.item for change in store.changes(0, 10_000)}
            return [item for item in store.items(ids).values() if item.state is ItemState.PUBLIC]

    def log(self) -> list[What]:
        with self.store.reading() as store:
            return [change.what for change in store.changes(0, 10_000)]

    def checksum(self) -> str:
        with self.store.reading() as store:
            return checksum(store, NOON)


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(store)


def test_a_row_becomes_an_item_and_a_change(bench: Bench) -> None:
    counts = bench.publish(draft("1"), draft("2", uscc=code(2), name="三亚海风酒店有限公司"))
    assert counts == Counts(new=2)
    assert bench.log() == [What.PUBLISHED, What.PUBLISHED]
    item = next(item for item in bench.items() if item.party.uscc == code(1))
    assert item.content["document_number"] == "琼旅罚〔2026〕1号"
    assert item.content["decided_on"] == date(2026, 5, 12)
    assert item.period == Period(date(2026, 5, 12), date(2027, 5, 12), "months:12")


def test_the_same_again_writes_no_change(bench: Bench) -> None:
    bench.publish(draft("1"))
    before = bench.checksum()
    assert bench.publish(draft("1")) == Counts(unchanged=1)
    rewritten = replace(draft("1"), row_hash=b"written anew 123")
    assert bench.publish(rewritten) == Counts(unchanged=1)
    assert bench.log() == [What.PUBLISHED]
    assert bench.checksum() == before
    with bench.store.reading() as store:
        assert store.sightings_by_row_hash("tourism/penalties", [b"written anew 123"])


def test_a_corrected_row_makes_one_change(bench: Bench) -> None:
    bench.publish(draft("1"))
    assert bench.publish(draft("1", facts="更正后的事实")) == Counts(changed=1)
    assert bench.log() == [What.PUBLISHED, What.CORRECTED]
    assert [item.content["facts"] for item in bench.items()] == ["更正后的事实"]


def test_a_sighting_tells_who_read_it_where_and_since_when(bench: Bench) -> None:
    bench.publish(draft("1"), harvest=7)
    later = NOON + timedelta(days=1)
    moved = replace(
        draft("1"), where=RowRef("rows.csv", 9), row_hash=b"written anew 123", record='{"文号": "1"}'
    )
    bench.publish(moved, harvest=8, now=later)
    (item,) = bench.items()
    with bench.store.reading() as store:
        (sighting,) = store.sightings(item.id)
        assert store.earlier(item.id) == []
    assert sighting.draft == moved
    assert (sighting.first_seen, sighting.harvest, sighting.missed) == (NOON, 8, 0)


def test_a_correction_keeps_what_was_said_before(bench: Bench) -> None:
    first, second, third = (
        replace(draft("1", facts=facts), record=f'{{"事实": "{facts}"}}') for facts in ("甲", "乙", "丙")
    )
    bench.publish(first, harvest=1)
    bench.publish(second, harvest=2, now=NOON + timedelta(days=1))
    bench.publish(third, harvest=3, now=NOON + timedelta(days=2))
    (item,) = bench.items()
    with bench.store.reading() as store:
        (sighting,) = store.sightings(item.id)
        newer, older = store.earlier(item.id)
    assert (sighting.draft.content["facts"], sighting.harvest, sighting.first_seen) == ("丙", 3, NOON)
    assert (newer.draft.record, newer.harvest, newer.until) == (second.record, 2, NOON + timedelta(days=2))
    assert (older.draft.content["facts"], older.harvest) == ("甲", 1)
    bench.unlist("tourism/penalties")
    with bench.store.reading() as store:
        assert store.sightings(item.id) == store.earlier(item.id) == []


def test_a_join_is_undone_when_the_name_that_led_to_it_is_corrected(bench: Bench) -> None:
    """A row without a code joined the only coded subject of its name, which had that name by mistake."""
    bench.publish(draft("1", uscc=None, name="海口甲乙贸易有限公司", source=CITY))
    alone = bench.items()[0].subject
    for correct in (
        lambda: bench.publish(draft("2", uscc=code(2), name="海口丙丁贸易有限公司", source=OWN)),
        lambda: bench.unlist(OWN),
    ):
        bench.publish(draft("2", uscc=code(2), name="海口甲乙贸易有限公司", source=OWN))
        subjects = {item.subject for item in bench.items()}
        assert len(subjects) == 1
        assert alone not in subjects
        correct()
        assert [item.subject for item in bench.items() if not item.party.uscc] == [alone]


def test_one_decision_from_three_sources_is_one_item(bench: Bench) -> None:
    written = ("琼旅罚〔2026〕1号", "琼旅罚[2026]1号", "琼旅罚［2026］ 1号")
    names = (
        "海南椰风旅行社（集团）有限公司",
        "海南椰风旅行社(集团)有限公司",
        "海南椰風旅行社（集團）有限公司",
    )
    for source, number, name in zip((OWN, CITY, NATION), written, names, strict=True):
        bench.publish(draft("1", source=source, document_number=number, name=name))
    (item,) = bench.items()
    assert item.sources == (NATION, CITY, OWN)
    assert bench.log() == [What.PUBLISHED, What.SIGHTED, What.SIGHTED]


def test_the_deciding_authoritys_own_source_wins_and_others_fill_its_blanks(bench: Bench) -> None:
    bench.publish(
        draft("1", source=CITY, facts="市里的说法", remark="市里的备注"),
        draft("1", source=OWN, facts="本机关的说法"),
    )
    (item,) = bench.items()
    assert item.content["facts"] == "本机关的说法"
    assert item.content["remark"] == "市里的备注"


def test_an_item_stays_while_one_source_lists_it(bench: Bench) -> None:
    bench.publish(draft("1", source=OWN), draft("1", source=CITY))
    assert bench.unlist(CITY) == 0
    assert [item.sources for item in bench.items()] == [(OWN,)]
    assert bench.unlist(OWN) == 1
    assert bench.items() == []
    assert bench.log()[-1] is What.ENDED


def test_what_is_listed_again_is_restored_with_its_id(bench: Bench) -> None:
    bench.publish(draft("1"))
    (before,) = bench.items()
    bench.unlist("tourism/penalties")
    bench.publish(draft("1"))
    (after,) = bench.items()
    assert (after.id, after.published_at) == (before.id, before.published_at)
    assert bench.log() == [What.PUBLISHED, What.ENDED, What.RESTORED]


def test_a_row_whose_number_is_corrected_becomes_another_item(bench: Bench) -> None:
    bench.publish(draft("1"))
    bench.publish(draft("1", document_number="琼旅罚〔2026〕9号"))
    (item,) = bench.items()
    assert item.content["document_number"] == "琼旅罚〔2026〕9号"
    assert sorted(bench.log()) == sorted([What.PUBLISHED, What.PUBLISHED, What.ENDED])


def test_a_contradicting_code_keeps_two_decisions_apart(bench: Bench) -> None:
    bench.publish(draft("1", source=OWN, uscc=code(1)), draft("1", source=CITY, uscc=code(2)))
    assert {item.party.uscc for item in bench.items()} == {code(1), code(2)}


@pytest.mark.parametrize("at_once", [True, False])
def test_a_contradicting_code_in_the_same_source_keeps_them_apart_too(bench: Bench, at_once: bool) -> None:
    number = "琼旅罚〔2026〕8号"
    rows = [draft(key, document_number=number, uscc=code(at)) for at, key in enumerate("ab", 1)]
    for batch in [rows] if at_once else [[row] for row in rows]:
        bench.publish(*batch)
    assert {item.party.uscc for item in bench.items()} == {code(1), code(2)}


def test_a_corrected_code_stays_one_item(bench: Bench) -> None:
    bench.publish(draft("1", uscc=code(1)))
    bench.publish(draft("1", uscc=code(2)))
    (item,) = bench.items()
    assert item.party.uscc == code(2)


def test_two_parties_of_one_decision_are_two_items(bench: Bench) -> None:
    number = "琼旅罚〔2026〕8号"
    bench.publish(
        draft("1", document_number=number),
        draft("2", document_number=number, name="另一家公司", uscc=code(2)),
    )
    assert len(bench.items()) == 2


def test_an_already_expired_row_is_stored_but_never_announced(bench: Bench) -> None:
    assert bench.publish(draft("1", decided_on=date(2020, 1, 1))) == Counts(new=1)
    assert bench.log() == []
    assert bench.checksum().startswith("0 ")


def names_alone() -> Iterator[tuple[Draft, ...]]:
    """A company with a code and a row that only names it, in both orders."""
    coded = draft("1", uscc=code(1), name="海南椰风旅行社有限公司")
    named = draft("2", uscc=None, name="海南椰风旅行社 有限公司")
    yield from itertools.permutations((coded, named))


@pytest.mark.parametrize("drafts", list(names_alone()))
def test_a_name_joins_the_only_code_that_bears_it_in_any_order(
    bench: Bench, drafts: tuple[Draft, ...]
) -> None:
    for each in drafts:
        bench.publish(each)
    assert len({item.subject for item in bench.items()}) == 1


def test_a_name_that_two_codes_bear_joins_neither_in_any_order(store: Store) -> None:
    bench = Bench(store)
    same = "海南通达贸易有限公司"
    rows = (
        draft("1", uscc=code(1), name=same),
        draft("2", uscc=code(2), name=same),
        draft("3", uscc=None, name=same),
    )
    for each in rows:
        bench.publish(each)
    assert len({item.subject for item in bench.items()}) == 3


def test_the_checksum_does_not_depend_on_the_path(tmp_path: Path, registry: Registry) -> None:
    same = "海南通达贸易有限公司"
    rows = (
        draft("1", source=OWN, uscc=code(1), name=same),
        draft("1", source=CITY, uscc=None, name=same, facts="市里的说法"),
        draft("3", source=NATION, uscc=None, name=same),
    )
    checksums = set()
    for number, order in enumerate(itertools.permutations(rows)):
        store = Store(f"sqlite:///{tmp_path / str(number)}.db", registry.fields, ZONE)
        store.prepare()
        bench = Bench(store)
        bench.publish(*order)
        checksums.add(bench.checksum())
        store.close()
    (only,) = checksums
    assert only.startswith("2 ")


def test_natural_persons_are_never_joined(bench: Bench) -> None:
    person = {"type": PartyType.PERSON, "name": "张＊", "uscc": None}
    bench.publish(
        draft("1", personal_key="a" * 32, **person),
        draft("2", personal_key="a" * 32, **person),
        draft("3", personal_key="b" * 32, document_number="琼旅罚〔2026〕1号", **person),
    )
    items = bench.items()
    assert len(items) == 3
    assert len({item.subject for item in items}) == 3


def test_ids_of_persons_are_keyed_and_those_of_organisations_are_the_same_everywhere() -> None:
    one, other = Identity(b"one"), Identity(b"other")
    person = draft("1", type="person", uscc=None, name="张＊", personal_key="a" * 32)
    assert one.item(draft("1")) == other.item(draft("1"))
    assert one.item(person) != other.item(person)
    assert len(one.item(person)) == 16


@pytest.mark.parametrize(
    ("periods", "last", "rule"),
    [
        ([("public_until", 900), ("cn-2026/general/3-12", 365)], 365, "cn-2026/general/3-12"),
        ([("months:3", 90), ("cn-2026/general/3-12", 365)], 365, "cn-2026/general/3-12"),
        ([("public_until", 90), ("cn-2026/general/3-12", 365)], 90, "cn-2026/general/3-12/public_until"),
        ([("months:12", 90), ("public_until", 200)], 200, "public_until"),
        ([("public_until", 200), ("public_until", 100)], 100, "public_until"),
        ([("months:12", 90), ("months:3", 30)], 30, "months:3"),
        ([("none", None), ("months:3", 30)], 30, "months:3"),
        ([("none", None), ("none", None)], None, "none"),
        ([("none", None), ("permit-lasting/any/-/ended", None)], None, "permit-lasting/any/-/ended"),
        ([("valid_until", 50), ("permit-lasting/any/-/ended", None)], 50, "permit-lasting/any/-/valid_until"),
    ],
)
def test_the_earliest_stated_end_counts(
    periods: list[tuple[str, int | None]], last: int | None, rule: str
) -> None:
    start = date(2026, 1, 1)

    def day(number: int | None) -> date | None:
        return None if number is None else start + timedelta(days=number)

    merged = merge_periods([Period(start, day(number), name) for name, number in periods])
    assert (merged.last_day, merged.rule) == (day(last), rule)


@pytest.mark.parametrize(
    ("given", "last", "rule"),
    [
        ({"months": 12}, date(2027, 11, 23), "months:12"),
        (
            {"rules": "cn-2026", "severity": "serious"},
            date(2029, 11, 23),
            "cn-2026/serious/12-36/2026-11-23",
        ),
    ],
)
def test_what_has_no_date_ends_by_the_day_it_was_first_public(
    bench: Bench, given: dict[str, object], last: date, rule: str
) -> None:
    bench.publish(draft(decided_on=None, **given))
    bench.publish(draft(decided_on=None, facts="更正", **given), now=NOON + timedelta(days=30))
    (item,) = bench.items()
    assert item.content["facts"] == "更正"
    assert item.period == Period(None, last, rule)


def test_changing_who_keeps_a_source_is_no_reason_to_lose_it(bench: Bench) -> None:
    face = Source(OWN, Label("来源", "Source"), AUTHORITY, "penalty", "tourism", None)
    with bench.store.writing() as store:
        store.put_source(face)
        store.put_source(replace(face, authority="新名称"))
    with bench.store.reading() as store:
        assert store.sources()[OWN][0].authority == "新名称"


def test_two_persons_of_one_masked_name_in_one_decision_are_two_items(bench: Bench) -> None:
    """As where a source masks names itself. A row that hides the number is about the first of them."""
    who = {"type": "person", "uscc": None, "name": "张＊＊", "personal_key": "1" * 32}
    first, second = (replace(draft("1", **who, personal_number=each * 18), key=each) for each in "ab")
    bench.publish(first, second, replace(draft("1", **who, source=CITY, facts="另一说"), key="c"))
    items = {item.party.personal_number: item for item in bench.items()}
    assert {number: item.sources for number, item in items.items()} == {
        "a" * 18: (CITY, "tourism/penalties"),
        "b" * 18: ("tourism/penalties",),
    }
    assert len({item.subject for item in items.values()}) == 2
