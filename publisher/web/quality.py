"""The board of punctuality, as a page and as a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request, url_for

from publisher.board import WEEKS, Board
from publisher.kinds import Registry
from publisher.schemas.parameters import board_parameters, read
from publisher.sources import Source
from publisher.spreadsheets import as_csv
from publisher.web.headers import keep
from publisher.web.language import gettext
from publisher.web.output import Output
from publisher.web.settings import OpenPublic, WebSettings

MOST_SHOWN = 200
"""Authorities on the page; the table has all of them."""
OPEN = 3
"""With no more authorities than these their weeks are seen at once."""


class Quality(Output):
    """How punctual authorities are, over what is public."""

    def __init__(self, open_public: OpenPublic, registry: Registry, settings: WebSettings) -> None:
        super().__init__(open_public, registry, settings)
        self._parameters = board_parameters(registry)

    def blueprint(self) -> Blueprint:
        quality = Blueprint("quality", __name__)
        quality.add_url_rule("/quality", "board", self.board)
        quality.add_url_rule("/quality.csv", "table", self.table)
        return quality

    def board(self) -> Response:
        asked = read(self._parameters, request.args)
        with self._open_public() as public:
            sources = public.sources_by_id()
            found = public.board(asked.get("sector", ()), asked.get("source", ()))
            page = render_template(
                "quality.html",
                now=public.now,
                sources=sources,
                board=found,
                shown=found.authorities[:MOST_SHOWN],
                open=len(found.authorities) <= OPEN,
                weeks=WEEKS,
                asked=asked,
                sectors=_sectors(sources, self._registry),
                table=_address("quality.table", asked),
            )
            return keep(make_response(page), (), public.now, self._settings.zone)

    def table(self) -> Response:
        """One row for each source, authority and week, in the language of the request."""
        asked = read(self._parameters, request.args)
        with self._open_public() as public:
            found = public.board(asked.get("sector", ()), asked.get("source", ()))
            rows = as_csv(_rows(found, public.sources_by_id()))
            response = keep(make_response(rows), (), public.now, self._settings.zone)
        response.mimetype = "text/csv"
        response.headers["Content-Disposition"] = 'attachment; filename="quality.csv"'
        return response


def _sectors(sources: Mapping[str, Source], registry: Registry) -> list[str]:
    """The sectors that have a source, in the registry's order."""
    had = {source.sector for source in sources.values()}
    return [sector for sector in registry.sectors if sector in had]


def _address(endpoint: str, asked: Mapping[str, Sequence[str]]) -> str:
    given: dict[str, Any] = {name: list(values) for name, values in asked.items()}
    return url_for(endpoint, **given)


def _rows(board: Board, sources: Mapping[str, Source]) -> list[Sequence[object]]:
    header = [gettext("Authority"), gettext("Source"), gettext("Id"), gettext("Week from")]
    header += [gettext("Published"), gettext("In time"), gettext("Late")]
    rows: list[Sequence[object]] = [[*header, gettext("Share in time"), gettext("Provisional")]]
    for source, authority, week, tally in board.rows:
        share = "" if tally.share is None else f"{tally.share:.4f}"
        title = sources[source].title.get(g.language)
        numbers = (tally.published, tally.timely, tally.late, share, tally.provisional)
        rows.append((authority, title, source, week.isoformat(), *numbers))
    return rows
