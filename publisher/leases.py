"""A role that one process has at a time, on all machines that share a store; a dead one's ends by itself."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from publisher.errors import LeaseLost, Refused, StoreError
from publisher.store import Store, Writing

LENGTH = timedelta(seconds=60)
"""How long a role stays taken when its holder shows no sign of life."""


class Lease:
    """The role `name`; `what` calls it in sentences: "harvest of tax/list".

    `clock` is the real time, not one that stands still for a test or a demo; machines that share a store
    should agree on it to within a few seconds.
    """

    def __init__(
        self, store: Store, name: str, what: str, clock: Callable[[], datetime], length: timedelta = LENGTH
    ) -> None:
        self._store, self._name, self._what, self._clock, self._length = store, name, what, clock, length
        self._holder = uuid.uuid4().hex
        self._over, self._lost = threading.Event(), threading.Event()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Has the role within the block, and frees it at the end.

        A thread prolongs the lease meanwhile, whatever the block is busy with. Raises Refused while another
        has it.
        """
        self._take()
        beats = threading.Thread(target=self._beat, name=f"lease {self._name}", daemon=True)
        beats.start()
        try:
            yield
        finally:
            self._over.set()
            beats.join()
            with suppress(StoreError), self._store.writing() as store:  # then it ends by itself
                store.free_lease(self._name, self._holder)

    def check(self) -> None:
        """Raises LeaseLost when another is known to have taken over. Costs nothing."""
        if self._lost.is_set():
            raise LeaseLost(f"Another {self._what} took over while this one stood still; it ends here.")

    def keep(self, store: Writing) -> None:
        """Prolongs the lease within a transaction, which can thus only be committed by its holder.

        Raises LeaseLost.
        """
        if not store.keep_lease(self._name, self._holder, self._length, self._clock()):
            self._lost.set()
        self.check()

    def _take(self) -> None:
        with self._store.writing() as store:
            now = self._clock()
            if store.take_lease(self._name, self._holder, self._length, now):
                return
            until = store.lease_until(self._name) or now
        raise Refused(
            f"Another {self._what} is under way and counts as alive until "
            f"{until.astimezone(now.tzinfo):%H:%M:%S}; wait for it to end."
        )

    def _beat(self) -> None:
        while not self._lost.is_set() and not self._over.wait(self._length.total_seconds() / 3):
            # A store that fails now may do so no more at the next beat, and `keep` tells what came of it.
            with suppress(LeaseLost, StoreError), self._store.writing() as store:
                self.keep(store)
