"""The forms that authorities fill in, and the files that they are handed out as."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from io import BytesIO, StringIO
from typing import Any

_REQUIRED = "（必填）"
_SHEET, _HOW = "填报", "填写说明"
_WIDTH, _ROWS = 24, 5_000


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column of a form: `how` to fill it, an invented `example`, the `choices` where they are few."""

    header: str
    required: bool = False
    how: str = ""
    example: str = ""
    choices: tuple[str, ...] = ()

    @property
    def marked(self) -> str:
        """The header as the form has it: with a note where the standard demands the column."""
        return self.header + (_REQUIRED if self.required else "")


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a kind."""

    kind: str
    title: str
    columns: tuple[FormColumn, ...]

    @property
    def example(self) -> list[str]:
        """The invented row that it comes with."""
        return [column.example for column in self.columns]


def load_forms() -> Mapping[str, Form]:
    """The forms by kind, as forms.toml has them."""
    text = (resources.files("harvesters.validating") / "forms.toml").read_text("utf-8")
    given = tomllib.loads(text)
    party = given.pop("party")["columns"]
    return {
        kind: Form(kind, spec["title"], tuple(_column(one) for one in (*party, *spec["columns"])))
        for kind, spec in given.items()
    }


def as_file(form: Form, format: str) -> bytes:
    """The form with its example row, as "xlsx" or "csv". KeyError for any other format."""
    return {"xlsx": partial(_xlsx, form), "csv": partial(_csv, form)}[format]()


def _column(spec: dict[str, Any]) -> FormColumn:
    return FormColumn(**{**spec, "choices": tuple(spec.get("choices", ()))})


def _csv(form: Form) -> bytes:
    """UTF-8 with a byte order mark, by which spreadsheets know it."""
    text = StringIO()
    csv.writer(text).writerows([[column.marked for column in form.columns], form.example])
    return text.getvalue().encode("utf-8-sig")


def _xlsx(form: Form) -> bytes:
    """A sheet to fill in and one that says how. All cells are text, so that no long number loses its end."""
    import openpyxl  # takes long to load, and the site starts without it
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = _SHEET
    sheet.append([column.marked for column in form.columns])
    sheet.append(form.example)
    sheet.freeze_panes = "B2"
    for place, column in enumerate(form.columns, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDTH
        sheet.column_dimensions[letter].number_format = "@"
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet[f"{letter}1"].alignment = Alignment(wrap_text=True, vertical="top")
        sheet[f"{letter}1"].fill = PatternFill("solid", fgColor="FBEAE7" if column.required else "EEEEEA")
        sheet[f"{letter}2"].font = Font(italic=True, color="7F7F7F")
        sheet[f"{letter}2"].number_format = "@"
        if column.choices:
            allowed = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            allowed.add(f"{letter}2:{letter}{_ROWS}")
            sheet.add_data_validation(allowed)
    _explain(book.create_sheet(_HOW), form, Font(bold=True))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _explain(sheet: Any, form: Form, bold: Any) -> None:
    sheet.append(["栏目", "必填", "怎么填", "示例"])
    for column in form.columns:
        sheet.append([column.header, "是" if column.required else "", column.how, column.example])
    sheet.append(["第2行是示例，报送前请删除。"])
    for letter, width in zip("ABCD", (36, 8, 60, 36), strict=True):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = bold
