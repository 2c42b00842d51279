"""POST /api/v1/check: whom the names and codes of a list mean, and which items of it are still public."""

import math
from http import HTTPStatus
from threading import BoundedSemaphore

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest

from publisher.kinds import Registry
from publisher.schemas.addresses import Addresses
from publisher.schemas.check import CheckBody
from publisher.schemas.output import moment
from publisher.schemas.parameters import BadParameter, BadParameters, mark, no_parameters, read
from publisher.web.errors import Problem, answer
from publisher.web.language import gettext
from publisher.web.limits import Limit
from publisher.web.output import Output
from publisher.web.settings import OpenPublic, WebSettings

MAX_SIZE = 1 << 20
"""Bytes of a request; what is larger is not read."""
AT_ONCE = 2
"""Lists that are checked at the same time, so that others are answered meanwhile."""
SOON = 5.0
OFTEN, MINUTE = 60, 60.0


class Check(Output):
    """Nothing of what is asked is kept: an answer carries all that a later question needs."""

    def __init__(self, open_public: OpenPublic, registry: Registry, settings: WebSettings) -> None:
        super().__init__(open_public, registry, settings)
        self._body = CheckBody(Addresses(settings.base_url), settings.secret_key)
        self._none = no_parameters()
        self._limit = Limit(OFTEN, MINUTE)
        self._places = BoundedSemaphore(AT_ONCE)

    def blueprint(self) -> Blueprint:
        check = Blueprint("check", __name__, url_prefix="/api/v1")
        check.add_url_rule("/check", "rows", self.rows, methods=["POST"])
        return check

    def rows(self) -> Response:
        read(self._none, request.args)
        if wait := self._limit.wait(request.remote_addr or ""):
            return answer(_too_often(wait))
        rows, items, known = self._body.read(_sent())
        if not self._places.acquire(blocking=False):
            return answer(_too_often(SOON))
        try:
            with self._open_public() as public:
                now = public.now
                checked = [self._body.answer(each) for each in public.check(rows)]
                states = public.states(items)
                told = [self._body.state(id, states.get(id)) for id in items]
        finally:
            self._places.release()
        answers = [*checked, *told]
        new = {id(each) for each in answers if known.get(self._body.key(each)) != self._body.mark(each)}
        response = jsonify(
            {
                "data": {
                    "rows": [each for each in checked if id(each) in new],
                    "items": [each for each in told if id(each) in new],
                },
                "meta": {
                    "total": len(answers),
                    "unchanged": len(answers) - len(new),
                    "token": self._body.token(answers),
                    "as_of": moment(now),
                },
            }
        )
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response


def _sent() -> object:
    """The body as JSON. Raises BadParameters."""
    request.max_content_length = MAX_SIZE
    try:
        return request.get_json(force=True)
    except BadRequest as error:
        raise BadParameters([BadParameter("body", mark("it is no JSON"))]) from error


def _too_often(wait: float) -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        gettext("Too many lists at once"),
        gettext("Many lists are being checked just now. Please try again in a moment."),
        retry_after=math.ceil(wait),
    )
