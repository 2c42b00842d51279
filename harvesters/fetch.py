"""From a source definition to files on disk: local ones as they stand, remote ones page by page, archives
unpacked."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit

from harvesters import formats, paging
from harvesters.archive import unpacked
from harvesters.formats import Fetched, Own, RawRow
from harvesters.kept import KeptPages
from harvesters.local import local
from harvesters.manners import PAUSE, Manners
from harvesters.source import Definition
from publisher.errors import SourceUnreadable
from publisher.harvests import Validators
from publisher.outgoing import NOT_MODIFIED, Ask, Exchange, Outgoing, Unanswered, joined, shown

SAME = (
    "{page} has the rows of the page before it, so the list was taken to end there: it has one page, or its "
    "server does not heed which page is asked for. If it has one page, leave `pages` out of the definition."
)


class NotModified(Exception):
    """A source has not changed since it was last read whole."""


def fetch(
    definition: Definition,
    spool: Path,
    outgoing: Outgoing,
    base: Path,
    *,
    reading: bytes = b"",
    known: Validators | None = None,
    pause: float = PAUSE,
    sleep: Callable[[float], None] = time.sleep,
    check: Callable[[], None] = lambda: None,
    hear: Callable[[Exchange], None] = lambda _exchange: None,
    warn: Callable[[str], None] = lambda _said: None,
    fresh: Callable[[Collection[Own]], Mapping[Own, bytes]] = lambda _owns: {},
) -> Iterator[Fetched]:
    """The source's files in reading order, each fetched when it is asked for.

    Local files are left where they are; `base` is the folder that `path` is relative to. What is fetched goes
    to `spool`, a private folder that the caller deletes. Raises SourceUnreadable, perhaps after some files:
    who publishes takes all of them first; NotModified when its one file is still what is `known` of it.
    `pause` is in seconds, between two requests at a host, unless the definition names its own. What a killed
    run has left in `spool`, and was to read in the same way as `reading` says, is not asked for again. What
    `sleep` and `check` raise ends it at once, even within an answer. `hear` is told of each request, `warn`
    of what is odd. `fresh` gives the rows' own pages that need not be asked for, with the hashes of these
    rows.
    """
    files: Iterable[Fetched]
    if definition.path is not None:
        files = local(base, definition, sleep=sleep)
    else:
        private = urlsplit(definition.url or "").hostname if definition.allow_private else None
        pause = definition.pause or pause
        manners = Manners(outgoing, spool, private=private, pause=pause, sleep=sleep, check=check, hear=hear)
        kept = KeptPages(spool, reading)
        pages = _Pages(definition, kept, manners, outgoing.secret(definition.auth), warn, fresh)
        files = pages.all() if known is None else iter([pages.one(known)])
    for fetched in files:
        yield from unpacked(fetched, definition, spool)


class _Pages:
    """The pages of a remote source, fetched as they are asked for."""

    def __init__(
        self,
        definition: Definition,
        kept: KeptPages,
        manners: Manners,
        secret: tuple[str, str] | None,
        warn: Callable[[str], None],
        fresh: Callable[[Collection[Own]], Mapping[Own, bytes]],
    ) -> None:
        self._definition, self._kept, self._manners, self._secret = definition, kept, manners, secret
        self._warn, self._fresh = warn, fresh
        self._count = kept.count
        self._details: dict[str, Fetched | str] = {}  # by address
        self._seen: set[bytes] = set()
        self._first: Mapping[str, str] | None = None  # what the first page with rows says of itself

    def one(self, known: Validators) -> Fetched:
        """The one file of the source. Raises NotModified when it is what is known of it."""
        asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        ask = paging.ask(self._definition)
        fetched = self._page(replace(ask, headers={name: said for name, said in asked.items() if said}))
        if fetched.digest == known.digest:
            raise NotModified
        return fetched

    def all(self) -> Iterator[Fetched]:
        """The pages in their order, with their rows' own pages."""
        if self._definition.pages is None:
            pages = iter([self._page(paging.ask(self._definition))])
        elif (asks := paging.counted(self._definition)) is not None:
            pages = self._counted(asks)
        else:
            pages = self._pointed()
        for fetched in pages:
            links = formats.links(fetched, self._definition)
            known = self._fresh(links.values()) if links else {}
            details = {link: known.get(own) or self._detail(own.address) for link, own in links.items()}
            yield replace(fetched, details=details)

    def _counted(self, asks: Iterator[Ask]) -> Iterator[Fetched]:
        """Pages up to the last one; a list ends with an empty page, or with its last one again and again."""
        pages = self._definition.pages
        assert pages is not None
        for ask in asks:
            try:
                fetched, content = self._list_page(ask)
            except Unanswered as error:
                if self._seen and pages.missing_ends and error.status in (404, 410):
                    return
                raise
            if self._seen and (content is None or content in self._seen):
                if content is not None and len(self._seen) == 1:
                    self._warn(SAME.format(page=fetched.name))
                return
            yield fetched
            if content is None:
                return
            self._seen.add(content)
        if self._definition.to_its_end:
            raise SourceUnreadable(
                f"{shown(ask.url)} is page {pages.last} and has rows: the list may go on; "
                "raise pages.last in the definition."
            )

    def _pointed(self) -> Iterator[Fetched]:
        """Pages as long as each names the next. Those that lead back, or on without end, are no list."""
        pages = self._definition.pages
        assert pages is not None
        ask: Ask | None = paging.ask(self._definition, pages.start)
        asked: list[Ask] = []
        while ask is not None:
            if len(asked) == pages.last:
                if self._definition.to_its_end:
                    raise SourceUnreadable(
                        f"{shown(asked[-1].url)} is page {pages.last} and names another; "
                        "raise pages.last in the definition."
                    )
                return
            asked.append(ask)
            fetched, content = self._list_page(ask)
            if content in self._seen:
                raise SourceUnreadable(
                    f"{fetched.name} has the rows of an earlier page: its list has no end."
                )
            yield fetched
            if content is not None:
                self._seen.add(content)
            elif pages.cursor:
                return
            elif self._definition.format == "html" and len(asked) > 1:
                raise SourceUnreadable(f"{fetched.name} has no rows, though the page before it leads to it.")
            ask = self._following(fetched)
            if ask in asked:
                raise SourceUnreadable(
                    f"{fetched.name} names an earlier page as the next: its list has no end."
                )

    def _following(self, fetched: Fetched) -> Ask | None:
        """The request for the page that this one names as the next."""
        pages = self._definition.pages
        assert pages is not None
        if pages.cursor:
            cursor = formats.pointer(fetched, self._definition, pages.cursor)
            return None if cursor is None else paging.ask(self._definition, cursor)
        link = (
            fetched.next_url
            if pages.link_header
            else formats.pointer(fetched, self._definition, pages.next or "")
        )
        return None if link is None else Ask(joined(fetched.url or "", link))

    def _list_page(self, ask: Ask) -> tuple[Fetched, bytes | None]:
        """A page of the list, and what its rows are. Raises SourceUnreadable, also for one without rows that
        is no end of the list."""
        fetched = replace(self._page(ask), first=self._first)
        content = _content(fetched, self._definition)
        if content is not None and self._first is None:
            self._first = formats.verdict(fetched, self._definition)
        return fetched, content

    def _page(self, ask: Ask) -> Fetched:
        if found := self._kept.find(ask):
            return found
        self._count += 1
        to = self._kept.folder / f"{self._count}{formats.SUFFIXES[self._definition.format][0]}"
        answer = self._manners.get(self._signed(ask), to)
        if answer.status == NOT_MODIFIED:
            raise NotModified
        fetched = Fetched(
            path=to,
            name=shown(ask.url),
            encoding=answer.charset,
            url=answer.url,
            next_url=answer.next_url,
            etag=answer.etag,
            last_modified=answer.last_modified,
            digest=answer.digest,
        )
        self._kept.keep(ask, fetched)
        return fetched

    def _detail(self, url: str) -> Fetched | str:
        """A row's own page; why there is none, where the host knows no such page."""
        if not url.startswith(("http://", "https://")):
            return "its link is no address that can be fetched"
        if url not in self._details:
            try:
                self._details[url] = self._page(Ask(url))
            except Unanswered as error:
                if error.status not in (404, 410):
                    raise
                self._details[url] = str(error)
        return self._details[url]

    def _signed(self, ask: Ask) -> Ask:
        """With the header that tells who asks, if it goes to the host of the definition's own address."""
        own, other = urlsplit(self._definition.url or ""), urlsplit(ask.url)
        mine = (own.scheme, own.netloc) == (other.scheme, other.netloc)
        return replace(ask, secret=self._secret) if mine else ask


def _content(fetched: Fetched, definition: Definition) -> bytes | None:
    """A digest of the page's rows, None if it has none. Time stamps around the rows do not change it."""
    digest, empty = blake2b(digest_size=16), True
    for row in formats.rows(fetched, definition):
        empty = False
        said = sorted(row.cells.items()) if isinstance(row, RawRow) else row.excerpt
        digest.update(repr(said).encode("utf-8", "replace"))
    return None if empty else digest.digest()
