"""The change log for others to follow: /api/v1/changes."""

import time
from threading import BoundedSemaphore
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from publisher.answers import Changes
from publisher.kinds import Registry
from publisher.schemas.addresses import Addresses
from publisher.schemas.output import ChangeSchema, moment
from publisher.schemas.parameters import changes_parameters, read
from publisher.web.output import Output
from publisher.web.settings import OpenPublic, WebSettings

LIMIT = 500
"""Rows of the log that an answer goes over, when `limit` says nothing else."""

PAUSE = 0.5
"""Seconds between two looks at the log while a request waits."""


class Log(Output):
    """Rows of the log after a cursor. Nobody may keep an answer: the next is another."""

    def __init__(self, open_public: OpenPublic, registry: Registry, settings: WebSettings) -> None:
        super().__init__(open_public, registry, settings)
        self._parameters = changes_parameters()
        self._schema = ChangeSchema(Addresses(settings.base_url), settings.zone, many=True)
        self._places = BoundedSemaphore(settings.waiting) if settings.waiting else None

    def blueprint(self) -> Blueprint:
        log = Blueprint("log", __name__, url_prefix="/api/v1")
        log.add_url_rule("/changes", "changes", self.changes)
        return log

    def changes(self) -> Response:
        asked = read(self._parameters, request.args)
        since, limit = asked.get("since"), asked.get("limit", LIMIT)
        found = self._look(since, limit)
        if not (found.entries or found.more) and asked.get("wait"):
            found = self._wait(found.next, limit, asked["wait"]) or found
        return self._answer(found)

    def _look(self, since: str | None, limit: int) -> Changes:
        with self._open_public() as public:
            return public.changes(since, limit)

    def _wait(self, since: str, limit: int, seconds: int) -> Changes | None:
        """Looks until there is something, the time is over or the server stops; None where as many wait as
        may."""
        if not self._places or not self._places.acquire(blocking=False):
            return None
        try:
            end = time.monotonic() + seconds
            while True:
                stopped = self._settings.stop.wait(min(PAUSE, max(end - time.monotonic(), 0)))
                found = self._look(since, limit)
                if found.entries or found.more or stopped or time.monotonic() >= end:
                    return found
        finally:
            self._places.release()

    def _answer(self, found: Changes) -> Response:
        meta = {"next": found.next, "more": found.more, "as_of": moment(found.as_of)}
        response = jsonify({"data": self._schema.dump(found.entries), "meta": meta})
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["X-Robots-Tag"] = "noindex"
        following = urlencode({**request.args, "since": found.next})
        response.headers["Link"] = f'<{self._settings.base_url}{request.path}?{following}>; rel="next"'
        return response
