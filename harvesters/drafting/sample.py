"""A few rows for a definition's sample: such as differ, with nothing in them that tells who a person is."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from harvesters.columns import cells, columns
from harvesters.drafting.looks import Look
from harvesters.formats import RawRow
from harvesters.mapping import NotPublic
from harvesters.parties import named
from harvesters.preview import Outcome
from harvesters.source import Definition
from harvesters.standard import Standard
from harvesters.values import clean
from publisher import identifiers, masking
from publisher.errors import GongshiError
from publisher.items import Draft, Refusal

MOST = 8
_READ_AS_HTML = ("title", "summary", "content")


def chosen(outcomes: Iterable[tuple[RawRow, Outcome]]) -> list[RawRow]:
    """Rows of every sort that there is: with and without an end, of persons, refused, not public."""
    kept: dict[tuple[object, ...], list[RawRow]] = {}
    for row, outcome in outcomes:
        rows = kept.setdefault(_sort(outcome), [])
        if len(rows) < 2:
            rows.append(row)
    first = [rows[0] for rows in kept.values()]
    more = [row for rows in kept.values() for row in rows[1:]]
    picked = [*first, *more][:MOST]
    return sorted(picked, key=lambda row: row.where.row)


def _sort(outcome: Outcome) -> tuple[object, ...]:
    match outcome:
        case Refusal():
            return ("refused", outcome.column)
        case NotPublic():
            return ("not public",)
        case Draft():
            party = outcome.party
            return ("draft", outcome.period.rule, party.type, bool(party.aliases or party.former_names))


class Disguise:
    """Takes persons out of rows. Their names become invented ones, their numbers are masked, and columns that
    are `personal` are blotted out."""

    def __init__(self, definition: Definition, standard: Standard, personal: Iterable[str]) -> None:
        self._definition, self._standard, self._personal = definition, standard, frozenset(personal)

    def row(self, row: RawRow) -> dict[str, str]:
        """The cells of a row as they may stand in a sample."""
        found = columns(self._definition, self._standard, row.cells.keys())
        texts = cells(found, row.cells, {}, ()).texts
        names = {name: invented(name) for name in self._names(texts)}
        blotted = self._personal.union(found.headers.get("identity_number", ()))
        return {
            header: _blot(text) if header in blotted else _without(names, text)
            for header, text in row.cells.items()
        }

    def _names(self, texts: Mapping[str, str]) -> list[str]:
        """Full names of natural persons in a row, longest first."""
        found = {texts.get("legal_representative", "")}
        if "subject" in texts and self._is_person(texts):
            found.add(texts["subject"])
        return sorted((name for name in found if len(name) > 1), key=len, reverse=True)

    def _is_person(self, texts: Mapping[str, str]) -> bool:
        """Whether the subject is a natural person; where that is not sure, it is."""
        try:
            return named(texts, self._standard.party_types).is_person
        except identifiers.BadIdentifier:
            return not masking.ends_like_business(texts["subject"])


def _blot(text: str) -> str:
    return masking.NUMBER_MASK if clean(text) else text


def _without(names: Mapping[str, str], text: str) -> str:
    for name, other in names.items():
        text = masking.without_name(name, text, other)
    return masking.quoted(text)


def invented(name: str) -> str:
    """A name that is nobody's: 张某某; of a name in letters its first one only."""
    bare = name.strip()
    if not bare.isascii():
        return bare[0] + "某" * min(2, len(bare) - 1)
    return masking.person_name(bare)


def write(rows: Sequence[Mapping[str, str]], look: Look, to: Path) -> None:
    """Writes the rows in the format of their source. Raises GongshiError where a library is missing."""
    try:
        _WRITERS[look.format](rows, look, to)
    except ModuleNotFoundError as error:
        needs = f"Writing a sample of {look.format} needs {error.name}: pip install 'gongshi[samples]'."
        raise GongshiError(needs) from error


def _lines(rows: Sequence[Mapping[str, str]]) -> list[list[str]]:
    """Header and rows of a table."""
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def _csv(rows: Sequence[Mapping[str, str]], look: Look, to: Path) -> None:
    with to.open("w", encoding=look.found, errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=look.delimiter, lineterminator="\r\n")
        writer.writerows(_lines(rows))


def _xlsx(rows: Sequence[Mapping[str, str]], look: Look, to: Path) -> None:
    import openpyxl  # takes long to load

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = look.sheet or sheet.title
    for line in _lines(rows):
        sheet.append(line)
    book.save(to)


def _xls(rows: Sequence[Mapping[str, str]], look: Look, to: Path) -> None:
    import xlwt  # only the extra "samples" brings it

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(look.sheet or "Sheet1")
    for place, line in enumerate(_lines(rows)):
        for column, text in enumerate(line):
            sheet.write(place, column, text)
    book.save(str(to))


def _json(rows: Sequence[Mapping[str, str]], look: Look, to: Path) -> None:
    outer, _, inner = (look.rows or "").partition("[].")
    value = _wrapped([_wrapped(_nested(row), inner) for row in rows], outer)
    to.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _wrapped(value: Any, path: str) -> Any:
    """The value at the end of a dotted path."""
    for name in reversed(path.split(".") if path else []):
        value = {name: value}
    return value


def _nested(cells: Mapping[str, str]) -> dict[str, Any]:
    """Dotted names as the objects that they were; one that goes on where another name ends stays whole."""
    row: dict[str, Any] = {}
    for name, text in cells.items():
        *outer, last = name.split(".")
        if any(".".join(outer[:depth]) in cells for depth in range(1, len(outer) + 1)):
            outer, last = [], name
        inner = row
        for step in outer:
            inner = inner.setdefault(step, {})
        inner[last] = text
    return row


def _ndjson(rows: Sequence[Mapping[str, str]], _look: Look, to: Path) -> None:
    lines = (json.dumps(_nested(row), ensure_ascii=False) for row in rows)
    to.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _xml(rows: Sequence[Mapping[str, str]], look: Look, to: Path) -> None:
    outermost, *path, name = (look.rows or "").split("/")
    document = above = Element(outermost)
    for step in path:
        above = SubElement(above, step)
    for row in rows:
        element = SubElement(above, name)
        for place, text in row.items():
            _put(element, place, text)
    _write_xml(document, to)


def _put(element: Element, place: str, text: str) -> None:
    """Puts a cell where it stood: the element itself ("."), an attribute ("a/@b") or an element ("a/b")."""
    *path, last = place.split("/")
    for step in path:
        inner = element.find(step)
        element = SubElement(element, step) if inner is None else inner
    if last.startswith("@"):
        element.set(last[1:], text)
    elif last == ".":
        element.text = text
    else:
        SubElement(element, last).text = text


def _write_xml(document: Element, to: Path) -> None:
    indent(document)
    to.write_bytes(tostring(document, "utf-8", xml_declaration=True) + b"\n")


def _html(rows: Sequence[Mapping[str, str]], _look: Look, to: Path) -> None:
    lines = "\n".join(
        f"<tr>{''.join(f'<td>{_breaks(text)}</td>' for text in line)}</tr>" for line in _lines(rows)
    )
    head = '<head><meta charset="utf-8"><title></title></head>'
    to.write_text(f"<!doctype html>\n<html>{head}<body><table>\n{lines}\n</table></body></html>\n", "utf-8")


def _breaks(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _feed(rows: Sequence[Mapping[str, str]], _look: Look, to: Path) -> None:
    """Atom, whatever it was: each cell in the element of its name."""
    feed = Element("feed", xmlns="http://www.w3.org/2005/Atom")
    for row in rows:
        entry = SubElement(feed, "entry")
        for name, text in row.items():
            if name == "link":
                SubElement(entry, "link", href=text)
            elif name == "author":
                SubElement(SubElement(entry, "author"), "name").text = text
            elif name == "categories":
                SubElement(entry, "category", term=text)
            else:
                SubElement(entry, name).text = escape(text) if name in _READ_AS_HTML else text
    _write_xml(feed, to)


_WRITERS: Mapping[str, Callable[[Sequence[Mapping[str, str]], Look, Path], None]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "xls": _xls,
    "json": _json,
    "ndjson": _ndjson,
    "xml": _xml,
    "html": _html,
    "feed": _feed,
}
