"""Writers of sample files, one row at a time; the same rows give the same bytes."""

import csv
import html
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol
from xml.sax.saxutils import escape, quoteattr

PAGE_ROWS = 500
HTML_ROWS = 20
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode

Cells = Sequence[Any]
"""Text, or in workbooks dates and numbers too; None is an empty cell."""


class Table(Protocol):
    """A file that is being written. `ragged` rows (more cells than headers) only CSV can hold."""

    def add(self, cells: Cells) -> None: ...
    def close(self) -> None: ...


class CsvTable:
    def __init__(self, path: Path, headers: Sequence[str], encoding: str, delimiter: str) -> None:
        self._file = path.open("w", encoding=encoding, newline="")
        self._writer = csv.writer(self._file, delimiter=delimiter, lineterminator="\r\n")
        self._writer.writerow(headers)
        self.add = self._writer.writerow

    def close(self) -> None:
        self._file.close()


class JsonTable:
    """One file, or a folder of pages, with the rows under the dotted path `rows`."""

    def __init__(self, path: Path, headers: Sequence[str], rows: str, paged: bool) -> None:
        self._path, self._headers, self._paged = path, headers, paged
        self._names = rows.split(".")
        self._last = self._names.pop() if self._names[-2].endswith("[]") else None
        self._page, self._count = 0, 0
        self._before, self._after = "", ""
        for name in self._names:
            self._before += f'{{"{name.removesuffix("[]")}": '
            self._after = "}" + self._after
        if paged:
            path.mkdir(parents=True, exist_ok=True)
        self._open()

    def add(self, cells: Cells) -> None:
        if self._paged and self._count == PAGE_ROWS:
            self._finish()
            self._open()
        row: dict[str, Any] = dict(zip(self._headers, cells, strict=True))
        if self._last:
            row = {"id": self._count + 1, self._last: row}
        self._file.write(",\n" if self._count else "\n")
        self._file.write(_ENCODE(row))
        self._count += 1

    def close(self) -> None:
        self._finish()

    def _open(self) -> None:
        self._page, self._count = self._page + 1, 0
        path = self._path / f"page-{self._page:04}.json" if self._paged else self._path
        self._file = path.open("w", encoding="utf-8")
        self._file.write('{"code": 0, "message": "success", ' + self._before[1:] + "[")

    def _finish(self) -> None:
        self._file.write("\n]" + self._after)
        self._file.close()


class NdjsonTable:
    """One object a line."""

    def __init__(self, path: Path, headers: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._headers = headers

    def add(self, cells: Cells) -> None:
        self._file.write(_ENCODE(dict(zip(self._headers, cells, strict=True))) + "\n")

    def close(self) -> None:
        self._file.close()


class XmlTable:
    """A default namespace; the elements at the path `rows`, whose first column is an attribute."""

    def __init__(self, path: Path, headers: Sequence[str], rows: str) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._headers = [header.removeprefix("@") for header in headers]
        *around, self._row = rows.split("/")
        self._file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        self._file.write(f'<{around[0]} xmlns="urn:example:penalties">')
        self._file.write("".join(f"<{name}>" for name in around[1:]) + "\n")
        self._after = "".join(f"</{name}>" for name in reversed(around))

    def add(self, cells: Cells) -> None:
        first, *others = zip(self._headers, cells, strict=True)
        self._file.write(f"<{self._row} {first[0]}={quoteattr(str(first[1]))}>")
        for name, said in others:
            self._file.write(f"<{name}>{escape(str(said))}</{name}>")
        self._file.write(f"</{self._row}>\n")

    def close(self) -> None:
        self._file.write(f"{self._after}\n")
        self._file.close()


class HtmlTable:
    """List pages, in a folder or one file, whose rows link to pages of their own: labels and values, two
    pairs a line. As on real pages there is text around them, and spam that nobody sees."""

    def __init__(self, path: Path, headers: Sequence[str], title: str, paged: bool) -> None:
        self._path, self._headers, self._title, self._paged = path, headers, title, paged
        self._own = path / "own" if paged else path.with_suffix("")
        self._own.mkdir(parents=True, exist_ok=True)
        self._items: list[str] = []
        self._page, self._count = 1, 0

    def add(self, cells: Cells) -> None:
        if len(self._items) == HTML_ROWS:
            self._finish()
        self._count += 1
        said = dict(zip(self._headers, (html.escape(str(cell)) for cell in cells), strict=True))
        name = f"{self._count:04}.html"
        (self._own / name).write_text(_OWN_PAGE.format(title=self._title, lines=_lines(said)), "utf-8")
        about = next(iter(said.values()))
        title = f'{self._count}. {about}<span style="display:none">彩票</span>{self._title}'
        self._items.append(f'<li><a href="{self._own.name}/{name}">{title}</a></li>')

    def close(self) -> None:
        self._finish()

    def _finish(self) -> None:
        path = self._path / f"page-{self._page:04}.html" if self._paged else self._path
        page = _LIST_PAGE.format(title=self._title, items="\n".join(self._items))
        path.write_text(page, "utf-8")
        self._page, self._items = self._page + 1, []


def _lines(said: Mapping[str, str]) -> str:
    cells = [f"<td>{label}：</td><td>{value}</td>" for label, value in said.items()]
    return "\n".join(f"<tr>{''.join(cells[at : at + 2])}</tr>" for at in range(0, len(cells), 2))


_HEAD = '<!DOCTYPE html>\n<html lang="zh"><head><meta charset="utf-8"><title>{title}</title></head><body>\n'
_LIST_PAGE = _HEAD + '<p>当前位置：首页</p>\n<ul class="list">\n{items}\n</ul>\n</body></html>\n'
_OWN_PAGE = (
    _HEAD + '<p>来源：本局</p>\n<div class="content"><table>\n{lines}\n</table></div>\n</body></html>\n'
)


class XlsxTable:
    """A title, a note about units, the header, the rows, a total row; and a hidden sheet before it."""

    def __init__(self, path: Path, headers: Sequence[str], title: str) -> None:
        import openpyxl  # takes long to load, and most commands need no samples

        self._path, self._count, self._width = path, 0, len(headers)
        self._book = openpyxl.Workbook(write_only=True)
        hidden = self._book.create_sheet("字典")
        hidden.sheet_state = "hidden"
        hidden.append(["代码", "含义"])
        self._sheet = self._book.create_sheet("公示")
        self._book.active = 1
        self._sheet.append([title])
        self._sheet.append(["填报说明：金额单位见表头，日期为决定之日"])
        self._sheet.append(headers)

    def add(self, cells: Cells) -> None:
        self._count += 1
        self._sheet.append(cells)

    def close(self) -> None:
        self._sheet.append(["合计", f"{self._count}条"] + [None] * (self._width - 2))
        self._book.save(self._path)
        _without_clock(self._path)


class XlsTable:
    """A title row, the header, the rows, a total row, in the format of Excel 97."""

    def __init__(self, path: Path, headers: Sequence[str], title: str) -> None:
        import xlwt  # only the extra "samples" brings it

        self._path, self._row = path, 0
        self._book = xlwt.Workbook(encoding="utf-8")
        self._sheet = self._book.add_sheet("Sheet1")
        self._day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
        self._plain = xlwt.easyxf()
        self.add([title])
        self.add(headers)

    def add(self, cells: Cells) -> None:
        for column, cell in enumerate(cells):
            if cell is not None:
                self._sheet.write(
                    self._row, column, cell, self._day if isinstance(cell, date) else self._plain
                )
        self._row += 1

    def close(self) -> None:
        self.add(["合计", f"{self._row - 2}条"])
        self._book.save(str(self._path))


def epoch_milliseconds(day: date) -> int:
    """Midnight in Shanghai, as JSON of Java programs has it."""
    return (day - date(1970, 1, 1)) // timedelta(milliseconds=1) - 8 * 3_600_000


def _without_clock(path: Path) -> None:
    """Rewrites a workbook with fixed time stamps."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    stamp = re.compile(rb"(<dcterms:\w+ [^>]*>)[^<]*")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            if name == "docProps/core.xml":
                content = stamp.sub(rb"\g<1>2026-01-01T00:00:00Z", content)
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
