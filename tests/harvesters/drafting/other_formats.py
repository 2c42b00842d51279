"""The same list in formats beside tables and JSON, and what a good definition makes of each."""

import json
from collections.abc import Callable, Iterable, Mapping
from html import escape
from pathlib import Path
from zipfile import ZipFile

from tests.fixtures.store import code
from tests.harvesters.drafting.shapes import Shape, firm

HEADERS = ("企业名称", "统一社会信用代码", "列入原因", "列入日期", "列入决定机关")
REASON = "通过登记的住所无法联系 <核查>"
LISTED = [
    dict(zip(HEADERS, (firm(n), code(n), REASON, f"2026-02-0{n}", "海口市市场监督管理局"), strict=True))
    for n in range(1, 9)
]


def _listing(file: str, write: Callable[[Path], object]) -> Shape:
    """The same list of eight in one of many formats."""
    content = {"listing_reason": REASON, "listed_on": "2026-02-01", "authority": "海口市市场监督管理局"}
    return Shape(file, write, "watchlist", firm(1), content, 8, key=("subject", "listed_on"))


def _as_text(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, "utf-8")


def _tagged(row: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in row.items())


def _cells(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


NDJSON = _listing(
    "经营异常名录.ndjson", _as_text("\n".join(json.dumps(row, ensure_ascii=False) for row in LISTED))
)

XML = _listing(
    "经营异常名录.xml",
    _as_text(
        '<?xml version="1.0"?><d:response xmlns:d="urn:d"><code>0</code><d:rows>'
        + "".join(
            f'<d:row id="{n}"><who kind="法人">{_tagged(dict(list(row.items())[:2]))}</who>'
            f"{_tagged(dict(list(row.items())[2:]))}<tag>a</tag><tag>b</tag></d:row>"
            for n, row in enumerate(LISTED)
        )
        + "</d:rows></d:response>"
    ),
)

HTML = _listing(
    "list.html",
    _as_text(
        "<!doctype html><html><head><title>海口市市场监督管理局经营异常名录</title></head><body>"
        f"<table>{_cells(['首页', '公示'])}</table>"
        f"<table>{_cells(HEADERS)}{''.join(_cells(row.values()) for row in LISTED)}</table></body></html>"
    ),
)


def _zip(path: Path) -> None:
    with ZipFile(path, "w") as archive:
        archive.writestr("说明.md", "x")
        for number, part in enumerate((LISTED[:3], LISTED[3:])):
            lines = (",".join(row.values()) for row in part)
            archive.writestr(f"名录/{number}.txt", "\n".join((",".join(HEADERS), *lines)))


ZIP = _listing("经营异常名录.zip", _zip)

FEED = Shape(
    "abnormal.xml",
    _as_text(
        '<?xml version="1.0"?><rss version="2.0"><channel><title>海口市市场监督管理局经营异常名录</title>'
        + "".join(
            f"<item><title>{firm(n)}</title><link>https://example.org/{n}</link><guid>{n}</guid>"
            f"<pubDate>Sun, 0{n} Feb 2026 09:00:00 +0800</pubDate>"
            f"<description>&lt;p&gt;通过登记的住所无法联系&lt;/p&gt;</description></item>"
            for n in range(1, 9)
        )
        + "</channel></rss>"
    ),
    "watchlist",
    firm(1),
    {"listed_on": "2026-02-01"},
    8,
    key=("subject", "listed_on"),
)

OTHER_FORMATS = (NDJSON, XML, HTML, ZIP, FEED)
