"""A process beside this one that follows the log: so a large harvest publishes and indexes at once."""

import signal
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from gongshi.bootstrap import build
from publisher.following import Follower
from publisher.settings import Settings

PAUSE = 0.5
"""Seconds between two looks at the log."""


class Indexer:
    """At most one such process; it ends with this one, however this one ends."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: BaseProcess | None = None
        self._line: Connection | None = None

    def running(self) -> bool:
        """Whether the process follows the log; the first call starts it. One that died is not replaced."""
        if self._process is None:
            context = get_context("spawn")  # a fork would share connections and locks
            theirs, self._line = context.Pipe(duplex=False)
            self._process = context.Process(target=_follow, args=(self._settings, theirs), name="indexer")
            self._process.start()
            theirs.close()
        return self._process.is_alive()

    def close(self) -> None:
        """Lets it end what it is doing, and waits for that."""
        if self._process is not None and self._line is not None:
            self._line.close()
            self._process.join()


def _follow(settings: Settings, line: Connection) -> None:
    """Follows until the other end of the line is closed, by `close` or by the end of its process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the harvest, which then closes the line
    platform = build(settings)
    follower = Follower(platform.index)
    try:
        while not line.poll(PAUSE):
            follower.once()
    finally:
        platform.close()
