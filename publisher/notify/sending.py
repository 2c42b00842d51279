"""Sends what the outbox holds, one letter after the other."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from jinja2 import TemplateError

from publisher.leases import Lease
from publisher.letters import KEPT, PATIENCE, Posted, pause_after
from publisher.notify.rendering import Printer
from publisher.notify.smtp import Connection, MailServer, PutOff, Rejected
from publisher.store import Store

AT_ONCE = 50
"""Letters that are looked up at a time."""

log = logging.getLogger("gongshi.letters")


class Outcome(NamedTuple):
    """What became of the letters that were due."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0


class Sender:
    """Sends letters that are due, to `server`.

    A letter is noted as sent right after the server took it: a process that dies in between sends that one
    again, with the same Message-ID. Only the holder of `lease` sends.
    """

    def __init__(
        self,
        store: Store,
        server: MailServer,
        printer: Printer,
        clock: Callable[[], datetime],
        lease: Callable[[], Lease],
    ) -> None:
        self._store, self._server, self._printer = store, server, printer
        self._clock, self._lease = clock, lease

    def once(self) -> Outcome:
        """Sends all that is due. Raises Refused while another does, ServerAway when the mail server cannot be
        used: the letters then go on waiting, however long."""
        counts = {"sent": 0, "put_off": 0, "given_up": 0}
        if not self._due():
            return Outcome()
        lease = self._lease()
        with lease.held():
            while due := self._due():
                with self._server.open() as connection:
                    for posted in due:
                        lease.check()
                        counts[self._send(posted, connection, lease)] += 1
        with self._store.writing() as store:
            store.forget_letters(self._clock() - KEPT)
        return Outcome(**counts)

    def _due(self) -> list[Posted]:
        with self._store.reading() as store:
            return store.letters_due(self._clock(), AT_ONCE)

    def _send(self, posted: Posted, connection: Connection, lease: Lease) -> str:
        """Hands one letter over and notes what came of it."""
        problem: Exception | None = None
        try:
            connection.send(self._printer.message(posted.letter, posted.posted_at))
        except (PutOff, Rejected) as error:
            problem = error
        except (
            TemplateError,
            LookupError,
            ValueError,
        ) as error:  # a fault of ours: the next version may know better
            problem = PutOff(f"it cannot be written: {error}")
        with self._store.writing() as store:
            lease.keep(store)
            now = self._clock()
            if problem is None:
                store.note_sent(posted.number, now)
                return "sent"
            due_at = now + pause_after(posted.tries + 1)
            if isinstance(problem, PutOff) and due_at <= posted.posted_at + PATIENCE:
                store.put_off(posted.number, str(problem), due_at)
                return "put_off"
            store.note_given_up(posted.number, str(problem), now)
        log.warning("letter %s (%s) is given up: %s.", posted.number, posted.letter.kind, problem)
        return "given_up"
