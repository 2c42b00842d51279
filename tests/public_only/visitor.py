"""A visitor of the site who keeps answers as long as he may, as browsers and proxies do."""

import gzip
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from werkzeug.test import TestResponse

from tests.fixtures.store import Clock
from tests.public_only.reading import Answer


@dataclass
class _Kept:
    answer: Answer
    until: datetime
    validators: dict[str, str]


class Visitor:
    """Asks the site, and does not ask again while an answer may still be kept."""

    def __init__(self, app: Flask, clock: Clock, seen: Counter[str]) -> None:
        self._client, self.clock = app.test_client(), clock
        self._routes = app.url_map.bind("localhost")
        self._kept: dict[str, _Kept] = {}
        self._seen = seen

    def forget(self) -> None:
        """Empties the cache: what was taken back by an event may stand in it for a minute."""
        self._kept.clear()

    def get(self, endpoint: str, **values: object) -> Answer:
        return self.follow(self._routes.build(endpoint, values))

    def post(self, endpoint: str, body: object) -> Answer:
        """Never kept; as from many visitors, for one may not ask so often."""
        address = self._routes.build(endpoint, method="POST")
        self._seen["posts"] += 1
        visitor = {"REMOTE_ADDR": f"2001:db8::{self._seen['posts']:x}"}
        response = self._client.post(address, json=body, environ_base=visitor)
        assert response.headers["Cache-Control"] == "no-store", address
        return Answer(address, response.status_code, response.text, response.mimetype)

    def follow(self, address: str) -> Answer:
        kept = self._kept.get(address)
        if kept and self.clock.now < kept.until:
            self._seen["kept"] += 1
            return kept.answer
        response = self._client.get(address, headers=kept.validators if kept else {})
        if response.status_code == 304 and kept:
            answer = kept.answer
        else:
            answer = Answer(address, response.status_code, _text(response), response.mimetype)
        self._kept[address] = _Kept(answer, self.clock.now + _max_age(response), _validators(response))
        return answer


def _text(response: TestResponse) -> str:
    packed = response.mimetype == "application/gzip"
    return gzip.decompress(response.data).decode("utf-8-sig") if packed else response.text


def _max_age(response: TestResponse) -> timedelta:
    """Answers that say nothing are kept for a minute: caches may guess."""
    told = response.headers.get("Cache-Control", "max-age=60")
    seconds = re.search(r"max-age=(\d+)", told)
    return timedelta(seconds=int(seconds[1])) if seconds else timedelta(0)


def _validators(response: TestResponse) -> dict[str, str]:
    pairs = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
    return {asks: response.headers[tells] for tells, asks in pairs if tells in response.headers}
