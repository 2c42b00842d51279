"""The only outgoing HTTP: what it refuses, caps and says, against a real server on loopback."""

import gzip
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from publisher.outgoing import Limits, Outgoing, Unanswered


class Misbehaving(BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        if self.path == "/good":
            self._answer(200, b"rows")
        elif self.path == "/bomb":
            self._answer(200, gzip.compress(b"0" * 5_000_000), ("Content-Encoding", "gzip"))
        elif self.path == "/large":
            self._answer(200, b"0" * 2_000_000)
        elif self.path == "/away":
            self._answer(302, b"", ("Location", "/good"))
        elif self.path == "/loop":
            self._answer(302, b"", ("Location", "/loop"))
        elif self.path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"cut")
            self.close_connection = True
        else:
            self._answer(int(self.path.strip("/")), b"")

    def _answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Misbehaving)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def outgoing() -> Outgoing:
    return Outgoing("Gongshi-tests", Limits(connect=2, read=2, whole=5, sent=1_000_000, unpacked=1_000_000))


def test_a_good_answer_is_a_private_file(server: str, outgoing: Outgoing, tmp_path: Path) -> None:
    answer = outgoing.get(f"{server}/good", tmp_path / "to", allow_private=True)
    assert (answer.status, (tmp_path / "to").read_bytes()) == (200, b"rows")
    assert (tmp_path / "to").stat().st_mode & 0o077 == 0


def test_redirects_are_followed(server: str, outgoing: Outgoing, tmp_path: Path) -> None:
    outgoing.get(f"{server}/away", tmp_path / "to", allow_private=True)
    assert (tmp_path / "to").read_bytes() == b"rows"


@pytest.mark.parametrize("path", ["/404", "/500", "/bomb", "/large", "/loop", "/short"])
def test_everything_else_is_one_sentence_and_leaves_no_file(
    server: str, outgoing: Outgoing, tmp_path: Path, path: str
) -> None:
    with pytest.raises(Unanswered) as caught:
        outgoing.get(f"{server}{path}", tmp_path / "to", allow_private=True)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "to").exists()


def test_an_unreachable_port_is_one_sentence(outgoing: Outgoing, tmp_path: Path) -> None:
    with pytest.raises(Unanswered, match="cannot be reached"):
        outgoing.get("http://127.0.0.1:1/", tmp_path / "to", allow_private=True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "[64:ff9b::7f00:1]",
    ],
)
def test_private_addresses_are_refused_without_dialing(
    monkeypatch: pytest.MonkeyPatch, outgoing: Outgoing, tmp_path: Path, address: str
) -> None:
    dialed: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, to: dialed.append(to))
    monkeypatch.setattr(socket, "create_connection", lambda to, *_args, **_options: dialed.append(to))
    with pytest.raises(Unanswered, match="it is not fetched"):
        outgoing.get(f"http://{address}/rows", tmp_path / "to")
    assert dialed == []
