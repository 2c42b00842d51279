"""What the console works with, and how its browsers are known."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request
from werkzeug.wrappers import Response

from publisher.case_steps import Office
from publisher.signing_in import Door, SignedIn, Visitor
from publisher.store import Store

KNOWN_FOR = timedelta(days=180)
"""How long a browser is known from which an account was signed in."""


@dataclass(frozen=True, slots=True)
class Backstage:
    """The store that operators see whole, the door to it, the clock (aware UTC), the office that decides, as
    it stands when it is asked for, and what gives the content of a paper by its key."""

    store: Store
    door: Door
    clock: Callable[[], datetime]
    office: Callable[[], Office]
    papers: Callable[[str], bytes]


class Cookies:
    """The two cookies of the console: one for a session, one that stays, by which the browser is known."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._secure = parts.scheme == "https" or not _loopback(parts.hostname or "")
        self.missing = self._secure and parts.scheme != "https"
        """Whether no browser will take them: the site is neither on this machine nor spoken to by https."""
        prefix = "__Host-" if self._secure else ""
        self._session, self._browser = f"{prefix}gongshi", f"{prefix}gongshi-browser"

    @property
    def token(self) -> str | None:
        """The token of the session that is claimed."""
        return request.cookies.get(self._session)

    @property
    def visitor(self) -> Visitor:
        """Who is asking."""
        agent, browser = request.user_agent.string, request.cookies.get(self._browser)
        return Visitor(request.remote_addr or "", agent, browser, self.token)

    def give(self, response: Response, inside: SignedIn) -> None:
        """Lets the browser keep what a sign-in gave it."""
        self._set(response, self._session, inside.token, None)
        self._set(response, self._browser, inside.browser, KNOWN_FOR)

    def renew(self, response: Response, token: str) -> None:
        """Puts another session in place of the one before."""
        self._set(response, self._session, token, None)

    def take(self, response: Response) -> None:
        """Has the browser forget its session."""
        response.delete_cookie(self._session, path="/", secure=self._secure, httponly=True, samesite="Strict")

    def _set(self, response: Response, name: str, value: str, kept: timedelta | None) -> None:
        response.set_cookie(
            name, value, max_age=kept, path="/", secure=self._secure, httponly=True, samesite="Strict"
        )


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
