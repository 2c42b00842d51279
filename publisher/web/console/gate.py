"""The one place that lets requests into the console: who asks, whether they may, and whether they mean it."""

import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as AnyResponse

from publisher.accounts import Account, Session
from publisher.errors import NotFound
from publisher.signing_in import SEEN, form_token, session_of
from publisher.store import Reading
from publisher.web.console.backstage import Backstage, Cookies
from publisher.web.errors import Problem, answer
from publisher.web.language import gettext

MAX_SIZE = 1 << 16
"""Bytes of a form; what is larger is not read."""

Of = Callable[[Reading, Mapping[str, Any]], Collection[str] | None]
"""From the arguments of a route, the sources whose business the thing is, by id; None for no such thing."""


class Who(StrEnum):
    """Who may ask for a route."""

    ANYBODY = "anybody"
    ACCOUNT = "account"  # whoever is signed in; a publisher only for what is of its source
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Route:
    """An address of the console. `of` tells whose business the thing is that it names, if it names one."""

    path: str
    name: str
    view: Callable[..., AnyResponse]
    who: Who = Who.ACCOUNT
    of: Of | None = None
    method: str = "GET"


class Gate:
    """Stands before every route. `g.account`, `g.session` and `g.now` are there for views behind it."""

    def __init__(
        self, backstage: Backstage, routes: Sequence[Route], cookies: Cookies, base_url: str
    ) -> None:
        self._behind, self._cookies = backstage, cookies
        self.routes = {f"console.{route.name}": route for route in routes}
        self._origin = _origin(base_url)

    def blueprint(self) -> Blueprint:
        console = Blueprint("console", __name__, url_prefix="/console")
        for route in self.routes.values():
            console.add_url_rule(route.path, route.name, route.view, methods=[route.method])
        console.before_request(self.check)
        console.after_request(_private)
        return console

    def check(self) -> AnyResponse | None:
        """The answer to a request that may not pass; None for one that may."""
        route = self.routes[request.endpoint or ""]
        g.now, g.account, g.session, g.form_token = self._behind.clock(), None, None, ""
        request.max_content_length = MAX_SIZE
        if request.method == "POST" and not self._from_here():
            return answer(_foreign())
        with self._behind.store.reading() as store:
            self._know(store)
            problem = self._kept_out(route)
            if problem is None and route.of:
                _check_business(g.account, route.of(store, request.view_args or {}))
        if problem is None and g.session and g.now - g.session.seen_at >= SEEN:
            with self._behind.store.writing() as writing:
                writing.touch_session(g.session.id, g.now)
        return problem

    def _know(self, store: Reading) -> None:
        token = self._cookies.token
        found: tuple[Session, Account] | None = session_of(store, token, g.now) if token else None
        if token and found:
            g.session, g.account = found
            g.form_token = form_token(token)

    def _kept_out(self, route: Route) -> AnyResponse | None:
        if route.who is Who.ANYBODY:
            return None
        if g.account is None:
            wanted = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("console.sign_in", next=wanted), HTTPStatus.SEE_OTHER)
        if request.method == "POST":
            sent = request.form.get("token", "")
            if not hmac.compare_digest(sent.encode("utf-8", "surrogatepass"), g.form_token.encode()):
                return answer(_stale())
        if route.who is Who.OPERATOR and not g.account.operator:
            return answer(_not_theirs())
        return None

    def _from_here(self) -> bool:
        """Whether a page of this site sends it: browsers say where a form comes from, and nobody else can."""
        origin = _origin(request.headers.get("Origin", ""))
        return origin is not None and origin in (self._origin, _origin(request.host_url))


def _check_business(account: Account, sources: Collection[str] | None) -> None:
    """Raises NotFound for what there is not, and for what is none of the account's business: nobody learns
    which."""
    if sources is None or not (account.operator or any(account.concerns(source) for source in sources)):
        raise NotFound("no such thing in the console")


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.vary.add("Cookie")
    return response


def _origin(address: str) -> tuple[str, str, int | None] | None:
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


def _foreign() -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        gettext("This form does not come from here"),
        gettext("Nothing was done. Open the console at the address of this site, and try again there."),
    )


def _stale() -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        gettext("This form is out of date"),
        gettext(
            "Nothing was done. It was opened in an earlier session: go back, load the page anew, try again."
        ),
    )


def _not_theirs() -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        gettext("Only operators may do this"),
        gettext("Ask one of them."),
    )
