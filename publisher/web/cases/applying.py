"""Applying: the form, and the letter of commitment that goes with a repair."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for

from publisher.case_rules import CaseKind
from publisher.cases import NotAllowed, Possible, check_possible
from publisher.items import Item
from publisher.kinds import Registry
from publisher.reception import Reception
from publisher.schemas.parameters import BadParameter, BadParameters, mark
from publisher.web.cases.form import ROLES, TRAP, Seals, TooLarge, Typed, received
from publisher.web.cases.part import Part, told, too_often
from publisher.web.headers import keep
from publisher.web.language import gettext
from publisher.web.limits import Limit
from publisher.web.same_site import check_same_site
from publisher.web.settings import OpenPublic, WebSettings

KINDS = (CaseKind.REPAIR, CaseKind.OBJECTION, CaseKind.REPORT)
"""What can be applied for with the form; a review is asked for on the page of its case."""

OFTEN, HOUR = 10, 3600.0
"""Applications of an address in an hour."""


class Applying(Part):
    """The form; and the letter of commitment, filled with the facts of an item that is public."""

    def __init__(
        self,
        open_public: OpenPublic,
        registry: Registry,
        settings: WebSettings,
        reception: Reception,
        volume: Limit,
    ) -> None:
        super().__init__(open_public, registry, settings, reception, volume)
        self._limit, self._seals = Limit(OFTEN, HOUR), Seals(settings.secret_key)

    def blueprint(self) -> Blueprint:
        pages = Blueprint("applying", __name__)
        pages.add_url_rule("/cases/new", "form", self.form)
        pages.add_url_rule("/cases/new", "apply", self.apply, methods=["POST"])
        pages.add_url_rule("/items/<id>/commitment", "commitment", self.commitment)
        return pages

    def form(self) -> Response:
        return self._form(_kind(), request.args.get("item", ""), Typed(), {})

    def apply(self) -> Response:
        check_same_site()
        kind, item = _kind(), request.args.get("item", "")
        if wait := self._limit.wait(request.remote_addr or ""):
            return too_often(wait)
        if refusal := self._too_much():
            return refusal
        try:
            form, uploads = received()
        except TooLarge as error:
            return self._form(
                kind, item, Typed(), {"papers": str(error)}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            )
        typed = Typed.of(form)
        with self._open_public() as public:
            faults = typed.faults(kind, public.item(item).content.keys())
        if form.get(TRAP):
            faults[TRAP] = gettext("Leave this field empty.")
        if not self._seals.fits(form.get("seal", ""), kind, item):
            faults["form"] = gettext("The form was open for too long; look it over, and send it again.")
        if not faults:
            try:
                token = self._reception.apply(typed.application(kind, item), uploads)
                return _see(url_for("following.case", token=token, lang=g.language))
            except NotAllowed as error:
                faults["papers" if uploads and not error.from_day else "form"] = told(error)
        return self._form(kind, item, typed, faults, HTTPStatus.UNPROCESSABLE_ENTITY)

    def commitment(self, id: str) -> Response:
        with self._open_public() as public:
            item = public.item(id)
            today = public.now.astimezone(self._settings.zone).date()
            choice = self._choices(item, today)[0]
            text = render_template(
                "cases/commitment.html",
                item=item,
                choice=choice,
                now=public.now,
                today=today,
                sources=public.sources_by_id(),
                noindex=True,
            )
            response = keep(make_response(text), [item], public.now, self._settings.zone)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _form(
        self, kind: CaseKind, id: str, typed: Typed, faults: Mapping[str, str], status: int = HTTPStatus.OK
    ) -> Response:
        with self._open_public() as public:
            item = public.item(id)
            today = public.now.astimezone(self._settings.zone).date()
            choice = next(one for one in self._choices(item, today) if one.kind is kind)
            too_early = _why_not(choice, today)
            return self._private(
                "cases/early.html" if too_early else "cases/form.html",
                HTTPStatus.CONFLICT if too_early and status != HTTPStatus.OK else status,
                item=item,
                choice=choice,
                today=today,
                now=public.now,
                sources=public.sources_by_id(),
                why_not=too_early,
                typed=typed,
                faults=faults,
                roles=ROLES,
                trap=TRAP,
                fields=self._fields(item),
                seal=self._seals.seal(kind, id),
            )

    def _fields(self, item: Item) -> list[str]:
        """The fields of an item that can be objected to."""
        known = self._registry.kinds[item.kind].fields
        return [name for name in known if item.content.get(name) not in (None, "")]


def _kind() -> CaseKind:
    asked = request.args.get("kind")
    if asked not in KINDS:
        raise BadParameters([BadParameter("kind", mark("this value is not known"), KINDS)])
    return CaseKind(asked)


def _why_not(choice: Possible, today: date) -> str | None:
    """Why it cannot be applied for today; None where it can."""
    if choice.kind is not CaseKind.REPAIR:
        return None
    try:
        check_possible(choice, today)
    except NotAllowed as error:
        return told(error)
    return None


def _see(address: str) -> Response:
    """The page to go to after a change."""
    return make_response(redirect(address, HTTPStatus.SEE_OTHER))
