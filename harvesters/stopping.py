"""How runs in threads are asked to stop: each ends at its next look, wherever it then is."""

import threading

from publisher.errors import GongshiError


class Stopped(GongshiError):
    """The run was asked to stop; the text is what is written down as its end."""


class Stop:
    """Asked once, for all runs that were given its `check` and `sleep`."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        self._asked.set()

    def check(self) -> None:
        """Raises Stopped once it was asked for. Costs nothing."""
        if self._asked.is_set():
            raise Stopped("It was interrupted; what it had published stays.")

    def sleep(self, seconds: float) -> None:
        """Waits; raises Stopped at once when asked to stop meanwhile."""
        self._asked.wait(seconds)
        self.check()
