"""Bulk files of all that is public, under /data."""

from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from publisher.errors import NotFound
from publisher.feeds.dumps import FORMATS, SCHEMA, Dumps, File
from publisher.kinds import Registry
from publisher.schemas.output import moment
from publisher.schemas.parameters import no_parameters, read
from publisher.web.headers import keep
from publisher.web.output import Output
from publisher.web.settings import OpenPublic, WebSettings

EVERYTHING = "items"
"""The name of the files that hold every kind; the others have the name of theirs."""


class Bulk(Output):
    """The files and what there is to know of them. Search machines list none: persons are named in them."""

    def __init__(
        self, open_public: OpenPublic, registry: Registry, settings: WebSettings, dumps: Dumps
    ) -> None:
        super().__init__(open_public, registry, settings)
        self._dumps, self._none = dumps, no_parameters()

    def blueprint(self) -> Blueprint:
        bulk = Blueprint("bulk", __name__, url_prefix="/data")
        bulk.add_url_rule("/manifest.json", "manifest", self.manifest)
        bulk.add_url_rule(f"/<name>.<any({', '.join(FORMATS)}):format>.gz", "file", self.file)
        return bulk

    def manifest(self) -> Response:
        """What files there are, and the cursor from which the change log goes on."""
        read(self._none, request.args)
        now, dump = self._now(), self._dumps.now()
        names = (EVERYTHING, *self._registry.kinds)
        described = {
            "schema": SCHEMA,
            "made_at": moment(dump.made_at),
            "changes": dump.cursor,
            "files": [self._described(name, format) for name in names for format in FORMATS],
        }
        return self._kept(jsonify(described), now)

    def _described(self, name: str, format: str) -> dict[str, object]:
        file = self._dumps.file(self._kind(name), format)
        return {
            "url": f"{self._settings.base_url}/data/{name}.{format}.gz",
            "kind": self._kind(name),
            "format": format,
            "items": file.count,
            "bytes": file.size,
            "sha256": self._dumps.digest(file),
        }

    def file(self, name: str, format: str) -> Response:
        read(self._none, request.args)
        now, file = self._now(), self._dumps.file(self._kind(name), format)
        response = Response(Stream(file), mimetype="application/gzip", direct_passthrough=True)
        response.content_length = file.size
        response.set_etag(file.tag)
        try:
            response.make_conditional(request, accept_ranges=True, complete_length=file.size)
        except RequestedRangeNotSatisfiable:
            response = Response(status=416, headers={"Content-Range": f"bytes */{file.size}"})
        return self._kept(response, now)

    def _kind(self, name: str) -> str | None:
        if name != EVERYTHING and name not in self._registry.kinds:
            raise NotFound(f"There is no kind {name}.")
        return None if name == EVERYTHING else name

    def _now(self) -> datetime:
        """The moment up to which an answer is right at least; asked before all else."""
        with self._open_public() as public:
            return public.now

    def _kept(self, response: Response, now: datetime) -> Response:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["X-Robots-Tag"] = "noindex"
        return keep(response, (), now, self._settings.zone)


class Stream:
    """A file to be sent, from any byte on."""

    def __init__(self, file: File) -> None:
        self._file, self._start = file, 0
        self._parts: Iterator[bytes] | None = None

    def seekable(self) -> bool:
        return True

    def seek(self, start: int) -> None:
        self._start = start

    def tell(self) -> int:
        return self._start

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._parts is None:
            self._parts = self._file.after(self._start)
        return next(self._parts)
