"""Accounts: what passwords and logins may be, and how long somebody waits who fails."""

from datetime import timedelta

import pytest

from publisher import accounts
from publisher.accounts import AHEAD, IDLE, LONGEST, BadAccount, Role, Session
from publisher.throttling import FORGOTTEN, FREE, LONGEST_WAIT, Counted, Failures, failed
from tests.fixtures.store import NOON


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short one", "short"),
        ("x" * 201, "long"),
        ("aaaaaaaaaaaaaa", "plain"),
        ("abcdefghijklmnop", "plain"),
        ("123456789012", "plain"),
        ("qwertyuiop[]", "named"),
        ("ＡＢＣＤＥＦＧＨＩＪＫＬＭ", "plain"),
        ("mei-ling likes tea", "named"),
        ("MEI-LING likes tea", "named"),
        ("Gongshi 2026 spring", "named"),
        ("海口的雨下了整整三天三夜", None),
        ("correct horse battery", None),
    ],
)
def test_a_password_must_be_long_and_neither_plain_nor_the_login(password: str, fault: str | None) -> None:
    assert accounts.fault_of(password, "mei-ling") == fault


def test_the_sentence_about_a_password_never_quotes_it() -> None:
    with pytest.raises(BadAccount, match="too short; write at least 12 characters") as told:
        accounts.check_password("hunter2", "wang")
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize("login", ["", "a", "-ab", "王芳", "wang fang", "x" * 65, "wang\n", "wàng"])
def test_a_login_is_of_plain_letters(login: str) -> None:
    with pytest.raises(BadAccount, match="is no login"):
        accounts.check_login(login)


def test_a_login_is_known_in_any_width_and_case() -> None:
    assert accounts.login_of("  ＷａｎｇFang ") == "wangfang"
    accounts.check_login("wang.fang@haikou-2")


def test_a_publisher_has_a_source_and_an_operator_none() -> None:
    accounts.check_role(Role.PUBLISHER, "tax/list")
    with pytest.raises(BadAccount, match="name it with --source"):
        accounts.check_role(Role.PUBLISHER, None)
    with pytest.raises(BadAccount, match="leave out --source"):
        accounts.check_role(Role.OPERATOR, "tax/list")


def test_a_session_ends_when_idle_when_old_and_when_the_clock_was_set_back() -> None:
    session = Session(1, "wang", NOON, NOON, "", "")
    assert session.lasts(NOON)
    assert session.lasts(NOON + IDLE - timedelta(seconds=1))
    assert not session.lasts(NOON + IDLE)
    used = Session(1, "wang", NOON, NOON + LONGEST, "", "")
    assert used.lasts(NOON + LONGEST - timedelta(seconds=1))
    assert not used.lasts(NOON + LONGEST)
    assert session.lasts(NOON - AHEAD)
    assert not session.lasts(NOON - AHEAD - timedelta(seconds=1))


def test_each_failure_beyond_the_free_ones_makes_wait_twice_as_long_up_to_a_quarter_of_an_hour() -> None:
    known, waits = None, []
    for _ in range(FREE[Counted.LOGIN] + 7):
        known = failed(known, Counted.LOGIN, NOON)
        waits.append(known.wait(NOON).total_seconds())
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]


def test_failures_are_counted_anew_after_a_day_without_one() -> None:
    known = Failures(9, NOON, NOON + LONGEST_WAIT)
    assert failed(known, Counted.LOGIN, NOON + FORGOTTEN - timedelta(seconds=1)).count == 10
    assert failed(known, Counted.LOGIN, NOON + FORGOTTEN).count == 1


def test_a_clock_that_was_ahead_keeps_nobody_out() -> None:
    known = Failures(9, NOON + timedelta(days=400), NOON + timedelta(days=400))
    assert known.wait(NOON) == timedelta(0)
