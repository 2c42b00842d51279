"""An authority's own list of the repairs that it decided: a table, its columns found by their names."""

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo
from pathlib import Path
from typing import NamedTuple

from harvesters import standard
from harvesters.drafting.looks import format_of, look
from harvesters.formats import Fetched, RawRow, rows
from harvesters.standard import spelling
from harvesters.validating.check import FORMATS, form_layout
from harvesters.values import BadValue, clean, day
from publisher import masking
from publisher.case_import import Decision, Fault
from publisher.errors import SourceUnreadable
from publisher.identifiers import BadIdentifier, uscc

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "document_number": ("行政处罚决定书文号", "document number", "decision number"),
    "uscc": ("统一社会信用代码", "code", "uscc", "subject code"),
    "subject": ("行政相对人名称", "主体名称", "名称", "name", "subject", "subject name"),
    "repaired_on": (
        *("修复决定日期", "准予修复日期", "信用修复日期", "修复日期", "信用修复决定日期"),
        *("decision date", "repair date", "repaired on"),
    ),
    "reason": ("修复理由", "修复原因", "备注", "reason", "note", "remark"),
}
"""Our columns and what they may be called, besides what the national standard calls them."""


class Listed(NamedTuple):
    """What a file says: decisions in its order, and rows that cannot be read."""

    decisions: tuple[Decision, ...]
    faults: tuple[Fault, ...]


def read(file: Path, zone: tzinfo, today: date) -> Listed:
    """Reads a list of decisions: CSV or a workbook. `today` is the local day in `zone`.

    Raises SourceUnreadable when the file cannot be read, or has no column of document numbers, or none that
    says whose they are.
    """
    fetched = Fetched(file, file.name)
    if format_of(fetched) not in FORMATS:
        raise SourceUnreadable(f"{file.name} is no table: give CSV or a workbook.")
    decisions: list[Decision] = []
    faults: list[Fault] = []
    headers: dict[str, str] | None = None
    for row in rows(fetched, form_layout(file, look(fetched))):
        if not isinstance(row, RawRow):
            faults.append(Fault(row.where.row, row.column, f"{row.reason}; mend the row in the file"))
            continue
        if headers is None:
            headers = _headers(list(row.cells))
            _check_headers(headers, file.name)
        told = _decision(row, headers, zone, today)
        if isinstance(told, Decision):
            decisions.append(told)
        else:
            faults.append(told)
    if headers is None and not faults:
        raise SourceUnreadable(f"{file.name} has no rows below its header.")
    return Listed(tuple(decisions), tuple(faults))


def _headers(given: Sequence[str]) -> dict[str, str]:
    """Our columns → the file's own headers."""
    own = {spelling(name): column for column, names in COLUMNS.items() for name in names}
    found = {column: header for header, column in reversed(standard.load().fields(given).items())}
    found |= {own[spelling(header)]: header for header in reversed(given) if spelling(header) in own}
    return {column: found[column] for column in COLUMNS if column in found}


def _check_headers(headers: Mapping[str, str], name: str) -> None:
    if "document_number" not in headers:
        raise SourceUnreadable(
            f"{name} has no column of document numbers; call it {COLUMNS['document_number'][0]}."
        )
    if not {"uscc", "subject"} & headers.keys():
        raise SourceUnreadable(
            f"{name} does not say whose decisions they are; add a column {COLUMNS['uscc'][0]} or "
            f"{COLUMNS['subject'][0]}."
        )


def _decision(row: RawRow, headers: Mapping[str, str], zone: tzinfo, today: date) -> Decision | Fault:
    number = row.where.row

    def cell(column: str) -> str:
        return clean(row.cells.get(headers.get(column, ""), ""))

    def fault(column: str, reason: str) -> Fault:
        return Fault(number, headers.get(column), masking.quoted(reason))

    if not cell("document_number"):
        return fault("document_number", "it is blank; write the number of the decision that was repaired")
    try:
        code = uscc(cell("uscc"))
    except BadIdentifier as error:
        return fault("uscc", f"{error}; correct the code")
    if code is None and not cell("subject"):
        return fault("uscc" if "uscc" in headers else "subject", "code and name are blank; write one of them")
    try:
        on = day(cell("repaired_on"), zone) if cell("repaired_on") else None
    except BadValue as error:
        return fault("repaired_on", f"{error}; write it as 2026-05-12")
    if isinstance(on, date) and on > today:
        return fault("repaired_on", f"{on} has not come yet; import it on that day")
    return Decision(
        row=number,
        document_number=masking.code(cell("document_number")),
        code=code,
        name=cell("subject"),
        decided_on=on if isinstance(on, date) else None,
        reason=masking.text(cell("reason"), of_person=True),
        headers=dict(headers),
    )
