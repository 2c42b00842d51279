"""HTML over HTTP: list pages, their next links, their rows' own pages, and what stands in their way."""

import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from harvesters.fetch import fetch
from harvesters.folder import PAGES
from harvesters.formats import BadRow, RawRow, rows
from harvesters.formats.raw import Detail
from harvesters.source import Definition, Pages
from publisher.errors import SourceUnreadable
from publisher.outgoing import Limits, Outgoing
from tests.fixtures.http_server import Reply, WebServer
from tests.fixtures.reading import listing

SOURCE = listing(
    format="html",
    rows="ul > li",
    cells={"名称": "a"},
)


class Desk:
    """A source of list pages at `server`; its rows' own pages say a number each."""

    def __init__(self, folder: Path, server: WebServer) -> None:
        self.folder, self.server = folder, server
        self.outgoing = Outgoing("Gongshi-tests", Limits(connect=2, read=1, whole=2))

    def source(
        self, path: str = "/list.html", *, pages: Pages | None = None, own: bool = False
    ) -> Definition:
        detail = Detail("a@href") if own else None
        return replace(SOURCE, url=self.server.url + path, pages=pages, detail=detail)

    def on(self, path: str, *names: str, next: str = "", title: str = "处罚公示") -> None:
        items = "".join(f"<li><a href='/own/{name}.html'>{name}</a></li>" for name in names)
        link = f"<a class=next href='{next}'>下一页</a>" if next else ""
        body = f"<html><title>{title}</title><body><ul>{items}</ul>{link}</body></html>"
        self.server.on(path, Reply(200, body.encode()))

    def own(self, name: str, said: str | Reply) -> None:
        reply = said if isinstance(said, Reply) else Reply(200, f"<p>文号：{said}</p>".encode())
        self.server.on(f"/own/{name}.html", reply)

    def read(self, of: Definition) -> list[RawRow | BadRow]:
        shutil.rmtree(self.folder / PAGES, ignore_errors=True)
        files = fetch(of, self.folder, self.outgoing, self.folder, sleep=lambda _: None)
        return [row for fetched in files for row in rows(fetched, of)]

    def names(self, of: Definition) -> list[str]:
        return [row.cells["名称"] for row in self.read(of) if isinstance(row, RawRow)]

    def refused(self, of: Definition) -> str:
        with pytest.raises(SourceUnreadable) as caught:
            self.read(of)
        return str(caught.value).replace(self.server.url, "…")


@pytest.fixture
def desk(tmp_path: Path, http_server: WebServer) -> Desk:
    return Desk(tmp_path, http_server)


NEXT = Pages(1, 10, next="a.next")
COUNTED = Pages(1, 10)


def test_next_links_lead_through_the_list(desk: Desk) -> None:
    desk.on("/list.html", "甲", "乙", next="list_2.html")
    desk.on("/list_2.html", "丙", next="/list_3.html")
    desk.on("/list_3.html", "丁", next="javascript:void(0)")
    assert desk.names(desk.source(pages=NEXT)) == ["甲", "乙", "丙", "丁"]


def test_the_last_page_may_link_to_itself(desk: Desk) -> None:
    desk.on("/list.html", "甲", next="list_2.html")
    desk.on("/list_2.html", "乙", next="list_2.html")
    assert desk.names(desk.source(pages=NEXT)) == ["甲", "乙"]


def test_an_error_behind_a_next_link_is_no_end(desk: Desk) -> None:
    desk.on("/list.html", "甲", next="list_2.html")
    desk.on("/list_2.html")
    assert desk.refused(desk.source(pages=NEXT)) == (
        "…/list_2.html has no rows, though the page before it leads to it."
    )


def test_an_error_among_counted_pages_is_no_end(desk: Desk) -> None:
    desk.on("/list_1.html", "甲", title="处罚公示 第1页")
    desk.on("/list_2.html", "乙", title="处罚公示 第2页")
    desk.on("/list_3.html", title="出了一点问题")
    of = desk.source("/list_{page}.html", pages=COUNTED)
    assert desk.refused(of) == (
        '…/list_3.html has no rows and is called "出了一点问题", unlike the pages before it: '
        "that is no sure end of the list."
    )
    desk.on("/list_3.html", title="处罚公示 第3页")
    assert desk.names(of) == ["甲", "乙"]


def test_a_login_among_counted_pages_is_no_end(desk: Desk) -> None:
    desk.on("/list_1.html", "甲")
    desk.server.on("/list_2.html", Reply(200, "<title>处罚公示</title>请输入验证码".encode()))
    says = '…/list_2.html is a login, a bot check or an error inside a page ("处罚公示"), not the list'
    assert desk.refused(desk.source("/list_{page}.html", pages=COUNTED)).startswith(says)


def test_the_first_page_may_have_another_name(desk: Desk) -> None:
    desk.on("/index.html", "甲")
    desk.on("/index_1.html", "乙")
    desk.on("/index_2.html")
    pages = Pages(1, 10, first_url=f"{desk.server.url}/index.html")
    assert desk.names(desk.source("/index_{page}.html", pages=pages)) == ["甲", "乙"]


def test_a_page_that_does_not_exist_ends_a_list_only_if_told_so(desk: Desk) -> None:
    desk.on("/list_1.html", "甲")
    of = desk.source("/list_{page}.html", pages=COUNTED)
    assert desk.refused(of) == "…/list_2.html answered 404 Not Found."
    assert desk.names(replace(of, pages=Pages(1, 10, missing_ends=True))) == ["甲"]
    desk.server.on("/list_2.html", Reply(500))
    assert "500" in desk.refused(replace(of, pages=Pages(1, 10, missing_ends=True)))
    desk.server.on("/list_1.html", Reply(404))
    assert "404" in desk.refused(replace(of, pages=Pages(1, 10, missing_ends=True)))


def test_each_row_is_joined_by_its_own_page(desk: Desk) -> None:
    desk.on("/list.html", "a", "b", next="list_2.html")
    desk.on("/list_2.html", "c", "a")
    for name in "abc":
        desk.own(name, f"琼税〔2026〕{name}号")
    found = desk.read(desk.source(pages=NEXT, own=True))
    assert [row.cells for row in found if isinstance(row, RawRow)] == [
        {"名称": name, "文号": f"琼税〔2026〕{name}号"} for name in "abca"
    ]
    assert sorted(desk.server.pages) == [
        "/list.html",
        "/list_2.html",
        *(f"/own/{name}.html" for name in "abc"),
    ]


def test_a_lost_own_page_costs_its_row(desk: Desk) -> None:
    desk.on("/list.html", "a", "b", "c")
    desk.own("a", "1号")
    desk.own("c", Reply(200, b"%PDF-1.7", {"Content-Type": "application/pdf"}))
    found = desk.read(desk.source(own=True))
    assert [row.reason.replace(desk.server.url, "…") for row in found if isinstance(row, BadRow)] == [
        "…/own/b.html answered 404 Not Found",
        "…/own/c.html is not HTML",
    ]
    assert [row.cells["名称"] for row in found if isinstance(row, RawRow)] == ["a"]


def test_a_host_that_fails_in_the_middle_fails_the_source(desk: Desk) -> None:
    desk.on("/list.html", "a", "b")
    desk.own("a", "1号")
    desk.own("b", Reply(500))
    assert desk.refused(desk.source(own=True)) == "…/own/b.html answered 500 Internal Server Error."


def test_robots_txt_counts_for_own_pages_too(desk: Desk) -> None:
    desk.server.on("/robots.txt", Reply(200, b"User-agent: *\nDisallow: /own/"))
    desk.on("/list.html", "a")
    assert desk.refused(desk.source(own=True)).startswith(
        "…/own/a.html is not fetched: the host's robots.txt"
    )


def test_local_pages_stand_beside_their_list(tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    (folder / "own").mkdir(parents=True)
    (tmp_path / "secret.html").write_text("<p>文号：秘密</p>")
    links = [
        "own/1.html",
        "own/%E4%BA%8C.html",
        "../secret.html",
        "own/none.html",
        "http://example.org/x.html",
    ]
    items = "".join(f"<li><a href='{link}'>{number}</a>" for number, link in enumerate(links))
    (folder / "list.html").write_text(f"<ul>{items}</ul>")
    (folder / "own" / "1.html").write_text("<p>文号：1号</p>")
    (folder / "own" / "二.html").write_text("<p>文号：2号</p>")
    of = replace(SOURCE, path="drop/list.html", detail=Detail("a@href"))
    files = fetch(of, tmp_path, Outgoing("Gongshi-tests"), tmp_path)
    found = [row for fetched in files for row in rows(fetched, of)]
    assert [row.cells.get("文号") if isinstance(row, RawRow) else row.reason for row in found] == [
        "1号",
        "2号",
        "its own page ../secret.html is not beside list.html",
        "its own page own/none.html is not beside list.html",
        "its own page /x.html is not beside list.html",
    ]


def test_own_pages_are_not_looked_for_in_archives(desk: Desk) -> None:
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("list.html", "<ul><li><a href='1.html'>甲</a></ul>")
    desk.server.on("/list.html", Reply(200, content.getvalue()))
    assert desk.refused(desk.source(own=True)) == (
        "…/list.html is a ZIP archive, in which the rows' own pages of [detail] are not looked for: "
        "unpack it into a folder, and name that as `path`."
    )
