"""A file that has not changed costs one question; it is read whole whenever a row could be lost by that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from harvesters.harvest import Outcome
from publisher.harvests import Counts, RunState
from tests.fixtures.harvesting import HEADER, Desk, row
from tests.fixtures.http_server import Reply, WebServer


class Remote:
    """The desk's source behind a server that knows validators."""

    def __init__(self, desk: Desk, server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk, self.server = desk, server
        monkeypatch.setattr("harvesters.manners.BACKOFF", 0.0)
        self.define()

    def define(self, more: str = "") -> None:
        self.desk.define(more, f'url = "{self.server.url}/rows.csv"\nallow_private = true')

    def serve(self, rows: Sequence[str], etag: str | None, *, unchanged: bool = False) -> None:
        """Serves the rows, or, to who knows them, only that they are unchanged."""
        headers = {"ETag": etag} if etag else {"X-None": ""}
        body = "\n".join((HEADER, *rows)).encode()
        self.server.on("/rows.csv", Reply(304, b"", headers) if unchanged else Reply(200, body, headers))

    def harvest(self, *, accept_removals: bool = False) -> tuple[Outcome, bool]:
        """A run, and whether it asked only for what has changed."""
        outcome = self.desk.harvest(accept_removals=accept_removals)
        asked = self.server.headers[-1]
        return outcome, "if-none-match" in asked or "if-modified-since" in asked


@pytest.fixture
def remote(desk: Desk, http_server: WebServer, monkeypatch: pytest.MonkeyPatch) -> Remote:
    return Remote(desk, http_server, monkeypatch)


ROWS = [row(number) for number in range(1, 11)]
BAD = row(99).replace("2026-03-01", "2026-02-30")


def test_an_unchanged_file_is_one_304_and_the_run_is_complete(remote: Remote) -> None:
    remote.serve([*ROWS, BAD], '"1"')
    first, asked = remote.harvest()
    assert (first.counts, asked) == (Counts(seen=11, new=10, refused=1), False)
    with remote.desk.platform.store.reading() as store:
        before = store.last_change()
    remote.serve([], '"1"', unchanged=True)
    for _ in range(3):
        outcome, asked = remote.harvest()
        assert (outcome.state, outcome.message, asked) == (RunState.COMPLETE, None, True)
        assert outcome.counts == Counts(seen=11, unchanged=10, refused=1)
    assert remote.server.headers[-1]["if-none-match"] == '"1"'
    with remote.desk.platform.store.reading() as store:
        assert store.last_change() == before
        assert len(store.refusals()) == 1
        assert store.sources()["tax/list"][1] is not None
    assert len(remote.desk.names()) == 10


def test_a_server_without_validators_is_known_by_its_bytes(remote: Remote) -> None:
    remote.serve(ROWS, None)
    remote.harvest()
    outcome, asked = remote.harvest()
    assert (outcome.counts, asked) == (Counts(seen=10, unchanged=10), False)
    remote.serve([*ROWS, row(11)], None)
    assert remote.harvest()[0].counts == Counts(seen=11, new=1, unchanged=10)


def test_last_modified_is_a_validator_too(remote: Remote) -> None:
    body = "\n".join((HEADER, *ROWS)).encode()
    moment = "Mon, 23 Nov 2026 04:00:00 GMT"
    remote.server.on("/rows.csv", Reply(200, body, {"Last-Modified": moment}), Reply(304))
    remote.harvest()
    outcome, asked = remote.harvest()
    assert (outcome.state, asked) == (RunState.COMPLETE, True)
    assert remote.server.headers[-1]["if-modified-since"] == moment


def test_a_changed_file_is_read(remote: Remote) -> None:
    remote.serve(ROWS, '"1"')
    remote.harvest()
    remote.serve([*ROWS, row(11)], '"2"')
    outcome, asked = remote.harvest()
    assert (outcome.counts, asked) == (Counts(seen=11, new=1, unchanged=10), True)


def test_a_definition_written_anew_is_read_whole(remote: Remote) -> None:
    remote.serve(ROWS, '"1"')
    remote.harvest()
    remote.define(more='licence = "CC0"')
    assert remote.harvest()[1] is False
    assert remote.harvest()[1] is True


@pytest.mark.parametrize("bad", [[Reply(500)], [Reply(200, b"<html>")], [Reply(200, b"")]])
def test_after_a_failed_run_everything_is_read(remote: Remote, bad: list[Reply]) -> None:
    remote.serve(ROWS, '"1"')
    remote.harvest()
    remote.server.on("/rows.csv", *bad)
    assert remote.harvest()[0].state.failed
    remote.serve(ROWS, '"1"')
    outcome, asked = remote.harvest()
    assert (outcome.counts, asked) == (Counts(seen=10, unchanged=10), False)


def test_after_a_run_that_waits_for_an_operator_everything_is_read(remote: Remote) -> None:
    remote.serve(ROWS, '"1"')
    remote.harvest()
    remote.serve(ROWS[:2], '"2"')
    assert remote.harvest()[0].state is RunState.REFUSED
    outcome, asked = remote.harvest(accept_removals=True)
    assert (outcome.counts.withdrawn, asked) == (8, False)
    assert len(remote.desk.names()) == 2


def test_a_row_that_is_missing_is_missed_again_by_the_next_run(remote: Remote) -> None:
    remote.serve(ROWS, '"1"')
    remote.harvest()
    remote.serve(ROWS[1:], '"2"')
    assert remote.harvest()[0].counts.vanished == 1
    assert len(remote.desk.names()) == 10
    outcome, asked = remote.harvest()
    assert (outcome.counts.withdrawn, asked) == (1, False)
    assert len(remote.desk.names()) == 9
    assert [remote.harvest()[1], remote.harvest()[1]] == [False, True]


def test_a_server_is_not_believed_for_ever(remote: Remote) -> None:
    remote.serve(ROWS, '"1"')
    remote.harvest()
    settings = remote.desk.platform.settings
    for days, believed in ((6, True), (8, False)):
        remote.desk.platform.settings = replace(settings, ahead=settings.ahead + timedelta(days=days))
        remote.serve(ROWS, '"1"', unchanged=believed)
        assert remote.harvest()[1] is believed


def test_pages_and_local_files_are_read_every_time(remote: Remote) -> None:
    remote.desk.define()
    remote.desk.write(*ROWS)
    for _ in range(2):
        assert remote.desk.harvest().state is RunState.COMPLETE
    assert remote.server.asked == []
    url = f'url = "{remote.server.url}/{{page}}"\nallow_private = true\npages = {{ last = 3 }}'
    remote.desk.define(where=url)
    for number in (1, 2):
        body = "\n".join((HEADER, *(ROWS if number == 1 else []))).encode()
        remote.server.on(f"/{number}", Reply(200, body, {"ETag": '"1"'}))
    for _ in range(2):
        assert remote.desk.harvest().counts.seen == 10
    assert "if-none-match" not in {name for headers in remote.server.headers for name in headers}
