"""A sample file being written: decisions in, rows in the spelling of their source out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from harvesters.samples.decisions import Dice, Fields
from harvesters.samples.headers import UNWANTED
from harvesters.samples.parties import identity_number
from harvesters.samples.plans import Plan
from harvesters.samples.tables import (
    CsvTable,
    HtmlTable,
    JsonTable,
    NdjsonTable,
    Table,
    XlsTable,
    XlsxTable,
    XmlTable,
    epoch_milliseconds,
)

_DAYS = frozenset({"decided_on", "listed_on", "removed_on", "public_until", "valid_from", "valid_until"})


@dataclass(slots=True)
class Expected:
    """What a right reading of one source finds.

    `rows`: rows of content, without titles and totals. `drafts`: rows that the mapping makes drafts of, among
    them `duplicates` (equal to an earlier row) and `doubled` (an earlier row's key with other content, which
    the harvest refuses). `refused`: rows that mapping or format refuse, by reason.
    """

    rows: int = 0
    drafts: int = 0
    duplicates: int = 0
    doubled: int = 0
    not_public: int = 0
    refused: dict[str, int] = field(default_factory=dict)

    @property
    def sightings(self) -> int:
        return self.drafts - self.duplicates - self.doubled


class File:
    """The file of one plan. `number` counts its own decisions, `defects` are what its rows can have."""

    def __init__(self, plan: Plan, path: Path, dice: Dice) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.number = 0
        self.expected = Expected()
        self._plan, self._dice, self._table = plan, dice, _table(plan, path)
        self._spellings = [_SPELLINGS[style] for style in plan.dates]
        self._brackets = str.maketrans("〔〕", plan.brackets)
        self.defects = _possible_defects(plan)
        columns = list(enumerate(plan.columns))
        self._columns = [(column.field, column.default) for column in plan.columns]
        self._days = [place for place, column in columns if column.field in _DAYS]
        self._units = [(place, column.unit) for place, column in columns if column.unit > 1]
        self._unwanted = [(place, column.field) for place, column in columns if column.field in UNWANTED]
        self._numbers = [
            place
            for place, column in columns
            if column.field == "document_number" and plan.brackets != "〔〕"
        ]

    def close(self) -> None:
        self._table.close()

    def write(self, fields: Fields, defect: str | None = None) -> None:
        """Writes the decision's row, or rows, spoiled by `defect`, and counts what is to be made of it."""
        if defect in (None, "duplicate", "doubled"):
            cells = self._cells(fields)
            self._add(cells)
            self.expected.drafts += 1
            if defect is not None:
                self.expected.drafts += 1
                if defect == "duplicate":
                    self.expected.duplicates += 1
                else:
                    self.expected.doubled += 1
                    cells = self._cells(fields | {_other_content(fields): "（更正前）见原决定书"})
                self._add(cells)
        elif defect == "not_public":
            hidden = self._dice.pick(({"scope_of_use": "1"}, {"scope_of_use": "2"}, {"state": "1"}))
            self._add(self._cells(fields | hidden))
            self.expected.not_public += 1
        else:
            cells = self._cells(fields | self._spoiled(fields, defect))
            self._add([*cells, "多出的一格"] if defect == "ragged" else cells)
            self.expected.refused[defect] = self.expected.refused.get(defect, 0) + 1

    def _add(self, cells: list[Any]) -> None:
        self.expected.rows += 1
        self._table.add(cells)

    def _spoiled(self, fields: Fields, defect: str) -> Fields:
        if defect == "impossible_date":
            return {self._plan.dated_by: f"{fields[self._plan.dated_by].year}-02-30"}
        if defect == "missing_name":
            return {"subject": None}
        if defect == "wrong_check":
            code = fields["uscc"]
            return {"uscc": code[:-1] + ("0" if code[-1] != "0" else "1")}
        return {}

    def _cells(self, fields: Fields) -> list[Any]:
        spell = self._spellings[0] if self._dice.roll() < 0.9 else self._dice.pick(self._spellings)
        blank = self._dice.pick(self._plan.blanks)
        cells: list[Any] = [fields.get(name, default) for name, default in self._columns]
        for place in self._days:
            if isinstance(cells[place], date):
                cells[place] = spell(cells[place])
            elif cells[place] is None:
                cells[place] = self._plan.no_day
        for place, unit in self._units:
            if cells[place] is not None:
                cells[place] /= unit
        for place in self._numbers:
            cells[place] = cells[place].translate(self._brackets)
        for place, name in self._unwanted:
            cells[place] = self._filling(name)
        return [blank if cell is None else cell for cell in cells]

    def _filling(self, name: str) -> Any:
        rows = self.expected.rows
        if name == "number":
            return rows + 1
        return (
            identity_number(rows) if name == "owner_identity" else f"{self._dice.today} 08:{rows % 60:02}:17"
        )


def _possible_defects(plan: Plan) -> list[str]:
    fields = {column.field for column in plan.columns}
    possible = ["impossible_date", "missing_name", "doubled", "duplicate"]
    if "uscc" in fields:
        possible.append("wrong_check")
    if plan.format == "csv":
        possible.append("ragged")
    if "scope_of_use" in fields:
        possible.append("not_public")
    return possible


def _other_content(fields: Fields) -> str:
    return next(
        name for name in ("facts", "decision", "listing_reason", "rating_level", "matter") if fields.get(name)
    )


def _table(plan: Plan, path: Path) -> Table:
    headers = [column.header for column in plan.columns]
    match plan.format:
        case "csv":
            return CsvTable(path, headers, plan.encoding, plan.delimiter)
        case "json":
            return JsonTable(path, headers, plan.rows, paged=path.suffix == "")
        case "ndjson":
            return NdjsonTable(path, headers)
        case "xml":
            return XmlTable(path, headers, plan.rows)
        case "html":
            return HtmlTable(path, headers, plan.title, paged=path.suffix == "")
        case "xlsx":
            return XlsxTable(path, headers, plan.title)
        case _:
            return XlsTable(path, headers, plan.title)


_SPELLINGS: Mapping[str, Callable[[date], Any]] = {
    "-": date.isoformat,
    "": lambda day: f"{day:%Y%m%d}",
    "/": lambda day: f"{day.year}/{day.month}/{day.day}",
    "年": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "epoch": epoch_milliseconds,
    "cell": lambda day: day,
}
