"""Own pages of a list's rows: asked for when the list says something new of a row, and every few days."""

from datetime import timedelta

import pytest

from harvesters.own_pages import SPREAD, TRUSTED
from publisher.harvests import Counts, RunState
from tests.fixtures.harvesting import Desk, row
from tests.fixtures.http_server import Reply, WebServer

FORMAT = """
format = "html"
rows = "li"
cells = { "纳税人名称" = "a", "列入日期" = "i" }
detail = { link = "a@href" }
"""


class Remote:
    """A list of rows with pages of their own; `asked` are those that the last run asked for."""

    def __init__(self, desk: Desk, server: WebServer) -> None:
        self.desk, self.server = desk, server
        self.desk.file.with_name("list.sample.html").write_text(page(""))
        self.define()
        self.asked: list[str] = []
        self.now = desk.platform.settings.clock()
        for number in (1, 2, 3):
            self.own(number)
        self.list(1, 2, 3)

    def define(self, more: str = "") -> None:
        self.desk.define(more, f'url = "{self.server.url}/list"\nallow_private = true', FORMAT)

    def list(self, *numbers: int, day: str = "2026-03-01") -> None:
        links = (f"<li><a href='/{n}'>{row(n).split(',')[0]}</a><i>{day}</i></li>" for n in numbers)
        self.server.on("/list", Reply(200, page(f"<ul>{''.join(links)}</ul>").encode()))

    def own(self, number: int, reason: str = "虚开增值税专用发票") -> None:
        _, code, document, *_ = row(number).split(",")
        said = f"<p>统一社会信用代码：{code}</p><p>文号：{document}</p><p>列入原因：{reason}</p>"
        self.server.on(f"/{number}", Reply(200, page(said).encode()))

    def harvest(self, days: float = 0, **given: bool) -> Counts:
        del self.server.asked[:]
        outcome = self.desk.harvest(clock=lambda: self.now + timedelta(days), **given)
        assert outcome.state is RunState.COMPLETE, outcome.message
        self.asked = [path for path in self.server.pages if path != "/list"]
        return outcome.counts


def page(body: str) -> str:
    return f"<html><body>{body}</body></html>"


@pytest.fixture
def remote(desk: Desk, http_server: WebServer) -> Remote:
    return Remote(desk, http_server)


def test_an_own_page_is_not_asked_for_again_while_the_list_says_the_same(remote: Remote) -> None:
    assert (remote.harvest(), remote.asked) == (Counts(seen=3, new=3), ["/1", "/2", "/3"])
    for _ in range(2):
        assert (remote.harvest(1), remote.asked) == (Counts(seen=3, unchanged=3), [])
    assert len(remote.desk.names()) == 3


def test_it_is_when_the_list_says_something_else_of_the_row(remote: Remote) -> None:
    remote.harvest()
    remote.list(1, 2, 3, day="2026-03-02")
    remote.own(2, "逃避追缴欠税")
    assert (remote.harvest(), remote.asked) == (Counts(seen=3, changed=3), ["/1", "/2", "/3"])


def test_it_is_after_some_days(remote: Remote) -> None:
    remote.harvest()
    remote.own(2, "逃避追缴欠税")
    counts = remote.harvest((TRUSTED + SPREAD) / timedelta(days=1))
    assert (counts, remote.asked) == (Counts(seen=3, changed=1, unchanged=2), ["/1", "/2", "/3"])
    assert (remote.harvest(8), remote.asked) == (Counts(seen=3, unchanged=3), [])


def test_it_is_when_the_definition_changes_or_an_operator_accepts_removals(remote: Remote) -> None:
    remote.harvest()
    assert (remote.harvest(accept_removals=True).unchanged, remote.asked) == (3, ["/1", "/2", "/3"])
    remote.define("# another way to read it")
    remote.harvest()
    assert remote.asked == ["/1", "/2", "/3"]


def test_that_of_a_refused_row_is_asked_for_each_time(remote: Remote) -> None:
    for number in range(4, 10):
        remote.own(number)
    remote.server.on("/3", Reply(404))
    remote.list(*range(1, 10))
    assert remote.harvest().refused == 1
    assert (remote.harvest().refused, remote.asked) == (1, ["/3"])
    remote.own(3)
    assert (remote.harvest(), remote.asked) == (Counts(seen=9, new=1, unchanged=8), ["/3"])


def test_a_row_that_has_gone_and_comes_back_is_read_anew(remote: Remote) -> None:
    remote.harvest()
    remote.list(1, 2)
    remote.harvest()
    assert remote.harvest().withdrawn == 1
    remote.list(1, 2, 3)
    assert (remote.harvest(), remote.asked) == (Counts(seen=3, new=1, unchanged=2), ["/3"])
    assert len(remote.desk.names()) == 3


def test_a_page_that_rows_share_is_asked_for_each_time(remote: Remote) -> None:
    for number in range(4, 8):
        remote.own(number)
    links = [(number, 1) for number in range(1, 8)] + [(2, 2)]
    shared = (f"<li><a href='/{n}'>{row(n).split(',')[0]}</a><i>2026-03-0{day}</i></li>" for n, day in links)
    remote.server.on("/list", Reply(200, page(f"<ul>{''.join(shared)}</ul>").encode()))
    for _ in range(2):
        assert remote.harvest().refused == 1  # the same key with another day
    assert remote.asked == ["/2"]
