"""What is public of cases: how many were decided and how, and whether a certificate was issued."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, Response, g, make_response, redirect, request, url_for

from publisher.case_figures import Decided
from publisher.spreadsheets import as_csv
from publisher.web.cases.part import Part
from publisher.web.language import gettext


class Decisions(Part):
    """The list of decisions, and the check of certificates."""

    def blueprint(self) -> Blueprint:
        pages = Blueprint("decisions", __name__)
        pages.add_url_rule("/cases", "all", self.all)
        pages.add_url_rule("/cases.csv", "table", self.table)
        pages.add_url_rule("/verify", "ask", self.ask)
        pages.add_url_rule("/verify/<code>", "verify", self.verify)
        return pages

    def all(self) -> Response:
        response = self._private("cases/decisions.html", decided=self._reception.decided())
        del response.headers["X-Robots-Tag"]
        return response

    def table(self) -> Response:
        header = [gettext("Month"), gettext("Authority"), gettext("Kind"), gettext("Granted")]
        header += [gettext("Refused"), gettext("Median days")]
        rows: list[Sequence[object]] = [header]
        rows += [self._row(one) for one in self._reception.decided()]
        response = make_response(as_csv(rows))
        response.mimetype = "text/csv"
        response.headers["Content-Disposition"] = 'attachment; filename="cases.csv"'
        return response

    def _row(self, one: Decided) -> list[object]:
        kind = self._reception.rules[one.kind].label.get(g.language)
        return [one.month, one.authority, kind, one.granted, one.refused, one.days]

    def ask(self) -> Response:
        """The page on which a code is typed."""
        if code := request.args.get("code", "").strip():
            return make_response(redirect(url_for("decisions.verify", code=code), HTTPStatus.SEE_OTHER))
        return self._private("cases/ask.html")

    def verify(self, code: str) -> Response:
        if refusal := self._too_many_looks():
            return refusal
        return self._private("cases/verified.html", verified=self._reception.verify(code))
