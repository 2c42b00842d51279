"""Following an application by its secret link: where it stands, what is asked, the certificate at its end."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import Blueprint, Response, g, make_response, redirect, request, url_for

from publisher.cases import CaseState, NotAllowed
from publisher.errors import Ended, NotFound
from publisher.evidence import Upload
from publisher.items import Item
from publisher.kinds import Registry
from publisher.reception import Followed, Reception
from publisher.web.cases.form import TooLarge, received
from publisher.web.cases.part import Part, told, too_often
from publisher.web.cases.words import ACTS, STATES
from publisher.web.limits import Limit
from publisher.web.same_site import check_same_site
from publisher.web.settings import OpenPublic, WebSettings

OFTEN, HOUR = 20, 3600.0
"""What an address may send on the pages of cases in an hour."""


class Following(Part):
    """The pages under a case's secret link. Whoever has it may act for the applicant; nothing leads to it."""

    def __init__(
        self,
        open_public: OpenPublic,
        registry: Registry,
        settings: WebSettings,
        reception: Reception,
        volume: Limit,
    ) -> None:
        super().__init__(open_public, registry, settings, reception, volume)
        self._limit = Limit(OFTEN, HOUR)

    def blueprint(self) -> Blueprint:
        pages = Blueprint("following", __name__, url_prefix="/cases/<token>")
        pages.add_url_rule("", "case", self.case)
        pages.add_url_rule("/certificate", "certificate", self.certificate)
        pages.add_url_rule("/answer", "answer", self.answer, methods=["POST"])
        pages.add_url_rule("/withdraw", "withdraw", self.withdraw, methods=["POST"])
        pages.add_url_rule("/review", "review", self.review, methods=["POST"])
        pages.after_request(_tell_nobody)
        return pages

    def case(self, token: str) -> Response:
        if refusal := self._too_many_looks():
            return refusal
        return self._page(token, {})

    def certificate(self, token: str) -> Response:
        if refusal := self._too_many_looks():
            return refusal
        followed = self._reception.followed(token)
        if followed.certificate is None:
            raise NotFound("This case has no certificate.")
        return self._private(
            "cases/certificate.html", case=followed.case, certificate=followed.certificate, token=token
        )

    def answer(self, token: str) -> Response:
        def hand_in(text: str, uploads: list[Upload]) -> str:
            self._reception.answer(token, text, uploads)
            return token

        return self._act(token, "answer", hand_in)

    def review(self, token: str) -> Response:
        def ask(text: str, uploads: list[Upload]) -> str:
            return self._reception.review(token, text, uploads, g.language)

        return self._act(token, "review", ask)

    def withdraw(self, token: str) -> Response:
        def take_back(_text: str, _uploads: list[Upload]) -> str:
            self._reception.withdraw(token)
            return token

        return self._act(token, "withdraw", take_back)

    def _act(self, token: str, what: str, do: Callable[[str, list[Upload]], str]) -> Response:
        """Does what was sent and shows the case, or the case with what is wrong and what was typed."""
        check_same_site()
        if wait := self._limit.wait(request.remote_addr or ""):
            return too_often(wait)
        if refusal := self._too_much():
            return refusal
        self._reception.followed(token)
        try:
            form, uploads = received()
        except TooLarge as error:
            return self._page(token, {what: str(error)}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        text = form.get("text", "").strip()
        try:
            after = do(text, uploads)
        except NotAllowed as error:
            return self._page(token, {what: told(error)}, HTTPStatus.UNPROCESSABLE_ENTITY, text)
        return make_response(
            redirect(url_for("following.case", token=after, lang=g.language), HTTPStatus.SEE_OTHER)
        )

    def _page(
        self, token: str, faults: Mapping[str, str], status: int = HTTPStatus.OK, text: str = ""
    ) -> Response:
        followed = self._reception.followed(token)
        return self._private(
            "cases/case.html",
            status,
            token=token,
            case=followed.case,
            steps=followed.steps,
            papers=followed.papers,
            certificate=followed.certificate,
            item=self._item(followed),
            faults=faults,
            text=text,
            acts=ACTS,
            states=STATES,
            State=CaseState,
        )

    def _item(self, followed: Followed) -> Item | None:
        """What the case is about, while that is public."""
        try:
            with self._open_public() as public:
                return public.item(followed.case.item)
        except (Ended, NotFound):
            return None


def _tell_nobody(response: Response) -> Response:
    """The address is the key: no other site learns of it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
