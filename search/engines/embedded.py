"""Search in the process itself, with tantivy: a folder of files, one writer, any number of readers."""

import fcntl
import json
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import tantivy
from tantivy import Query as Lookup

from search.engines.embedded_index import EmbeddedLayout, count, fields, similar, tokenizing
from search.engines.embedded_search import Search, Snapshot
from search.errors import SearchError, WriterBusy
from search.model import Document, Like, Page, Position, Query, Schema, Similar, nothing
from search.plan import check_similar, fingerprint, plan

WRITER_HEAP = 64_000_000
RETIRED_FOR = 120
"""Seconds for which a replaced version stays, for readers that have just looked it up."""

_POSITION = "position"  # the key of the document that holds the position; others have a separator in theirs


@dataclass(frozen=True, slots=True)
class _Reader:
    """An open version, and how its files stood then."""

    version: str
    stamp: tuple[int, int]
    index: tantivy.Index
    snapshot: Snapshot


class EmbeddedEngine:
    """An index under `folder`. The file `current` names the version folder that answers.

    Several processes may use one folder. A file lock admits one writer at a time, and the system frees it
    when its holder dies; what was not committed is then gone, and nothing else.
    """

    name = "embedded"

    def __init__(self, folder: Path, schema: Schema) -> None:
        self._folder = folder
        self._schema = schema
        self._fingerprint = fingerprint(schema)
        self._fields = fields(schema)
        self._reader: _Reader | None = None
        self._opening = threading.Lock()

    def search(self, query: Query) -> Page:
        asked = plan(query, self._schema)
        reader = self._look()
        if reader is None:
            return nothing(query)
        with _sentences():
            return Search(reader.snapshot, self._schema, query, asked).page()

    def similar(self, asked: Sequence[Similar]) -> list[tuple[Like, ...]]:
        for each in asked:
            check_similar(each, self._schema)
        reader = self._look()
        if reader is None:
            return [()] * len(asked)
        with _sentences():
            return [similar(reader.snapshot.searcher, self._fields, each) for each in asked]

    def position(self) -> Position | None:
        reader = self._look()
        return reader.snapshot.position if reader else None

    def count(self, collection: str) -> int:
        reader = self._look()
        if reader is None:
            return 0
        with _sentences():
            return count(reader.snapshot.searcher, Lookup.term_query(self._fields, "collection", collection))

    def ids(self, collection: str) -> Iterator[str]:
        reader = self._look()
        if reader is not None:
            yield from _ids(reader.snapshot.searcher, self._fields, collection)

    @contextmanager
    def writer(self) -> Iterator["EmbeddedWriter"]:
        with self._alone():
            with _sentences():
                version = self._current() or self._first_version()
                self._sweep()
            with self._writing(version) as writer:
                yield writer

    @contextmanager
    def rebuild(self) -> Iterator["EmbeddedWriter"]:
        with self._alone():
            with _sentences():
                self._sweep()
                version = self._new_version()
            try:
                with self._writing(version) as writer:
                    yield writer
                with _sentences():
                    self._answer_with(version)
            except BaseException:
                if self._current() != version:
                    shutil.rmtree(self._folder / version, ignore_errors=True)
                raise
            with _sentences():
                self._sweep()

    def close(self) -> None:
        self._reader = None

    # versions

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with _sentences():
            self._folder.mkdir(parents=True, exist_ok=True)
            file = (self._folder / "writer.lock").open("w")
        with file as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WriterBusy(f"Another process or thread writes the index in {self._folder}.") from None
            yield

    def _current(self) -> str | None:
        """The version that answers; None when there is none, or only one for another schema."""
        version = self._named()
        return version if version.startswith(f"{self._fingerprint}-") else None

    def _named(self) -> str:
        """What the file `current` says, whatever is in it; nothing without one."""
        try:
            return (self._folder / "current").read_text("utf-8", "replace").strip()
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise SearchError(
                f"The search index in {self._folder} cannot be read: {error.strerror}."
            ) from error

    def _first_version(self) -> str:
        version = self._new_version()
        tantivy.Index(self._fields, str(self._folder / version))
        self._answer_with(version)
        return version

    def _new_version(self) -> str:
        version = f"{self._fingerprint}-{uuid4().hex[:12]}"
        (self._folder / version).mkdir()
        return version

    def _answer_with(self, version: str) -> None:
        beside = self._folder / "current.new"
        beside.write_text(version)
        beside.replace(self._folder / "current")

    def _sweep(self) -> None:
        """Removes versions replaced long enough ago, and what a killed rebuild left. Only under the lock.

        The file system tells the time, since its stamps are what it is compared with.
        """
        current = self._named()
        (self._folder / "writer.lock").touch()
        now = (self._folder / "writer.lock").stat().st_mtime
        for version in self._folder.iterdir():
            if version.name == current or not version.is_dir():
                continue
            retired = version / "retired"
            if not retired.exists():
                retired.touch()
            elif now - retired.stat().st_mtime >= RETIRED_FOR:
                shutil.rmtree(version, ignore_errors=True)

    @contextmanager
    def _writing(self, version: str) -> Iterator["EmbeddedWriter"]:
        with _sentences():
            index = tokenizing(tantivy.Index(self._fields, str(self._folder / version)))
            writer = index.writer(WRITER_HEAP, 1)
        try:
            yield EmbeddedWriter(index, writer, self._fields, EmbeddedLayout(self._schema))
        finally:
            with _sentences():
                writer.wait_merging_threads()  # what was not committed goes with the writer

    # reading

    def _look(self) -> _Reader | None:
        """The version that answers now, as last committed; reopened only when something changed."""
        why: Exception | None = None
        for _ in range(3):
            version = self._current()
            if version is None:
                return None
            try:
                return self._open(version)
            except (OSError, ValueError) as error:
                why = error  # the version went between looking it up and opening it
        raise SearchError(
            f"The search index in {self._folder} cannot be opened, rebuild it unless you see why: {why}."
        ) from why

    def _open(self, version: str) -> _Reader:
        path = self._folder / version
        stat = (path / "meta.json").stat()
        stamp = (stat.st_mtime_ns, stat.st_ino)
        reader = self._reader
        if reader is not None and (reader.version, reader.stamp) == (version, stamp):
            return reader
        with self._opening:
            if reader is not None and reader.version == version:
                index, windows = reader.index, reader.snapshot.windows
            else:
                index, windows = tokenizing(tantivy.Index.open(str(path))), {}
                index.config_reader("manual")
            index.reload()
            searcher = index.searcher()
            snapshot = Snapshot(searcher, self._fields, self._position_in(searcher), windows)
            reader = self._reader = _Reader(version, stamp, index, snapshot)
        return reader

    def _position_in(self, searcher: tantivy.Searcher) -> Position | None:
        found = searcher.search(Lookup.term_query(self._fields, "key", _POSITION), limit=1).hits
        return Position(*json.loads(searcher.doc(found[0][1])["position"][0])) if found else None


class EmbeddedWriter:
    """See search.engine.Writer."""

    def __init__(
        self,
        index: tantivy.Index,
        writer: tantivy.IndexWriter,
        fields: tantivy.Schema,
        layout: EmbeddedLayout,
    ) -> None:
        self._index, self._writer, self._fields, self._layout = index, writer, fields, layout

    def put(self, documents: Iterable[Document]) -> None:
        for document in documents:
            key = _key(document.collection, document.id)
            fields = {"key": key, **self._layout.fields(document)}
            with _sentences():
                self._writer.delete_documents_by_term("key", key)
                self._writer.add_document(tantivy.Document.from_dict(fields, self._fields))

    def remove(self, collection: str, ids: Iterable[str]) -> None:
        with _sentences():
            for id_ in ids:
                self._writer.delete_documents_by_term("key", _key(collection, id_))

    def commit(self, position: Position) -> None:
        with _sentences():
            self._writer.delete_documents_by_term("key", _POSITION)
            self._writer.add_document(tantivy.Document(key=_POSITION, position=json.dumps(position)))
            self._writer.commit()

    def ids(self, collection: str) -> Iterator[str]:
        with _sentences():
            self._index.reload()
        return _ids(self._index.searcher(), self._fields, collection)


def _ids(searcher: tantivy.Searcher, fields: tantivy.Schema, collection: str) -> Iterator[str]:
    with _sentences():
        lookup = Lookup.term_query(fields, "collection", collection)
        found = searcher.search(lookup, limit=max(1, searcher.num_docs), count=False).hits
    for _, address in found:
        yield searcher.doc(address)["id"][0]


def _key(collection: str, id_: str) -> str:
    return f"{collection}\x1f{id_}"


@contextmanager
def _sentences() -> Iterator[None]:
    """Turns what tantivy raises, its panics too, into SearchError."""
    try:
        yield
    except (ValueError, OSError, RuntimeError) as error:
        raise SearchError(f"The search index failed: {error}.") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise SearchError(
            "The search index failed within tantivy; rebuild it if that happens again."
        ) from error
