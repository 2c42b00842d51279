"""The audit trail: what is recorded stays, and what was changed, cut or forged is seen."""

import threading
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from publisher.errors import StoreError
from publisher.items import What
from publisher.store import NewChange, Store
from publisher.trail import EMPTY, Actor, ActorKind, Entry, Head, Recorded, Verdict, verify
from tests.fixtures.store import NOON

ANNA = Actor(ActorKind.OPERATOR, "anna")


def record(store: Store, *entries: Entry) -> None:
    with store.writing() as writing:
        writing.record(entries, NOON)


def told(store: Store, item: str | None = None, before: int | None = None) -> list[Recorded]:
    with store.reading() as reading:
        return list(reading.trail(item=item, before=before))


def verdict(store: Store, noted: Head | None = None) -> Verdict:
    with store.reading() as reading:
        return verify(reading.trail_links(), noted)


def head(store: Store) -> Head:
    with store.reading() as reading:
        return reading.trail_head()


def withdrawals(count: int) -> list[Entry]:
    return [
        Entry(ANNA, "item.withdrawn", f"reason {number}", item=f"item{number % 3}", after={"state": number})
        for number in range(count)
    ]


def by_hand(url: str, *statements: str) -> None:
    """Does what only somebody with the database itself can do."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


def unlocked(url: str, *statements: str) -> None:
    """The same after taking away what refuses it."""
    triggers = [
        "trail_no_update ON trail",
        "trail_no_delete ON trail",
        "trail_content_no_update ON trail_content",
    ]
    names = [name.split()[0] if url.startswith("sqlite") else name for name in triggers]
    by_hand(url, *(f"DROP TRIGGER {name}" for name in names), *statements)


def test_what_is_recorded_is_told_newest_first_of_one_item_or_case_or_all(store: Store) -> None:
    entries = [
        Entry(ANNA, "item.withdrawn", "一个原因", item="a", before={"day": date(2026, 5, 1)}),
        Entry(
            Actor(ActorKind.PUBLISHER, "li"), "case.opened", "", case="R-1", after={"fine": Decimal("2.50")}
        ),
        Entry(ANNA, "item.restored", "", item="a", case="R-1", after={"names": ("x", "y")}),
    ]
    record(store, *entries[:2])
    record(store, entries[2])
    assert [(each.number, each.at, each.entry.action) for each in told(store)] == [
        (3, NOON, "item.restored"),
        (2, NOON, "case.opened"),
        (1, NOON, "item.withdrawn"),
    ]
    assert [each.number for each in told(store, "a")] == [3, 1]
    assert [each.number for each in told(store, "a", before=3)] == [1]
    with store.reading() as reading:
        assert [each.number for each in reading.trail(case="R-1", limit=1)] == [3]
    third, second, first = (each.entry for each in told(store))
    assert (first.actor, first.why, first.before, first.after) == (
        ANNA,
        "一个原因",
        {"day": "2026-05-01"},
        None,
    )
    assert (second.actor.name, second.after) == ("li", {"fine": "2.50"})
    assert third.after == {"names": ["x", "y"]}


def test_what_is_recorded_is_masked(store: Store, store_url: str) -> None:
    number = "11010519491231002X"
    record(
        store,
        Entry(ANNA, "item.withdrawn", f"身份证号{number}", item="a", before={"says": [f"身份证{number}"]}),
    )
    record(store, Entry(Actor(ActorKind.OPERATOR, f"李{number}"), "item.restored", ""))
    actor, entry = told(store)
    assert number not in repr(actor)
    assert "身份证号" in (entry.entry.why or "")
    assert number not in repr(entry)


def test_an_entry_is_there_with_what_it_tells_of_or_not_at_all(store: Store) -> None:
    def failing() -> None:
        with store.writing() as writing:
            writing.record(withdrawals(1), NOON)
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        failing()
    assert (told(store), head(store), verdict(store)) == ([], EMPTY, Verdict(EMPTY, 0, None))
    record(store, *withdrawals(2))
    assert [each.number for each in told(store)] == [2, 1]


def test_the_database_refuses_to_change_the_trail(store: Store, store_url: str) -> None:
    record(store, *withdrawals(3))
    for statement in (
        "UPDATE trail SET action = 'item.repaired' WHERE number = 2",
        "DELETE FROM trail WHERE number = 3",
        "UPDATE trail_content SET body = '{}'",
    ):
        with pytest.raises(Exception, match="the audit trail cannot be changed"):
            by_hand(store_url, statement)
    assert verdict(store) == Verdict(head(store), 0, None)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE trail SET action = 'item.repaired' WHERE number = 3", "Entry 3 is not what was recorded."),
        ("UPDATE trail SET actor_name = 'bert' WHERE number = 3", "Entry 3 is not what was recorded."),
        ("UPDATE trail SET item_id = NULL WHERE number = 3", "Entry 3 is not what was recorded."),
        ("UPDATE trail_content SET body = '{}' WHERE number = 4", "Entry 4 is not what was recorded."),
        ("DELETE FROM trail WHERE number = 2", "Entry 2 is missing."),
        ("DELETE FROM trail WHERE number = 1", "Entry 1 is missing."),
        ("DELETE FROM trail WHERE number > 3", None),
        ("UPDATE trail SET number = 9 WHERE number = 5", "Entry 5 is missing."),
    ],
)
def test_what_was_changed_by_hand_is_seen(
    store: Store, store_url: str, statement: str, problem: str | None
) -> None:
    record(store, *withdrawals(5))
    noted = head(store)
    off = "PRAGMA foreign_keys = OFF" if store_url.startswith("sqlite") else "SELECT 1"
    loose = [] if "content" in statement else ["DELETE FROM trail_content"]
    unlocked(store_url, off, *loose, statement)
    assert verdict(store).problem == problem
    assert verdict(store, noted).problem == (problem or "Entry 4 is missing, and all up to 5.")


def test_a_trail_that_was_made_anew_is_seen_by_the_head_that_was_noted(store: Store, store_url: str) -> None:
    record(store, *withdrawals(3))
    noted = head(store)
    assert Head.read(str(noted)) == noted
    record(store, *withdrawals(1))
    assert verdict(store, noted).problem is None
    unlocked(store_url, "DELETE FROM trail_content", "DELETE FROM trail")
    record(store, *withdrawals(4))
    assert verdict(store).problem is None
    assert (
        verdict(store, noted).problem == "Entry 3, or one before it, is another than when its head was noted."
    )


@pytest.mark.parametrize("wrong", ["", "3", "x:00", "3:00", "-3:" + "00" * 32, "3:" + "0x" * 32])
def test_what_is_no_head_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="no number and link"):
        Head.read(wrong)


def test_erased_contents_are_gone_and_the_chain_still_holds(store: Store, tmp_path: Path) -> None:
    record(store, *withdrawals(9))
    noted = head(store)
    with store.writing() as writing:
        assert writing.erase_trail(["item1", "item2", "unknown"]) == 6
        assert writing.erase_trail(["item1"]) == 0
    assert verdict(store, noted) == Verdict(noted, 6, None)
    erased, kept = told(store, "item1")[0].entry, told(store, "item0")[0].entry
    assert (erased.action, erased.why, erased.before, erased.after) == ("item.withdrawn", None, None, None)
    assert (kept.why, kept.after) == ("reason 6", {"state": 6})
    record(store, *withdrawals(1))
    assert verdict(store, noted).problem is None


def test_writers_at_once_make_one_chain_and_never_wait_for_each_other(store: Store, scale: int) -> None:
    rounds, failed = 20 * scale, []

    def work(first: bool) -> None:
        try:
            for number in range(rounds):
                with store.writing() as writing:
                    if first:
                        writing.record(withdrawals(2), NOON + timedelta(seconds=number))
                    if number % 2:
                        writing.lock_items()
                    writing.append_changes([NewChange("item", "subject", What.ENDED)], NOON)
                    if not first:
                        writing.record(withdrawals(2), NOON)
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number % 2 == 0,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert verdict(store) == Verdict(head(store), 0, None)
    assert head(store).number == 4 * rounds * 2
