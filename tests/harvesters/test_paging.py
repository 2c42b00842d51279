"""Paging: numbers, offsets, cursors, links to the next page, in addresses and bodies; lists without end."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harvesters.fetch import fetch
from harvesters.formats import RawRow, rows
from harvesters.source import Definition, Pages
from publisher.errors import SourceUnreadable
from publisher.outgoing import Limits, Outgoing
from tests.fixtures.http_server import Reply, WebServer
from tests.fixtures.reading import listing


class Desk:
    """A JSON source at `server`."""

    def __init__(self, folder: Path, server: WebServer) -> None:
        self.spool, self.server = folder, server
        self.secrets = {"COURTS": ("X-Key", "12345")}

    def source(self, url: str, pages: Pages | None, **more: Any) -> Definition:
        return listing(
            format="json",
            url=self.server.url + url,
            rows="data",
            pages=pages,
            **more,
        )

    def on(self, path: str, *names: str, headers: Mapping[str, str] | None = None, **more: object) -> None:
        body = json.dumps({"data": [{"name": name} for name in names], **more})
        self.server.on(path, Reply(200, body.encode(), dict(headers or {})))

    def names(self, of: Definition) -> list[str]:
        outgoing = Outgoing("Gongshi-tests", Limits(connect=2, read=1, whole=2), secrets=self.secrets)
        found = [
            row
            for fetched in fetch(of, self.spool, outgoing, self.spool, sleep=lambda _: None)
            for row in rows(fetched, of)
        ]
        return [row.cells["name"] for row in found if isinstance(row, RawRow)]

    def refused(self, of: Definition) -> str:
        with pytest.raises(SourceUnreadable) as caught:
            self.names(of)
        assert "\n" not in str(caught.value)
        return str(caught.value).replace(self.server.url, "…")


@pytest.fixture
def desk(tmp_path: Path, http_server: WebServer) -> Desk:
    return Desk(tmp_path, http_server)


def test_offsets_grow_by_the_rows_of_a_page(desk: Desk) -> None:
    for offset, names in ((0, "甲乙"), (2, "丙丁"), (4, "戊"), (6, "")):
        desk.on(f"/list?from={offset}&size=2", *names)
    of = desk.source("/list?from={offset}&size=2", Pages(0, 1000, step=2))
    assert desk.names(of) == ["甲", "乙", "丙", "丁", "戊"]
    assert len(desk.server.pages) == 4


def test_a_cursor_is_put_into_the_next_request(desk: Desk) -> None:
    desk.on("/list?size=2", "甲", "乙", meta={"next": "a/b c="})
    desk.on("/list?cursor=a%2Fb%20c%3D&size=2", "丙", meta={"next": 17})
    desk.on("/list?cursor=17&size=2", "丁", meta={"next": None})
    of = desk.source("/list?cursor={cursor}&size=2", Pages(1, 10, cursor="meta.next"))
    assert desk.names(of) == ["甲", "乙", "丙", "丁"]


@pytest.mark.parametrize(
    "end", [{}, {"next": ""}, {"next": False}, {"next": {"x": 1}}, {"meta": {"next": 1}}]
)
def test_no_cursor_is_the_end(desk: Desk, end: dict[str, object]) -> None:
    desk.on("/list?cursor=%2A", "甲", next="b")
    desk.on("/list?cursor=b", "乙", **end)
    of = desk.source("/list?cursor={cursor}", Pages(1, 10, cursor="next", start="*"))
    assert desk.names(of) == ["甲", "乙"]


def test_a_cursor_ends_at_an_empty_page(desk: Desk) -> None:
    desk.on("/list", "甲", next="b")
    desk.on("/list?cursor=b", next="c")
    assert desk.names(desk.source("/list?cursor={cursor}", Pages(1, 10, cursor="next"))) == ["甲"]


def test_a_cursor_that_does_not_move_is_no_list(desk: Desk) -> None:
    desk.on("/list", "甲", next="b")
    desk.on("/list?cursor=b", "乙", next="b")
    of = desk.source("/list?cursor={cursor}", Pages(1, 10, cursor="next"))
    assert desk.refused(of) == "…/list?cursor=b names an earlier page as the next: its list has no end."


def test_the_same_rows_under_new_cursors_are_no_list(desk: Desk) -> None:
    for number in range(20):
        desk.on(f"/list?cursor={number}", "甲", next=number + 1)
    of = desk.source("/list?cursor={cursor}", Pages(1, 10, cursor="next", start="0"))
    assert desk.refused(of) == "…/list?cursor=1 has the rows of an earlier page: its list has no end."


@pytest.mark.parametrize(("mode", "whole"), [("full", False), ("append", True)])
def test_pages_without_end_stop_at_the_last(desk: Desk, mode: str, whole: bool) -> None:
    for number in range(20):
        desk.on(f"/list?cursor={number}", f"第{number}号", next=number + 1)
    of = replace(desk.source("/list?cursor={cursor}", Pages(1, 3, cursor="next", start="0")), mode=mode)
    if whole:
        assert desk.names(of) == ["第0号", "第1号", "第2号"]
    else:
        assert desk.refused(of) == (
            "…/list?cursor=2 is page 3 and names another; raise pages.last in the definition."
        )
    assert len(desk.server.pages) == 3


@pytest.mark.parametrize("link", ["/list?p=2", "{url}/list?p=2", "?p=2", "list?p=2"])
def test_a_link_leads_to_the_next_page(desk: Desk, link: str) -> None:
    desk.on("/list", "甲", links={"next": link.format(url=desk.server.url)})
    desk.on("/list?p=2", "乙", links={})
    assert desk.names(desk.source("/list", Pages(1, 10, next="links.next"))) == ["甲", "乙"]


def test_the_link_header_leads_to_the_next_page(desk: Desk) -> None:
    desk.on("/list", "甲", headers={"Link": '</list?p=1>; rel="prev", </list?p=2>; rel="next"'})
    desk.on("/list?p=2", "乙", headers={"Link": '</list>; rel="first"'})
    assert desk.names(desk.source("/list", Pages(1, 10, link_header=True))) == ["甲", "乙"]


def test_a_link_to_an_earlier_page_is_no_list(desk: Desk) -> None:
    desk.on("/list", "甲", next="/list?p=2")
    desk.on("/list?p=2", "乙", next="/list")
    of = desk.source("/list", Pages(1, 10, next="next"))
    assert desk.refused(of) == "…/list?p=2 names an earlier page as the next: its list has no end."


@pytest.mark.parametrize("link", ["file:///etc/passwd", "ftp://127.0.0.1/", "javascript:next()"])
def test_a_link_leads_nowhere_but_to_pages(desk: Desk, link: str) -> None:
    desk.on("/list", "甲", next=link)
    assert desk.refused(desk.source("/list", Pages(1, 10, next="next"))).endswith(
        "is no address that can be fetched: use http or https."
    )


def test_a_grid_is_asked_by_post_with_json(desk: Desk) -> None:
    asked = '/grid{"page": %d, "text": "p%d", "where": [{"type": "处罚", "all": true, "none": null}]}'
    desk.on(asked % (1, 1), "甲")
    desk.on(asked % (2, 2), "乙")
    desk.on(asked % (3, 3))
    body = {"page": "{page}", "text": "p{page}", "where": [{"type": "处罚", "all": True, "none": None}]}
    of = desk.source("/grid", Pages(1, 10), method="POST", body=body)
    assert desk.names(of) == ["甲", "乙"]
    assert desk.server.headers[-1]["content-type"] == "application/json"


def test_a_grid_is_asked_by_post_with_a_form(desk: Desk) -> None:
    desk.on("/grid?t=1start=0&limit=2&type=%E5%A4%84%E7%BD%9A&all=true", "甲", "乙")
    desk.on("/grid?t=1start=2&limit=2&type=%E5%A4%84%E7%BD%9A&all=true")
    body = {"start": "{offset}", "limit": 2, "type": "处罚", "all": True}
    of = desk.source("/grid?t=1", Pages(0, 10, step=2), method="POST", body=body, body_format="form")
    assert desk.names(of) == ["甲", "乙"]
    assert desk.server.headers[-1]["content-type"] == "application/x-www-form-urlencoded; charset=utf-8"


def test_a_cursor_goes_into_a_body(desk: Desk) -> None:
    desk.on('/grid{"size": 1}', "甲", after="b")
    desk.on('/grid{"after": "b", "size": 1}', "乙")
    body = {"after": "{cursor}", "size": 1}
    of = desk.source("/grid", Pages(1, 10, cursor="after"), method="POST", body=body)
    assert desk.names(of) == ["甲", "乙"]


def test_who_asks_is_told_to_the_own_host_only(desk: Desk, http_server: WebServer) -> None:
    other = WebServer()
    try:
        desk.on("/list", "甲", next=f"{other.url}/list")
        other.on("/list", Reply(302, b"", {"Location": f"{desk.server.url}/moved"}))
        desk.on("/moved", "乙", next="/gone")
        http_server.on("/gone", Reply(302, b"", {"Location": f"{other.url}/there"}))
        other.on("/there", Reply(200, b'{"data": [{"name": "\xe4\xb8\x99"}]}'))
        assert desk.names(desk.source("/list", Pages(1, 9, next="next"), auth="COURTS")) == ["甲", "乙", "丙"]
        assert [headers.get("x-key") for headers in other.headers] == [None] * len(other.asked)
        told = [headers.get("x-key") for headers in desk.server.headers]
        assert desk.server.asked == ["/robots.txt", "/list", "/moved", "/gone"]
        assert told == [None, "12345", None, "12345"]
    finally:
        other.stop()


def test_a_missing_setting_is_named_and_no_secret_is_said(desk: Desk) -> None:
    assert desk.refused(desk.source("/list", None, auth="TAX")) == (
        "The source wants to know who asks, and no setting says it: set GONGSHI_SOURCE_TAX_TOKEN "
        "or GONGSHI_SOURCE_TAX_HEADER."
    )
    assert "12345" not in desk.refused(desk.source("/list", None, auth="COURTS"))
