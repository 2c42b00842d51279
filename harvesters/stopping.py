"""How runs in threads are asked to stop: each ends at its next look, wherever it then is."""

import threading

INTERRUPTED = "It was interrupted; what it had published stays."
"""What is written down as the end of a run that was told to stop."""


class Stopped(Exception):
    """The run was asked to stop. No error: whoever catches those lets it pass."""


class Stop:
    """Asked once, for all runs that were given its `check` and `sleep`."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        self._asked.set()

    @property
    def asked(self) -> bool:
        return self._asked.is_set()

    def check(self) -> None:
        """Raises Stopped once it was asked for. Costs nothing."""
        if self._asked.is_set():
            raise Stopped(INTERRUPTED)

    def sleep(self, seconds: float) -> None:
        """Waits; raises Stopped at once when asked to stop meanwhile."""
        self._asked.wait(seconds)
        self.check()
