"""Faults of a file in each format, fetched over HTTP: nothing public is lost, all is as before later."""

import gzip
from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest

from publisher.harvests import Counts, RunState
from tests.fixtures.faults import ROWS, WHOLE, Faulty, Make
from tests.fixtures.harvesting import HEADER, row
from tests.fixtures.http_server import Reply

FAILED, BARRED, REFUSED = RunState.FAILED, RunState.BARRED, RunState.REFUSED
FORMATS = ("xlsx", "xml", "html", "ndjson")
PACKED = {"Content-Encoding": "gzip"}
LOGIN = "<html><head><title>用户登录</title></head><body></body></html>".encode()
ERROR = '{"code": 500, "msg": "系统繁忙"}'.encode()

FAULTS: dict[str, tuple[Callable[[bytes], Reply], RunState, str]] = {
    "slow-drip": (lambda _: Reply(200, b"0" * 99, manner="drip"), FAILED, "took too long"),
    "connection-reset": (lambda body: Reply(200, body[:99], manner="reset"), FAILED, "broke off"),
    "cut-off": (lambda body: Reply(200, body, manner="short"), FAILED, "broke off"),
    "truncated-gzip": (lambda body: Reply(200, gzip.compress(body)[:-99], PACKED), FAILED, "broke off"),
    "gzip-bomb": (lambda _: Reply(200, gzip.compress(b"0" * (8 << 20)), PACKED), FAILED, "unpacks to more"),
    "empty-file": (lambda _: Reply(200, b""), FAILED, "is empty"),
    "500": (lambda _: Reply(500), FAILED, "answered 500"),
    "redirect-inside": (lambda _: Reply(302, b"", {"Location": "http://10.0.0.1/"}), FAILED, "private"),
    "login-page": (lambda _: Reply(200, LOGIN), BARRED, "用户登录"),
    "json-error": (lambda _: Reply(200, ERROR), BARRED, "系统繁忙"),
    "plain-text-error": (lambda _: Reply(200, b"Too many requests"), BARRED, "Too many requests"),
}
HALF: dict[str, tuple[RunState, str]] = {
    "xlsx": (FAILED, "cut off or damaged"),
    "xml": (FAILED, "is not XML"),
    "html": (FAILED, "cut off"),
    "ndjson": (REFUSED, "of 60 known rows are missing"),
}


@pytest.fixture(params=FORMATS)
def source(faulty: Make, request: pytest.FixtureRequest) -> Faulty:
    source = faulty(paged=False, format=request.param)
    outcome = source.harvest()
    assert (outcome.state, outcome.counts.new) == (RunState.COMPLETE, 60), outcome.message
    return source


def survives(source: Faulty, reply: Reply, state: RunState, sentence: str) -> None:
    before = source.checksum()
    source.server.on(source.place, reply)
    for _ in range(1 if reply.manner == "drip" else 2):
        outcome = source.harvest()
        assert (outcome.state, source.checksum()) == (state, before), outcome.message
        assert sentence in source.said(outcome)
        assert "\n" not in source.said(outcome)
    source.mend()
    outcome = source.harvest()
    assert (outcome.state, outcome.counts.unchanged, source.checksum()) == (RunState.COMPLETE, 60, before)


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_lost_by(name: str, source: Faulty) -> None:
    breaks, state, sentence = FAULTS[name]
    survives(source, breaks(WHOLE[source.format](ROWS)), state, sentence)


def test_nothing_is_lost_by_half_a_file_sent_as_a_whole(source: Faulty) -> None:
    body = WHOLE[source.format](ROWS)
    survives(source, Reply(200, body[: len(body) // 2]), *HALF[source.format])


def test_nothing_is_lost_by_half_the_rows(source: Faulty) -> None:
    survives(source, Reply(200, WHOLE[source.format](ROWS[:30])), REFUSED, "30 of 60 known rows are missing")


def test_what_nobody_sees_in_a_page_is_no_row(faulty: Make) -> None:
    source = faulty(paged=False, format="html")
    source.harvest()
    before = source.checksum()
    seen = WHOLE["html"](
        [each.replace("海南", "海<span style='display:none'>口</span>\u200b南") for each in ROWS]
    )
    hidden = row(99).replace(",", "</td><td>")
    more = "".join(
        f"<tr {how}><td>{hidden}</td></tr>"
        for how in ("hidden", "style='display: none'", "style='font-size:0'", "aria-hidden=true")
    )
    more += f"<!-- <tr><td>{hidden}</td></tr> --><template><tr><td>{hidden}</td></tr></template>"
    source.server.on(source.place, Reply(200, seen.replace(b"</table>", more.encode() + b"</table>")))
    outcome = source.harvest()
    assert (outcome.counts, source.checksum()) == (Counts(seen=60, unchanged=60), before)


def test_a_hidden_sheet_of_a_workbook_is_not_read(faulty: Make) -> None:
    source = faulty(paged=False, format="xlsx")
    source.harvest()
    before = source.checksum()
    book = openpyxl.load_workbook(BytesIO(WHOLE["xlsx"](ROWS)))
    hidden = book.create_sheet("旧", 0)
    hidden.sheet_state = "hidden"
    for each in (HEADER, row(99)):
        hidden.append(each.split(","))
    book.save(to := BytesIO())
    source.server.on(source.place, Reply(200, to.getvalue()))
    outcome = source.harvest()
    assert (outcome.counts, source.checksum()) == (Counts(seen=60, unchanged=60), before)
