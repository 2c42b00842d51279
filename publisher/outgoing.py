"""The only outgoing HTTP. Where it may connect is decided at the moment of connecting, on the address itself:
host names that change, redirects and odd spellings of addresses all end there.
"""

import hashlib
import os
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from threading import Lock
from types import TracebackType

import httpcore2
import httpx2

from publisher.addresses import Address, refusal, shown
from publisher.errors import SourceUnreadable

__all__ = ["Answer", "Limits", "Outgoing", "Unanswered", "shown"]

MiB = 1 << 20


class Unanswered(SourceUnreadable):
    """A request without a usable answer. `again`: it may go better later, in `wait` seconds or more."""

    def __init__(
        self, text: str, *, again: bool = False, wait: float | None = None, status: int | None = None
    ) -> None:
        super().__init__(text)
        self.again, self.wait, self.status = again, wait, status


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, between two reads, and for the whole answer; bytes as sent, and when unpacked."""

    connect: float = 10
    read: float = 30
    whole: float = 600
    sent: int = 256 * MiB
    unpacked: int = 1024 * MiB
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer, its unpacked body in a file. `digest` is the body's SHA-256."""

    url: str
    status: int
    content_type: str | None
    charset: str | None
    etag: str | None
    last_modified: str | None
    size: int
    digest: str


class Outgoing:
    """Fetches to files. Each call has connections of its own, so calls from several threads do not mix."""

    def __init__(
        self,
        user_agent: str,
        limits: Limits | None = None,
        *,
        trust: ssl.SSLContext | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._user_agent = user_agent
        self._limits = limits or Limits()
        self._trust = trust or httpx2.create_ssl_context(trust_env=False)
        self._monotonic = monotonic
        self._now = now
        self._turns: dict[str, Lock] = {}
        self._turns_lock = Lock()

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """A turn at a host: threads that take turns ask it one after the other."""
        with self._turns_lock:
            turn = self._turns.setdefault(host, Lock())
        with turn:
            yield

    def get(
        self, url: str, to: Path, *, allow_private: bool = False, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Fetches a URL into a new file that only its owner can read.

        Follows a few redirects, each guarded. Raises Unanswered for everything but a complete answer of 2xx;
        then there is no file.
        """
        deadline = self._monotonic() + self._limits.whole
        network = _GuardedNetwork(url, allow_private, deadline, self._monotonic)
        asked = {"User-Agent": self._user_agent, "Accept-Encoding": "gzip, deflate", **(headers or {})}
        timeout = httpx2.Timeout(self._limits.read, connect=self._limits.connect)
        try:
            with httpx2.Client(
                transport=_Transport(network, self._trust), timeout=timeout, trust_env=False, headers=asked
            ) as client:
                return self._follow(client, client.build_request("GET", url), to)
        except Unanswered:
            to.unlink(missing_ok=True)
            raise
        except (httpcore2.TimeoutException, TimeoutError) as error:
            to.unlink(missing_ok=True)
            raise Unanswered(f"{shown(url)} took too long to answer.", again=True) from error
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpcore2.UnsupportedProtocol) as error:
            raise Unanswered(f"{shown(url)} is not a URL that can be fetched: use http or https.") from error
        except httpcore2.ConnectError as error:
            raise self._unreachable(url, error) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpx2.TransportError) as error:
            to.unlink(missing_ok=True)
            raise Unanswered(f"{shown(url)} broke off before its answer was complete.", again=True) from error

    def _follow(self, client: httpx2.Client, request: httpx2.Request, to: Path) -> Answer:
        first = request.url
        for _ in range(self._limits.redirects + 1):
            response = client.send(request, stream=True)
            try:
                if response.next_request is None:
                    return self._keep(response, to)
                following = response.next_request
            finally:
                response.close()
            if request.url.scheme == "https" and following.url.scheme != "https":
                raise Unanswered(
                    f"{shown(str(request.url))} sends on from https to {shown(str(following.url))}, "
                    "which anybody on the way could change."
                )
            request = following
        raise Unanswered(f"{shown(str(first))} sends on more than {self._limits.redirects} times.")

    def _keep(self, response: httpx2.Response, to: Path) -> Answer:
        url = shown(str(response.url))
        status = response.status_code
        if not 200 <= status < 300:
            wait = _wait(response.headers.get("retry-after"), self._now())
            again = status >= 500 or status in (408, 425, 429)
            words = f"{status} {response.reason_phrase}".strip()
            raise Unanswered(f"{url} answered {words}.", again=again, wait=wait, status=status)
        digest, size = hashlib.sha256(), 0
        with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for part in self._unpacked(response, url):
                size += len(part)
                digest.update(part)
                file.write(part)
        headers = response.headers
        content_type = headers.get("content-type")
        return Answer(
            url=str(response.url),
            status=status,
            content_type=content_type.partition(";")[0].strip().lower() if content_type else None,
            charset=response.charset_encoding,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            size=size,
            digest=digest.hexdigest(),
        )

    def _sent(self, response: httpx2.Response, url: str) -> Iterator[bytes]:
        sent = 0
        for part in response.iter_raw():
            sent += len(part)
            if sent > self._limits.sent:
                raise Unanswered(f"{url} is larger than {self._limits.sent / MiB:,.0f} MiB.")
            yield part

    def _unpacked(self, response: httpx2.Response, url: str) -> Iterator[bytes]:
        """The body; a bomb is noticed before it is unpacked."""
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        unpacked = 0
        if packing in ("", "identity"):
            parts: Iterable[bytes] = self._sent(response, url)
        elif packing in ("gzip", "x-gzip", "deflate"):
            parts = _inflate(self._sent(response, url), url)
        else:
            raise Unanswered(f"{url} is packed as {packing[:20]}, which was not asked for.")
        for part in parts:
            unpacked += len(part)
            if unpacked > self._limits.unpacked:
                raise Unanswered(f"{url} unpacks to more than {self._limits.unpacked / MiB:,.0f} MiB.")
            yield part

    def _unreachable(self, url: str, error: Exception) -> Unanswered:
        cause = error.__cause__ or error.__context__ or error
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Unanswered(f"{shown(url)} cannot be trusted: {cause.verify_message}.")
        if isinstance(cause, socket.gaierror):
            return Unanswered(f"{shown(url)} cannot be reached: its host name is not known.", again=True)
        why = getattr(cause, "strerror", None) or str(cause) or "no connection"
        return Unanswered(f"{shown(url)} cannot be reached: {why}.", again=True)


class _GuardedNetwork(httpcore2.NetworkBackend):
    """Connects to allowed addresses only: resolves once, judges every address, connects to what was judged.

    TLS still verifies the host name, which httpcore2 keeps apart from the address.
    """

    def __init__(
        self, url: str, allow_private: bool, deadline: float, monotonic: Callable[[], float]
    ) -> None:
        self._url = url
        self._allow_private = allow_private
        self._deadline = deadline
        self._monotonic = monotonic
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
            if why := refusal(address, self._allow_private):
                raise Unanswered(f"{shown(self._url)} leads to {address}, {why}: it is not fetched.")
        return addresses

    def _left(self, timeout: float | None) -> float:
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
        return self._stream.read(max_bytes, self._left(timeout))

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


class _Transport(httpx2.BaseTransport):
    """httpx2 over httpcore2 with a network of our own, which httpx2's transport has no public way to take."""

    def __init__(self, network: httpcore2.NetworkBackend, trust: ssl.SSLContext) -> None:
        self._pool = httpcore2.ConnectionPool(ssl_context=trust, network_backend=network, http2=False)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        assert isinstance(answer.stream, Iterable)
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
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


class _Body(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


def _inflate(parts: Iterable[bytes], url: str) -> Iterator[bytes]:
    """Gzip (of several members too) and zlib, never more than a MiB at once."""
    engine, open_member = zlib.decompressobj(47), False
    try:
        for part in parts:
            while part:
                yield engine.decompress(part, MiB)
                open_member = not engine.eof
                part = engine.unconsumed_tail
                if engine.eof:
                    part, engine = engine.unused_data, zlib.decompressobj(47)
    except zlib.error as error:
        raise Unanswered(f"{url} is packed in a way that cannot be unpacked.", again=True) from error
    if open_member:
        raise Unanswered(f"{url} broke off before its answer was complete.", again=True)


def _wait(after: str | None, now: float) -> float | None:
    """Retry-After, which is seconds or a date, as seconds."""
    if after is None:
        return None
    if after.strip().isdecimal():
        return float(after)
    with suppress(ValueError, TypeError):
        return max(0.0, parsedate_to_datetime(after).timestamp() - now)
    return None
