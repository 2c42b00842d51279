"""How a harvest waits for the search index."""

import time
from collections.abc import Callable
from contextlib import suppress

from publisher.indexing import Index
from search.engine import SearchError, WriterBusy

PATIENCE = 60.0
"""Seconds that a harvest waits for another process to bring the index up to date."""


def catch_up(index: Index, sleep: Callable[[float], None], *, most: int, helped: bool = False) -> str | None:
    """Brings the index up to the log, or, where another process does as `helped` says, waits until that is at
    most `most` changes behind. A dead engine loses nothing: the index follows when it is back. Gives a
    warning where something is not yet searchable."""
    deadline = time.monotonic() + PATIENCE
    try:
        while True:
            if not helped:
                with suppress(WriterBusy):
                    index.follow()
                    return None
            if (behind := index.behind()) <= most:
                return None
            if time.monotonic() > deadline:
                return f"The search index is still {behind} changes behind; it will follow by itself."
            sleep(0.1)
    except SearchError as error:
        return f"Published, but not yet searchable: {error}"
