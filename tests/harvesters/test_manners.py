"""Manners: robots.txt before anything else, pauses between requests, whoever asks."""

import socket
from pathlib import Path

import pytest

from harvesters.manners import Manners
from publisher.errors import SourceUnreadable
from publisher.outgoing import Ask, Limits, Outgoing
from tests.fixtures.http_server import Reply, WebServer


class Desk:
    """Asks for pages with the manners of one run; `slept` are the pauses."""

    def __init__(self, spool: Path, server: WebServer) -> None:
        self.spool, self.server = spool, server
        self.slept: list[float] = []
        self.private = "127.0.0.1"
        self.outgoing = Outgoing("Gongshi-tests", Limits(connect=2, read=1, whole=2))
        self.begin()

    def begin(self) -> None:
        """A new run."""
        self.manners = Manners(
            self.outgoing, self.spool, private=self.private, sleep=self.slept.append, chance=lambda: 0.0
        )

    def robots(self, *replies: Reply | str) -> None:
        said = [Reply(200, each.encode()) if isinstance(each, str) else each for each in replies]
        self.server.on("/robots.txt", *said)

    def get(self, path: str) -> str:
        """The page, or why it was not fetched."""
        to = self.spool / "page"
        to.unlink(missing_ok=True)
        try:
            self.manners.get(Ask(self.server.url + path), to)
        except SourceUnreadable as error:
            return str(error).replace(self.server.url, "…")
        return to.read_text()


@pytest.fixture
def desk(tmp_path: Path, http_server: WebServer) -> Desk:
    http_server.on("/list", Reply(200, b"rows"))
    http_server.on("/secret/list", Reply(200, b"rows"))
    return Desk(tmp_path, http_server)


FORBIDDEN = (
    "…/secret/list is not fetched: the host's robots.txt does not allow it; "
    "ask its keeper for leave, or for another address."
)


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        ("User-agent: *\nDisallow: /secret/\n", False),
        ("User-agent: gongshi\nDisallow: /secret/\n", False),
        ("\ufeffUser-agent: *\r\nDisallow: /*/list$\r\n", False),
        ("User-agent: other\nDisallow: /\n", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Gongshi\nDisallow:\n", True),
        ("User-agent: *\nDisallow: /secret/\nAllow: /secret/list\n", True),
        ("", True),
        ("<html><body>Disallow: /</body></html>", True),
        (Reply(200, bytes(range(256)) * 8192), True),
        (Reply(404), True),
        (Reply(403), True),
    ],
)
def test_robots_txt_decides(desk: Desk, robots: Reply | str, allowed: bool) -> None:
    desk.robots(robots)
    assert desk.get("/secret/list") == ("rows" if allowed else FORBIDDEN)
    assert desk.server.asked == ["/robots.txt", *(["/secret/list"] if allowed else [])]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(500), "answered 500 Internal Server Error"),
        (Reply(429), "answered 429 Too Many Requests"),
        (Reply(200, b"User", manner="reset"), "broke off before its answer was complete"),
        (Reply(302, b"", {"Location": "/robots.txt"}), "sends on more than 5 times"),
    ],
)
def test_robots_txt_that_cannot_be_read_forbids_for_now(desk: Desk, reply: Reply, says: str) -> None:
    desk.robots(reply)
    assert desk.get("/list") == f"…/robots.txt {says}; until it can be read, nothing else is asked there."
    assert desk.server.pages == []
    desk.robots("")
    desk.begin()
    assert desk.get("/list") == "rows"


def to(place: str) -> Reply:
    return Reply(302, b"", {"Location": place})


def test_redirects_are_followed_a_few_times(desk: Desk) -> None:
    desk.server.on("/old", to("/older"))
    desk.server.on("/older", to("/list"))
    desk.server.on("/round", to("/round"))
    assert desk.get("/old") == "rows"
    assert desk.get("/round") == "…/round sends on more than 5 times."
    assert desk.server.pages == ["/old", "/older", "/list", *["/round"] * 6]


def test_robots_txt_counts_where_a_redirect_leads(desk: Desk) -> None:
    desk.robots("User-agent: *\nDisallow: /secret/\nCrawl-delay: 7")
    desk.server.on("/old", to("/secret/list"))
    assert desk.get("/old") == f"…/old sends on, and {FORBIDDEN}"
    desk.server.on("/old", to("/list"))
    assert desk.get("/old") == "rows"
    assert desk.server.pages == ["/old", "/old", "/list"]
    assert desk.slept == pytest.approx([7.0] * 3, abs=0.5)


def test_another_host_is_asked_for_its_own_robots_txt(desk: Desk) -> None:
    other = WebServer()
    try:
        desk.server.on("/old", to(other.on("/list", Reply(200, b"others"))))
        assert desk.get("/old") == "others"
        other.on("/robots.txt", Reply(200, b"User-agent: *\nDisallow: /"))
        desk.begin()
        assert f"sends on, and {other.url}/list is not fetched: the host's robots" in desk.get("/old")
        assert other.asked == ["/robots.txt", "/list", "/robots.txt"]
    finally:
        other.stop()


def test_robots_txt_itself_may_be_elsewhere(desk: Desk) -> None:
    desk.robots(to("/rules.txt"))
    desk.server.on("/rules.txt", Reply(200, b"User-agent: *\nDisallow: /secret/"))
    assert [desk.get("/list"), desk.get("/secret/list")] == ["rows", FORBIDDEN]


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("http://127.0.0.2/list", "private network: it is not fetched; until it can be read, nothing else"),
        (
            "http://[::ffff:127.0.0.1]/list",
            "private network: it is not fetched; until it can be read, nothing",
        ),
        ("http://169.254.169.254/list", "nothing public can have: it is not fetched; until it can be read, "),
        ("file:///etc/passwd", "/etc/passwd is no address that can be fetched: use http or https."),
    ],
)
def test_no_redirect_leads_inside(desk: Desk, place: str, says: str) -> None:
    desk.server.on("/list", to(place))
    said = desk.get("/list")
    assert said.startswith("…/list sends on, and ")
    assert says in said
    assert desk.server.pages == ["/list"]


def test_robots_txt_is_tried_again_and_then_kept_for_the_run(desk: Desk) -> None:
    desk.robots(Reply(503), "User-agent: *\nDisallow: /secret/")
    assert [desk.get("/list"), desk.get("/list"), desk.get("/secret/list")] == ["rows", "rows", FORBIDDEN]
    assert desk.server.asked == ["/robots.txt", "/robots.txt", "/list", "/list"]
    desk.begin()
    desk.get("/list")
    assert desk.server.asked[4:] == ["/robots.txt", "/list"]


def test_a_crawl_delay_is_kept_between_requests(desk: Desk) -> None:
    desk.robots("User-agent: *\nCrawl-delay: 7")
    for _ in range(3):
        desk.get("/list")
    assert desk.slept == pytest.approx([7.0] * 3, abs=0.5)


def test_a_host_that_wants_too_long_a_delay_is_left_alone(desk: Desk) -> None:
    desk.robots("User-agent: *\nCrawl-delay: 3600")
    assert desk.get("/list") == (
        "…/list is not fetched: the host's robots.txt wants 3,600 seconds between two requests, "
        "more than the 120 that a harvest waits."
    )


def test_the_pause_counts_whoever_asked_before(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, *more, **options: resolve("127.0.0.1", *more, **options)
    )
    desk.private = "intranet.example"
    desk.begin()
    ask = Ask(f"http://intranet.example:{desk.server.port}/list")
    desk.manners.get(ask, desk.spool / "one")
    desk.begin()
    desk.manners.get(ask, desk.spool / "two")
    assert desk.slept == pytest.approx([0.5] * 3, abs=0.2)


def test_no_link_leads_to_another_private_host(desk: Desk) -> None:
    desk.private = "intranet.example"
    desk.begin()
    assert desk.get("/list").endswith(
        "leads to 127.0.0.1, an address inside a private network: it is not "
        "fetched; until it can be read, nothing else is asked there."
    )


def test_waits_grow_with_a_share_of_chance(desk: Desk) -> None:
    desk.robots("")
    desk.server.on("/list", Reply(500), Reply(500), Reply(200, b"rows"))
    desk.manners = Manners(
        desk.outgoing, desk.spool, private="127.0.0.1", sleep=desk.slept.append, chance=lambda: 0.5
    )
    assert desk.get("/list") == "rows"
    assert desk.slept == [2.5, 5.0]
