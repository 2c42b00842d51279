"""The port: what the product asks of a search engine, whichever it is."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from search.errors import BadQuery, SearchError, WriterBusy
from search.model import Document, Like, Page, Position, Query, Similar

__all__ = ["BadQuery", "Engine", "SearchError", "Writer", "WriterBusy"]


class Writer(Protocol):
    """The one writer of an index. Nothing is visible to readers before `commit`."""

    def put(self, documents: Iterable[Document]) -> None:
        """Adds the documents, each in place of the one with its collection and id."""

    def remove(self, collection: str, ids: Iterable[str]) -> None:
        """Takes documents out; an id that is not there is no error."""

    def commit(self, position: Position) -> None:
        """Makes all since the last commit visible, and the position with it, in one step."""

    def ids(self, collection: str) -> Iterable[str]:
        """All ids of a collection in what is written, as of the last commit, in any order."""


class Engine(Protocol):
    """An index of documents. Safe to call from several threads; `close` when done.

    Each method raises SearchError when the engine is out of reach.
    """

    name: str

    def search(self, query: Query) -> Page:
        """Answers for `query.at`: a document whose `ends` is at or before it is nowhere in the page.

        Raises BadQuery for limits below 0 or above 1 000, fields the schema lacks, a foreign cursor.
        """

    def similar(self, asked: Sequence[Similar]) -> list[tuple[Like, ...]]:
        """Answers each in turn, at its own `at`, as `search` does. Raises BadQuery for fields that the schema
        lacks, or more than 1 000 tokens or hits."""

    def position(self) -> Position | None:
        """How far the index that answers has followed; None for an empty or missing index."""

    def count(self, collection: str) -> int:
        """Documents in the index that answers, ended ones included."""

    def ids(self, collection: str) -> Iterable[str]:
        """All ids of a collection in the index that answers, in any order (for drift checks)."""

    def writer(self) -> AbstractContextManager[Writer]:
        """The writer of the index that answers (made if missing). Raises WriterBusy."""

    def rebuild(self) -> AbstractContextManager[Writer]:
        """A writer to a fresh version. Leaving the block without an error puts it in the old one's place in
        one step; leaving it with one discards it and changes nothing. Raises WriterBusy."""

    def close(self) -> None:
        """Lets go of files and connections."""
