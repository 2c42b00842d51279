"""The only outgoing HTTP: guarded, capped, and polite to a host that several threads ask."""

import hashlib
import os
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Lock
from urllib.parse import urljoin

import httpcore2
import httpx2

from publisher.addresses import shown
from publisher.errors import SourceUnreadable
from publisher.guard import GuardedNetwork, Unanswered
from publisher.transport import Exchange, Hear, Transport

__all__ = [
    "NOT_MODIFIED",
    "Answer",
    "Ask",
    "Exchange",
    "Limits",
    "Outgoing",
    "SentOn",
    "Turn",
    "Unanswered",
    "shown",
]

MiB = 1 << 20
NOT_MODIFIED = 304
_CONDITIONS = frozenset({"if-none-match", "if-modified-since"})


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, between two reads, and for the whole answer; bytes as sent, and when unpacked."""

    connect: float = 10
    read: float = 30
    whole: float = 600
    sent: int = 256 * MiB
    unpacked: int = 1024 * MiB


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked: GET, or with a body POST. `secret` is a header that only the host of `url` is shown;
    `headers` are what any host may see."""

    url: str
    body: bytes | None = None
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    secret: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer, its unpacked body in a file. `digest` is the body's SHA-256, `next_url` what its
    Link header calls the next page."""

    url: str
    status: int
    content_type: str | None
    charset: str | None
    etag: str | None
    last_modified: str | None
    next_url: str | None
    size: int
    digest: str


class SentOn(Unanswered):
    """A redirect; `ask` is what to ask instead."""

    def __init__(self, text: str, ask: Ask) -> None:
        super().__init__(text)
        self.ask = ask


class Turn:
    """A turn at a host: whoever has it may ask there, one request after the other."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.lock = Lock()
        self._monotonic = monotonic
        self._asked: float | None = None

    def rest(self, seconds: float, sleep: Callable[[float], None]) -> None:
        """Waits until `seconds` have passed since the host last answered anybody."""
        if self._asked is not None and (left := self._asked + seconds - self._monotonic()) > 0:
            sleep(left)

    def asked(self) -> None:
        """The host has just answered, or not."""
        self._asked = self._monotonic()


class Outgoing:
    """Fetches to files. Each call has connections of its own, so calls from several threads do not mix."""

    def __init__(
        self,
        user_agent: str,
        limits: Limits | None = None,
        *,
        secrets: Mapping[str, tuple[str, str]] | None = None,
        trust: ssl.SSLContext | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._user_agent = user_agent
        self._limits = limits or Limits()
        self._secrets = secrets or {}
        self._trust = trust or httpx2.create_ssl_context(trust_env=False)
        self._monotonic = monotonic
        self._now = now
        self._turns: dict[str, Turn] = {}
        self._turns_lock = Lock()

    def secret(self, name: str | None) -> tuple[str, str] | None:
        """The header that a definition's `auth` names. Raises SourceUnreadable when no setting has it."""
        if name is not None and name not in self._secrets:
            raise SourceUnreadable(
                f"The source wants to know who asks, and no setting says it: set GONGSHI_SOURCE_{name}_TOKEN "
                f"or GONGSHI_SOURCE_{name}_HEADER."
            )
        return self._secrets[name] if name is not None else None

    @contextmanager
    def turn(self, host: str) -> Iterator[Turn]:
        """A turn at a host: threads that take turns ask it one after the other."""
        with self._turns_lock:
            turn = self._turns.setdefault(host, Turn(self._monotonic))
        with turn.lock:
            yield turn

    def get(
        self,
        ask: Ask | str,
        to: Path,
        *,
        allow_private: bool = False,
        check: Callable[[], None] = lambda: None,
        hear: Hear = lambda _exchange: None,
    ) -> Answer:
        """Fetches what is asked for, a URL or more, into a new file that only its owner can read.

        Raises SentOn for a redirect, which is for the caller to follow, or not; Unanswered for all else but a
        complete answer of 2xx, or 304 where the request's headers allow for it. Then there is no file. `hear`
        is told of the exchange. `check` is called all the while; what it raises ends the request, and there
        may be half a file.
        """
        if isinstance(ask, str):
            ask = Ask(ask)
        url = ask.url
        deadline = self._monotonic() + self._limits.whole
        network = GuardedNetwork(url, allow_private, deadline, self._monotonic, check)
        asked = {"User-Agent": self._user_agent, "Accept-Encoding": "gzip, deflate"}
        timeout = httpx2.Timeout(self._limits.read, connect=self._limits.connect)
        try:
            transport = Transport(network, self._trust, hear, self._monotonic)
            with httpx2.Client(
                transport=transport, timeout=timeout, trust_env=False, headers=asked
            ) as client:
                response = client.send(_request(client, ask), stream=True)
                try:
                    if response.next_request is not None:
                        raise _sent_on(ask, response.next_request)
                    return self._keep(response, to)
                finally:
                    response.close()
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

    def _keep(self, response: httpx2.Response, to: Path) -> Answer:
        url = shown(str(response.url))
        status = response.status_code
        unchanged = status == NOT_MODIFIED and not _CONDITIONS.isdisjoint(response.request.headers)
        if not unchanged and not 200 <= status < 300:
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
        if unchanged:
            to.unlink()
        headers = response.headers
        content_type = headers.get("content-type")
        return Answer(
            url=str(response.url),
            status=status,
            content_type=content_type.partition(";")[0].strip().lower() if content_type else None,
            charset=response.charset_encoding,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            next_url=_next_url(response),
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


def _request(client: httpx2.Client, ask: Ask) -> httpx2.Request:
    headers = dict(ask.headers)
    if ask.content_type:
        headers["Content-Type"] = ask.content_type
    if ask.secret:
        headers[ask.secret[0]] = ask.secret[1]
    method = "GET" if ask.body is None else "POST"
    return client.build_request(method, ask.url, headers=headers, content=ask.body)


def _sent_on(ask: Ask, following: httpx2.Request) -> Unanswered:
    """What is raised for a redirect: its next request shows the secret to its own host only, and never leaves
    TLS."""
    here, there = httpx2.URL(ask.url), following.url
    sends = f"{shown(ask.url)} sends on"
    if here.scheme == "https" and there.scheme != "https":
        return Unanswered(
            f"{sends} from https to {shown(str(there))}, which anybody on the way could change."
        )
    same = replace(ask, url=str(there), secret=ask.secret if _origin(there) == _origin(here) else None)
    bare = same if following.method == "POST" else replace(same, body=None, content_type=None)
    return SentOn(f"{sends} to {shown(str(there))}.", bare)


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _next_url(response: httpx2.Response) -> str | None:
    """The address that the Link header calls "next", made whole."""
    link = response.links.get("next", {}).get("url")
    return (joined(str(response.url), link) or None) if link else None


def joined(base: str, link: str) -> str:
    """A link as a whole address; "" for one that cannot be read."""
    try:
        return urljoin(base, link)
    except ValueError:  # such as http://[1
        return ""


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
