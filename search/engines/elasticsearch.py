"""Search with Elasticsearch 8.19 or 9; asks only for what the server's core has."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from elasticsearch import ApiError, ConflictError, Elasticsearch, NotFoundError, TransportError
from elasticsearch.serializer import OrjsonSerializer

from search.engines.elasticsearch_search import POSITION, likes, mappings, page, request, similar_request
from search.errors import SearchError, WriterBusy
from search.model import Document, Like, Page, Position, Query, Schema, Similar, nothing
from search.plan import Layout, check_similar, fingerprint, plan

TIMEOUT = 30
BULK, BULK_CHARACTERS = 500, 4_000_000
"""At most so many documents, and about so many characters of them, are sent in one request."""
LEASE = 60.0
"""Seconds after which a writer that has shown no sign of life has lost its place."""

_IDS_AT_ONCE = 5_000
_ASKED_AT_ONCE = 100
_VERSIONS, _CONFLICT = "external_gte", 409


class ElasticsearchEngine:
    """An index behind an alias that names the schema, so that programs of two versions can share a server.

    `url` may hold user and password, which are never shown. One lease in the index `<prefix>-lease` admits
    one writer at a time; `clock` (seconds) dates it, so the machines that write should agree on the time.
    """

    name = "elasticsearch"

    def __init__(
        self,
        url: str,
        schema: Schema,
        prefix: str = "gongshi",
        *,
        lease: float = LEASE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        parts = urlsplit(url)
        self._place = f"{parts.scheme}://{parts.hostname}:{parts.port or 9200}"
        account = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._client = Elasticsearch(
            self._place,
            basic_auth=account,
            request_timeout=TIMEOUT,
            max_retries=1,
            serializer=OrjsonSerializer(),
        )
        self._schema = schema
        self._prefix = prefix
        self._alias = f"{prefix}-{fingerprint(schema)}"
        self._lease = lease
        self._clock = clock

    def search(self, query: Query) -> Page:
        asked = plan(query, self._schema)
        body = request(query, asked)
        with self._sentences():
            try:
                answer = self._client.search(index=self._alias, **body)
            except NotFoundError:  # there is no index, or a rebuilt one took its place under way
                if not self._client.indices.exists_alias(name=self._alias):
                    return nothing(query)
                answer = self._client.search(index=self._alias, **body)
        return page(answer.body, query, asked)

    def similar(self, asked: Sequence[Similar]) -> list[tuple[Like, ...]]:
        for each in asked:
            check_similar(each, self._schema)
        found: list[tuple[Like, ...]] = []
        for first in range(0, len(asked), _ASKED_AT_ONCE):
            part = asked[first : first + _ASKED_AT_ONCE]
            searches = [line for each in part for line in ({}, similar_request(each))]
            with self._sentences():
                answers = self._client.msearch(index=self._alias, searches=searches)["responses"]
            for each, answer in zip(part, answers, strict=True):
                if answer["status"] not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
                    raise SearchError(f"Elasticsearch on {self._place} refused: {answer['error']['type']}.")
                found.append(likes(answer, each) if answer["status"] == HTTPStatus.OK else ())
        return found

    def position(self) -> Position | None:
        with self._sentences():
            try:
                found = self._client.get(index=self._alias, id=POSITION, realtime=False)
            except NotFoundError:
                return None
        position = found["_source"]["position"]
        return Position(position["epoch"], position["seq"])

    def count(self, collection: str) -> int:
        with self._sentences():
            try:
                query = {"term": {"collection": collection}}
                return int(self._client.count(index=self._alias, query=query)["count"])
            except NotFoundError:
                return 0

    def ids(self, collection: str) -> Iterator[str]:
        return _ids(self._client, self._alias, collection, self._sentences)

    @contextmanager
    def writer(self) -> Iterator["ElasticsearchWriter"]:
        with self._alone() as lease:
            with self._sentences():
                index = self._current()
                if index is None:
                    index = self._new_index()
                    self._answer_with(index)
            # By its own name: a rebuilt one that takes over the alias is no business of this writer.
            yield ElasticsearchWriter(self._client, index, Layout(self._schema), lease, self._sentences)

    @contextmanager
    def rebuild(self) -> Iterator["ElasticsearchWriter"]:
        with self._alone() as lease:
            with self._sentences():
                self._remove_unused()
                index = self._new_index()
            try:
                yield ElasticsearchWriter(self._client, index, Layout(self._schema), lease, self._sentences)
                with self._sentences():
                    lease.prolong()
            except BaseException:
                with suppress(SearchError), self._sentences():  # the next rebuild removes what stays
                    self._client.options(ignore_status=404).indices.delete(index=index)
                raise
            with self._sentences():
                self._answer_with(index)

    def close(self) -> None:
        self._client.close()

    def _current(self) -> str | None:
        try:
            return str(next(iter(self._client.indices.get_alias(name=self._alias))))
        except NotFoundError:
            return None

    def _new_index(self) -> str:
        index = f"{self._prefix}-v-{fingerprint(self._schema)}-{uuid4().hex[:12]}"
        settings = {
            "number_of_shards": 1,  # facets are exact on one shard only
            "auto_expand_replicas": "0-1",
            "refresh_interval": "-1",  # nothing is visible before a commit
            "gc_deletes": "1h",  # how long a writer that lost its place cannot bring back what was removed
        }
        self._client.indices.create(index=index, settings=settings, mappings=mappings(self._schema))
        return index

    def _answer_with(self, index: str) -> None:
        """Moves the alias in one step and removes what it stood for."""
        others = set(self._indexes()) - {index}
        actions: list[dict[str, Any]] = [{"add": {"index": index, "alias": self._alias}}]
        actions += [{"remove_index": {"index": other}} for other in sorted(others)]
        self._client.indices.update_aliases(actions=actions)

    def _remove_unused(self) -> None:
        """Removes what a killed rebuild left."""
        for index, about in self._indexes().items():
            if not about["aliases"]:
                self._client.indices.delete(index=index)

    def _indexes(self) -> Mapping[str, Any]:
        answer = self._client.indices.get_alias(index=f"{self._prefix}-v-*")
        indexes: Mapping[str, Any] = answer.body
        return indexes

    @contextmanager
    def _alone(self) -> Iterator["_Lease"]:
        lease = _Lease(self._client, f"{self._prefix}-lease", self._lease, self._clock)
        with self._sentences():
            lease.take()
        try:
            yield lease
        finally:
            with self._sentences():
                lease.release()

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """The client's errors as SearchError; they are not passed on, for they might show the password."""
        try:
            yield
        except ConflictError:
            raise WriterBusy(f"Another process writes the index on {self._place}.") from None
        except ApiError as error:
            raise SearchError(
                f"Elasticsearch on {self._place} refused ({error.status_code}): {error.message}."
            ) from None
        except TransportError as error:
            raise SearchError(
                f"Elasticsearch on {self._place} cannot be reached: {type(error).__name__}."
            ) from None


class _Lease:
    """A document that says until which moment somebody writes, and whose turn it is.

    `turn` rises with each writer. It is the version of all that a writer sends, so that the engine itself
    refuses what arrives from one that slept past its lease, between its last look at it and the sending too.
    """

    def __init__(self, client: Elasticsearch, index: str, seconds: float, clock: Callable[[], float]) -> None:
        self._client, self._index, self._seconds, self._clock = client, index, seconds, clock
        self._until = 0.0
        self.turn = 0
        self._version: dict[str, Any] = {}

    def take(self) -> None:
        """Raises ConflictError when someone has it."""
        try:
            held = self._client.get(index=self._index, id="writer")
        except NotFoundError:
            self.turn = self._next_turn(0)
            self._put(op_type="create")
            return
        if held["_source"]["until"] > self._clock():
            raise WriterBusy("Another process or thread writes the index.")
        self.turn = self._next_turn(held["_source"]["turn"])
        self._version = {"if_seq_no": held["_seq_no"], "if_primary_term": held["_primary_term"]}
        self._put()

    def renew(self) -> None:
        """Called between the writer's steps; raises ConflictError when another took the lease."""
        if self._clock() > self._until - self._seconds * 2 / 3:
            self.prolong()

    def prolong(self) -> None:
        """The same, whatever the clock says."""
        self._put()

    def release(self) -> None:
        """Leaves the lease to the next; one that another took is theirs."""
        self._seconds = 0.0
        try:
            self._put()
        except ConflictError:
            return

    def _next_turn(self, last: int) -> int:
        # The time in it keeps turns rising when somebody deletes the lease.
        return max(last + 1, int(self._clock() * 1000))

    def _put(self, **options: Any) -> None:
        self._until = self._clock() + self._seconds
        document = {"until": self._until, "turn": self.turn}
        written = self._client.index(
            index=self._index, id="writer", document=document, **options, **self._version
        )
        self._version = {"if_seq_no": written["_seq_no"], "if_primary_term": written["_primary_term"]}


class ElasticsearchWriter:
    """A Writer. What it sends is visible, all at once, after the refresh that ends a commit."""

    def __init__(
        self,
        client: Elasticsearch,
        index: str,
        layout: Layout,
        lease: _Lease,
        sentences: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._client, self._index, self._layout = client, index, layout
        self._lease, self._sentences = lease, sentences
        self._waiting: list[dict[str, Any]] = []
        self._characters = 0

    def put(self, documents: Iterable[Document]) -> None:
        for document in documents:
            fields = self._layout.fields(document, self._layout.keywords(document))
            self._waiting.append({"index": self._target(document.collection, document.id)})
            self._waiting.append(fields)
            self._characters += len(str(fields["all"]))
            if len(self._waiting) >= 2 * BULK or self._characters >= BULK_CHARACTERS:
                self._send()

    def remove(self, collection: str, ids: Iterable[str]) -> None:
        for id_ in ids:
            self._waiting.append({"delete": self._target(collection, id_)})
            if len(self._waiting) >= 2 * BULK:
                self._send()

    def commit(self, position: Position) -> None:
        # The position goes last: after a crash before it the same changes are sent again.
        self._send()
        with self._sentences():
            self._lease.prolong()
            self._client.index(
                index=self._index,
                id=POSITION,
                document={"position": position._asdict()},
                version=self._lease.turn,
                version_type=_VERSIONS,
            )
            self._client.indices.refresh(index=self._index)

    def ids(self, collection: str) -> Iterator[str]:
        return _ids(self._client, self._index, collection, self._sentences)

    def _send(self) -> None:
        if not self._waiting:
            return
        with self._sentences():
            self._lease.renew()
            answer = self._client.bulk(index=self._index, operations=self._waiting, source=False)
        self._waiting, self._characters = [], 0
        if answer["errors"]:
            told = [next(iter(entry.values())) for entry in answer["items"]]
            if any(entry["status"] == _CONFLICT for entry in told):
                raise WriterBusy("Another process or thread has taken over the index.")
            reason = next(entry["error"]["reason"] for entry in told if "error" in entry)
            raise SearchError(f"Elasticsearch did not take a document: {reason}.")

    def _target(self, collection: str, id_: str) -> dict[str, Any]:
        key = _key(collection, id_)
        return {"_id": key, "version": self._lease.turn, "version_type": _VERSIONS}


def _ids(
    client: Elasticsearch, index: str, collection: str, sentences: Callable[[], AbstractContextManager[None]]
) -> Iterator[str]:
    after = None
    while True:
        with sentences():
            try:
                answer = client.search(
                    index=index,
                    query={"term": {"collection": collection}},
                    sort=[{"id": "asc"}],
                    search_after=after,
                    size=_IDS_AT_ONCE,
                    source=False,
                    track_total_hits=False,
                )
            except NotFoundError:
                return
        rows = answer["hits"]["hits"]
        yield from (row["sort"][0] for row in rows)
        if len(rows) < _IDS_AT_ONCE:
            return
        after = rows[-1]["sort"]


def _key(collection: str, id_: str) -> str:
    return f"{collection}\x1f{id_}"
