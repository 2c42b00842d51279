"""The accounts of the console, as operators keep them."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from publisher.signing_in import Door, SignedIn, SignInRefused, Visitor, session_of
from tests.fixtures.accounts import PASSWORD, SECRET, quick_passwords
from tests.fixtures.commands import Installation
from tests.fixtures.store import NOON


@pytest.fixture
def gongshi(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "data")


def told(gongshi: Installation, *arguments: str, typed: str = "", code: int = 0) -> str:
    """What a command says to what it reads on standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "gongshi", "users", *arguments],
        env=gongshi.environment,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code == 0 else done.stderr


def sign_in(gongshi: Installation, password: str) -> SignedIn:
    platform = gongshi.platform()
    try:
        door = Door(platform.store, SECRET, quick_passwords())
        return door.sign_in("wang", password, Visitor("192.0.2.1", "Firefox"), NOON)
    finally:
        platform.close()


def inside(gongshi: Installation, token: str) -> bool:
    platform = gongshi.platform()
    with platform.store.reading() as store:
        found = session_of(store, token, NOON)
    platform.close()
    return found is not None


def test_an_account_is_added_listed_disabled_and_enabled(gongshi: Installation) -> None:
    said = told(gongshi, "add", "WANG", "--role", "operator", typed=PASSWORD + "\n")
    assert said == "wang may sign in at http://127.0.0.1:8000/console.\n"
    token = sign_in(gongshi, PASSWORD).token
    assert json.loads(told(gongshi, "list", "--json")) == {
        "login": "wang",
        "role": "operator",
        "source": None,
        "may sign in": "yes",
        "sessions": 1,
    }
    assert told(gongshi, "disable", "wang") == "wang is disabled.\n"
    assert told(gongshi, "disable", "wang") == "wang is disabled already.\n"
    assert not inside(gongshi, token)
    with pytest.raises(SignInRefused):
        sign_in(gongshi, PASSWORD)
    assert told(gongshi, "enable", "wang") == "wang may sign in again.\n"
    assert inside(gongshi, sign_in(gongshi, PASSWORD).token)


def test_another_password_or_an_end_of_its_sessions_leaves_nobody_signed_in(gongshi: Installation) -> None:
    told(gongshi, "add", "wang", "--role", "operator", typed=PASSWORD)
    token = sign_in(gongshi, PASSWORD).token
    (session,) = map(json.loads, told(gongshi, "sessions", "wang", "--json").splitlines())
    assert session == {
        "since": "2026-11-23 12:00+08:00",
        "last seen": "2026-11-23 12:00+08:00",
        "address": "192.0.2.1",
        "browser": "Firefox",
    }
    assert told(gongshi, "sessions", "wang", "--end") == "1 sessions of wang have ended.\n"
    assert not inside(gongshi, token)
    told(gongshi, "password", "wang", typed="another one altogether\n")
    with pytest.raises(SignInRefused):
        sign_in(gongshi, PASSWORD)
    assert sign_in(gongshi, "another one altogether")


def test_what_is_wrong_with_an_account_is_said_in_a_sentence(gongshi: Installation) -> None:
    add = ("add", "wang", "--role")
    assert "too short" in told(gongshi, *add, "operator", typed="hunter2\n", code=1)
    assert "too long" in told(gongshi, *add, "operator", typed="x" * 100_000, code=1)
    assert "too short" in told(gongshi, *add, "operator", code=1)
    assert "name it with --source" in told(gongshi, *add, "publisher", code=1)
    no_source = (*add, "publisher", "--source", "tax/list")
    assert "No source tax/list has been harvested" in told(gongshi, *no_source, typed=PASSWORD, code=1)
    assert "is no login" in told(gongshi, "add", "王芳", "--role", "operator", typed=PASSWORD, code=1)
    assert "There is no account nobody" in told(gongshi, "disable", "nobody", code=1)
    assert json.loads(told(gongshi, "list", "--json") or "null") is None


def test_on_a_terminal_the_password_is_asked_for_twice_and_not_shown(gongshi: Installation) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gongshi", "users", "add", "wang", "--role", "operator"]
    process = subprocess.Popen(
        command, env=gongshi.environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    shown = ""
    for question in ("Password: ", "Repeat for confirmation: "):
        while question not in shown:
            shown += os.read(ours, 1000).decode()
        os.write(ours, b"correct horse battery\n")
    assert process.wait() == 0
    while "may sign in" not in shown:
        shown += os.read(ours, 1000).decode()
    os.close(ours)
    assert "correct horse" not in shown
    assert sign_in(gongshi, "correct horse battery")
