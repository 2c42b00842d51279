"""Connections to allowed addresses only: judged at the moment of connecting, on the address itself, so that
host names that change, redirects and odd spellings of addresses all end there.
"""

import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpcore2

from publisher.addresses import Address, refusal, shown
from publisher.errors import SourceUnreadable

_LOOK = 0.5
"""Seconds without a byte, after which it is looked again whether the request is to go on."""


class Unanswered(SourceUnreadable):
    """A request without a usable answer. `again`: it may go better later, in `wait` seconds or more."""

    def __init__(
        self, text: str, *, again: bool = False, wait: float | None = None, status: int | None = None
    ) -> None:
        super().__init__(text)
        self.again, self.wait, self.status = again, wait, status


class GuardedNetwork(httpcore2.NetworkBackend):
    """Connects to allowed addresses only: resolves once, judges every address, connects to what was judged.

    `allow_private` is for the host of `url` itself. `check` is called all the while, also while no byte
    comes; what it raises ends the request.
    TLS still verifies the host name, which httpcore2 keeps apart from the address.
    """

    def __init__(
        self,
        url: str,
        allow_private: bool,
        deadline: float,
        monotonic: Callable[[], float],
        check: Callable[[], None],
    ) -> None:
        self._url = url
        self._allow_private = allow_private
        self._deadline = deadline
        self._monotonic = monotonic
        self._check = check
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        failed: Exception | None = None
        for address in self._allowed(host, port):
            try:
                stream = self._plain.connect_tcp(
                    str(address), port, self._left(timeout), local_address, socket_options
                )
                return _TimedStream(stream, self._left)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed or httpcore2.ConnectError("no address")

    def _allowed(self, host: str, port: int) -> Sequence[Address]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise httpcore2.ConnectError(str(error)) from error
        addresses = list(dict.fromkeys(ip_address(str(each[4][0]).partition("%")[0]) for each in found))
        for address in addresses:
            if why := refusal(address, self._allow_private and host == urlsplit(self._url).hostname):
                raise Unanswered(f"{shown(self._url)} leads to {address}, {why}: it is not fetched.")
        return addresses

    def _left(self, timeout: float | None) -> float:
        self._check()
        left = self._deadline - self._monotonic()
        if left <= 0:
            raise TimeoutError
        return left if timeout is None else min(timeout, left)


class _TimedStream(httpcore2.NetworkStream):
    """A connection that ends with the whole answer's time, however slowly the bytes drip."""

    def __init__(self, stream: httpcore2.NetworkStream, left: Callable[[float | None], float]) -> None:
        self._stream = stream
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        waits = float("inf") if timeout is None else timeout
        while True:
            now = self._left(min(waits, _LOOK))
            try:
                return self._stream.read(max_bytes, now)
            except httpcore2.ReadTimeout:
                waits -= now
                if waits <= 0:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, self._left(timeout)), self._left
        )

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
