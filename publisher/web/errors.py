"""What goes wrong: a page for people, RFC 9457 problem details for programs, in the asked language."""

from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from flask import Flask, Response, abort, current_app, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from publisher.errors import BadCursor, CursorGone, Ended, NotFound, StoreError
from publisher.schemas.parameters import BadParameter, BadParameters, mark
from publisher.web.language import gettext
from search.engine import BadQuery, SearchError

RETRY_AFTER = 5
"""Seconds after which a question that the index could not answer may be asked again."""

NOT_FOUND = {
    "site.item": mark("There is no item with this id."),
    "site.subject": mark("There is no subject with this id or code."),
    "site.named_list": mark("There is no list with this id."),
    "site.source": mark("There is no source with this id."),
    "decisions.verify": mark("No certificate was issued with this code; compare it sign by sign."),
    "bulk.file": mark("There is no such file. The files of each kind are made once a day."),
}
SAME_AS = {
    "api.item": "site.item",
    "api.subject": "site.subject",
    "feeds.subject": "site.subject",
    "feeds.subject_atom": "site.subject",
    "feeds.named_list": "site.named_list",
    "applying.form": "site.item",
    "applying.apply": "site.item",
    "applying.commitment": "site.item",
    "feeds.named_list_atom": "site.named_list",
    "feeds.source": "site.source",
    "feeds.source_atom": "site.source",
    "bulk.manifest": "bulk.file",
}


NO_CURSOR = BadParameter("since", mark("it is not the `next` of an earlier answer"))


@dataclass(frozen=True, slots=True)
class Problem:
    """An answer that is not what was asked for. Texts are in the language of the request. `start`: the path
    at which to begin again."""

    status: HTTPStatus
    title: str
    detail: str
    wrong: tuple[BadParameter, ...] = ()
    retry_after: int | None = None
    ended: Ended | None = None
    start: str | None = None
    allow: tuple[str, ...] = field(default=())


def install_errors(app: Flask) -> None:
    """Registers an answer for each error that the pages let through. Nothing is at an address with a sign
    that PostgreSQL takes in no text."""

    @app.before_request
    def refuse() -> None:
        if "\0" in request.path:
            abort(HTTPStatus.NOT_FOUND)

    app.register_error_handler(BadParameters, lambda error: answer(_wrong(error.problems)))
    app.register_error_handler(BadQuery, lambda error: answer(_bad_query(error)))
    app.register_error_handler(SearchError, lambda error: answer(_busy(error)))
    app.register_error_handler(StoreError, lambda error: answer(_busy(error)))
    app.register_error_handler(NotFound, lambda _: answer(_not_found()))
    app.register_error_handler(Ended, lambda error: answer(_ended(error)))
    app.register_error_handler(BadCursor, lambda _: answer(_wrong((NO_CURSOR,))))
    app.register_error_handler(CursorGone, lambda _: answer(_begin_again()))
    app.register_error_handler(HTTPException, lambda error: answer(_http(error)))
    app.register_error_handler(Exception, lambda error: answer(_unexpected(error)))


def for_programs() -> bool:
    """Whether the address asked for is one that programs read, or the answer is wanted as JSON."""
    wanted = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return (
        request.path.startswith("/api/")
        or request.path.endswith((".json", ".atom"))
        or wanted == "application/json"
    )


def answer(problem: Problem) -> Response:
    """The problem as a page, or as application/problem+json."""
    if for_programs():
        response = jsonify(_details(problem))
        response.mimetype = "application/problem+json"
        response.headers["Access-Control-Allow-Origin"] = "*"
    elif problem.ended:
        moment = datetime.fromisoformat(problem.ended.moment)
        response = make_response(render_template("ended.html", problem=problem, moment=moment))
        response.headers["X-Robots-Tag"] = "noindex"
    else:
        response = make_response(render_template("error.html", problem=problem))
    response.status_code = problem.status
    if problem.retry_after:
        response.headers["Retry-After"] = str(problem.retry_after)
    if problem.allow:
        response.headers["Allow"] = ", ".join(problem.allow)
    return response


def _details(problem: Problem) -> dict[str, object]:
    details: dict[str, object] = {
        "type": "about:blank",
        "title": problem.title,
        "status": int(problem.status),
        "detail": problem.detail,
        "instance": request.path,
    }
    if problem.wrong:
        details["errors"] = [
            {
                "parameter": wrong.name,
                "detail": gettext(wrong.reason),
                **({"allowed": wrong.allowed} if wrong.allowed else {}),
            }
            for wrong in problem.wrong
        ]
    if problem.start:
        details["start"] = problem.start
    if problem.ended:
        details["ended"] = {
            "id": problem.ended.id,
            "kind": problem.ended.kind,
            "moment": problem.ended.moment,
            **({"revoked": True} if problem.ended.revoked else {}),
        }
    return details


def _wrong(problems: tuple[BadParameter, ...]) -> Problem:
    names = gettext(", ").join(problem.name for problem in problems)
    if request.method == "POST":
        detail = gettext("Please mend these parts of what you sent: %(names)s.", names=names)
    else:
        detail = gettext("Please mend these parameters in the address: %(names)s.", names=names)
    return Problem(HTTPStatus.BAD_REQUEST, gettext("This cannot be asked"), detail, wrong=problems)


def _bad_query(error: BadQuery) -> Problem:
    """The engine's refusals: a cursor of another search, else words that are too many or too deep."""
    if request.args.get("page"):
        wrong = BadParameter("page", mark("it belongs to another search; start again from the first page"))
    else:
        wrong = BadParameter("q", mark("these words cannot be searched for: use fewer and simpler ones"))
    current_app.logger.info("refused a search: %s", error)
    return _wrong((wrong,))


def _busy(error: Exception) -> Problem:
    current_app.logger.warning("cannot answer: %s", error)
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        gettext("Not available just now"),
        gettext("The search is catching up or out of reach. Nothing is lost; please try again in a moment."),
        retry_after=RETRY_AFTER,
    )


def _not_found() -> Problem:
    endpoint = request.endpoint or ""
    detail = NOT_FOUND.get(SAME_AS.get(endpoint, endpoint), mark("There is no page at this address."))
    return Problem(HTTPStatus.NOT_FOUND, gettext("Not found"), gettext(detail))


def _ended(error: Ended) -> Problem:
    title, detail = gettext("No longer public"), gettext("This item is no longer public.")
    if error.revoked:
        title = gettext("Revoked by the authority that decided")
        detail = gettext("The authority has taken this decision back. It is no longer public.")
    return Problem(HTTPStatus.GONE, title, detail, ended=error)


def _begin_again() -> Problem:
    detail = gettext(
        "This cursor belongs to another change log. Start a fresh copy here, without the parameter since."
    )
    return Problem(HTTPStatus.GONE, gettext("Begin again"), detail, start=request.path)


def _http(error: HTTPException) -> Problem:
    if error.code == HTTPStatus.NOT_FOUND:
        return _not_found()
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    allow = tuple(getattr(error, "valid_methods", None) or ())
    return Problem(
        status,
        gettext("This cannot be done"),
        gettext("The address does not take such a request."),
        allow=allow,
    )


def _unexpected(error: Exception) -> Problem:
    # Not the address: that of a case is its key.
    current_app.logger.error("%s %s failed", request.method, request.url_rule, exc_info=error)
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        gettext("Something went wrong here"),
        gettext("The fault is ours and has been noted. Please try again later."),
    )
