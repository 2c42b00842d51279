"""Sources that are asked only for what is new since the last run: from which day on, and up to which a run
has read them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, tzinfo
from typing import Any

from harvesters import values
from harvesters.formats import RawRow
from harvesters.source import Definition, Since
from harvesters.source_layout import SINCE


def asked(definition: Definition, read: date | None) -> Definition:
    """The definition with {since} filled: the day up to which the source was `read`, less the overlap; its
    first day where it never was."""
    since = definition.since
    if since is None:
        return definition
    day = since.first if read is None else max(since.first, read - since.overlap)
    said = day.strftime(since.format)
    url = definition.url and definition.url.replace(SINCE, said)
    return replace(definition, url=url, body=_filled(definition.body, said))


def _filled(part: Any, said: str) -> Any:
    if isinstance(part, Mapping):
        return {name: _filled(value, said) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, said) for value in part]
    return part.replace(SINCE, said) if isinstance(part, str) else part


def newest(rows: Iterable[RawRow], since: Since, zone: tzinfo, order: str, today: date) -> date | None:
    """The latest day in the rows' column, never one after `today`: a mistyped year would skip what comes
    next. Cells that hold no day say nothing."""
    latest: date | None = None
    for row in rows:
        try:
            day = values.day(row.cells.get(since.column, ""), zone, order)
        except values.BadValue:
            continue
        if isinstance(day, date) and day <= today and (latest is None or day > latest):
            latest = day
    return latest
