"""Checking a file before it is sent. Nothing of it is kept, and nothing is changed."""

import base64
import math
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import NamedTuple

from flask import Blueprint, Response, abort, g, make_response, render_template, request
from flask import jsonify as as_json
from werkzeug.exceptions import RequestEntityTooLarge

from publisher.advice import advice
from publisher.spreadsheets import as_csv
from publisher.validation import Finding, Report, Validator
from publisher.web.errors import Problem, answer
from publisher.web.language import gettext
from publisher.web.limits import Limit

MAX_SIZE = 10 << 20
"""Bytes of a request; what is larger is not read."""
AT_ONCE = 2
"""Files that are checked at the same time. Whoever comes then is asked to come again: waiting would keep the
site from answering others."""
SOON = 20.0
OFTEN, MINUTE = 20, 60.0
HTML, JSON, CSV = "text/html", "application/json", "text/csv"
TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": CSV}


class Told(NamedTuple):
    """A finding in the language of the request."""

    row: int | None
    column: str | None
    value: str | None
    what: str
    mend: str
    times: int


class Tools:
    """The page of the check, and the forms to fill in."""

    def __init__(self, validator: Validator) -> None:
        self._validator = validator
        self._limit = Limit(OFTEN, MINUTE)
        self._places = BoundedSemaphore(AT_ONCE)

    def blueprint(self) -> Blueprint:
        tools = Blueprint("tools", __name__, url_prefix="/tools")
        tools.add_url_rule("/validate", "validate", self.validate, methods=["GET", "POST"])
        tools.add_url_rule("/validate/<kind>.<format>", "form", self.form)
        return tools

    def form(self, kind: str, format: str) -> Response:
        """A form as a file."""
        if kind not in self._validator.kinds or format not in TYPES:
            abort(HTTPStatus.NOT_FOUND)
        response = make_response(self._validator.form(kind, format))
        response.mimetype = TYPES[format]
        response.headers["Content-Disposition"] = f'attachment; filename="{kind}.{format}"'
        return response

    def validate(self) -> Response:
        """The page; with a file in the request what is to be said of it."""
        if request.method == "GET":
            return make_response(self._page())
        if wait := self._limit.wait(request.remote_addr or ""):
            return answer(_too_often(wait))
        if not self._places.acquire(blocking=False):
            return answer(_too_often(SOON))
        try:
            return self._checked()
        finally:
            self._places.release()

    def _checked(self) -> Response:
        request.max_content_length = MAX_SIZE
        try:
            sent = request.files.get("file")
        except RequestEntityTooLarge:
            return answer(_too_large())
        if sent is None or not sent.filename:
            return answer(_no_file())
        with TemporaryDirectory() as folder:  # readable to this user only, and gone with the answer
            file = Path(folder) / "file"
            sent.save(file)
            report = self._validator.validate(file)
        return self._answer(report)

    def _answer(self, report: Report) -> Response:
        faults, warnings = told(report.faults), told(report.warnings)
        wanted = request.accept_mimetypes.best_match([HTML, JSON, CSV], default=HTML)
        if wanted == JSON:
            response = as_json(_envelope(report, faults, warnings))
        elif wanted == CSV:
            response = make_response(findings_csv(faults, warnings))
            response.mimetype = CSV
        else:
            table = base64.b64encode(findings_csv(faults, warnings)).decode()
            response = make_response(self._page(report=report, faults=faults, warnings=warnings, table=table))
        response.vary.add("Accept")
        return response

    def _page(self, **values: object) -> str:
        shown = {"report": None, "faults": (), "warnings": (), "table": None, **values}
        return render_template(
            "validate.html",
            form_kinds=self._validator.kinds,
            formats=tuple(TYPES),
            megabytes=MAX_SIZE >> 20,
            **shown,
        )


def told(findings: Iterable[Finding]) -> list[Told]:
    """Findings in the language of the request."""
    found = []
    for finding in findings:
        says = advice(finding.reason, of_row=finding.row is not None)
        what = gettext(says.what, **says.values)
        found.append(Told(finding.row, finding.column, says.value, what, gettext(says.mend), finding.times))
    return found


def findings_csv(faults: Sequence[Told], warnings: Sequence[Told]) -> bytes:
    """Findings as a table for spreadsheets, in the language of the request."""
    header = [gettext("Fault or warning"), gettext("Row"), gettext("Column"), gettext("Cell")]
    rows: list[Sequence[object]] = [[*header, gettext("What is wrong"), gettext("How to mend it")]]
    for kind, findings in ((gettext("Fault"), faults), (gettext("Warning"), warnings)):
        rows += [(kind, one.row, one.column, one.value, one.what, one.mend) for one in findings]
    return as_csv(rows)


def _envelope(report: Report, faults: Sequence[Told], warnings: Sequence[Told]) -> dict[str, object]:
    data = report.as_json() | {
        "faults": [one._asdict() for one in faults],
        "warnings": [one._asdict() for one in warnings],
    }
    return {"data": data, "meta": {"total": report.fault_count, "language": g.language}}


def _too_often(wait: float) -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        gettext("Too many files at once"),
        gettext("Your address has sent many files in a short time. Please try again in a moment."),
        retry_after=math.ceil(wait),
    )


def _too_large() -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        gettext("The file is too large"),
        gettext(
            "At most %(number)s MiB are checked here. Split the file, and check its parts.",
            number=MAX_SIZE >> 20,
        ),
    )


def _no_file() -> Problem:
    return Problem(
        HTTPStatus.BAD_REQUEST,
        gettext("No file came"),
        gettext("Choose a file first, then check it."),
    )
