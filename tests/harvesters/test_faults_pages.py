"""Faults of a paged source: whatever its server does, nothing public is lost, and all is as before later."""

from collections.abc import Callable

import pytest

from publisher.harvests import RunState
from tests.fixtures.faults import ROWS, Faulty, Make, page
from tests.fixtures.harvesting import row
from tests.fixtures.http_server import Reply

FAILED, BARRED, REFUSED = RunState.FAILED, RunState.BARRED, RunState.REFUSED


def html(title: str, body: str = "") -> Reply:
    return Reply(200, f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode())


def each(*numbers: int, reply: Reply) -> Callable[[Faulty], None]:
    """The fault that these pages are answered so."""

    def breaks(source: Faulty) -> None:
        for number in numbers:
            source.on(number, reply)

    return breaks


def says(text: str) -> Reply:
    return Reply(200, text.encode())


def to(place: str) -> Reply:
    return Reply(302, b"", {"Location": place})


def endless(source: Faulty) -> None:
    for number in range(1, 30):
        source.on(number, page([row(1000 * number + extra) for extra in range(20)]))


FAULTS: dict[str, tuple[Callable[[Faulty], None], RunState, str]] = {
    "no-rows": (each(1, reply=page([])), FAILED, "no rows at all"),
    "half-the-rows": (each(2, 3, reply=page([])), REFUSED, "40 of 60 known rows are missing"),
    "500-on-page-3": (each(3, reply=Reply(500)), FAILED, "page=3 answered 500"),
    "404-on-page-3": (each(3, reply=Reply(404)), FAILED, "page=3 answered 404"),
    "endless-paging": (endless, FAILED, "is page 9 and has rows"),
    "the-same-page-for-ever": (each(*range(1, 9), reply=page(ROWS[:20])), REFUSED, "40 of 60"),
    "slow-drip": (each(2, reply=Reply(200, b"{" * 99, manner="drip")), FAILED, "took too long"),
    "connection-reset": (each(2, reply=Reply(200, b'{"da', manner="reset")), FAILED, "broke off"),
    "cut-off": (each(2, reply=Reply(200, b'{"da', manner="short")), FAILED, "broke off"),
    "half-a-json": (each(2, reply=says('{"code": 0, "data": [{"x"')), FAILED, "cut off"),
    "redirect-to-another-loopback": (each(2, reply=to("http://127.0.0.2/")), FAILED, "private"),
    "redirect-to-a-private-address": (each(2, reply=to("http://10.0.0.1/")), FAILED, "private"),
    "redirect-to-the-cloud's-metadata": (
        each(2, reply=to("http://169.254.169.254/")),
        FAILED,
        "nothing public",
    ),
    "redirect-to-a-file": (each(2, reply=to("file:///etc/passwd")), FAILED, "http"),
    "login-page": (each(3, reply=html("用户登录")), BARRED, "用户登录"),
    "bot-check": (each(3, reply=html("安全验证", "请完成滑块验证")), BARRED, "安全验证"),
    "html-error": (each(3, reply=html("系统异常")), BARRED, "系统异常"),
    "json-error-without-rows": (
        each(3, reply=says('{"code": 500, "msg": "系统繁忙"}')),
        BARRED,
        "系统繁忙",
    ),
    "json-error-with-null-rows": (
        each(3, reply=says('{"code": 500, "msg": "系统繁忙", "data": null}')),
        BARRED,
        "系统繁忙",
    ),
    "json-error-with-no-rows": (
        each(3, reply=says('{"success": false, "message": "请先登录", "data": []}')),
        BARRED,
        "请先登录",
    ),
    "another-code-without-rows": (
        each(3, reply=says('{"code": 1, "msg": "参数有误", "data": []}')),
        BARRED,
        "参数有误",
    ),
    "json-null-from-the-start": (each(1, reply=says('{"code": 0, "data": null}')), FAILED, "no rows at all"),
    "json-error-in-place-of-all": (each(1, reply=says('{"error": "forbidden"}')), BARRED, "forbidden"),
}


@pytest.fixture
def source(faulty: Make) -> Faulty:
    source = faulty(paged=True)
    outcome = source.harvest()
    assert (outcome.state, outcome.counts.new) == (RunState.COMPLETE, 60), outcome.message
    return source


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_lost_by(name: str, source: Faulty) -> None:
    breaks, state, sentence = FAULTS[name]
    before = source.checksum()
    breaks(source)
    for _ in range(2):
        outcome = source.harvest()
        assert (outcome.state, source.checksum()) == (state, before), outcome.message
        assert sentence in source.said(outcome)
        assert "\n" not in source.said(outcome)
        assert source.quarantined() == 0
    source.mend()
    outcome = source.harvest()
    assert (outcome.state, outcome.counts.unchanged, source.checksum()) == (RunState.COMPLETE, 60, before)


def test_a_server_whose_good_code_is_an_odd_one_is_believed(faulty: Make) -> None:
    source = faulty(paged=True)
    for number in range(1, 5):
        source.on(number, page(ROWS[20 * (number - 1) : 20 * number], code="A0001"))
    outcome = source.harvest()
    assert (outcome.state, outcome.counts.new) == (RunState.COMPLETE, 60), outcome.message
    source.on(3, page([], code="A0002"))
    assert source.harvest().state is BARRED


def test_a_first_harvest_of_one_page_for_ever_warns(faulty: Make) -> None:
    source = faulty(paged=True)
    for number in range(1, 9):
        source.on(number, page(ROWS[:20]))
    outcome = source.harvest()
    assert (outcome.state, outcome.counts.new) == (RunState.COMPLETE, 20)
    (warning,) = outcome.warnings
    assert warning.startswith(f"{source.server.url}/list?page=2 has the rows of the page before it")
    source.mend(ROWS[:40])
    source.on(3, page(ROWS[20:40]))
    outcome = source.harvest()
    assert (outcome.counts.new, outcome.warnings) == (20, ())


@pytest.mark.parametrize(
    "end", ['{"code": "404", "msg": "暂无数据", "data": null}', '{"code": 0, "data": null}', '{"data": []}']
)
def test_a_list_may_end_with_a_page_that_says_so(end: str, source: Faulty) -> None:
    source.on(4, says(end))
    assert source.harvest().state is RunState.COMPLETE
