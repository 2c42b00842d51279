"""Signing in to the console, and staying so: tokens, sessions, and what those wait who fail too often."""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from threading import BoundedSemaphore

from publisher import admitting
from publisher.accounts import Account, Session, login_of, may_be
from publisher.errors import GongshiError
from publisher.passwords import Passwords
from publisher.store import NewSession, Reading, Store, Writing
from publisher.throttling import Counted, Failures, failed
from publisher.trail import Actor, ActorKind, Entry

SEEN = timedelta(minutes=1)
"""How exactly it is kept when a session was last used."""

AT_ONCE, PATIENCE = 2, 0.2
"""Sign-ins that are tried at the same time, and seconds for which another waits. Whoever comes then is asked
to come again: waiting would keep the site from answering others."""
SOON = timedelta(seconds=1)

_BROWSER = re.compile(r"(?P<name>[A-Za-z0-9_-]{22})\.(?P<mark>[0-9a-f]{64})")


class SignInRefused(GongshiError):
    """Nobody was signed in. `wait`: for how long nothing may be tried; zero where login or password are
    wrong."""

    def __init__(self, wait: timedelta = timedelta(0)) -> None:
        super().__init__("Nobody has this login and this password.")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is asking: the address, what the browser calls itself, and the names that it was given by earlier
    sign-ins: of itself and of its session. Any of it may be forged."""

    address: str
    agent: str
    browser: str | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account that was just signed in. Its browser keeps `token` as long as the session lasts, `browser`
    for good."""

    account: Account
    token: str
    browser: str


class Door:
    """Lets in those who know their password. `secret` keys what browsers are given and what is counted."""

    def __init__(self, store: Store, secret: bytes, passwords: Passwords) -> None:
        self._store, self._secret, self.passwords = store, secret, passwords
        self._places = BoundedSemaphore(AT_ONCE)

    def sign_in(self, login: str, password: str, visitor: Visitor, now: datetime) -> SignedIn:
        """Raises SignInRefused. What the visitor was signed in to before has ended then."""
        login = login_of(login)
        counted = self._counted(login, visitor)
        kept = self._try(login, password, counted, now)
        fresh = self.passwords.hash(password) if self.passwords.old(kept) else None
        with self._store.writing() as store:
            account = store.account(login)
            if account is None or store.kept_password(login) != kept:  # changed in between
                raise SignInRefused
            if fresh:
                store.set_password(login, fresh)
            _forgive(store, counted)
            if visitor.token:
                leave(store, visitor.token, now)
            token = open_session(store, account, visitor, now)
        return SignedIn(account, token, self._browser_of(login, visitor) or self._new_browser(login))

    def check(self, login: str, password: str, visitor: Visitor, now: datetime) -> None:
        """Makes sure that whoever is signed in knows the password too. Raises SignInRefused."""
        counted = self._counted(login, visitor)
        self._try(login, password, counted, now)
        with self._store.writing() as store:
            _forgive(store, counted)

    def _try(self, login: str, password: str, counted: dict[Counted, bytes], now: datetime) -> str:
        """The hash of the password, if it is the right one. Raises SignInRefused."""
        if not self._places.acquire(timeout=PATIENCE):
            raise SignInRefused(SOON)
        try:
            with self._store.writing() as store:
                kept = store.kept_password(login) if may_be(login) else None
                _count(store, counted, login if kept else None, now)
            if not self.passwords.matches(kept, password) or kept is None:
                raise SignInRefused
            return kept
        finally:
            self._places.release()

    def _counted(self, login: str, visitor: Visitor) -> dict[Counted, bytes]:
        """What a failure is counted under."""
        if browser := self._browser_of(login, visitor):
            return {Counted.BROWSER: self._key(Counted.BROWSER, browser)}
        counted = {Counted.ADDRESS: visitor.address, Counted.LOGIN: login}
        return {name: self._key(name, value) for name, value in counted.items()}

    def _key(self, name: str, value: str) -> bytes:
        return hmac.digest(self._secret, f"{name}|{value}".encode("utf-8", "surrogatepass"), "sha256")

    def _browser_of(self, login: str, visitor: Visitor) -> str | None:
        """The name of the browser, if it was given it when it signed in to this account."""
        found = _BROWSER.fullmatch(visitor.browser or "")
        if found and hmac.compare_digest(found["mark"], self._mark(login, found["name"])):
            return visitor.browser
        return None

    def _new_browser(self, login: str) -> str:
        name = secrets.token_urlsafe(16)
        return f"{name}.{self._mark(login, name)}"

    def _mark(self, login: str, name: str) -> str:
        return self._key("known browser", f"{name}|{login}").hex()


def open_session(store: Writing, account: Account, visitor: Visitor, now: datetime) -> str:
    """Opens a session and gives its token, which is not kept."""
    token = secrets.token_urlsafe(32)
    agent = "".join(letter for letter in visitor.agent if letter.isprintable())[:200]
    store.add_session(NewSession(_digest(token), account.login, visitor.address[:64], agent), now)
    store.record([Entry(admitting.actor(account), "session.opened", "", after={"login": account.login})], now)
    return token


def session_of(store: Reading, token: str, now: datetime) -> tuple[Session, Account] | None:
    """The session of this token and whose it is, if both hold at `now`."""
    found = store.session(_digest(token))
    if found and found[0].lasts(now) and found[1].disabled_at is None:
        return found
    return None


def leave(store: Writing, token: str, now: datetime) -> bool:
    """Ends the session of this token; False where there is none."""
    found = store.session(_digest(token))
    if found is None:
        return False
    session, account = found
    return admitting.end_sessions(store, account.login, admitting.actor(account), now, only=session.id) > 0


def form_token(token: str) -> str:
    """What the forms of a session carry, so that no other site can send them."""
    return sha256(b"form|" + token.encode()).hexdigest()


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _count(store: Writing, counted: dict[Counted, bytes], login: str | None, now: datetime) -> None:
    """Counts a failure before it is known to be one, so that many at once gain nothing. Raises SignInRefused
    where something must be waited for; nothing is counted then. `login`: of an account that there is."""
    store.forget_failures(now)
    before = {name: store.failures(key, now) for name, key in counted.items()}
    if wait := max(known.wait(now) if known else timedelta(0) for known in before.values()):
        raise SignInRefused(wait)
    for name, key in counted.items():
        after = failed(before[name], name, now)
        store.put_failures(key, after)
        if after.until and (login or name is Counted.ADDRESS):
            _tell_burst(store, name, login, after, now)


def _tell_burst(store: Writing, name: Counted, login: str | None, known: Failures, now: datetime) -> None:
    """Says in the audit trail that somebody fails again and again: at which account, never from where."""
    about = {"login": login} if name is not Counted.ADDRESS else {}
    after = {**about, "failures": known.count, "until": known.until}
    store.record([Entry(Actor(ActorKind.SYSTEM, "console"), f"{name}.throttled", "", after=after)], now)


def _forgive(store: Writing, counted: dict[Counted, bytes]) -> None:
    """After a good sign-in nothing is held against its browser or login. Against its address what others
    did there is: else whoever has an account could try those of others from it for ever."""
    for name, key in counted.items():
        if name is Counted.ADDRESS:
            store.take_back_failure(key)
        else:
            store.drop_failures(key)
