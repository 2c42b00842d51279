"""Faults of a source of one file: nothing public is lost, and all is as before later."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from publisher.errors import Refused
from publisher.harvests import Counts, RunState
from tests.fixtures.faults import ROWS, Faulty, Make, page, table
from tests.fixtures.harvesting import HEADER, row
from tests.fixtures.http_server import Reply

FAILED, BARRED = RunState.FAILED, RunState.BARRED
REFUSED, COMPLETE = RunState.REFUSED, RunState.COMPLETE
PLAIN = table(ROWS).body
PACKED = {"Content-Encoding": "gzip"}


def swapped(first: str, second: str) -> Reply:
    """The headers of two columns swapped, what stands under them not."""
    names = HEADER.split(",")
    one, other = names.index(first), names.index(second)
    names[one], names[other] = names[other], names[one]
    return table(ROWS, ",".join(names))


def other_ids() -> Reply:
    return table([each.replace("号,", "号文件,") for each in ROWS])


FAULTS: dict[str, tuple[Reply, RunState, str, int]] = {
    "only-a-header": (table([]), FAILED, "no rows at all", 0),
    "empty-file": (Reply(200, b""), FAILED, "rows.csv", 0),
    "half-the-rows": (table(ROWS[:30]), REFUSED, "30 of 60 known rows are missing", 0),
    "key-column-renamed": (table(ROWS, HEADER.replace("文号", "编号")), FAILED, "文号", 0),
    "code-and-date-swapped": (
        swapped("统一社会信用代码", "列入日期"),
        FAILED,
        "60 of 60 rows were refused",
        60,
    ),
    "name-and-code-swapped": (
        swapped("纳税人名称", "统一社会信用代码"),
        FAILED,
        "60 of 60 rows were refused",
        60,
    ),
    "name-and-reason-swapped": (
        swapped("纳税人名称", "列入原因"),
        REFUSED,
        "In 60 of 60 changed rows listing_reason says what subject said, and the other way round",
        0,
    ),
    "mixed-encodings": (
        Reply(200, PLAIN[: len(PLAIN) // 2] + "\n".join(ROWS[30:]).encode("gb18030")),
        FAILED,
        "rows.csv",
        0,
    ),
    "truncated-gzip": (Reply(200, gzip.compress(PLAIN)[:-200], PACKED), FAILED, "broke off", 0),
    "no-gzip-at-all": (Reply(200, PLAIN, PACKED), FAILED, "cannot be unpacked", 0),
    "gzip-bomb": (Reply(200, gzip.compress(b"0" * (8 << 20)), PACKED), FAILED, "unpacks to more than", 0),
    "larger-than-allowed": (Reply(200, PLAIN + b"0" * (2 << 20)), FAILED, "larger than", 0),
    "changed-id-format": (other_ids(), REFUSED, "None of the 60 known rows is there again", 0),
    "login-page": (Reply(200, "<html><title>用户登录</title></html>".encode()), BARRED, "用户登录", 0),
    "html-without-a-tell-tale": (Reply(200, b"<html><body>Oops</body></html>"), BARRED, "an HTML page", 0),
    "json-error": (
        Reply(200, '{"code": 500, "msg": "系统繁忙"}'.encode()),
        BARRED,
        'an error as JSON where CSV was due; it says "系统繁忙"',
        0,
    ),
    "json-rows": (page(ROWS), FAILED, 'say format = "json"', 0),
    "plain-text-error": (
        Reply(200, b"Too many requests, retry later\n"),
        BARRED,
        'one line of text where CSV was due: "Too many requests, retry later"',
        0,
    ),
    "plain-text-exception": (Reply(200, b"java.lang.NullPointerException"), BARRED, "one line of text", 0),
    "403": (Reply(403), FAILED, "answered 403", 0),
    "retry-after-a-day": (Reply(429, b"", {"Retry-After": "86400"}), FAILED, "answered 429", 0),
}


@pytest.fixture
def source(faulty: Make) -> Faulty:
    source = faulty(paged=False)
    outcome = source.harvest()
    assert (outcome.state, outcome.counts.new) == (COMPLETE, 60), outcome.message
    return source


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_lost_by(name: str, source: Faulty) -> None:
    reply, state, sentence, refused = FAULTS[name]
    before = source.checksum()
    source.server.on("/rows.csv", reply)
    for _ in range(2):
        outcome = source.harvest()
        assert (outcome.state, source.checksum()) == (state, before), outcome.message
        assert sentence in source.said(outcome)
        assert "\n" not in source.said(outcome)
        assert source.quarantined() == refused
    recovers(source)
    assert source.checksum() == before


def recovers(source: Faulty) -> None:
    source.mend()
    outcome = source.harvest()
    assert (outcome.state, outcome.counts.unchanged) == (COMPLETE, 60), outcome.message
    assert source.quarantined() == 0


@pytest.mark.parametrize(
    "reply", [Reply(500), Reply(200, b"User-agent: *\nDisallow: /")], ids=["500", "disallow"]
)
def test_nothing_is_lost_by_robots(reply: Reply, source: Faulty) -> None:
    before = source.checksum()
    source.server.on("/robots.txt", reply)
    for _ in range(2):
        outcome = source.harvest()
        assert (outcome.state, source.checksum()) == (FAILED, before)
        assert "robots.txt" in source.said(outcome)
    assert source.server.pages == ["/rows.csv"]
    recovers(source)
    assert source.checksum() == before


def odd(name: str) -> tuple[Reply, Counts]:
    replies: dict[str, tuple[Callable[[], Reply], Counts]] = {
        "duplicates": (lambda: table([*ROWS, *ROWS[:9]]), Counts(seen=69, unchanged=69)),
        "other-duplicates": (
            lambda: table([*ROWS, row(1, reason="另一个原因")]),
            Counts(seen=61, unchanged=60, refused=1),
        ),
        "total-and-notes": (
            lambda: table([*ROWS[:30], "合计,30,,,,", *ROWS[30:], "注：以上为公示,,,,,"]),
            Counts(seen=60, unchanged=60),
        ),
        "a-clock-an-hour-off": (
            lambda: Reply(200, PLAIN, {"Last-Modified": "Mon, 23 Nov 2026 05:00:00 GMT"}),
            Counts(seen=60, unchanged=60),
        ),
        "a-clock-of-1970": (
            lambda: Reply(200, PLAIN, {"Last-Modified": "Thu, 01 Jan 1970 00:00:00 GMT"}),
            Counts(seen=60, unchanged=60),
        ),
    }
    make, counts = replies[name]
    return make(), counts


@pytest.mark.parametrize(
    "name", ["duplicates", "other-duplicates", "total-and-notes", "a-clock-an-hour-off", "a-clock-of-1970"]
)
def test_what_is_merely_odd_changes_nothing(name: str, source: Faulty) -> None:
    before = source.checksum()
    reply, counts = odd(name)
    source.server.on("/rows.csv", reply)
    for _ in range(2):
        outcome = source.harvest()
        assert (outcome.state, outcome.counts, source.checksum()) == (COMPLETE, counts, before)
        assert source.quarantined() == counts.refused
    recovers(source)


def test_a_removal_above_the_limits_waits_for_its_operator(source: Faulty) -> None:
    source.server.on("/rows.csv", table(ROWS[:30]))
    assert source.harvest().state is REFUSED
    outcome = source.harvest(accept_removals=True)
    assert (outcome.state, outcome.counts.withdrawn) == (COMPLETE, 30)
    assert len(source.desk.names()) == 30


def test_columns_that_changed_places_wait_for_an_operator(source: Faulty) -> None:
    source.server.on("/rows.csv", swapped("纳税人名称", "列入原因"))
    assert source.harvest().state is REFUSED
    assert source.harvest(accept_removals=True).counts == Counts(seen=60, changed=60)


def test_a_few_rows_that_swap_their_fields_are_corrections(source: Faulty) -> None:
    swaps = [
        ",".join((cells[3], *cells[1:3], cells[0], *cells[4:])) for cells in (r.split(",") for r in ROWS[:2])
    ]
    others = [row(number, reason="逃避追缴欠税") for number in range(3, 20)]
    source.server.on("/rows.csv", table([*swaps, *others, *ROWS[19:]]))
    assert source.harvest().counts == Counts(seen=60, changed=19, unchanged=41)


def test_a_304_after_a_failed_run_is_not_believed(source: Faulty) -> None:
    before = source.checksum()
    source.server.on("/rows.csv", Reply(500))
    assert source.harvest().state is FAILED
    source.server.on("/rows.csv", Reply(304))
    outcome = source.harvest()
    assert (outcome.state, source.checksum()) == (FAILED, before)
    assert "answered 304" in source.said(outcome)
    recovers(source)


def test_keys_that_are_new_at_every_call_do_not_flood_the_public(source: Faulty) -> None:
    before = source.checksum()
    for call in range(3):
        source.server.on("/rows.csv", table([each.replace("号,", f"号{call}{call},") for each in ROWS]))
        outcome = source.harvest()
        assert (outcome.state, outcome.counts.new, source.checksum()) == (REFUSED, 0, before)
    assert source.harvest(accept_removals=True).counts == Counts(seen=60, new=60, vanished=60, withdrawn=60)
    assert len(source.desk.names()) == 60


def test_a_short_list_may_be_another_one_each_time(source: Faulty) -> None:
    source.server.on("/rows.csv", table(ROWS[:5]))
    source.harvest(accept_removals=True)
    source.server.on("/rows.csv", table(ROWS[10:15]))
    outcome = source.harvest()
    assert (outcome.state, outcome.counts.new) == (REFUSED, 5)
    assert len(source.desk.names()) == 10


@pytest.mark.parametrize(
    "reply",
    [Reply(500), table([]), table(ROWS, HEADER.replace("文号", "编号")), Reply(200, PLAIN, PACKED)],
    ids=["500", "no-rows", "key-column-renamed", "no-gzip-at-all"],
)
def test_the_quarantine_outlives_a_run_that_has_not_read_the_rows(reply: Reply, source: Faulty) -> None:
    source.mend([*ROWS, row(99).replace("2026-03-01", "2026-02-30")])
    assert source.harvest().counts.refused == 1
    source.server.on("/rows.csv", reply)
    for _ in range(2):
        assert source.harvest().state is FAILED
        assert source.quarantined() == 1
    recovers(source)


def test_a_short_retry_after_is_waited_for(source: Faulty) -> None:
    before, slept = source.checksum(), list[float]()
    busy = Reply(503, b"", {"Retry-After": "7"})
    source.server.on("/rows.csv", busy, busy, table(ROWS))
    outcome = source.harvest(sleep=slept.append)
    assert (outcome.state, outcome.counts.unchanged, source.checksum()) == (COMPLETE, 60, before)
    assert [seconds for seconds in slept if seconds] == [7.0, 7.0]


def test_a_run_that_died_holds_up_the_next_until_its_lease_ends(source: Faulty) -> None:
    before, now = source.checksum(), source.desk.platform.settings.clock()
    with source.desk.platform.store.writing() as store:
        store.start_harvest("tax/list", now)
        store.take_lease("harvest:tax/list", "a process that died", timedelta(seconds=60), datetime.now(UTC))
    source.mend(ROWS[:50])
    with pytest.raises(Refused):
        source.harvest()
    assert source.checksum() == before
    outcome = source.harvest(wall=lambda: datetime.now(UTC) + timedelta(seconds=61))
    assert (outcome.state, outcome.counts.vanished) == (COMPLETE, 10)
    with source.desk.platform.store.reading() as store:
        died = store.harvests("tax/list")[1]
    assert (died.state, died.message) == (RunState.INTERRUPTED, "The process that ran it died.")
    assert source.checksum() == before
