"""The only outgoing HTTP: what it refuses, caps and says, against a real server on loopback."""

import errno
import gzip
import hashlib
import socket
import ssl
import subprocess
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

from publisher.outgoing import Ask, Exchange, Limits, Outgoing, SentOn, Unanswered, shown
from tests.fixtures.http_server import Reply, WebServer
from tests.fixtures.parts import missing

PUBLIC = "93.184.216.34"


@pytest.fixture(scope="module")
def outgoing() -> Outgoing:
    limits = Limits(connect=2, read=1, whole=2, sent=1 << 20, unpacked=2 << 20)
    return Outgoing("Gongshi-tests (+mailto:ops@example.org)", limits)


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "to"


def refused(outgoing: Outgoing, url: str, to: Path, *, allow_private: bool = True) -> Unanswered:
    """The error of a fetch that must fail: one sentence, no file."""
    with pytest.raises(Unanswered) as caught:
        outgoing.get(url, to, allow_private=allow_private)
    assert "\n" not in str(caught.value)
    assert not to.exists()
    return caught.value


def test_a_good_answer_is_a_private_file(http_server: WebServer, outgoing: Outgoing, to: Path) -> None:
    headers = {"Content-Type": 'text/CSV; charset="GBK"', "ETag": '"1"', "Last-Modified": "yesterday"}
    answer = outgoing.get(http_server.on("/", Reply(200, b"rows", headers)), to, allow_private=True)
    assert to.read_bytes() == b"rows"
    assert to.stat().st_mode & 0o077 == 0
    assert (answer.status, answer.content_type, answer.charset) == (200, "text/csv", "gbk")
    assert (answer.etag, answer.last_modified) == ('"1"', "yesterday")
    assert (answer.size, answer.digest) == (4, hashlib.sha256(b"rows").hexdigest())


def test_it_says_who_asks(http_server: WebServer, outgoing: Outgoing, to: Path) -> None:
    outgoing.get(http_server.on("/", Reply()), to, allow_private=True)
    assert http_server.headers[0]["user-agent"] == "Gongshi-tests (+mailto:ops@example.org)"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"rows")),
        ("gzip", gzip.compress(b"ro") + gzip.compress(b"ws")),
        ("deflate", zlib.compress(b"rows")),
    ],
    ids=["gzip", "members", "deflate"],
)
def test_packed_answers_are_unpacked(
    http_server: WebServer, outgoing: Outgoing, to: Path, encoding: str, packed: bytes
) -> None:
    outgoing.get(
        http_server.on("/", Reply(200, packed, {"Content-Encoding": encoding})), to, allow_private=True
    )
    assert to.read_bytes() == b"rows"


def test_each_exchange_is_told_with_what_came_of_it(
    http_server: WebServer, outgoing: Outgoing, to: Path
) -> None:
    packed = gzip.compress(b"rows" * 1000)
    http_server.on("/new", Reply(200, packed, {"Content-Encoding": "gzip"}))
    url = http_server.on("/old?token=x", Reply(302, b"moved", {"Location": "/new"}))
    http_server.on("/gone", Reply(404, b"no such page"))
    http_server.on("/short", Reply(200, b"ro", manner="short"))
    told: list[Exchange] = []
    with pytest.raises(SentOn) as sent_on:
        outgoing.get(url, to, allow_private=True, hear=told.append)
    outgoing.get(sent_on.value.ask, to, allow_private=True, hear=told.append)
    for path in ("/gone", "/short"):
        with pytest.raises(Unanswered):
            outgoing.get(http_server.url + path, to, allow_private=True, hear=told.append)
    with pytest.raises(Unanswered):
        outgoing.get(http_server.url, to, hear=told.append)  # a private address
    assert [(each.url.removeprefix(http_server.url), each.status, each.size) for each in told] == [
        ("/old?token=…", 302, 0),
        ("/new", 200, len(packed)),
        ("/gone", 404, 0),
        ("/short", 200, 2),
        ("", None, 0),
    ]
    assert all(0 <= each.seconds < 2 for each in told)


@pytest.mark.parametrize(("status", "body"), [(302, None), (303, None), (307, b"x=1"), (308, b"x=1")])
def test_a_redirect_is_told_and_not_followed(
    http_server: WebServer, outgoing: Outgoing, to: Path, status: int, body: bytes | None
) -> None:
    http_server.on("/oldx=1", Reply(status, b"", {"Location": "/new?page=2"}))
    ask = Ask(f"{http_server.url}/old", b"x=1", "text/plain", {"If-None-Match": "1"}, ("X-Key", "s"))
    with pytest.raises(SentOn) as caught:
        outgoing.get(ask, to, allow_private=True)
    assert str(caught.value).replace(http_server.url, "…") == "…/old sends on to …/new?page=2."
    assert caught.value.ask == Ask(
        f"{http_server.url}/new?page=2", body, body and "text/plain", {"If-None-Match": "1"}, ("X-Key", "s")
    )
    assert (to.exists(), http_server.asked) == (False, ["/old"])


def test_only_the_host_itself_is_shown_the_secret(
    http_server: WebServer, outgoing: Outgoing, to: Path
) -> None:
    http_server.on("/", Reply(301, b"", {"Location": "http://127.0.0.2/"}))
    with pytest.raises(SentOn) as caught:
        outgoing.get(Ask(f"{http_server.url}/", secret=("X-Key", "s")), to, allow_private=True)
    assert caught.value.ask == Ask("http://127.0.0.2/")


@pytest.mark.parametrize(
    ("reply", "says", "again"),
    [
        (Reply(404), "answered 404 Not Found.", False),
        (Reply(500), "answered 500 Internal Server Error.", True),
        (Reply(200, b"0" * (3 << 20)), "is larger than 1 MiB.", False),
        (
            Reply(200, gzip.compress(b"0" * (50 << 20)), {"Content-Encoding": "gzip"}),
            "unpacks to more than 2 MiB.",
            False,
        ),
        (
            Reply(200, gzip.compress(bytes(range(256)))[:-9], {"Content-Encoding": "gzip"}),
            "broke off before its answer was complete.",
            True,
        ),
        (
            Reply(200, b"rows", {"Content-Encoding": "gzip"}),
            "is packed in a way that cannot be unpacked.",
            True,
        ),
        (
            Reply(200, b"rows", {"Content-Encoding": "br"}),
            "is packed as br, which was not asked for.",
            False,
        ),
        (Reply(200, b"cut", manner="short"), "broke off before its answer was complete.", True),
        (Reply(200, b"cut", manner="reset"), "broke off before its answer was complete.", True),
        (Reply(200, b"0" * 100, manner="drip"), "took too long to answer.", True),
    ],
)
def test_everything_else_is_one_sentence(
    http_server: WebServer, outgoing: Outgoing, to: Path, reply: Reply, says: str, again: bool
) -> None:
    error = refused(outgoing, http_server.on("/", reply), to)
    assert str(error).startswith(("http://127.0.0.1", "file:///"))
    assert str(error).endswith(says)
    assert error.again is again


def test_a_slow_drip_ends_with_the_whole_time_even_in_the_headers(
    http_server: WebServer, outgoing: Outgoing, to: Path
) -> None:
    began = time.monotonic()
    refused(outgoing, http_server.on("/", Reply(manner="drip", body=b"0" * 1000)), to)
    assert time.monotonic() - began < 3.5


@pytest.mark.parametrize(
    ("after", "wait"), [("7", 7.0), ("Tue, 24 Nov 2026 00:01:00 GMT", 60.0), ("soon", None)]
)
def test_retry_after_is_told(http_server: WebServer, to: Path, after: str, wait: float | None) -> None:
    outgoing = Outgoing("tests", now=lambda: 1795478400.0)
    error = refused(outgoing, http_server.on("/", Reply(503, b"", {"Retry-After": after})), to)
    assert (error.status, error.wait) == (503, wait)


def test_an_unreachable_port_is_one_sentence(outgoing: Outgoing, to: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    assert str(refused(outgoing, url, to)) == f"{url} cannot be reached: Connection refused."


def test_an_unknown_host_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, outgoing: Outgoing, to: Path
) -> None:
    def unknown(*_args: object, **_options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = refused(outgoing, "http://nowhere.example/rows", to)
    assert str(error) == "http://nowhere.example/rows cannot be reached: its host name is not known."


@pytest.mark.parametrize("url", ["ftp://example.org/rows", "rows.csv", "http://[::1/rows", "http://"])
def test_what_is_no_web_address_is_one_sentence(outgoing: Outgoing, to: Path, url: str) -> None:
    assert "is not a URL that can be fetched: use http or https." in str(refused(outgoing, url, to))


class Dialled:
    """Stands before the network: names lead where a test says, and only the test's own server is dialled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, server: WebServer, *addresses: str) -> None:
        self.addresses: list[str] = []
        self.resolved = 0
        connect, resolve = socket.socket.connect, socket.getaddrinfo

        def getaddrinfo(host: str, port: int, *args: object, **options: object) -> list[object]:
            self.resolved += host.endswith(".example")
            found = addresses if host.endswith(".example") else (host,)
            return [each for address in found for each in resolve(address, port, type=socket.SOCK_STREAM)]

        def dial(one: socket.socket, address: tuple[str, int]) -> None:
            self.addresses.append(address[0])
            if address[0] != PUBLIC:
                raise OSError(errno.ENETUNREACH, "Not from a test")
            connect(one, ("127.0.0.1", server.port))

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        monkeypatch.setattr(socket.socket, "connect", dial)


@pytest.mark.parametrize("allow_private", [False, True])
@pytest.mark.parametrize(
    "host",
    [
        *("0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "192.88.99.1", "198.18.0.1"),
        *("[::]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[fec0::1]", "[ff02::1]"),
        *("[fe80::1]", "[::ffff:169.254.169.254]"),
    ],
)
def test_addresses_that_nothing_public_can_have_are_never_dialled(
    monkeypatch: pytest.MonkeyPatch,
    http_server: WebServer,
    outgoing: Outgoing,
    to: Path,
    host: str,
    allow_private: bool,
) -> None:
    dialled = Dialled(monkeypatch, http_server)
    error = refused(outgoing, f"http://{host}/rows", to, allow_private=allow_private)
    assert str(error).endswith("an address that nothing public can have: it is not fetched.")
    assert dialled.addresses == []


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost", "[::1]", "[::ffff:127.0.0.1]"),
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "[fc00::1]"),
    ],
)
def test_private_addresses_are_dialled_only_when_allowed(
    monkeypatch: pytest.MonkeyPatch, http_server: WebServer, outgoing: Outgoing, to: Path, host: str
) -> None:
    dialled = Dialled(monkeypatch, http_server)
    error = refused(outgoing, f"http://{host}/rows", to, allow_private=False)
    assert str(error).endswith("an address inside a private network: it is not fetched.")
    assert dialled.addresses == []
    error = refused(outgoing, f"http://{host}/rows", to, allow_private=True)
    assert str(error).endswith("cannot be reached: Not from a test.")
    assert dialled.addresses


def test_a_name_is_resolved_once_and_what_was_judged_is_dialled(
    monkeypatch: pytest.MonkeyPatch, http_server: WebServer, outgoing: Outgoing, to: Path
) -> None:
    http_server.on("/rows", Reply(200, b"rows"))
    dialled = Dialled(monkeypatch, http_server, PUBLIC)
    outgoing.get("http://public.example/rows", to)
    assert (dialled.resolved, dialled.addresses) == (1, [PUBLIC])
    assert http_server.headers[0]["host"] == "public.example"


def test_a_name_with_one_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, http_server: WebServer, outgoing: Outgoing, to: Path
) -> None:
    dialled = Dialled(monkeypatch, http_server, PUBLIC, "10.0.0.1")
    refused(outgoing, "http://public.example/rows", to, allow_private=False)
    assert dialled.addresses == []


def test_proxies_of_the_environment_are_not_asked(
    monkeypatch: pytest.MonkeyPatch, http_server: WebServer, outgoing: Outgoing, to: Path
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    outgoing.get(http_server.on("/", Reply(200, b"rows")), to, allow_private=True)
    assert to.read_bytes() == b"rows"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for rows.example, in one file."""
    if which("openssl") is None:
        missing("openssl", "no such command")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=rows"),
            *("-addext", "subjectAltName=DNS:rows.example"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")),
        ],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[WebServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    server = WebServer(context)
    server.on("/rows", Reply(200, b"rows"))
    yield server
    server.stop()


def test_the_certificate_is_checked_against_the_name_though_the_address_is_dialled(
    monkeypatch: pytest.MonkeyPatch, certificate: Path, tls_server: WebServer, to: Path
) -> None:
    Dialled(monkeypatch, tls_server, PUBLIC)
    trusting = Outgoing("tests", trust=ssl.create_default_context(cafile=certificate / "certificate.pem"))
    trusting.get("https://rows.example/rows", to)
    assert to.read_bytes() == b"rows"
    to.unlink()
    other = refused(trusting, "https://other.example/rows", to, allow_private=False)
    assert "cannot be trusted: Hostname mismatch" in str(other)
    stranger = refused(Outgoing("tests"), "https://rows.example/rows", to, allow_private=False)
    assert str(stranger) == "https://rows.example/rows cannot be trusted: self-signed certificate."
    assert tls_server.asked == ["/rows"]


def test_https_is_not_left_for_http(
    monkeypatch: pytest.MonkeyPatch, certificate: Path, tls_server: WebServer, to: Path
) -> None:
    Dialled(monkeypatch, tls_server, PUBLIC)
    trusting = Outgoing("tests", trust=ssl.create_default_context(cafile=certificate / "certificate.pem"))
    tls_server.on("/rows", Reply(301, b"", {"Location": "http://rows.example/rows"}))
    error = refused(trusting, "https://rows.example/rows", to, allow_private=False)
    assert str(error) == (
        "https://rows.example/rows sends on from https to http://rows.example/rows, "
        "which anybody on the way could change."
    )


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://u:p@example.org:8443/a?page=2#top", "https://example.org:8443/a?page=2"),
        (
            "https://example.org/a?page=2&access_token=abc&appKey=x",
            "https://example.org/a?page=2&access_token=…&appKey=…",
        ),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("http://u:p@[::1/a", "[::1/a"),
        ("http://example.org/列表?页=一", "http://example.org/列表?页=一"),
    ],
)
def test_urls_are_shown_without_secrets(url: str, text: str) -> None:
    assert shown(url) == text
