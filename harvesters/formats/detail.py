"""A row's own page: labels and values as government sites write them, in tables, lists or plain lines."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from harvesters.formats import visible
from harvesters.formats.raw import Detail
from harvesters.formats.visible import Page
from publisher.errors import SourceUnreadable

_Pair = tuple[LexborNode, list[LexborNode]]
"""A label and its values."""

_LONGEST_LABEL = 40
_SEPARATOR = "; "
_COLONS = ":： "
_NO_LABEL = re.compile(r"[。；;，,！!？?]|^\d[\d.\-/ ]*$|^https?$", re.I)
_PAIR = re.compile(r"(?P<label>[^:：\n]{1,20}?)\s*[:：]\s*(?P<value>.*)")
_NEXT_PAIR = re.compile(r"\s+(?=[^\s:：。；，]{2,12}[:：])")
_SPREAD = re.compile(r"(?<=[\u3400-\u9fff])[ \u3000]+(?=[\u3400-\u9fff])")


def labelled(page: Page, detail: Detail) -> dict[str, str]:
    """What a page says, by its own labels: `<td>label</td><td>value</td>`, several pairs a line; tables with
    a header; dt and dd; "label：value" lines. Then what `detail.cells` select, which goes before.

    Of several values of one label the first counts, tables before lists before lines; under a header all.
    Raises SourceUnreadable where nothing on the page is `detail.within`.
    """
    within = page.tree.css_first(detail.within) if detail.within else page.tree.root
    if within is None:
        raise SourceUnreadable(f'{page.name} has no part "{detail.within}", which [detail] within names.')
    cells: dict[str, str] = {}
    read: set[int] = set()
    for named, values in (*_tables(within), *_lists(within)):
        if label := _label(visible.words(named)):
            read.update(node.mem_id for node in (named, *values))
            cells[label] = cells.get(label) or _SEPARATOR.join(filter(None, map(visible.words, values)))
    for said, value in _lines(visible.words(within, but=read)):
        if label := _label(said):
            cells[label] = cells.get(label) or value
    return cells | {name: visible.cell(page, within, selector) for name, selector in detail.cells.items()}


def _label(said: str) -> str | None:
    """A label without its colon and the spaces that spread it; None for what can be none."""
    label = _SPREAD.sub("", said.replace("\n", "")).strip(_COLONS + "*　")
    return label if label and len(label) <= _LONGEST_LABEL and not _NO_LABEL.search(label) else None


def _tables(within: LexborNode) -> Iterator[_Pair]:
    for table in within.css("table"):
        rows = [visible.cells_of(row) for row in visible.own_rows(table)]
        header = rows[0] if rows else []
        columns = len(rows) > 1 and len(header) > 1 and all(cell.tag == "th" for cell in header)
        if columns and all(cell.tag == "td" for row in rows[1:] for cell in row):
            for place, label in enumerate(header):
                yield label, [row[place] for row in rows[1:] if len(row) == len(header)]
        else:
            for row in rows:
                yield from _pairs(row)


def _pairs(row: list[LexborNode]) -> Iterator[_Pair]:
    """Label and value, label and value; a cell over several lines before them names their group."""
    if len(row) % 2 and (row[0].attributes.get("rowspan") or "1") != "1":
        row = row[1:]
    if len(row) % 2 == 0:
        for label, value in zip(row[::2], row[1::2], strict=True):
            yield label, [value]


def _lists(within: LexborNode) -> Iterator[_Pair]:
    for found in within.css("dl"):
        label = None
        for node in found.css("dt, dd"):
            if node.tag == "dt":
                label = node
            elif label is not None:
                yield label, [node]
                label = None


def _lines(words: str) -> Iterator[tuple[str, str]]:
    """Lines such as "label：value", several pairs in a line, or a line "label：" above its value."""
    waiting = None
    for line in words.split("\n"):
        first = True
        for part in _NEXT_PAIR.split(line):
            pair = _PAIR.fullmatch(part)
            if pair and _label(pair["label"]):
                waiting = None if pair["value"] else pair["label"]
                if pair["value"]:
                    yield pair["label"], pair["value"]
            elif first and waiting is not None:
                yield waiting, line
                waiting = None
                break
            first = False
