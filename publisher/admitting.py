"""Accounts of the console: use cases inside the caller's transaction, each told in the audit trail. Passwords
are hashed before it begins."""

from datetime import datetime

from publisher.accounts import Account, BadAccount, Role, check_login, check_role
from publisher.store import Reading, Writing
from publisher.trail import Actor, ActorKind, Entry


def actor(account: Account) -> Actor:
    """Who acts when somebody does that is signed in."""
    return Actor(ActorKind.OPERATOR if account.operator else ActorKind.PUBLISHER, account.login)


def known(store: Reading, login: str) -> Account:
    """The account of this login. Raises BadAccount when there is none."""
    account = store.account(login)
    if account is None:
        raise BadAccount(f"There is no account {login}; `gongshi users list` names them.")
    return account


def admit(
    store: Writing, login: str, role: Role, source: str | None, password: str, by: Actor, now: datetime
) -> None:
    """Adds an account with the hash of its password. Raises BadAccount for one that cannot be."""
    check_login(login)
    check_role(role, source)
    if store.account(login):
        raise BadAccount(f"There is an account {login} already; choose another login.")
    if source and source not in store.sources():
        raise BadAccount(f"No source {source} has been harvested; `gongshi sources list` names them.")
    store.add_account(Account(login, role, source, now), password)
    _tell(store, by, "user.added", login, now, role=role.value, source=source)


def disable(store: Writing, login: str, by: Actor, now: datetime) -> bool:
    """Keeps an account from signing in, and ends its sessions; False where it is disabled already. Raises
    BadAccount when there is none."""
    if known(store, login).disabled_at:
        return False
    store.set_disabled(login, now)
    store.end_sessions(login)
    _tell(store, by, "user.disabled", login, now)
    return True


def enable(store: Writing, login: str, by: Actor, now: datetime) -> bool:
    """Lets an account sign in again; False where it may. Raises BadAccount when there is none."""
    if known(store, login).disabled_at is None:
        return False
    store.set_disabled(login, None)
    _tell(store, by, "user.enabled", login, now)
    return True


def change_password(store: Writing, login: str, password: str, by: Actor, now: datetime) -> None:
    """Keeps the hash of another password, and ends all sessions of the account. Raises BadAccount when there
    is none."""
    known(store, login)
    store.set_password(login, password)
    store.end_sessions(login)
    _tell(store, by, "user.password_changed", login, now)


def end_sessions(store: Writing, login: str, by: Actor, now: datetime, *, only: int | None = None) -> int:
    """Ends all sessions of an account, or `only` the one with this id, and gives how many. Raises BadAccount
    when there is no such account."""
    known(store, login)
    count = store.end_sessions(login, None if only is None else [only])
    if count:
        _tell(store, by, "session.ended", login, now, count=count)
    return count


def _tell(store: Writing, by: Actor, action: str, login: str, now: datetime, **more: object) -> None:
    store.record([Entry(by, action, "", after={"login": login, **more})], now)
