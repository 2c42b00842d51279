"""Commands for the accounts of the console."""

import sys

import click

from gongshi import show
from gongshi.running import acting, as_json, platform
from publisher import admitting
from publisher.accounts import LONGEST_PASSWORD, Role, check_login, check_password, check_role, login_of
from publisher.passwords import Passwords


@click.group()
def users() -> None:
    """Say who may sign in to the console."""


@users.command()
@click.argument("login")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    help="operator: sees and does everything; publisher: what is of one source.",
)
@click.option("--source", help="The source of a publisher.")
def add(login: str, role: str, source: str | None) -> None:
    """Let somebody sign in to the console.

    The password is asked for on a terminal, else read as the first line of standard input.
    """
    login = login_of(login)
    with platform() as made:
        check_login(login)
        check_role(Role(role), source)
        kept = _new_password(login)
        with made.store.writing() as store:
            admitting.admit(store, login, Role(role), source, kept, acting(), made.settings.clock())
        show.line(f"{login} may sign in at {made.settings.base_url}/console.")


@users.command("list")
@as_json
def list_users(as_json: bool) -> None:
    """List the accounts: role, source, whether they may sign in, and how many sessions they have."""
    with platform() as made:
        now = made.settings.clock()
        with made.store.reading() as store:
            values = [
                (
                    one.login,
                    one.role,
                    one.source,
                    "disabled" if one.disabled_at else "yes",
                    sum(session.lasts(now) for session in store.sessions(one.login)),
                )
                for one in store.accounts()
            ]
        show.rows(("login", "role", "source", "may sign in", "sessions"), values, as_json=as_json)


@users.command()
@click.argument("login")
def disable(login: str) -> None:
    """Keep an account from signing in, and end its sessions."""
    with platform() as made:
        with made.store.writing() as store:
            done = admitting.disable(store, login, acting(), made.settings.clock())
        show.line(f"{login} is disabled." if done else f"{login} is disabled already.")


@users.command()
@click.argument("login")
def enable(login: str) -> None:
    """Let a disabled account sign in again."""
    with platform() as made:
        with made.store.writing() as store:
            done = admitting.enable(store, login, acting(), made.settings.clock())
        show.line(f"{login} may sign in again." if done else f"{login} may sign in already.")


@users.command()
@click.argument("login")
def password(login: str) -> None:
    """Give an account another password, and end its sessions.

    The password is asked for on a terminal, else read as the first line of standard input.
    """
    with platform() as made:
        with made.store.reading() as reading:
            admitting.known(reading, login)
        kept = _new_password(login)
        with made.store.writing() as store:
            admitting.change_password(store, login, kept, acting(), made.settings.clock())
        show.line(f"The password of {login} is changed, and its sessions have ended.")


@users.command()
@click.argument("login")
@click.option("--end", is_flag=True, help="End all of them.")
@as_json
def sessions(login: str, end: bool, as_json: bool) -> None:
    """List who is signed in to an account: since when, last seen, from where; with --end none is any more."""
    with platform() as made:
        if end:
            with made.store.writing() as store:
                count = admitting.end_sessions(store, login, acting(), made.settings.clock())
            show.line(f"{count} sessions of {login} have ended.")
            return
        now = made.settings.clock()
        with made.store.reading() as reading:
            admitting.known(reading, login)
            lasting = [one for one in reading.sessions(login) if one.lasts(now)]
        values = [
            (
                show.minute(one.opened_at, made.zone),
                show.minute(one.seen_at, made.zone),
                one.address,
                one.agent,
            )
            for one in lasting
        ]
        show.rows(("since", "last seen", "address", "browser"), values, as_json=as_json)


def _new_password(login: str) -> str:
    """The hash of a password that is asked for, or read from standard input. Raises BadAccount for one that
    is not good enough."""
    if sys.stdin.isatty():
        given = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        given = sys.stdin.readline(LONGEST_PASSWORD + 2).rstrip("\r\n")
    check_password(given, login)
    return Passwords().hash(given)
