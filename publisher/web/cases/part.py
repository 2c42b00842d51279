"""What the pages of cases share."""

import math
from datetime import date
from http import HTTPStatus

from flask import Response, g, make_response, render_template, request

from publisher.cases import NotAllowed, Possible, possible
from publisher.evidence import MIB
from publisher.items import Item
from publisher.kinds import Registry
from publisher.reception import Reception
from publisher.web.cases.form import MOST_REQUEST
from publisher.web.errors import Problem, answer
from publisher.web.language import day_in_words, gettext
from publisher.web.limits import Limit
from publisher.web.output import Output
from publisher.web.settings import OpenPublic, WebSettings

VOLUME, DAY = 100, 86_400.0
"""MiB that an address may send in a day, so that nobody fills the shelf of evidence."""

LOOKS, MINUTE = 60, 60.0
"""How often an address may try tokens and codes in a minute."""


class Part(Output):
    """The base of the pages of cases. What they answer is for one person, and kept by nobody."""

    def __init__(
        self,
        open_public: OpenPublic,
        registry: Registry,
        settings: WebSettings,
        reception: Reception,
        volume: Limit,
    ) -> None:
        super().__init__(open_public, registry, settings)
        self._reception, self._volume = reception, volume
        self._looks = Limit(LOOKS, MINUTE)

    def _choices(self, item: Item, today: date) -> tuple[Possible, ...]:
        return possible(item, self._reception.rules, self._registry.rules, today)

    def _private(self, template: str, status: int = HTTPStatus.OK, **values: object) -> Response:
        response = make_response(render_template(template, rules=self._reception.rules, **values), status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _too_much(self) -> Response | None:
        """Counts what the request announces against what its address may send in a day."""
        size = min(request.content_length or 0, MOST_REQUEST)
        wait = self._volume.wait(request.remote_addr or "", math.ceil(size / MIB))
        return too_often(wait) if wait else None

    def _too_many_looks(self) -> Response | None:
        return too_often(wait) if (wait := self._looks.wait(request.remote_addr or "")) else None


def told(error: NotAllowed) -> str:
    """The sentence of a refusal, in the language of the request."""
    days = {
        name: day_in_words(value) if isinstance(value, date) else value
        for name, value in error.values.items()
    }
    return NotAllowed(error.template, error.from_day, **days).told(g.language, gettext)


def too_often(wait: float) -> Response:
    """The answer to an address that asks too often."""
    return answer(
        Problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            gettext("Too often"),
            gettext("Your address has done this many times in a short time. Please try again later."),
            retry_after=math.ceil(wait),
        )
    )
