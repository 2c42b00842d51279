"""Sources that are asked only for what is new since the last run: from where on, and up to where a run has
read them. A mark is an ISO day or a whole number, as text. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, tzinfo
from typing import Any

from harvesters import values
from harvesters.formats import RawRow
from harvesters.source import Definition, SinceDay, SinceNumber
from harvesters.source_layout import SINCE

LONGEST = 18
"""Digits of a number at most; whatever is longer counts nothing."""


def asked(definition: Definition, read: str | None) -> Definition:
    """The definition with {since} filled: the mark up to which the source was `read`, less the overlap; its
    first one where it never was."""
    since = definition.since
    if since is None:
        return definition
    said = _from_day(since, read) if isinstance(since, SinceDay) else _from_number(since, read)
    url = definition.url and definition.url.replace(SINCE, said)
    return replace(definition, url=url, body=_filled(definition.body, said))


def _from_day(since: SinceDay, read: str | None) -> str:
    day = since.first if read is None else max(since.first, date.fromisoformat(read) - since.overlap)
    return day.strftime(since.format)


def _from_number(since: SinceNumber, read: str | None) -> str:
    return str(since.first if read is None else max(since.first, int(read) - since.overlap))


def _filled(part: Any, said: str) -> Any:
    if isinstance(part, Mapping):
        return {name: _filled(value, said) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, said) for value in part]
    return part.replace(SINCE, said) if isinstance(part, str) else part


def newest(
    rows: Iterable[RawRow], since: SinceDay | SinceNumber, zone: tzinfo, order: str, today: date
) -> str | None:
    """The greatest mark in the rows' column, never a day after `today`: a mistyped year would skip what comes
    next. Cells that hold no mark say nothing."""
    cells = (row.cells.get(since.column, "") for row in rows)
    if isinstance(since, SinceNumber):
        return latest(_number(cell) for cell in cells)
    return latest(_day(cell, zone, order, today) for cell in cells)


def latest(marks: Iterable[str | None]) -> str | None:
    """The greatest of the marks of a source, if there is any: all are days, or all are numbers."""
    return max((mark for mark in marks if mark), key=lambda mark: (len(mark), mark), default=None)


def _number(cell: str) -> str | None:
    text = cell.strip()
    return str(int(text)) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else None


def _day(cell: str, zone: tzinfo, order: str, today: date) -> str | None:
    try:
        day = values.day(cell, zone, order)
    except values.BadValue:
        return None
    return day.isoformat() if isinstance(day, date) and day <= today else None
