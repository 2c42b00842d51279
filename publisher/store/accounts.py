"""What is kept of those who sign in to the console."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from publisher.accounts import IDLE, LONGEST, Account, Role, Session
from publisher.store.account_tables import account, session, sign_in_failure
from publisher.throttling import FORGOTTEN, Failures


class NewSession(NamedTuple):
    """A session to be opened; `token` is the SHA-256 of what its browser will show."""

    token: bytes
    login: str
    address: str
    agent: str


class AccountReading:
    """The part of `Reading` that is about accounts."""

    _connection: Connection

    def accounts(self) -> list[Account]:
        """All of them, by login."""
        return [_account(row) for row in self._connection.execute(select(account).order_by(account.c.login))]

    def account(self, login: str) -> Account | None:
        row = self._connection.execute(select(account).where(account.c.login == login)).first()
        return _account(row) if row else None

    def kept_password(self, login: str) -> str | None:
        """The hash of the password of an account that is not disabled."""
        query = select(account.c.password).where(account.c.login == login, account.c.disabled_at.is_(None))
        return self._connection.execute(query).scalar()

    def session(self, token: bytes) -> tuple[Session, Account] | None:
        """The session of this digest and whose it is, whether it still holds or not."""
        query = (
            select(session, account.c.role, account.c.source_id, account.c.created_at, account.c.disabled_at)
            .join(account, account.c.login == session.c.login)
            .where(session.c.token == token)
        )
        row = self._connection.execute(query).first()
        return (_session(row), _account(row)) if row else None

    def sessions(self, login: str) -> list[Session]:
        """The sessions of an account, the newest first, those too that hold no longer."""
        query = select(session).where(session.c.login == login).order_by(session.c.id.desc())
        return [_session(row) for row in self._connection.execute(query)]


class AccountWriting(AccountReading):
    """The part of `Writing` that is about accounts."""

    def add_account(self, new: Account, password: str) -> None:
        """Adds an account with the hash of its password."""
        row = {
            "login": new.login,
            "role": new.role,
            "source_id": new.source,
            "password": password,
            "created_at": new.created_at,
            "disabled_at": new.disabled_at,
        }
        self._connection.execute(insert(account), row)

    def set_password(self, login: str, password: str) -> None:
        """Keeps another hash."""
        self._set(login, password=password)

    def set_disabled(self, login: str, disabled_at: datetime | None) -> None:
        self._set(login, disabled_at=disabled_at)

    def _set(self, login: str, **values: object) -> None:
        self._connection.execute(update(account).where(account.c.login == login).values(**values))

    def add_session(self, new: NewSession, now: datetime) -> int:
        """Opens a session and gives its id; forgets those of anybody that hold no longer."""
        old = (session.c.opened_at <= now - LONGEST) | (session.c.seen_at <= now - IDLE)
        self._connection.execute(delete(session).where(old))
        row = new._asdict() | {"opened_at": now, "seen_at": now}
        query = insert(session).values(row).returning(session.c.id)
        return int(self._connection.execute(query).scalar_one())

    def touch_session(self, id: int, now: datetime) -> None:
        """Notes that a session is in use."""
        self._connection.execute(update(session).where(session.c.id == id).values(seen_at=now))

    def end_sessions(self, login: str, ids: Collection[int] | None = None) -> int:
        """Ends those of an account's sessions, or all of them, and gives how many."""
        query = delete(session).where(session.c.login == login)
        if ids is not None:
            query = query.where(session.c.id.in_(ids))
        return self._connection.execute(query).rowcount

    def failures(self, key: bytes, now: datetime) -> Failures | None:
        """What is counted under a key. Nobody else counts there before this transaction has ended."""
        table = sign_in_failure
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        new = dialect.insert(table).values(key=key, count=0, last_at=now)
        query = new.on_conflict_do_update(index_elements=["key"], set_={"count": table.c.count})
        row = self._connection.execute(query.returning(table.c.count, table.c.last_at, table.c.until)).one()
        return Failures(*row) if row[0] else None

    def put_failures(self, key: bytes, value: Failures) -> None:
        """Keeps what is counted under a key that was asked for."""
        values = {"count": value.count, "last_at": value.last_at, "until": value.until}
        table = sign_in_failure
        self._connection.execute(update(table).where(table.c.key == key).values(values))

    def take_back_failure(self, key: bytes) -> None:
        """Counts one failure less, that was none."""
        table = sign_in_failure
        query = update(table).where(table.c.key == key, table.c.count > 0)
        self._connection.execute(query.values(count=table.c.count - 1, until=None))

    def drop_failures(self, key: bytes) -> None:
        self._connection.execute(delete(sign_in_failure).where(sign_in_failure.c.key == key))

    def forget_failures(self, now: datetime) -> None:
        """Forgets what is counted no longer."""
        old = sign_in_failure.c.last_at <= now - FORGOTTEN
        self._connection.execute(delete(sign_in_failure).where(old))


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(row.login, Role(row.role), row.source_id, row.created_at, row.disabled_at)


def _session(row: Row[tuple[object, ...]]) -> Session:
    return Session(row.id, row.login, row.opened_at, row.seen_at, row.address, row.agent)
