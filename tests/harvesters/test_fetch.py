"""Fetching: local files where they are, pages politely from a real server, one sentence where it fails."""

import json
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from harvesters.fetch import fetch
from harvesters.folder import PAGES
from harvesters.formats import Fetched, RawRow, rows
from harvesters.source import Definition, Pages
from publisher.errors import SourceUnreadable
from publisher.outgoing import Limits, Outgoing
from tests.fixtures.http_server import Reply, WebServer
from tests.fixtures.reading import listing


def definition(
    *, url: str | None = None, path: str | None = None, format: str = "json", pages: Pages | None = None
) -> Definition:
    return listing(
        format=format,
        url=url,
        path=path,
        rows="data" if format == "json" else None,
        pages=pages,
    )


def page(*names: str, **more: str) -> Reply:
    body = json.dumps({"data": [{"name": name} for name in names], **more}).encode()
    return Reply(200, body, {"Content-Type": "application/json"})


class Desk:
    """Fetches into a spool of its own, each time as if it were a new one; `slept` are the pauses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spool = folder / "spool"
        self.spool.mkdir(exist_ok=True)
        self.slept: list[float] = []
        self.outgoing = Outgoing("Gongshi-tests", Limits(connect=2, read=1, whole=2))

    def fetch(self, of: Definition, pause: float = 0.5) -> list[Fetched]:
        shutil.rmtree(self.spool / PAGES, ignore_errors=True)
        return list(fetch(of, self.spool, self.outgoing, self.folder, pause=pause, sleep=self.slept.append))

    def names(self, of: Definition) -> list[str]:
        found = [row for fetched in self.fetch(of) for row in rows(fetched, of)]
        return [row.cells["name"] for row in found if isinstance(row, RawRow)]

    def refused(self, of: Definition) -> str:
        with pytest.raises(SourceUnreadable) as caught:
            self.fetch(of)
        assert "\n" not in str(caught.value)
        return str(caught.value)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture(autouse=True)
def _begin(desk: Desk, tmp_path: Path) -> None:
    desk.folder, desk.spool = tmp_path, tmp_path / "spool"
    desk.spool.mkdir()
    desk.slept.clear()


def test_a_local_file_is_read_where_it_is(desk: Desk) -> None:
    (desk.folder / "rows.csv").write_text("a\n1\n")
    assert desk.fetch(definition(path="rows.csv", format="csv")) == [
        Fetched(desk.folder / "rows.csv", "rows.csv")
    ]
    assert list(desk.spool.iterdir()) == []


def test_a_folder_gives_its_files_of_the_format_in_order(desk: Desk) -> None:
    folder = desk.folder / "drop"
    (folder / "old").mkdir(parents=True)
    for name in ("b.csv", "a.CSV", "c.xlsx", ".hidden.csv", "~$a.csv", "old/d.csv"):
        (folder / name).write_text("a\n1\n")
    found = desk.fetch(definition(path="drop", format="csv"))
    assert [fetched.name for fetched in found] == ["drop/a.CSV", "drop/b.csv"]


def test_a_path_that_does_not_exist_is_named(desk: Desk) -> None:
    assert desk.refused(definition(path="nowhere.csv", format="csv")) == (
        f"{desk.folder}/nowhere.csv does not exist; correct `path` in the definition, or put the file there."
    )


def test_a_folder_without_files_of_the_format_is_named(desk: Desk) -> None:
    (desk.folder / "drop").mkdir()
    assert desk.refused(definition(path="drop", format="csv")) == f"{desk.folder}/drop has no .csv files."


def test_a_folder_is_read_once_nobody_writes_to_it(desk: Desk) -> None:
    drop = desk.folder / "drop"
    drop.mkdir()
    file = drop / "a.csv"
    file.write_text("a\n")
    of = definition(path="drop", format="csv")
    looks: list[float] = []

    def write_on(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) < 4:
            file.write_text(file.read_text() + "1\n")
        if len(looks) == 3:
            (drop / "b.csv").write_text("a\n")

    found = list(fetch(of, desk.spool, desk.outgoing, desk.folder, sleep=write_on))
    assert [fetched.name for fetched in found] == ["drop/a.csv", "drop/b.csv"]
    assert looks == [1.0] * 4


def test_a_folder_that_is_written_to_for_ever_is_not_read(desk: Desk) -> None:
    drop = desk.folder / "drop"
    drop.mkdir()

    def write_on(_: float) -> None:
        with (drop / "a.csv").open("a") as file:
            file.write("1\n")

    write_on(0)
    with pytest.raises(SourceUnreadable, match="is still being written to; write a file under another name"):
        list(
            fetch(
                definition(path="drop", format="csv"), desk.spool, desk.outgoing, desk.folder, sleep=write_on
            )
        )


def test_one_url_is_one_file_with_what_the_server_said_of_it(desk: Desk, http_server: WebServer) -> None:
    headers = {"Content-Type": "application/json; charset=GBK", "ETag": '"7"', "Last-Modified": "yesterday"}
    body = json.dumps({"data": [{"name": "海南椰风"}]}, ensure_ascii=False).encode("gbk")
    of = definition(url=http_server.on("/list?key=secret&v=1", Reply(200, body, headers)))
    (fetched,) = desk.fetch(of)
    assert fetched.name == f"{http_server.url}/list?key=…&v=1"
    assert fetched.encoding == "gbk"
    assert (fetched.etag, fetched.last_modified) == ('"7"', "yesterday")
    assert fetched.path.parent == desk.spool / PAGES
    assert [row.cells["name"] for row in rows(fetched, of) if isinstance(row, RawRow)] == ["海南椰风"]


@pytest.mark.parametrize("end", [page(), page("丙"), page("丁"), Reply(200, b'{"data": null}')])
def test_paging_ends_at_an_empty_or_a_repeated_page(desk: Desk, http_server: WebServer, end: Reply) -> None:
    for number, reply in enumerate((page("甲", "乙"), page("丙"), end, page("丁")), 1):
        http_server.on(f"/list?page={number}", reply)
    of = definition(url=f"{http_server.url}/list?page={{page}}", pages=Pages(1, 4))
    assert desk.names(of) == ["甲", "乙", "丙"] + (["丁"] if end == page("丁") else [])


def test_the_same_page_for_ever_is_taken_once(desk: Desk, http_server: WebServer) -> None:
    for number in range(1, 1000):
        http_server.on(f"/list?page={number}", page("甲", at=f"11:0{number}"))
    of = definition(url=f"{http_server.url}/list?page={{page}}", pages=Pages(1, 999))
    assert desk.names(of) == ["甲"]
    assert len(http_server.pages) == 2


def test_only_a_list_that_grows_may_end_at_the_last_page_that_is_asked_for(
    desk: Desk, http_server: WebServer
) -> None:
    for number, name in enumerate("甲乙丙丁"):
        http_server.on(f"/list?page={number}", page(name))
    of = definition(url=f"{http_server.url}/list?page={{page}}", pages=Pages(0, 2))
    assert desk.names(replace(of, mode="append")) == ["甲", "乙", "丙"]
    assert "page=2 is page 2 and has rows: the list may go on" in desk.refused(of)


def test_an_empty_first_page_is_an_empty_list(desk: Desk, http_server: WebServer) -> None:
    http_server.on("/list?page=1", page())
    of = definition(url=f"{http_server.url}/list?page={{page}}", pages=Pages(1, 9))
    assert desk.names(of) == []
    assert len(desk.fetch(of)) == 1


def test_a_failed_page_fails_the_source(desk: Desk, http_server: WebServer) -> None:
    http_server.on("/list?page=1", page("甲"))
    http_server.on("/list?page=2", Reply(404))
    of = definition(url=f"{http_server.url}/list?page={{page}}", pages=Pages(1, 9))
    assert desk.refused(of) == f"{http_server.url}/list?page=2 answered 404 Not Found."


def test_a_login_page_among_the_pages_fails_the_source(desk: Desk, http_server: WebServer) -> None:
    http_server.on("/list?page=1", page("甲"))
    http_server.on("/list?page=2", Reply(200, "<html><title>登录</title>".encode()))
    of = definition(url=f"{http_server.url}/list?page={{page}}", pages=Pages(1, 9))
    assert desk.refused(of) == (f'{http_server.url}/list?page=2 is an HTML page ("登录") where JSON was due.')


@pytest.mark.parametrize(
    "bad", [Reply(500), Reply(429), Reply(200, b"{", manner="short"), Reply(200, b"{", manner="reset")]
)
def test_what_may_go_better_is_tried_again(desk: Desk, http_server: WebServer, bad: Reply) -> None:
    of = definition(url=http_server.on("/list", bad, bad, page("甲")))
    assert desk.names(of) == ["甲"]
    assert 2.0 <= desk.slept[0] <= 3.0
    assert 4.0 <= desk.slept[1] <= 6.0


def test_three_tries_are_all(desk: Desk, http_server: WebServer) -> None:
    of = definition(url=http_server.on("/list", Reply(500)))
    assert desk.refused(of) == f"{http_server.url}/list answered 500 Internal Server Error."
    assert len(http_server.pages) == 3
    assert list((desk.spool / PAGES).iterdir()) == []


@pytest.mark.parametrize(("after", "least", "most"), [("30", 30, 30), ("1", 2, 3)])
def test_retry_after_is_honoured(
    desk: Desk, http_server: WebServer, after: str, least: float, most: float
) -> None:
    busy = Reply(503, b"", {"Retry-After": after})
    assert desk.names(definition(url=http_server.on("/list", busy, page("甲")))) == ["甲"]
    (slept,) = desk.slept
    assert least <= slept <= most


def test_a_server_that_wants_a_long_pause_is_left_alone(desk: Desk, http_server: WebServer) -> None:
    of = definition(url=http_server.on("/list", Reply(503, b"", {"Retry-After": "3600"})))
    assert desk.refused(of) == f"{http_server.url}/list answered 503 Service Unavailable."
    assert (len(http_server.pages), desk.slept) == (1, [])


def test_an_unreachable_port_is_one_sentence(desk: Desk) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/list"
    assert desk.refused(definition(url=url)) == (
        f"{url.removesuffix('/list')}/robots.txt cannot be reached: Connection refused; "
        "until it can be read, nothing else is asked there."
    )


def test_pages_of_other_hosts_are_asked_with_pauses(
    desk: Desk, http_server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, *more, **options: resolve("127.0.0.1", *more, **options)
    )
    for number, name in enumerate("甲乙丙", 1):
        http_server.on(f"/list?page={number}", page(name))
    url = f"http://intranet.example:{http_server.port}/list?page={{page}}"
    desk.fetch(replace(definition(url=url, pages=Pages(1, 3)), mode="append"), pause=0.5)
    assert desk.slept[-3:] == pytest.approx([0.5] * 3, abs=0.2)  # between robots.txt and three pages


def test_a_host_is_asked_by_one_at_a_time(desk: Desk, http_server: WebServer, tmp_path: Path) -> None:
    def one(number: int) -> int:
        spool = tmp_path / str(number)
        spool.mkdir()
        for each in range(5):
            http_server.on(f"/{number}?page={each}", page(f"{number}-{each}"))
        of = definition(url=f"{http_server.url}/{number}?page={{page}}", pages=Pages(0, 4))
        return len(list(fetch(replace(of, mode="append"), spool, desk.outgoing, tmp_path)))

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(one, range(4))) == [5] * 4
    assert http_server.most_at_once == 1
