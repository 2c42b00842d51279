"""Sources of which a run reads only a part: the newest pages, or what is new since the last run."""

from datetime import timedelta

import pytest

from harvesters.believing import OUTRUN, STAYS
from publisher.harvests import Counts, RunState
from tests.fixtures.harvesting import HEADER, Desk, row
from tests.fixtures.http_server import Reply, WebServer

TIMED = f"{HEADER},更新时间"


class Remote:
    """The desk's source behind a server, in one of the modes."""

    def __init__(self, desk: Desk, server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk, self.server = desk, server
        monkeypatch.setattr("harvesters.manners.BACKOFF", 0.0)

    def define(self, address: str, mode: str, more: str) -> None:
        where = f'url = "{self.server.url}{address}"\nallow_private = true\nmode = "{mode}"'
        self.desk.define(more, where)

    def serve(self, path: str, *rows: str, header: str = TIMED) -> None:
        self.server.on(path, Reply(200, "\n".join((header, *rows)).encode()))

    def fail(self, path: str) -> None:
        self.server.on(path, Reply(404))


@pytest.fixture
def remote(desk: Desk, http_server: WebServer, monkeypatch: pytest.MonkeyPatch) -> Remote:
    return Remote(desk, http_server, monkeypatch)


def touched(number: int, day: str, reason: str = "虚开增值税专用发票") -> str:
    return f"{row(number, reason)},{day}"


PERIOD = "[period]\nmonths = 36\n"


# --- window


def window(remote: Remote, *pages: list[int]) -> None:
    remote.define("/rows?page={page}", "window", f"{PERIOD}[pages]\nlast = 2")
    for number, rows in enumerate(pages, 1):
        remote.serve(f"/rows?page={number}", *map(row, rows), header=HEADER)


def test_a_window_reads_its_pages_and_absence_says_nothing(remote: Remote) -> None:
    window(remote, [5, 4], [3, 2], [1])
    outcome = remote.desk.harvest()
    assert (outcome.state, outcome.counts.new) == (RunState.COMPLETE, 4)
    window(remote, [7, 6], [5, 4])
    for _ in range(3):
        outcome = remote.desk.harvest()
        assert (outcome.state, outcome.warnings, outcome.counts.vanished) == (RunState.COMPLETE, (), 0)
    assert len(remote.desk.names()) == 6


def test_a_window_that_the_source_has_outrun_warns(remote: Remote) -> None:
    window(remote, [2], [1])
    remote.desk.harvest()
    window(remote, [12, 11], [10, 9])
    outcome = remote.desk.harvest()
    assert (outcome.state, outcome.warnings) == (RunState.COMPLETE, (OUTRUN,))
    assert len(remote.desk.names()) == 6


# --- what was refused

BAD = row(4).replace("2026-03-01", "2026-02-30")
SHOWN = "海南第4贸易有限公司 | 琼税列〔2026〕4号 | 2026-02-30"


def refused(desk: Desk) -> list[str]:
    with desk.platform.store.reading() as store:
        return [refusal.excerpt for refusal in store.refusals()]


def of_window(remote: Remote, *rows: str) -> None:
    remote.define("/rows?page={page}", "window", f"{PERIOD}[pages]\nlast = 1")
    remote.serve("/rows?page=1", *rows, header=HEADER)


def test_a_refused_row_that_leaves_the_window_stays_in_quarantine_for_a_month(remote: Remote) -> None:
    rows = [row(number) for number in range(5, 15)]
    of_window(remote, *rows, BAD)
    remote.desk.harvest()
    assert refused(remote.desk) == [SHOWN]
    of_window(remote, row(15), *rows)
    now = remote.desk.platform.settings.clock()
    for days in (0, 29):
        assert remote.desk.harvest(clock=lambda days=days: now + timedelta(days)).counts.refused == 0
        assert refused(remote.desk) == [SHOWN]
    remote.desk.harvest(clock=lambda: now + timedelta(31))
    assert refused(remote.desk) == []


@pytest.mark.parametrize("earlier", [[], [row(4)]], ids=["new", "as-it-was-before"])
def test_a_refused_row_that_is_mended_leaves_the_quarantine_of_a_window(
    remote: Remote, earlier: list[str]
) -> None:
    rows = [row(number) for number in range(5, 15)]
    of_window(remote, *rows, *earlier)
    remote.desk.harvest()
    of_window(remote, *rows, BAD)
    remote.desk.harvest()
    assert refused(remote.desk) == [SHOWN]
    of_window(remote, *rows, row(4))
    remote.desk.harvest()
    assert refused(remote.desk) == []


def test_a_row_without_a_key_stands_in_quarantine_once(remote: Remote) -> None:
    nameless = "," + row(4).partition(",")[2]
    rows = [row(number) for number in range(5, 15)]
    of_window(remote, *rows, nameless)
    remote.desk.harvest()
    (before,) = refused(remote.desk)
    of_window(remote, nameless, row(15), *rows)
    remote.desk.harvest()
    assert refused(remote.desk) == [before]
    of_window(remote, row(15), *rows)
    remote.desk.harvest()
    assert refused(remote.desk) == [before]


# --- incremental

SINCE = '[since]\ncolumn = "更新时间"\nfirst = 2026-01-01\noverlap = "3d"\n[expect]\nignore = ["更新时间"]'


def incremental(remote: Remote, more: str = "") -> None:
    remote.define("/rows?from={since}", "incremental", PERIOD + SINCE + more)


def test_the_next_run_asks_from_the_latest_day_less_the_overlap(remote: Remote) -> None:
    incremental(remote)
    remote.serve("/rows?from=2026-01-01", touched(1, "2026-03-01"), touched(2, "2026年4月10日"))
    assert remote.desk.harvest().counts.new == 2
    remote.serve("/rows?from=2026-04-07", touched(2, "2026-04-12", "偷税"), touched(3, "2026-04-13"))
    outcome = remote.desk.harvest()
    assert outcome.counts == Counts(seen=2, new=1, changed=1)
    remote.serve("/rows?from=2026-04-10")
    for _ in range(2):  # nothing new is no failure, and nothing goes
        outcome = remote.desk.harvest()
        assert (outcome.state, outcome.message, outcome.counts) == (RunState.COMPLETE, None, Counts())
    assert len(remote.desk.names()) == 3


def test_a_first_run_without_rows_fails_as_ever(remote: Remote) -> None:
    incremental(remote)
    remote.serve("/rows?from=2026-01-01")
    assert remote.desk.harvest().state is RunState.FAILED


def test_the_day_stays_where_a_run_failed(remote: Remote) -> None:
    incremental(remote)
    remote.serve("/rows?from=2026-01-01", touched(1, "2026-03-10"))
    remote.desk.harvest()
    remote.fail("/rows?from=2026-03-07")
    assert remote.desk.harvest().state is RunState.FAILED
    remote.serve("/rows?from=2026-03-07", touched(2, "2026-03-11"))
    assert remote.desk.harvest().counts.new == 1


def test_the_day_stays_while_rows_are_refused_so_that_a_mended_one_is_read(remote: Remote) -> None:
    incremental(remote)
    good = [touched(number, "2026-03-10") for number in range(1, 10)]
    bad = touched(10, "2026-02-01").replace("2026-03-01", "2026-02-30")
    remote.serve("/rows?from=2026-01-01", *good, bad)
    outcome = remote.desk.harvest()
    assert (outcome.state, outcome.counts.refused) == (RunState.COMPLETE, 1)
    assert STAYS in outcome.warnings
    remote.serve("/rows?from=2026-01-01", *good, touched(10, "2026-02-01"))
    assert remote.desk.harvest().counts == Counts(seen=10, new=1, unchanged=9)
    remote.serve("/rows?from=2026-03-07", touched(11, "2026-03-12"))
    assert remote.desk.harvest().counts.new == 1


def test_one_refused_row_among_few_new_ones_keeps_none_back(remote: Remote) -> None:
    incremental(remote)
    remote.serve("/rows?from=2026-01-01", touched(1, "2026-03-10"))
    remote.desk.harvest()
    bad = [touched(number, "2026-03-11").replace("2026-03-01", "2026-02-30") for number in (3, 4, 5)]
    remote.serve("/rows?from=2026-03-07", touched(2, "2026-03-11"), bad[0])
    assert remote.desk.harvest().counts == Counts(seen=2, new=1, refused=1)
    remote.serve("/rows?from=2026-03-07", touched(6, "2026-03-11"), *bad)
    assert remote.desk.harvest().state is RunState.FAILED


def test_a_day_that_is_yet_to_come_skips_nothing(remote: Remote) -> None:
    incremental(remote)
    remote.serve("/rows?from=2026-01-01", touched(1, "2062-03-10"), touched(2, "2026-03-10"))
    remote.desk.harvest()
    remote.serve("/rows?from=2026-03-07", touched(3, "2026-03-11"))
    assert remote.desk.harvest().counts.new == 1


def test_a_changed_definition_reads_all_again(remote: Remote) -> None:
    incremental(remote)
    remote.serve("/rows?from=2026-01-01", touched(1, "2026-03-10"))
    remote.desk.harvest()
    incremental(remote, "\n# another way to read it")
    outcome = remote.desk.harvest()
    assert (outcome.state, outcome.counts.seen) == (RunState.COMPLETE, 1)
    assert remote.server.pages[-1] == "/rows?from=2026-01-01"


def test_a_source_with_numbers_is_asked_from_the_greatest_less_the_overlap(remote: Remote) -> None:
    incremental(remote)
    numbers = SINCE.replace("2026-01-01", "0").replace('"3d"', "5")
    remote.define("/rows?from={since}", "incremental", PERIOD + numbers)
    odd = [touched(number, cell) for number, cell in enumerate(("9", "没有", "9" * 30, "-7", "1e9"), 4)]
    remote.serve("/rows?from=0", touched(1, "100"), touched(2, "99"), *odd)
    assert remote.desk.harvest().counts.new == 7
    remote.serve("/rows?from=95", touched(3, "101"))
    assert remote.desk.harvest().counts.new == 1
    remote.serve("/rows?from=96")
    assert remote.desk.harvest().counts == Counts()


def test_the_mark_is_kept_by_source_and_reading(desk: Desk) -> None:
    store = desk.platform.store
    with store.writing() as writing:
        writing.set_read_until("tax/list", b"1" * 16, "2026-03-01")
        writing.set_read_until("tax/list", b"1" * 16, "2026-04-01")
        assert writing.read_until("tax/list", b"1" * 16) == "2026-04-01"
        assert writing.read_until("tax/list", b"2" * 16) is None
        assert writing.read_until("tax/other", b"1" * 16) is None
