"""From a source definition to files on disk: local ones as they stand, remote ones fetched politely."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from harvesters import formats
from harvesters.formats import Fetched, RawRow
from harvesters.source import Definition
from publisher.errors import SourceUnreadable
from publisher.outgoing import Outgoing, Unanswered, shown

PAUSE = 0.5
TRIES = 3
BACKOFF = 2.0
"""Seconds before the second try, doubled before the third."""
LONGEST_WAIT = 120.0
"""The longest that a server's Retry-After is honoured, in seconds; who asks for more is asked next time."""


def fetch(
    definition: Definition,
    spool: Path,
    outgoing: Outgoing,
    base: Path,
    *,
    pause: float = PAUSE,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Fetched]:
    """The source's files in reading order.

    Local files are left where they are; `base` is the folder that `path` is relative to. What is fetched goes
    to `spool`, a private folder that the caller deletes. Raises SourceUnreadable: a source comes whole or not
    at all. `pause` is in seconds, between two pages; a loopback address gets none.
    """
    if definition.path is not None:
        return _local(base, definition.path, definition.format)
    url = definition.url
    assert url is not None, "a definition has a path or a url"
    host = urlsplit(url).hostname or ""
    fetch_page = partial(_page, definition, spool, outgoing, sleep)
    with outgoing.turn(host):
        if definition.pages is None:
            return [fetch_page(1, url)]
        if definition.allow_private and _is_loopback(host):
            pause = 0.0
        return list(_pages(definition, url, fetch_page, partial(sleep, pause)))


def _pages(
    definition: Definition,
    url: str,
    fetch_page: Callable[[int, str], Fetched],
    rest: Callable[[], None],
) -> Iterator[Fetched]:
    """Pages up to the last one; a list ends with an empty page, or with its last one again and again."""
    assert definition.pages is not None
    first, last = definition.pages
    seen: set[bytes] = set()
    for number in range(first, last + 1):
        if number > first:
            rest()
        fetched = fetch_page(number, url.replace("{page}", str(number)))
        content = _content(fetched, definition)
        if number > first and (content is None or content in seen):
            fetched.path.unlink()
            return
        yield fetched
        if content is None:
            return
        seen.add(content)


def _content(fetched: Fetched, definition: Definition) -> bytes | None:
    """A digest of the page's rows, None if it has none. Time stamps around the rows do not change it."""
    digest, empty = blake2b(digest_size=16), True
    for row in formats.rows(fetched, definition):
        empty = False
        said = sorted(row.cells.items()) if isinstance(row, RawRow) else row.excerpt
        digest.update(repr(said).encode("utf-8", "replace"))
    return None if empty else digest.digest()


def _page(
    definition: Definition,
    spool: Path,
    outgoing: Outgoing,
    sleep: Callable[[float], None],
    number: int,
    url: str,
) -> Fetched:
    to = spool / f"{number}.{definition.format}"
    trying = Retrying(
        stop=stop_after_attempt(TRIES),
        wait=_wait,
        retry=retry_if_exception(_may_go_better),
        sleep=sleep,
        reraise=True,
    )
    answer = trying(outgoing.get, url, to, allow_private=definition.allow_private)
    return Fetched(
        path=to,
        name=shown(url),
        encoding=answer.charset,
        content_type=answer.content_type,
        etag=answer.etag,
        last_modified=answer.last_modified,
    )


def _local(base: Path, path: str, format: str) -> list[Fetched]:
    """A file, or the files of the format in a folder, sorted by name; not those in folders of it."""
    place = base / path
    if not place.exists():
        raise SourceUnreadable(
            f"{place} does not exist; correct `path` in the definition, or put the file there."
        )
    if place.is_file():
        return [Fetched(place, path)]
    if not place.is_dir():
        raise SourceUnreadable(f"{place} is neither a file nor a folder.")
    files = sorted(
        file
        for file in place.iterdir()
        if file.suffix.lower() == f".{format}" and not file.name.startswith((".", "~$")) and file.is_file()
    )
    if not files:
        raise SourceUnreadable(f"{place} has no .{format} files.")
    return [Fetched(file, f"{path.rstrip('/')}/{file.name}") for file in files]


def _may_go_better(error: BaseException) -> bool:
    return isinstance(error, Unanswered) and error.again and (error.wait or 0) <= LONGEST_WAIT


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, Unanswered) else None
    backoff: float = BACKOFF * 2 ** (state.attempt_number - 1)
    return max(backoff, asked or 0.0)


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host == "::1" or host.startswith("127.")
