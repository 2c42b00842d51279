"""How a source's hosts are asked: as their robots.txt wants, with pauses, and again when it may go better."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from protego import Protego
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from publisher.errors import SourceUnreadable
from publisher.outgoing import Answer, Ask, Exchange, Outgoing, SentOn, Unanswered, shown

ROBOT = "Gongshi"
"""What robots.txt calls us."""

PAUSE = 0.5
TRIES = 3
REDIRECTS = 5
"""So many are followed, each to an address that its host's robots.txt allows."""
BACKOFF = 2.0
"""Seconds before the second try, doubled before the third, and up to half as much more by chance."""
LONGEST_WAIT = 120.0
"""The longest that a server's Retry-After or Crawl-delay is honoured, in seconds; who asks for more is left
alone."""
_MOST_RULES = 500 << 10  # bytes of robots.txt, as RFC 9309 has it


class Manners:
    """Asks for one run of a source; robots.txt is read once a run.

    `pause` is in seconds, between two requests at a host, whoever asks; a loopback address that the
    definition may ask needs none. `private` is the one host that may be in a private network: no link of a
    source leads to another. `spool` is a private folder. What `sleep` and `check` raise ends a request.
    `hear` is told of each request.
    """

    def __init__(
        self,
        outgoing: Outgoing,
        spool: Path,
        *,
        private: str | None = None,
        pause: float = PAUSE,
        sleep: Callable[[float], None] = time.sleep,
        check: Callable[[], None] = lambda: None,
        chance: Callable[[], float] = random.random,
        hear: Callable[[Exchange], None] = lambda _exchange: None,
    ) -> None:
        self._outgoing, self._spool, self._private = outgoing, spool, private
        self._pause, self._sleep, self._check, self._chance = pause, sleep, check, chance
        self._hear = hear
        self._rules: dict[str, Protego] = {}

    def get(self, ask: Ask, to: Path) -> Answer:
        """Fetches to a file, also from where a few redirects lead.

        Raises SourceUnreadable, also for what robots.txt does not allow there.
        """
        return self._followed(ask, to, self._allowed)

    def _followed(self, ask: Ask, to: Path, pause: Callable[[str], float]) -> Answer:
        first = ask.url
        for _ in range(REDIRECTS + 1):
            try:
                return self._ask(ask, to, pause(ask.url))
            except SentOn as error:
                ask = error.ask
            except Unanswered:
                raise
            except SourceUnreadable as error:
                if ask.url == first:
                    raise
                raise SourceUnreadable(f"{shown(first)} sends on, and {error}") from error
        raise Unanswered(f"{shown(first)} sends on more than {REDIRECTS} times.")

    def _usual(self, url: str) -> float:
        """The pause at a host before its robots.txt is known."""
        host = _split(url).hostname or ""
        return 0.0 if host == self._private and _is_loopback(host) else self._pause

    def _allowed(self, url: str) -> float:
        """The pause that the host wants. Raises SourceUnreadable for what it does not allow."""
        rules = self._rules_of(_split(url))
        if not rules.can_fetch(url, ROBOT):
            raise SourceUnreadable(
                f"{shown(url)} is not fetched: the host's robots.txt does not allow it; "
                "ask its keeper for leave, or for another address."
            )
        delay = float(rules.crawl_delay(ROBOT) or 0)
        if delay > LONGEST_WAIT:
            raise SourceUnreadable(
                f"{shown(url)} is not fetched: the host's robots.txt wants {delay:,.0f} seconds "
                f"between two requests, more than the {LONGEST_WAIT:,.0f} that a harvest waits."
            )
        return max(self._usual(url), delay)

    def _rules_of(self, parts: SplitResult) -> Protego:
        site = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        if site not in self._rules:
            self._rules[site] = self._read_rules(f"{site}/robots.txt")
        return self._rules[site]

    def _read_rules(self, url: str) -> Protego:
        """What robots.txt says. One that does not exist allows all; one that cannot be read, nothing."""
        to = self._spool / "robots.txt"
        try:
            self._followed(Ask(url), to, self._usual)
        except Unanswered as error:
            if error.status is not None and 400 <= error.status < 500 and not error.again:
                return Protego.parse("")
            said = str(error).removesuffix(".")
            raise SourceUnreadable(f"{said}; until it can be read, nothing else is asked there.") from error
        with to.open("rb") as file:
            rules = file.read(_MOST_RULES).decode("utf-8-sig", "replace")
        to.unlink()
        return Protego.parse(rules)

    def _ask(self, ask: Ask, to: Path, pause: float) -> Answer:
        host = urlsplit(ask.url).hostname or ""

        def once() -> Answer:
            turn.rest(pause, self._sleep)
            try:
                return self._outgoing.get(
                    ask, to, allow_private=host == self._private, check=self._check, hear=self._hear
                )
            finally:
                turn.asked()

        trying = Retrying(
            stop=stop_after_attempt(TRIES),
            wait=self._wait,
            retry=retry_if_exception(_may_go_better),
            sleep=self._sleep,
            reraise=True,
        )
        with self._outgoing.turn(host) as turn:
            return trying(once)

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, Unanswered) else None
        backoff: float = BACKOFF * 2 ** (state.attempt_number - 1) * (1 + self._chance() / 2)
        return max(backoff, asked or 0.0)


def _split(url: str) -> SplitResult:
    """The parts of an address. Raises SourceUnreadable for one that cannot be fetched."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise SourceUnreadable(f"{url[:80]} is no address that can be fetched.") from None
    if parts.scheme not in ("http", "https"):
        raise SourceUnreadable(f"{shown(url)} is no address that can be fetched: use http or https.")
    return parts


def _may_go_better(error: BaseException) -> bool:
    return isinstance(error, Unanswered) and error.again and (error.wait or 0) <= LONGEST_WAIT


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host == "::1" or host.startswith("127.")
