"""What passes between fetching, formats and mapping: fetched files and rows as they stand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from publisher import masking
from publisher.items import RowRef

MAX_CELL = 1 << 20
"""The longest cell that is read, in characters; a row with a longer one is a BadRow."""

MAX_EXCERPT = 200
"""The longest excerpt of a BadRow, in characters."""


class Pattern(NamedTuple):
    """A cell that is cut out of another column's text: what the one group of `find` matches."""

    column: str
    find: re.Pattern[str]


class Detail(NamedTuple):
    """A row's own page: `link` is a selector of its address, `within` of the part of the page that counts;
    `cells` are selectors beside the labels and values that are found by themselves."""

    link: str
    within: str | None = None
    cells: Mapping[str, str] = {}


class Layout(Protocol):
    """What a format must know of a source definition; `harvesters.source.Definition` is one."""

    @property
    def format(self) -> str: ...
    @property
    def rows(self) -> str | None: ...
    @property
    def sheet(self) -> str | None: ...
    @property
    def encoding(self) -> str | None: ...
    @property
    def cells(self) -> Mapping[str, str]: ...
    @property
    def detail(self) -> Detail | None: ...
    @property
    def patterns(self) -> Mapping[str, Pattern]: ...
    @property
    def namespaces(self) -> Mapping[str, str]: ...
    @property
    def script(self) -> Path: ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file of a source, on disk. `name` is what people are shown: its URL or its relative path,
    with numbers of persons masked.

    `encoding` is what the server declared, `url` where the answer came from, `next_url` what its Link header
    calls the next page. `etag` and `last_modified` are its validators, `digest` is of its bytes. `details`:
    each row's own page by its link as written, or why there is none, or the hash of the row where the page is
    known. `first` is what the first page of its list says of itself (`formats.verdict`); None if this is the
    first.
    """

    path: Path
    name: str
    encoding: str | None = None
    url: str | None = None
    next_url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    details: Mapping[str, "Fetched | str | bytes"] = field(default_factory=dict)
    first: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", masking.text(self.name))


class Own(NamedTuple):
    """A row's own page: its address, and a digest of what the list itself says of the row, "" where several
    rows share the page."""

    address: str
    listed: str


class RawRow(NamedTuple):
    """A row as the source has it: header → text, stripped of nothing but control characters.

    Every cell of the header is there, blank ones as "". JSON rows may differ in their keys. `own` is the own
    page that some of the cells are from. `known`: that page was not asked for, so its cells are missing; the
    row is the one that has this hash.
    """

    where: RowRef
    cells: Mapping[str, str]
    own: Own | None = None
    known: bytes | None = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that the format itself cannot read. `excerpt` is raw (unmasked), at most MAX_EXCERPT long."""

    where: RowRef
    column: str | None
    reason: str
    excerpt: str
