"""The store's promises, on every database."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.errors import StoreError
from publisher.harvests import Counts, RunState, Validators
from publisher.items import Refusal, RowRef, What
from publisher.joining import Identity
from publisher.kinds import Label, Registry
from publisher.publish import Desk, publish
from publisher.sources import Source
from publisher.store import NewChange, Store
from tests.fixtures.store import NOON, ZONE, draft


def log(store: Store, count: int, *, overtakes: bool = False) -> None:
    with store.writing() as writing:
        changes = [NewChange(f"item{i}", "subject", What.PUBLISHED, overtakes) for i in range(count)]
        writing.append_changes(changes, NOON)


def test_numbers_of_changes_rise_and_survive_a_second_opening(
    store: Store, store_url: str, registry: Registry
) -> None:
    log(store, 3)
    log(store, 2)
    again = Store(store_url, registry.fields, ZONE)
    again.prepare()
    with again.reading() as reading:
        seqs = [change.seq for change in reading.changes(0, 100)]
        assert len(seqs) == 5
        assert seqs == sorted(set(seqs))
        assert reading.last_change() == seqs[-1]
        assert reading.changes_behind(seqs[1], 100) == 3
        assert [change.seq for change in reading.changes(seqs[1], 2)] == seqs[2:4]
    again.close()


def test_a_reader_of_the_log_misses_no_change_of_writers_at_work(store: Store, scale: int) -> None:
    rounds = 15 * scale
    writers = [threading.Thread(target=lambda: [log(store, 7) for _ in range(rounds)]) for _ in range(4)]
    seen: list[int] = []
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        with store.reading() as reading:
            seen += [change.seq for change in reading.changes(seen[-1] if seen else 0, 50)]
    with store.reading() as reading:
        seen += [change.seq for change in reading.changes(seen[-1] if seen else 0, 10_000)]
    assert len(seen) == 4 * rounds * 7
    assert seen == sorted(set(seen))


def test_what_raises_leaves_nothing_behind(store: Store) -> None:
    def failing() -> None:
        with store.writing() as writing:
            writing.append_changes([NewChange("item", "subject", What.PUBLISHED)], NOON)
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        failing()
    with store.reading() as reading:
        assert reading.last_change() == 0


def test_the_epoch_stays_and_differs_between_databases(
    store: Store, tmp_path: Path, registry: Registry
) -> None:
    other = Store(f"sqlite:///{tmp_path / 'other.db'}", registry.fields, ZONE)
    other.prepare()
    with store.reading() as one, store.reading() as same, other.reading() as another:
        assert one.epoch() == same.epoch()
        assert one.epoch() != another.epoch()
    other.close()


def test_a_lease_is_held_by_one_until_it_expires(store: Store) -> None:
    def take(holder: str, now: datetime) -> bool:
        with store.writing() as writing:
            return writing.take_lease("index", holder, timedelta(minutes=1), now)

    def keep(holder: str, now: datetime) -> bool:
        with store.writing() as writing:
            return writing.keep_lease("index", holder, timedelta(minutes=1), now)

    assert take("a", NOON)
    assert not take("b", NOON + timedelta(seconds=59))
    assert keep("a", NOON + timedelta(seconds=59))
    assert not take("b", NOON + timedelta(seconds=61))
    with store.reading() as reading:
        assert reading.lease_until("index") == NOON + timedelta(seconds=119)
        assert reading.lease_until("another") is None
    assert keep("a", NOON + timedelta(minutes=2))  # late, but nobody has taken it meanwhile
    assert take("b", NOON + timedelta(minutes=3))
    assert not keep("a", NOON + timedelta(minutes=3))
    with store.writing() as writing:
        writing.free_lease("index", "a")
    assert not take("c", NOON + timedelta(minutes=3))
    with store.writing() as writing:
        writing.free_lease("index", "b")
    assert take("c", NOON + timedelta(minutes=3))


def test_runs_and_their_quarantine_are_kept(store: Store) -> None:
    refusal = Refusal("tax/list", RowRef("a.csv", 7), "列入日期", "2026-02-30 is no date", "海南…")
    with store.writing() as writing:
        dead = writing.start_harvest("tax/list", NOON)
        run = writing.start_harvest("tax/list", NOON)
        writing.add_refusals(run, [refusal])
        counts = Counts(seen=10, new=9, refused=1)
        writing.end_harvest(run, RunState.COMPLETE, counts, ["column X is not mapped"], None, NOON)
    with store.reading() as reading:
        newest, before = reading.harvests("tax/list")
        assert (newest.id, newest.state, newest.counts.new, newest.started_at) == (
            run,
            RunState.COMPLETE,
            9,
            NOON.astimezone(UTC),
        )
        assert newest.warnings == ("column X is not mapped",)
        assert (before.id, before.state, before.message) == (
            dead,
            RunState.FAILED,
            "The process that ran it died.",
        )
        assert reading.refusals("tax/list") == [refusal]
        assert reading.refusals("tax/other") == []
    with store.writing() as writing:
        writing.clear_quarantine("tax/list")
    with store.reading() as reading:
        assert reading.refusals() == []


def test_validators_are_forgotten_when_they_are_taken(store: Store) -> None:
    first = Validators(b"1" * 16, '"1"', None, "a" * 64, NOON)
    for kept in (first, Validators(b"2" * 16, None, "yesterday", "b" * 64, NOON)):
        with store.writing() as writing:
            writing.put_validators("tax/list", first)
            writing.put_validators("tax/list", kept)
        with store.writing() as writing:
            assert writing.take_validators("tax/other") is None
            assert writing.take_validators("tax/list") == kept
            assert writing.take_validators("tax/list") is None


def test_a_database_of_the_first_version_is_upgraded_with_what_it_holds(store: Store) -> None:
    log(store, 1)
    with store.writing() as writing:
        writing._connection.exec_driver_sql("DROP TABLE fetch_state")
        writing._connection.exec_driver_sql("DROP TABLE read_until")
        writing._connection.exec_driver_sql("DROP TABLE own_page")
        writing._connection.exec_driver_sql("ALTER TABLE quarantine DROP COLUMN key")
        writing._connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(StoreError, match="run `gongshi db upgrade`"):
        store.prepare()
    store.upgrade()
    store.prepare()
    with store.writing() as writing:
        assert writing.take_validators("tax/list") is None
        assert writing.last_change() == 1


def test_upgrading_twice_changes_nothing(store: Store) -> None:
    log(store, 1)
    store.upgrade()
    with store.reading() as reading:
        assert reading.last_change() == 1


def test_a_database_of_another_version_is_refused_with_the_way_out(
    tmp_path: Path, registry: Registry
) -> None:
    file = tmp_path / "old.db"
    with sqlite3.connect(file) as old:
        old.execute("CREATE TABLE alembic_version (version_num TEXT)")
        old.execute("INSERT INTO alembic_version VALUES ('0000')")
    store = Store(f"sqlite:///{file}", registry.fields, ZONE)
    with pytest.raises(StoreError, match="run `gongshi db upgrade`"):
        store.prepare()
    store.close()


def test_a_database_out_of_reach_is_one_sentence_without_its_password(registry: Registry) -> None:
    store = Store("postgresql+psycopg://user:secret@127.0.0.1:1/gongshi", registry.fields, ZONE)
    with pytest.raises(StoreError) as caught:
        store.prepare()
    assert "127.0.0.1" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path, registry: Registry) -> None:
    file = tmp_path / "gongshi.db"
    file.write_bytes(b"not a database " * 1000)
    store = Store(f"sqlite:///{file}", registry.fields, ZONE)
    with pytest.raises(StoreError, match="file is not a database"):
        store.prepare()
    store.close()


def test_the_last_complete_run_of_each_source_is_known(store: Store) -> None:
    with store.writing() as writing:
        for id in ("tax/a", "tax/b"):
            writing.put_source(Source(id, Label("甲", "A"), "海南省税务局", "penalty", "tax", None))
        for id, state, seen in [
            ("tax/a", RunState.COMPLETE, 1),
            ("tax/a", RunState.COMPLETE, 2),
            ("tax/a", RunState.FAILED, 3),
            ("tax/b", RunState.REFUSED, 4),
        ]:
            run = writing.start_harvest(id, NOON)
            writing.end_harvest(run, state, Counts(seen=seen), (), None, NOON)
    with store.reading() as reading:
        assert {id: run.counts.seen for id, run in reading.last_complete_runs().items()} == {"tax/a": 2}


def test_all_that_a_source_s_rows_say_is_given_in_order_of_their_keys(store: Store) -> None:
    drafts = [draft("2"), draft("1"), draft("3", source="tax/a")]
    with store.writing() as writing:
        publish(writing, map(store.contents.written, drafts[:2]), Desk(Identity(b"k"), ZONE, {}), NOON)
        publish(writing, map(store.contents.written, drafts[2:]), Desk(Identity(b"k"), ZONE, {}), NOON)
    with store.reading() as reading:
        told = [content["document_number"] for content in reading.contents_of("tourism/penalties")]
    assert told == ["琼旅罚〔2026〕1号", "琼旅罚〔2026〕2号"]
