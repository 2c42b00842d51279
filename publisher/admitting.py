"""Accounts of the console: use cases inside the caller's transaction. Hashes are made before it begins."""

from datetime import datetime

from publisher.accounts import Account, BadAccount, Role, check_login, check_role
from publisher.store import Reading, Writing


def known(store: Reading, login: str) -> Account:
    """The account of this login. Raises BadAccount when there is none."""
    account = store.account(login)
    if account is None:
        raise BadAccount(f"There is no account {login}; `gongshi users list` names them.")
    return account


def admit(
    store: Writing, login: str, role: Role, source: str | None, password: str, now: datetime
) -> Account:
    """Adds an account with the hash of its password. Raises BadAccount for one that cannot be."""
    check_login(login)
    check_role(role, source)
    if store.account(login):
        raise BadAccount(f"There is an account {login} already; choose another login.")
    if source and source not in store.sources():
        raise BadAccount(f"No source {source} has been harvested; `gongshi sources list` names them.")
    account = Account(login, role, source, now)
    store.add_account(account, password)
    return account


def disable(store: Writing, login: str, now: datetime) -> bool:
    """Keeps an account from signing in, and ends its sessions; False where it is disabled already. Raises
    BadAccount when there is none."""
    if known(store, login).disabled_at:
        return False
    store.set_disabled(login, now)
    store.end_sessions(login)
    return True


def enable(store: Writing, login: str) -> bool:
    """Lets an account sign in again; False where it may. Raises BadAccount when there is none."""
    if known(store, login).disabled_at is None:
        return False
    store.set_disabled(login, None)
    return True


def change_password(store: Writing, login: str, password: str) -> None:
    """Keeps the hash of another password, and ends all sessions of the account. Raises BadAccount when there
    is none."""
    known(store, login)
    store.set_password(login, password)
    store.end_sessions(login)


def end_sessions(store: Writing, login: str) -> int:
    """Ends all sessions of an account, and gives how many. Raises BadAccount when there is none."""
    known(store, login)
    return store.end_sessions(login)
