"""A thread that keeps the index up to date while a site is served, as long as nobody else does."""

import logging
import threading

from publisher.errors import GongshiError
from publisher.indexing import ForeignIndex, Index
from search.engine import SearchError, WriterBusy

PAUSE = 0.5
"""Seconds between two looks at the log: half of what a change may take to be searchable."""


class Follower(threading.Thread):
    """Follows the log until `stop`. Errors are told once and tried again: the log loses nothing meanwhile."""

    def __init__(self, index: Index) -> None:
        super().__init__(name="index follower", daemon=True)
        self._index, self._stop_asked = index, threading.Event()
        self._told = ""

    def run(self) -> None:
        while not self._stop_asked.is_set():
            self.once()
            self._stop_asked.wait(PAUSE)

    def stop(self) -> None:
        """Asks the thread to end and waits for it."""
        self._stop_asked.set()
        self.join()

    def once(self) -> None:
        """One look at the log; never raises for what may pass."""
        try:
            self._index.follow()
            self._told = ""
        except WriterBusy:
            return
        except ForeignIndex:
            self._rebuild()
        except (SearchError, GongshiError) as error:
            self._tell(str(error))

    def _rebuild(self) -> None:
        self._tell("The search index is of another database; it is rebuilt.")
        try:
            self._index.rebuild()
        except WriterBusy:
            return
        except (SearchError, GongshiError) as error:
            self._tell(str(error))

    def _tell(self, text: str) -> None:
        if text != self._told:
            logging.getLogger("gongshi.index").warning(text)
            self._told = text
