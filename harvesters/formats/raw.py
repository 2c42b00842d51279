"""What passes between fetching, formats and mapping: fetched files and rows as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from publisher.items import RowRef

MAX_CELL = 1 << 20
"""The longest cell that is read, in characters; a row with a longer one is a BadRow."""

MAX_EXCERPT = 200
"""The longest excerpt of a BadRow, in characters."""


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


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file of a source, on disk. `name` is what people are shown: its URL or its relative path.

    `encoding` and `content_type` are what the server declared; `etag` and `last_modified` are its validators.
    """

    path: Path
    name: str
    encoding: str | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as the source has it: header → text, stripped of nothing but control characters.

    Every cell of the header is there, blank ones as "". JSON rows may differ in their keys.
    """

    where: RowRef
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that the format itself cannot read. `excerpt` is raw (unmasked), at most MAX_EXCERPT long."""

    where: RowRef
    column: str | None
    reason: str
    excerpt: str
