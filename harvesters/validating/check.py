"""Reads a filled form as a harvest would, and says what of it would be published and what would not."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo
from hashlib import blake2b
from itertools import chain
from pathlib import Path

from harvesters import standard
from harvesters.columns import Cells, Columns, cells, columns
from harvesters.drafting.kind import standard_kind
from harvesters.drafting.looks import Look, format_of, layout, look
from harvesters.formats import BadRow, Fetched, RawRow, rows
from harvesters.mapping import Mapper, NotPublic
from harvesters.preview import Outcome, mapped
from harvesters.source import Definition
from harvesters.source_schema import STANDARD_KEY
from harvesters.validating.forms import load_forms
from publisher import masking
from publisher.errors import SourceUnreadable
from publisher.harvests import too_many_refused
from publisher.identifiers import organisation_code_fits
from publisher.items import Draft, Refusal
from publisher.joining import Identity
from publisher.kinds import FieldType, Registry
from publisher.subjects import PartyType
from publisher.validation import MOST, Finding, Report, unreadable

_FEWEST = 3
"""Columns of the standard that a file must have to be taken for a form at all."""

NO_ROWS = "the file has a header but no rows"
NOT_THE_FORM = "the headers are not those of the form"
UNKNOWN = "the column is not known: nothing of it is published"
MISSING = "the column is missing, and the standard demands it"
BLANK = "the cell is blank, and the standard demands it"
EXAMPLE = "this is the example row of the form"
OTHER_UNIT = "the text names an amount ten thousand times smaller or greater: the amount is left out"
ORGANISATION_CODE = "the organisation code inside the code is not valid by itself"
PERSONAL = "a number, an address or the like of a person stands in the text: it is masked"

FORMATS = ("csv", "xlsx", "xls", "json")
"""What a form may be given in."""


def check(file: Path, name: str, registry: Registry, zone: tzinfo) -> Report:
    """The report on a file, which is called `name` in it. Never raises for what can stand in a file."""
    fetched = Fetched(file, name)
    try:
        if format_of(fetched) not in FORMATS:
            raise SourceUnreadable(f"{name} is no table: give CSV or a workbook.")
        stream = rows(fetched, (form := form_layout(file, look(fetched))))
        head = _head(stream)
        if not head:
            return unreadable(NO_ROWS)
        kind = _kind(head[-1])
        if kind is None:
            return unreadable(NOT_THE_FORM)
        return _Check(replace(form, kind=kind), registry, zone).report(chain(head, stream))
    except SourceUnreadable as error:
        return unreadable(masking.quoted(str(error)))


def form_layout(file: Path, found: Look) -> Definition:
    """A source of the national standard that says nothing for its rows: each must say all."""
    return replace(
        layout(file, found),
        version="form",
        id="form",
        sector="other",
        key=STANDARD_KEY,
        sheet=None,
        encoding=None,
        standard="cn-double-disclosure",
    )


def _head(stream: Iterator[RawRow | BadRow]) -> list[RawRow | BadRow]:
    """The rows up to the first that can be read."""
    head = []
    for row in stream:
        head.append(row)
        if isinstance(row, RawRow):
            break
    return head


def _kind(first: RawRow | BadRow) -> str | None:
    """The kind that the headers are of; None when they are of no form."""
    if isinstance(first, BadRow):
        return None
    fields = set(standard.load().fields(first.cells).values()) - {standard.DROPPED}
    return standard_kind(first.cells) if len(fields) >= _FEWEST else None


class _Findings:
    """Findings as they are counted; `gather` tells those of a column once, with their first row."""

    def __init__(self) -> None:
        self.count = 0
        self._each: list[Finding] = []
        self._gathered: dict[tuple[str | None, str], Finding] = {}

    def add(self, row: int | None, column: str | None, reason: str) -> None:
        self.count += 1
        if len(self._each) < MOST:
            self._each.append(Finding(row, column and masking.quoted(column), masking.quoted(reason)))

    def gather(self, row: int | None, column: str, reason: str) -> None:
        known = self._gathered.get((column, reason))
        self.count += known is None
        times = known.times + 1 if known else 1
        first = known.row if known else row
        self._gathered[column, reason] = Finding(first, masking.quoted(column), reason, times)

    def told(self) -> tuple[Finding, ...]:
        """All findings up to MOST, those of the whole file first, then by row."""
        found = (*self._gathered.values(), *self._each)
        return tuple(sorted(found, key=lambda finding: finding.row or 0)[:MOST])


class _Check:
    """One file under check: rows go in, findings and counts come out."""

    def __init__(self, definition: Definition, registry: Registry, zone: tzinfo) -> None:
        self._definition, self._registry = definition, registry
        self._standard = standard.load()
        self._form = load_forms()[definition.kind]
        self._fields = self._standard.fields([column.header for column in self._form.columns])
        number = self._header("document_number")
        self._example = next(column.example for column in self._form.columns if column.header == number)
        self._mapper = Mapper(definition, registry, Identity(os.urandom(32)).seal, zone)
        self._faults, self._warnings = _Findings(), _Findings()
        self._dropped: dict[str, None] = {}
        self._seen: dict[str, tuple[int, bytes]] = {}
        self._rows = self._publishable = self._not_public = self._repeated = self._persons = 0

    def report(self, stream: Iterable[RawRow | BadRow]) -> Report:
        headers: tuple[str, ...] | None = None
        lacking = False
        for row in stream:
            self._rows += 1
            if isinstance(row, BadRow):
                self._faults.add(row.where.row, row.column, row.reason)
                continue
            if tuple(row.cells) != headers:  # rows of JSON may each have other ones
                found = columns(self._definition, self._standard, row.cells.keys())
                lacking = lacking or (headers is None and self._lacks(found))
                headers = tuple(row.cells)
                self._judge_headers(headers, found)
            if not lacking:
                self._judge(row, found, mapped(self._mapper, row))
        return Report(
            kind=self._definition.kind,
            rows=self._rows,
            publishable=self._publishable,
            not_public=self._not_public,
            repeated=self._repeated,
            persons=self._persons,
            too_many=lacking or too_many_refused(self._rows, self._faults.count),
            dropped=tuple(map(masking.quoted, self._dropped)),
            faults=self._faults.told(),
            fault_count=self._faults.count,
            warnings=self._warnings.told(),
            warning_count=self._warnings.count,
        )

    # --- headers

    def _lacks(self, found: Columns) -> bool:
        """Whether columns are missing without which no row can be read; tells which."""
        kind = self._registry.kinds[self._definition.kind]
        needed = dict.fromkeys(("subject", *self._definition.key, kind.dated_by[0]))
        missing = [name for name in needed if name not in found.headers]
        for name in missing:
            self._faults.add(None, self._header(name), MISSING)
        return bool(missing)

    def _judge_headers(self, headers: Sequence[str], found: Columns) -> None:
        for header in found.unmapped:
            self._warnings.gather(None, header, UNKNOWN)
        for header, name in self._standard.fields(headers).items():
            if name in (standard.DROPPED, "identity_number"):
                self._dropped[header] = None
        for column in self._form.columns:
            name = self._fields[column.header]
            if column.required and name != standard.DROPPED and name not in found.headers:
                self._warnings.gather(None, column.header, MISSING)

    def _header(self, name: str) -> str:
        """What the form calls a field."""
        return next(header for header, field in self._fields.items() if field == name)

    # --- rows

    def _judge(self, row: RawRow, found: Columns, outcome: Outcome) -> None:
        number = row.where.row
        if isinstance(outcome, Refusal):
            self._faults.add(number, outcome.column, outcome.reason)
            return
        if isinstance(outcome, NotPublic):
            self._not_public += 1
            return
        digest = blake2b(repr((outcome.party, outcome.content)).encode(), digest_size=16).digest()
        first, told = self._seen.setdefault(outcome.key, (number, digest))
        if told != digest:
            self._faults.add(number, None, f"row {first} has the same key and says something else")
        elif first != number:
            self._repeated += 1
        else:
            self._publishable += 1
            self._persons += outcome.party.type is PartyType.PERSON
            self._warn(number, found, cells(found, row.cells, {}, self._standard.joined), outcome)

    def _warn(self, number: int, found: Columns, read: Cells, draft: Draft) -> None:
        """What does not keep a row from being published, and is better mended."""
        for column in self._form.columns:
            name = self._fields[column.header]
            if column.required and name in found.headers and name not in read.texts:
                self._warnings.gather(number, column.header, BLANK)
        for name, header in read.origin.items():
            if reason := self._doubt(name, read.texts[name], draft):
                self._warnings.add(number, header, reason)
        if read.texts.get("document_number") == self._example:
            self._warnings.add(number, None, EXAMPLE)

    def _doubt(self, name: str, text: str, draft: Draft) -> str | None:
        """What is doubtful about a cell whose row is good."""
        if name == "uscc":
            code = draft.party.uscc
            return ORGANISATION_CODE if code and not organisation_code_fits(code) else None
        known = self._registry.fields.get(name)
        if known and known.type is FieldType.MONEY:
            return OTHER_UNIT if name not in draft.content else None
        if known and known.type is FieldType.TEXT:
            return PERSONAL if masking.text(text) != text else None
        return None
