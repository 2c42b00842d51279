"""What all pages of the console share."""

from http import HTTPStatus

from flask import Response, g, make_response, render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as AnyResponse

from publisher.errors import NotFound
from publisher.schemas.parameters import mark
from publisher.web.console.backstage import Backstage
from publisher.web.language import gettext

DONE = {
    "paused": mark("The source is paused."),
    "paused-already": mark("The source was paused already."),
    "resumed": mark("The source goes on; it is read next."),
    "not-paused": mark("The source was not paused."),
    "asked": mark("The source is read next."),
    "signed-out": mark("You are signed out."),
    "password": mark("Your password is changed. All your other sessions have ended."),
    "session-ended": mark("The session has ended."),
    "decided": mark("It is done, and stands in the audit trail."),
    "as-before": mark("It was so already; nothing was changed."),
}
"""What a page says that was led to after something was done, by its name in the address."""


class Pages:
    """The base of groups of pages."""

    def __init__(self, backstage: Backstage) -> None:
        self._behind = backstage

    def _page(self, template: str, status: int = HTTPStatus.OK, **values: object) -> Response:
        done = DONE.get(request.args.get("done", ""))
        text = render_template(f"console/{template}", done=gettext(done) if done else None, **values)
        return make_response(text, status)

    def _scope(self) -> str | None:
        """The source that is asked about: a publisher's own, else the one in the address, if any. Raises
        NotFound for one that there is not or that is none of the publisher's."""
        asked = request.args.get("source") or None
        own: str | None = g.account.source
        if own and asked not in (None, own):
            raise NotFound("no such source")
        return own or asked


def said(name: str) -> str:
    """What a form says in a field of free text, without signs that nobody sees."""
    text = request.form.get(name, "").replace("\r\n", "\n")
    return "".join(sign for sign in text if sign.isprintable() or sign.isspace()).strip()


def below() -> int | None:
    """The number below which a page shows what it lists; None where the address gives none that could be."""
    number = request.args.get("before", type=int)
    return number if number and 0 < number < 2**31 else None


def led_to(endpoint: str, done: str, **where: str) -> AnyResponse:
    """Leads on after something was done."""
    address = url_for(f"console.{endpoint}", **where, done=done)  # type: ignore[arg-type]
    return redirect(address, HTTPStatus.SEE_OTHER)


def menu() -> list[tuple[str, str, tuple[str, ...]]]:
    """The main pages for whoever is signed in: endpoint, name, and the endpoints of what is below it."""
    pages = [
        ("console.start", gettext("What waits"), ()),
        ("console.cases", gettext("Cases"), ("console.case", "console.decide")),
        ("console.sources", gettext("Sources"), ()),
        ("console.runs", gettext("Runs"), ("console.run",)),
        ("console.quarantine", gettext("Quarantine"), ("console.refused",)),
        ("console.trail", gettext("Audit trail"), ()),
        ("console.own", gettext("Your account"), ("console.change",)),
    ]
    return [page for page in pages if page[0] != "console.trail" or g.account.operator]
