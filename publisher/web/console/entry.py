"""Signing in and out, one's own sessions and password."""

import math
import re
from http import HTTPStatus

from babel.dates import format_timedelta
from flask import Response, g, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as AnyResponse

from publisher import admitting
from publisher.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD, fault_of
from publisher.schemas.parameters import mark
from publisher.signing_in import SignInRefused, leave, open_session
from publisher.web.console.backstage import Backstage, Cookies
from publisher.web.console.pages import Pages, led_to
from publisher.web.language import gettext

FAULTS = {
    "short": mark("The new password is too short; write at least %(shortest)s characters."),
    "long": mark("The new password is too long; write at most %(longest)s characters."),
    "plain": mark("The new password is too plain; use more different characters, such as several words."),
    "named": mark("The new password contains your login or a word that everybody tries; choose another."),
    "unequal": mark("The new password was written in two ways; write the same twice."),
    "wrong": mark("The password that you have now is another; nothing was changed."),
}

_WITHIN = re.compile(r"/console(?:/[\w./%?=&+:~-]*)?(?:\?[\w./%=&+:~-]*)?", re.ASCII)


class Entry(Pages):
    """What everybody does with their own account."""

    def __init__(self, backstage: Backstage, cookies: Cookies) -> None:
        super().__init__(backstage)
        self._cookies = cookies

    def sign_in(self) -> AnyResponse:
        if g.account:
            return redirect(within(request.args.get("next")), HTTPStatus.SEE_OTHER)
        return self._asked()

    def enter(self) -> AnyResponse:
        """Signs in; whatever was wrong, it is said in the same words."""
        login, password = request.form.get("login", ""), request.form.get("password", "")
        try:
            inside = self._behind.door.sign_in(login, password, self._cookies.visitor, g.now)
        except SignInRefused as refused:
            return self._refused(login, math.ceil(refused.wait.total_seconds()))
        response = redirect(within(request.form.get("next")), HTTPStatus.SEE_OTHER)
        self._cookies.give(response, inside)
        return response

    def _refused(self, login: str, wait: int) -> AnyResponse:
        if not wait:
            text = gettext("Login or password are wrong.")
            return self._asked(HTTPStatus.FORBIDDEN, fault=text, login=login[:200])
        span = format_timedelta(wait, locale=g.language, threshold=2)
        text = gettext(
            "Too many sign-ins at once, or too many that failed. Please try again in %(span)s.", span=span
        )
        response = self._asked(HTTPStatus.TOO_MANY_REQUESTS, fault=text, login=login[:200])
        response.headers["Retry-After"] = str(wait)
        return response

    def _asked(self, status: int = HTTPStatus.OK, fault: str | None = None, login: str = "") -> Response:
        wanted = within(request.form.get("next") or request.args.get("next"))
        return self._page(
            "sign_in.html",
            status,
            fault=fault,
            login=login,
            next=wanted,
            longest=LONGEST_PASSWORD,
            no_cookies=self._cookies.missing,
        )

    def sign_out(self) -> AnyResponse:
        with self._behind.store.writing() as store:
            leave(store, self._cookies.token or "", g.now)
        response = led_to("sign_in", "signed-out")
        self._cookies.take(response)
        return response

    def own(self) -> Response:
        return self._own()

    def _own(self, status: int = HTTPStatus.OK, fault: str | None = None) -> Response:
        with self._behind.store.reading() as store:
            lasting = [one for one in store.sessions(g.account.login) if one.lasts(g.now)]
        said = fault and gettext(FAULTS[fault], shortest=SHORTEST_PASSWORD, longest=LONGEST_PASSWORD)
        return self._page(
            "own.html",
            status,
            sessions=lasting,
            fault=said,
            shortest=SHORTEST_PASSWORD,
            longest=LONGEST_PASSWORD,
        )

    def end(self, id: int) -> AnyResponse:
        """Ends one of one's own sessions; another's has no number here."""
        with self._behind.store.writing() as store:
            by = admitting.actor(g.account)
            admitting.end_sessions(store, g.account.login, by, g.now, only=id)
        return led_to("own", "session-ended")

    def change(self) -> AnyResponse:
        """Changes one's own password: all sessions end, and the one who changed it has a new one."""
        login, password = g.account.login, request.form.get("new", "")
        fault = fault_of(password, login) or (None if request.form.get("again") == password else "unequal")
        if fault:
            return self._own(HTTPStatus.UNPROCESSABLE_ENTITY, fault)
        try:
            self._behind.door.check(login, request.form.get("now", ""), self._cookies.visitor, g.now)
        except SignInRefused as refused:
            if wait := math.ceil(refused.wait.total_seconds()):
                return self._refused(login, wait)
            return self._own(HTTPStatus.FORBIDDEN, "wrong")
        kept = self._behind.door.passwords.hash(password)
        with self._behind.store.writing() as store:
            admitting.change_password(store, login, kept, admitting.actor(g.account), g.now)
            token = open_session(store, g.account, self._cookies.visitor, g.now)
        response = led_to("own", "password")
        self._cookies.renew(response, token)
        return response


def within(address: str | None) -> str:
    """The address if it is one of the console, else the console's first page: nobody is led elsewhere."""
    found = _WITHIN.fullmatch(address or "")
    return found[0] if found else url_for("console.start")
