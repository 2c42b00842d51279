"""The store's promises, on every database."""

import sqlite3
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from publisher.errors import StoreError
from publisher.harvests import FAILURES, Counts, Line, Request, RunState, Standing, Traffic, Validators
from publisher.items import Refusal, RowRef, What
from publisher.joining import Identity
from publisher.kinds import Label, Registry
from publisher.laws import Laws
from publisher.publish import Desk, publish
from publisher.punctuality import Tally
from publisher.sources import Source
from publisher.store import NewChange, Store
from publisher.store.tables import metadata
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
    said = "列入日期", "2026-02-30 is no date", "海南…", "the key", '{"纳税人名称": "海南…"}'
    refusal = Refusal("tax/list", RowRef("a.csv", 7), *said)
    with store.writing() as writing:
        dead = writing.start_harvest("tax/list", NOON)
        run = writing.start_harvest("tax/list", NOON)
        writing.add_refusals(run, [refusal])
        counts = Counts(seen=10, new=9, refused=1)
        warnings = ["column X is not mapped"]
        writing.end_harvest(run, RunState.COMPLETE, counts, Traffic(7, {"200": 1}), warnings, None, NOON)
        writing.keep_log(run, [Line(NOON, "read 10 rows of a.csv")])
    with store.reading() as reading:
        newest, before = reading.harvests("tax/list")
        assert (newest.id, newest.state, newest.counts.new, newest.started_at) == (
            run,
            RunState.COMPLETE,
            9,
            NOON.astimezone(UTC),
        )
        assert newest.traffic == Traffic(7, {"200": 1})
        assert before.traffic == Traffic()
        assert reading.log(run) == [Line(NOON, "read 10 rows of a.csv")]
        assert reading.log(dead) == []
        assert newest.warnings == ("column X is not mapped",)
        assert (before.id, before.state, before.message) == (
            dead,
            RunState.INTERRUPTED,
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


FIRST_TABLES = {
    *("change", "earlier", "harvest", "item", "lease"),
    *("named_list", "quarantine", "setting", "sighting", "source"),
}


def test_a_database_of_the_first_version_is_upgraded_with_what_it_holds(store: Store) -> None:
    log(store, 1)
    with store.writing() as writing:
        writing.put_source(face := Source("a/a", Label("甲", "A"), "海南省税务局", "penalty", "tax", None))
        older = """UPDATE source SET face = '{"full_names":true,' || substr(face, 2)"""
        writing._connection.exec_driver_sql(older)
        for table in reversed(metadata.sorted_tables):
            if table.name not in FIRST_TABLES:
                writing._connection.exec_driver_sql(f"DROP TABLE {table.name}")
        writing._connection.exec_driver_sql("ALTER TABLE source DROP COLUMN stale_from")
        writing._connection.exec_driver_sql("DROP INDEX ix_sighting_missed")
        for index in ("state", "ends_at", "erased_at"):
            writing._connection.exec_driver_sql(f"DROP INDEX ix_item_{index}")
        writing._connection.exec_driver_sql("DROP INDEX ix_quarantine_row_hash")
        item = ("item", ("corrected_at", "objected_at", "erased_at"))
        for table, columns in (item, ("quarantine", ("key", "record", "row_hash"))):
            for column in columns:
                writing._connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
        writing._connection.exec_driver_sql("ALTER TABLE harvest DROP COLUMN traffic")
        writing._connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(StoreError, match="run `gongshi db upgrade`"):
        store.prepare()
    store.upgrade()
    store.prepare()
    with store.writing() as writing:
        assert writing.take_validators("tax/list") is None
        assert writing.last_change() == 1
        assert writing.sources()["a/a"][0] == face


def test_a_database_looks_anew_at_its_tables_once_they_hold_much(
    store: Store, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def known() -> int:
        with store.reading() as reading:
            connection = reading._connection
            if connection.dialect.name == "postgresql" or not connection.dialect.has_table(
                connection, "sqlite_stat1"
            ):
                return 0
            query = "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'sighting'"
            return int(connection.exec_driver_sql(query).scalar_one())

    with store.writing() as writing:
        desk = Desk(Identity(b"k"), ZONE, {}, Laws(registry))
        publish(writing, [store.contents.written(draft())], desk, NOON)
    store.optimise()
    assert known() == 0
    monkeypatch.setattr("publisher.store.MANY", 1)
    store.optimise()
    assert (known() > 0) == store.name.startswith("sqlite")


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
            writing.end_harvest(run, state, Counts(seen=seen), Traffic(), (), None, NOON)
    with store.reading() as reading:
        assert {id: run.counts.seen for id, run in reading.last_complete_runs().items()} == {"tax/a": 2}


def test_what_is_counted_of_punctuality_adds_up_by_source_authority_and_week(store: Store) -> None:
    first, second, office = date(2026, 11, 9), date(2026, 11, 16), "甲局"
    for tallies in (
        {(office, first): Tally(3, 1, 1), ("乙局", second): Tally(late=1)},
        {},
        {(office, first): Tally(2, 2, 4)},
    ):
        with store.writing() as writing:
            writing.add_punctuality("tax/a", tallies)
    with store.writing() as writing:
        writing.add_punctuality("tax/b", {(office, first): Tally(timely=1)})
    with store.reading() as reading:
        assert reading.punctuality(first) == [
            ("tax/a", "乙局", second, Tally(late=1)),
            ("tax/a", office, first, Tally(5, 3, 5)),
            ("tax/b", office, first, Tally(timely=1)),
        ]
        assert [one.week for one in reading.punctuality(second, "tax/a")] == [second]
        assert reading.punctuality(second, "tax/b") == []


def test_complete_runs_in_a_row_are_counted_by_how_they_read(store: Store) -> None:
    found = []
    for reading in (b"a", b"a", b"b", b"a"):
        with store.writing() as writing:
            writing.set_complete("tax/list", reading, NOON)
            found.append((writing.settled("tax/list", b"a"), writing.settled("tax/list", b"b")))
    assert found == [(1, 0), (2, 0), (0, 1), (1, 0)]


def test_failures_in_a_row_are_counted_until_a_source_is_read_or_resumed(store: Store) -> None:
    def ended(state: RunState) -> int:
        with store.writing() as writing:
            writing.end_harvest(
                writing.start_harvest("tax/a", NOON), state, Counts(), Traffic(), (), None, NOON
            )
        with store.reading() as reading:
            return reading.standing("tax/a").failures

    failed, interrupted = RunState.FAILED, RunState.INTERRUPTED
    assert [ended(state) for state in (failed, failed, interrupted, failed)] == [1, 2, 2, 3]
    assert [ended(state) for state in (RunState.COMPLETE, failed, RunState.REFUSED)] == [0, 1, 0]
    with store.writing() as writing:
        assert writing.standing("tax/b") == Standing()
        for id in ("tax/a", "tax/b"):
            writing.hold(id, NOON)
    assert ended(failed) == 1
    with store.writing() as writing:
        assert writing.standing("tax/a") == Standing(1, NOON.astimezone(UTC))
        assert writing.standing("tax/b") == Standing(0, NOON.astimezone(UTC))
        writing.resume("tax/a")
        assert writing.standing("tax/a") == Standing()


def test_what_is_asked_for_is_kept_until_a_run_has_come_to_its_end(store: Store) -> None:
    def began(request: int | None = None) -> int:
        with store.writing() as writing:
            return writing.start_harvest("tax/a", NOON, request)

    def ended(run: int, state: RunState) -> list[int]:
        with store.writing() as writing:
            writing.end_harvest(run, state, Counts(), Traffic(), (), None, NOON)
        with store.reading() as reading:
            return [request.id for request in reading.requests("tax/a")]

    with store.writing() as writing:
        for source in ("tax/a", "tax/b", "tax/a"):
            writing.ask_for(source, "her", NOON, accept_removals=source == "tax/b")
        first, other, second = writing.requests()
        writing.ask_for("tax/a", "him", NOON)
        third = writing.requests("tax/a")[-1]
    assert other == Request(other.id, "tax/b", NOON.astimezone(UTC), "her", True, None)
    all_three = [first.id, second.id, third.id]
    assert ended(began(), RunState.COMPLETE) == all_three
    assert ended(began(second.id), RunState.INTERRUPTED) == all_three
    began(second.id)  # and dies
    assert ended(began(second.id), RunState.FAILED) == [third.id]
    assert ended(began(third.id), RunState.COMPLETE) == []
    with store.reading() as reading:
        assert reading.requests() == [other]


def test_all_that_a_source_s_rows_say_is_given_in_order_of_their_keys(
    store: Store, registry: Registry
) -> None:
    drafts = [draft("2"), draft("1"), draft("3", source="tax/a")]
    desk = Desk(Identity(b"k"), ZONE, {}, Laws(registry))
    with store.writing() as writing:
        publish(writing, map(store.contents.written, drafts[:2]), desk, NOON)
        publish(writing, map(store.contents.written, drafts[2:]), desk, NOON)
    with store.reading() as reading:
        told = [content["document_number"] for content in reading.contents_of("tourism/penalties")]
    assert told == ["琼旅罚〔2026〕1号", "琼旅罚〔2026〕2号"]


def test_runs_are_forgotten_but_for_what_others_still_need(store: Store) -> None:
    year_ago = NOON - timedelta(days=365)

    def run(days: int, state: RunState, counts: Counts | None = None, source: str = "tax/list") -> int:
        begun = year_ago - timedelta(days=days)
        id = writing.start_harvest(source, begun)
        writing.end_harvest(id, state, counts or Counts(), Traffic(), [], None, begun)
        writing.keep_log(id, [Line(begun, "read 0 rows of a.csv")])
        return id

    with store.writing() as writing:
        run(50, RunState.COMPLETE)
        unheld = run(49, RunState.COMPLETE)
        run(48, RunState.COMPLETE, Counts(held=1))
        last = run(47, RunState.COMPLETE, Counts(held=1))
        refusing = run(46, RunState.FAILED)
        writing.add_refusals(refusing, [Refusal("tax/list", RowRef("a.csv", 3), None, "it is blank", "")])
        for days in range(45, 30, -1):
            newest = run(days, RunState.FAILED)
        other = run(10, RunState.COMPLETE, source="tax/other")
        recent = run(-1, RunState.REFUSED)
        under_way = writing.start_harvest("tax/third", year_ago - timedelta(days=1))
    failed = range(newest - FAILURES + 2, newest + 1)
    with store.writing() as writing:
        assert writing.forget_runs(year_ago) == 2 + 15 - len(failed)
        assert writing.forget_runs(year_ago) == 0
    with store.reading() as reading:
        kept = {one.id for one in reading.harvests()}
        assert kept == {unheld, last, refusing, *failed, other, recent, under_way}
        assert reading.last_unheld("tax/list") == Counts()
        assert {id for id in range(1, under_way) if reading.log(id)} == kept - {under_way}
