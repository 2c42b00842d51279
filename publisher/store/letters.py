"""The outbox: letters that are posted together with what they tell of, and what became of them."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, Row, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from publisher.letters import Letter, Posted
from publisher.store.letter_tables import WAITING, letter
from publisher.store.tables import Moment

_LONGEST_ERROR = 500


class Waiting(NamedTuple):
    """How many letters wait to be sent, and since when the oldest does (None: none waits)."""

    letters: int
    since: datetime | None


class LetterReading:
    """The part of `Reading` that is about letters."""

    _connection: Connection

    def letters_due(self, now: datetime, limit: int) -> list[Posted]:
        """Letters that are to be sent now, the longest due first."""
        query = select(letter).where(WAITING, letter.c.due_at <= now)
        rows = self._connection.execute(query.order_by(letter.c.due_at, letter.c.number).limit(limit))
        return [_posted(row) for row in rows]

    def letters(self, limit: int) -> list[Posted]:
        """The letters that were posted last, newest first."""
        query = select(letter).order_by(letter.c.number.desc()).limit(limit)
        return [_posted(row) for row in self._connection.execute(query)]

    def letters_waiting(self) -> Waiting:
        query = select(func.count(), func.min(letter.c.posted_at, type_=Moment)).where(WAITING)
        return Waiting(*self._connection.execute(query).one())

    def letters_failed(self, since: datetime) -> int:
        """How many letters were given up since then."""
        query = select(func.count()).select_from(letter).where(letter.c.failed_at >= since)
        return self._connection.execute(query).scalar_one()


class LetterWriting:
    """The part of `Writing` that is about letters."""

    _connection: Connection

    def post(self, letters: Collection[Letter], now: datetime) -> None:
        """Puts letters into the outbox, to be sent once this transaction is committed. One whose key is known
        is passed over."""
        if not letters:
            return
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        rows = [
            {
                "key": each.key,
                "kind": each.kind,
                "to": each.to,
                "language": each.language,
                "facts": orjson.dumps(dict(each.facts)).decode(),
                "posted_at": now,
                "due_at": now,
                "tries": 0,
            }
            for each in letters
        ]
        query = dialect.insert(letter).on_conflict_do_nothing(index_elements=["key"])
        self._connection.execute(query, rows)

    def note_sent(self, number: int, now: datetime) -> None:
        """Notes that a letter was sent, and forgets to whom and what."""
        self._note_try(number, sent_at=now, error=None, to="", facts="{}")

    def note_given_up(self, number: int, error: str, now: datetime) -> None:
        """Notes that a letter is given up, and forgets to whom and what."""
        self._note_try(number, failed_at=now, error=error[:_LONGEST_ERROR], to="", facts="{}")

    def put_off(self, number: int, error: str, due_at: datetime) -> None:
        """Notes that a letter is to be tried again."""
        self._note_try(number, error=error[:_LONGEST_ERROR], due_at=due_at)

    def _note_try(self, number: int, **values: object) -> None:
        query = update(letter).where(letter.c.number == number)
        self._connection.execute(query.values(tries=letter.c.tries + 1, **values))

    def forget_letters(self, before: datetime) -> None:
        """Forgets letters that were sent or given up before then."""
        ended = func.coalesce(letter.c.sent_at, letter.c.failed_at, type_=Moment)
        self._connection.execute(delete(letter).where(ended < before))


def _posted(row: Row[tuple[object, ...]]) -> Posted:
    told = Letter(row.kind, row.key, row.to, row.language, orjson.loads(row.facts))
    times = (row.posted_at, row.due_at, row.tries, row.sent_at, row.failed_at)
    return Posted(row.number, told, *times, row.error)
