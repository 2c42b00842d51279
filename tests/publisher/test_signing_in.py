"""The door of the console, on every database: who is let in, who waits, and who is out again."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from publisher import admitting
from publisher.accounts import IDLE, Account, BadAccount, Role
from publisher.signing_in import SOON, Door, SignedIn, SignInRefused, Visitor, leave, session_of
from publisher.store import Store
from publisher.throttling import FREE, LONGEST_WAIT, Counted
from tests.fixtures.accounts import BY, PASSWORD, SECRET, admit, quick_door, quick_passwords
from tests.fixtures.store import NOON, Clock

VISITOR = Visitor("192.0.2.1", "Firefox")


@pytest.fixture
def door(store: Store) -> Door:
    admit(store, "wang")
    return quick_door(store)


def holder(store: Store, token: str, clock: Clock) -> Account | None:
    with store.reading() as reading:
        found = session_of(reading, token, clock())
    return found[1] if found else None


def refused(door: Door, clock: Clock, visitor: Visitor = VISITOR, login: str = "wang") -> timedelta:
    """How long a wrong password makes wait: by this try or by those before."""
    with pytest.raises(SignInRefused, match="Nobody has this login") as told:
        door.sign_in(login, "a wrong password", visitor, clock())
    return told.value.wait


def fail_until_it_waits(door: Door, clock: Clock, visitor: Visitor) -> int:
    """How many tries came before the first that had to wait."""
    return next(tries for tries in range(100) if refused(door, clock, visitor))


def test_who_knows_the_password_is_let_in(door: Door, store: Store, clock: Clock) -> None:
    inside = door.sign_in(" WANG ", PASSWORD, VISITOR, clock())
    assert inside.account == Account("wang", Role.OPERATOR, None, NOON)
    assert holder(store, inside.token, clock) == inside.account
    assert holder(store, inside.token + "x", clock) is None


def test_nobody_else_is(door: Door, clock: Clock) -> None:
    for password in ("", "wrong", "x" * 100_000, "\0", PASSWORD.upper(), "\ud800"):
        for login in ("wang", "nobody", "", "王芳", "x" * 1000, "wang\0", "\ud800"):
            with pytest.raises(SignInRefused):
                door.sign_in(login, password, VISITOR, clock())
            clock.tick(days=1)


def test_a_disabled_account_is_not_let_in_and_is_out_at_once(door: Door, store: Store, clock: Clock) -> None:
    inside = door.sign_in("wang", PASSWORD, VISITOR, clock())
    with store.writing() as writing:
        assert admitting.disable(writing, "wang", BY, clock())
        assert not admitting.disable(writing, "wang", BY, clock())
    assert holder(store, inside.token, clock) is None
    with pytest.raises(SignInRefused):
        door.sign_in("wang", PASSWORD, VISITOR, clock())
    with store.writing() as writing:
        assert admitting.enable(writing, "wang", BY, clock())
    assert holder(store, inside.token, clock) is None
    assert holder(store, door.sign_in("wang", PASSWORD, VISITOR, clock()).token, clock)


def test_another_password_ends_all_sessions(door: Door, store: Store, clock: Clock) -> None:
    inside = door.sign_in("wang", PASSWORD, VISITOR, clock())
    with store.writing() as writing:
        admitting.change_password(writing, "wang", quick_passwords().hash("another one altogether"), BY, NOON)
    assert holder(store, inside.token, clock) is None
    assert refused_with(door, clock, PASSWORD)
    assert door.sign_in("wang", "another one altogether", VISITOR, clock())


def refused_with(door: Door, clock: Clock, password: str) -> bool:
    with pytest.raises(SignInRefused):
        door.sign_in("wang", password, VISITOR, clock())
    return True


def test_a_session_ends_when_it_is_left_or_idle(door: Door, store: Store, clock: Clock) -> None:
    left, idle = (door.sign_in("wang", PASSWORD, VISITOR, clock()) for _ in range(2))
    with store.writing() as writing:
        assert leave(writing, left.token, clock())
        assert not leave(writing, left.token, clock())
    assert holder(store, left.token, clock) is None
    assert holder(store, idle.token, clock)
    clock.tick(seconds=IDLE.total_seconds())
    assert holder(store, idle.token, clock) is None


def test_whoever_signs_in_again_has_another_session_and_the_old_one_has_ended(
    door: Door, store: Store, clock: Clock
) -> None:
    first = door.sign_in("wang", PASSWORD, VISITOR, clock())
    second = door.sign_in("wang", PASSWORD, replace(VISITOR, token=first.token), clock())
    assert second.token != first.token
    assert holder(store, first.token, clock) is None
    planted = door.sign_in("wang", PASSWORD, replace(VISITOR, token="planted"), clock())
    assert planted.token != "planted"
    assert holder(store, "planted", clock) is None


def test_only_digests_are_stored(door: Door, store: Store, clock: Clock) -> None:
    inside = door.sign_in("wang", PASSWORD, VISITOR, clock())
    with store.reading() as reading:
        assert (reading.kept_password("wang") or "").startswith("$argon2id$")
        rows = reading._connection.exec_driver_sql("SELECT * FROM session").all()
    assert inside.token not in repr(rows)


def test_a_hash_of_weaker_parameters_is_renewed_at_sign_in(door: Door, store: Store, clock: Clock) -> None:
    stronger = Door(store, SECRET, quick_passwords(memory=16))
    stronger.sign_in("wang", PASSWORD, VISITOR, clock())
    with store.reading() as reading:
        kept = reading.kept_password("wang")
    assert kept is not None
    assert "m=16," in kept
    assert door.passwords.matches(kept, PASSWORD)


def test_a_stranger_waits_after_five_failures_and_again_for_each_one_more(door: Door, clock: Clock) -> None:
    assert fail_until_it_waits(door, clock, VISITOR) == FREE[Counted.LOGIN]
    assert refused(door, clock) == timedelta(seconds=30)
    clock.tick(seconds=30)
    assert refused(door, clock) == timedelta(0)
    assert refused(door, clock) == timedelta(seconds=60)


def test_what_is_not_tried_is_not_counted(door: Door, clock: Clock) -> None:
    fail_until_it_waits(door, clock, VISITOR)
    for _ in range(50):
        assert refused(door, clock) == timedelta(seconds=30)
    clock.tick(seconds=30)
    assert door.sign_in("wang", PASSWORD, VISITOR, clock())
    assert fail_until_it_waits(door, clock, VISITOR) == FREE[Counted.LOGIN]


def test_the_right_password_must_wait_too(door: Door, clock: Clock) -> None:
    fail_until_it_waits(door, clock, VISITOR)
    with pytest.raises(SignInRefused) as told:
        door.sign_in("wang", PASSWORD, VISITOR, clock())
    assert told.value.wait == timedelta(seconds=30)


def test_an_unknown_login_waits_as_a_known_one_does(door: Door, clock: Clock) -> None:
    for tries in range(FREE[Counted.LOGIN]):
        assert not refused(door, clock, login="nobody"), tries
    assert refused(door, clock, login="nobody") == timedelta(seconds=30)


def test_an_address_waits_that_tries_many_logins(door: Door, clock: Clock) -> None:
    for number in range(FREE[Counted.ADDRESS]):
        assert not refused(door, clock, login=f"login{number}")
    assert refused(door, clock, login="another") == timedelta(seconds=30)
    assert not refused(door, clock, replace(VISITOR, address="192.0.2.2"), login="another")


def test_whoever_has_an_account_gains_no_tries_at_others_by_it(
    door: Door, store: Store, clock: Clock
) -> None:
    admit(store, "li")
    for number in range(FREE[Counted.ADDRESS]):
        assert not refused(door, clock, login=f"login{number}")
        if number < FREE[Counted.ADDRESS] - 1:
            door.sign_in("li", PASSWORD, VISITOR, clock())
    assert refused(door, clock, login="another")


def test_a_stranger_never_keeps_the_owner_out(door: Door, clock: Clock) -> None:
    """From many addresses, without end, even behind a proxy that shows one address for all."""
    at_home = door.sign_in("wang", PASSWORD, VISITOR, clock())
    for number in range(200):
        refused(door, clock, replace(VISITOR, address=f"198.51.100.{number}"))
        refused(door, clock)
        clock.tick(seconds=LONGEST_WAIT.total_seconds() / 2)
    refused(door, clock)
    assert refused(door, clock)
    known = replace(VISITOR, browser=at_home.browser)
    assert door.sign_in("wang", PASSWORD, known, clock()).browser == at_home.browser


def test_a_known_browser_is_counted_by_itself_and_known_for_its_login_alone(
    door: Door, store: Store, clock: Clock
) -> None:
    admit(store, "li")
    known = replace(VISITOR, browser=door.sign_in("wang", PASSWORD, VISITOR, clock()).browser)
    assert fail_until_it_waits(door, clock, known) == FREE[Counted.BROWSER]
    assert not refused(door, clock, VISITOR)
    assert not refused(door, clock, known, login="li")
    for forged in ("x", f"{known.browser}0", "\ud800"):
        assert not refused(door, clock, replace(VISITOR, browser=forged), login="li")


def test_while_two_are_tried_another_is_asked_to_come_again_and_nothing_is_counted(
    door: Door, clock: Clock
) -> None:
    with door._places, door._places:
        for _ in range(FREE[Counted.LOGIN]):
            assert refused(door, clock) == SOON
    assert fail_until_it_waits(door, clock, VISITOR) == FREE[Counted.LOGIN]


def test_many_at_once_gain_no_tries(door: Door, clock: Clock) -> None:
    told: list[SignedIn | timedelta] = []

    def attempt() -> None:
        try:
            told.append(door.sign_in("wang", "a wrong password", VISITOR, clock()))
        except SignInRefused as error:
            told.append(error.wait)

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count(timedelta(0)) <= FREE[Counted.LOGIN]
    assert all(isinstance(one, timedelta) for one in told)


def test_two_sign_ins_at_once_are_two_sessions(door: Door, store: Store, clock: Clock) -> None:
    inside: list[SignedIn] = []

    def enter() -> None:
        inside.append(door.sign_in("wang", PASSWORD, VISITOR, clock()))

    threads = [threading.Thread(target=enter) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.token for one in inside}) == 2
    with store.reading() as reading:
        assert len(reading.sessions("wang")) == 2


def test_an_account_that_cannot_be_is_refused(store: Store) -> None:
    admit(store, "wang")
    with pytest.raises(BadAccount, match="There is an account wang already"):
        admit(store, "wang")
    with pytest.raises(BadAccount, match="No source tax/list has been harvested"):
        admit(store, "li", source="tax/list")
    with store.writing() as writing, pytest.raises(BadAccount, match="There is no account nobody"):
        admitting.disable(writing, "nobody", BY, NOON)


def test_the_audit_trail_tells_of_sign_ins_and_of_many_failures_but_never_of_what_was_typed(
    door: Door, store: Store, clock: Clock
) -> None:
    door.sign_in("wang", PASSWORD, VISITOR, clock())
    fail_until_it_waits(door, clock, VISITOR)
    for number in range(FREE[Counted.ADDRESS]):
        refused(door, clock, login=f"my password {number}")
    with store.reading() as reading:
        told = [(str(one.entry.actor), one.entry.action, one.entry.after) for one in reading.trail()]
    until = (clock() + timedelta(seconds=30)).isoformat()
    assert told == [
        ("system console", "address.throttled", {"failures": 20, "until": until}),
        ("system console", "login.throttled", {"login": "wang", "failures": 5, "until": until}),
        ("operator wang", "session.opened", {"login": "wang"}),
        ("operator root", "user.added", {"login": "wang", "role": "operator", "source": None}),
    ]
