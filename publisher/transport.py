"""Requests on a network of our own, with word of each when it is over."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import TracebackType

import httpcore2
import httpx2

from publisher.addresses import shown


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it, redirects each for itself. `url` has no secrets in it, `status` is
    None where there was no answer; `size` are the bytes of the body that came, as they were sent."""

    url: str
    status: int | None
    size: int
    seconds: float


Hear = Callable[[Exchange], None]


class Transport(httpx2.BaseTransport):
    """httpx2 over httpcore2 with a network of our own, which httpx2's transport has no public way to take.
    Tells of each exchange when it is over."""

    def __init__(
        self,
        network: httpcore2.NetworkBackend,
        trust: ssl.SSLContext,
        hear: Hear,
        monotonic: Callable[[], float],
    ) -> None:
        self._pool = httpcore2.ConnectionPool(ssl_context=trust, network_backend=network, http2=False)
        self._hear, self._monotonic = hear, monotonic

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        began = self._monotonic()

        def over(status: int | None, size: int) -> None:
            self._hear(Exchange(shown(str(request.url)), status, size, self._monotonic() - began))

        try:
            answer = self._pool.handle_request(_plain(request))
        except Exception:
            over(None, 0)
            raise
        body = _Body(answer, partial(over, answer.status))
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=body, extensions=answer.extensions
        )

    def close(self) -> None:
        self._pool.close()

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.close()


def _plain(request: httpx2.Request) -> httpcore2.Request:
    url = request.url
    return httpcore2.Request(
        method=request.method,
        url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


class _Body(httpx2.SyncByteStream):
    """The bytes of an answer as they come; `over` is told how many did."""

    def __init__(self, answer: httpcore2.Response, over: Callable[[int], None]) -> None:
        self._answer, self._over, self._size = answer, over, 0

    def __iter__(self) -> Iterator[bytes]:
        for part in self._answer.iter_stream():
            self._size += len(part)
            yield part

    def close(self) -> None:
        self._answer.close()
        self._over(self._size)
