"""The queue of cases, and what is decided on one: the same acts as those of `gongshi cases`."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Response, abort, g, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from publisher import casework
from publisher.cases import OUTCOMES, STATE_NAMES, SUBJECT, Act, Case, CaseState, NotAllowed, check, id_of
from publisher.casework import ANYWHERE, Clerk, Said
from publisher.evidence import sent_as
from publisher.store import Reading
from publisher.web.console import words
from publisher.web.console.pages import Pages, led_to, said
from publisher.web.language import gettext

SHOWN = 200
"""Cases on a page."""


class Decision(NamedTuple):
    """An act of those who decide, and what does it."""

    act: Act
    do: Callable[..., Case]


DECISIONS: Mapping[str, Decision] = {
    "accept": Decision(Act.ACCEPT, casework.accept),
    "ask": Decision(Act.ASK, casework.ask_more),
    "extend": Decision(Act.EXTEND, casework.extend),
    "grant": Decision(Act.GRANT, casework.grant),
    "refuse": Decision(Act.REFUSE, casework.refuse),
    "transfer": Decision(Act.TRANSFER, casework.transfer),
    "withdraw": Decision(Act.WITHDRAW, casework.withdraw_for),
    "revoke": Decision(Act.REVOKE, casework.revoke),
}
"""By the last part of their addresses."""


class Tried(NamedTuple):
    """An act that was not allowed, what was said with it, and why."""

    act: str
    note: str
    fault: str


class Casework(Pages):
    """Pages about cases. A publisher sees those alone that it decides on."""

    def queue(self) -> Response:
        asked, office = request.args.get("state", ""), self._behind.office()
        state = CaseState(asked) if asked in [*CaseState] else None
        with self._behind.store.reading() as store:
            cases = casework.queue(store, source=scope(), state=state, limit=SHOWN + 1)
        return self._page(
            "cases.html",
            cases=cases[:SHOWN],
            more=len(cases) > SHOWN,
            state=state,
            states=STATE_NAMES,
            rules=office.rules,
            today=office.today(g.now),
        )

    def case(self, number: str) -> Response:
        return self._shown(number)

    def _shown(self, number: str, tried: Tried | None = None) -> Response:
        office = self._behind.office()
        with self._behind.store.reading() as store:
            case = casework.seen(store, number, _clerk())
            return self._page(
                "case.html",
                HTTPStatus.CONFLICT if tried else HTTPStatus.OK,
                case=case,
                item=store.item(case.item),
                rule=office.rules[case.kind],
                filed=store.filed(case.id),
                papers=store.evidence(case.id),
                steps=store.steps(case.id),
                sources={id: source for id, (source, _) in store.sources().items()},
                today=office.today(g.now),
                allowed=[name for name, decision in DECISIONS.items() if _allowed(case, decision.act)],
                outcomes=OUTCOMES.get(case.about, ()),
                words=words,
                states=STATE_NAMES,
                SUBJECT=SUBJECT,
                tried=tried,
            )

    def decide(self, number: str, act: str) -> AnyResponse:
        """Does what was decided. What is not allowed is said above the case, and nothing is done."""
        note, office = said("note"), self._behind.office()
        try:
            do = _done_by(act)
            with self._behind.store.writing() as store:
                do(store, number, Said(_clerk(), note, request.form.get("version", type=int)), office, g.now)
        except NotAllowed as refused:
            return self._shown(number, Tried(act, note, refused.told(g.language, gettext)))
        if act == "transfer":  # who handed it over may see it no more
            return led_to("cases", "decided")
        return led_to("case", "decided", number=number)

    def paper(self, number: str, key: str) -> Response:
        """A file that was handed in, to be kept, never to be shown by the browser itself."""
        with self._behind.store.reading() as store:
            papers = store.evidence(id_of(number))
        found = next((paper for paper in papers if paper.key == key), None)
        if found is None:
            abort(HTTPStatus.NOT_FOUND)
        response = make_response(self._behind.papers(found.key))
        response.mimetype = found.media_type
        response.headers.set("Content-Disposition", "attachment", filename=sent_as(found))
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
        return response


def scope() -> str:
    """The source whose publisher decides, or everybody's cases for an operator."""
    return g.account.source or ANYWHERE


def _clerk() -> Clerk:
    return Clerk(g.account.login, g.account.source)


def _allowed(case: Case, act: Act) -> bool:
    try:
        check(case, act)
    except NotAllowed:
        return False
    return True


def _done_by(act: str) -> Callable[..., Case]:
    """What does an act, with what the form says of it besides the reason. Raises NotAllowed."""
    do = DECISIONS[act].do
    if act == "transfer":
        return partial(do, to=request.form.get("to") or None)
    if act == "grant":
        return partial(do, outcome=words.outcome(request.form.get("outcome", "")))
    return do


def of_case(store: Reading, values: Mapping[str, Any]) -> Collection[str] | None:
    """The source whose publisher decides on a case; nobody's but the operators' where there is none."""
    try:
        case = store.case(id_of(values["number"]))
    except NotAllowed:
        return None
    return None if case is None else [case.source] if case.source else []
