"""HTML list pages: rows by selectors, tables with headers, what is visible, and what is no list at all."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvesters.formats import Fetched, Pattern, RawRow, links, pointer, rows
from harvesters.formats.raw import Detail
from publisher.errors import SourceUnreadable
from tests.fixtures.reading import Layout, Reader, brief

CELLS = {"名称": "a", "文号": ".no", "日期": "span:last-child", "链接": "a@href", "号": ".@data-id"}


@pytest.fixture
def file(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "list.html", Layout("html", rows="ul.list > li", cells=CELLS))


@pytest.fixture
def grid(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "list.html", Layout("html"))


def item(number: int, name: str = "海口椰风贸易有限公司") -> str:
    return (
        f'<li data-id="{number}"><a href="detail/{number}.html"> {name}\n </a>'
        f'<i class="no">琼税〔2026〕{number}号</i> <span>x</span><span>2026-03-0{number}</span></li>'
    )


def page(*items: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body><ul class=list>{''.join(items)}</ul></body></html>"


def test_rows_and_cells_by_selector(file: Reader) -> None:
    assert file.cells(page("<li>  </li>", item(1), "<li><a href='x'>乙</a>")) == [
        {
            "名称": "海口椰风贸易有限公司",
            "文号": "琼税〔2026〕1号",
            "日期": "2026-03-01",
            "链接": "detail/1.html",
            "号": "1",
        },
        {"名称": "乙", "文号": "", "日期": "", "链接": "x", "号": ""},
    ]


@pytest.mark.parametrize(
    ("head", "url", "whole"),
    [
        ("", "https://example.org/a/list.html", "https://example.org/a/detail/1.html"),
        ('<base href="/b/">', "https://example.org/a/list.html", "https://example.org/b/detail/1.html"),
        ('<base href="https://example.com/">', None, "https://example.com/detail/1.html"),
    ],
)
def test_addresses_are_made_whole(file: Reader, head: str, url: str | None, whole: str) -> None:
    file.file.write_text(page(item(1), head=head))
    fetched = Fetched(file.file, "list.html", url=url)
    (row,) = rows(fetched, file.layout)
    assert isinstance(row, RawRow)
    assert row.cells["链接"] == whole
    layout = Layout("html", rows="li", cells=CELLS, detail=Detail("a"))
    assert [(link, own.address) for link, own in links(fetched, layout).items()] == [("detail/1.html", whole)]


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>document.write('赌场')</script>",
        "<style>.a { color: red }</style>",
        "<template><b>赌场</b></template>",
        "<noscript>赌场</noscript>",
        "<b hidden>赌场</b>",
        "<b aria-hidden='true'>赌场</b>",
        "<b style='display:none'>赌场</b>",
        "<b style='color: red; DISPLAY : None !important'>赌场<i hidden>赌<script>1</script></i></b>",
        "<b style='visibility:hidden'>赌场</b>",
        "<b style='font-size:0'>赌场</b>",
        "<b style='font-size: 0px; color: red'>赌场</b>",
        "<b style='position:absolute; left:-9999px'>赌场</b>",
        "<b style='opacity: 0'>赌场</b>",
        "<!-- 赌场 -->",
        "\u200b\u200d\ufeff",
    ],
)
def test_only_what_is_visible_counts(file: Reader, hidden: str) -> None:
    content = page(item(1, f"海口椰{hidden}风<b style='font-size:0.9em;opacity:0.5'>贸易</b>有限公司"))
    assert file.cells(content)[0]["名称"] == "海口椰风贸易有限公司"


def test_hidden_rows_are_none(file: Reader) -> None:
    spam = item(2).replace("<li", "<li style='display:none'")
    assert [cells["号"] for cells in file.cells(page(item(1), spam, item(3)))] == ["1", "3"]


def test_text_breaks_where_a_browser_breaks_it(file: Reader) -> None:
    said = "一<b>二</b>\n 三<br>四<p>五&nbsp;六</p>七<div>八<div>九</div></div>十&lt;"
    layout = Layout("html", rows="li", cells={"text": "."})
    (cells,) = Reader(file.file, layout).cells(page(f"<li>{said}</li>"))
    assert cells["text"] == "一二 三\n四\n五 六\n七\n八\n九\n十<"


TABLE = """<html><body>
<table><tr><td>导航</td><td>首页</td></tr></table>
<table>
<caption>公示表</caption>
<tr><td colspan=4>2026年行政处罚公示</td></tr>
<thead><tr><th>序号<th>名称<th>处罚<br>机关<th>日期</thead>
<tr><td>1<td>甲<td rowspan="2">市局<td>2026-03-01
<tr><td>2<td><table><tr><td>乙</table><td>2026-03-02
<tr style="display:none"><td>9<td>赌场<td>x<td>y
<tr><td colspan="4">注：以上信息</td></tr>
</table></body></html>"""


def test_a_table_is_read_by_its_header(grid: Reader) -> None:
    assert grid.cells(TABLE) == [
        {"序号": "1", "名称": "甲", "处罚机关": "市局", "日期": "2026-03-01"},
        {"序号": "2", "名称": "乙", "处罚机关": "市局", "日期": "2026-03-02"},
    ]


def test_a_header_of_two_lines_becomes_one(grid: Reader) -> None:
    content = """<table><tr><th rowspan=2>名称<th colspan=2>罚款<th rowspan=2>日期
    <tr><th>金额<th>币种<tr><td>甲<td>1<td>元<td>2026-03-01</table>"""
    assert grid.cells(content) == [{"名称": "甲", "罚款.金额": "1", "罚款.币种": "元", "日期": "2026-03-01"}]


def test_a_table_can_be_named(grid: Reader) -> None:
    content = "<table><tr><td>a<td>b<td>c<tr><td>1<td>2<td>3</table><table id=t><tr><td>n<tr><td>甲</table>"
    assert Reader(grid.file, Layout("html", rows="#t")).cells(content) == [{"n": "甲"}]


def test_a_row_too_short_for_its_table_costs_no_other(grid: Reader) -> None:
    content = "<table><tr><th>a<th>b<th>c<tr><td>1<td>2<td>3<tr><td>1<td>2<tr><td>4<td>5<td>6</table>"
    assert brief(grid.read(content)) == [
        (2, ["1", "2", "3"]),
        (3, "the row has 2 cells, the header 3"),
        (4, ["4", "5", "6"]),
    ]


@pytest.mark.parametrize("span", ["0", "-1", "x", "99999999999999999999", "1000000"])
def test_no_span_takes_all_memory(grid: Reader, span: str) -> None:
    content = f"<table><tr><td>a<td>b<tr><td colspan={span}>1<td>2<tr><td rowspan={span}>3<td>4</table>"
    assert len(grid.read(content)) == 2


@pytest.mark.parametrize(("encoding", "says"), [("utf-8", "utf-8"), ("gb18030", "gb2312"), ("utf-8", "gbk")])
def test_encodings(file: Reader, encoding: str, says: str) -> None:
    content = page(item(1), head=f'<meta http-equiv="Content-Type" content="text/html; charset={says}">')
    assert file.cells(content.encode(encoding))[0]["名称"] == "海口椰风贸易有限公司"


def test_bad_bytes_and_long_cells_cost_their_row(file: Reader) -> None:
    content = page(*map(item, range(1, 9)), item(9, "x" * 10_000_000)).encode()
    found = file.read(content.replace("海".encode(), b"\xff", 1))
    assert brief(found)[0] == (1, "the cell holds bytes that are not utf-8")
    assert brief(found)[-1] == (9, "the cell has 10,000,000 characters, more than 1,048,576")
    assert sum(isinstance(row, RawRow) for row in found) == 7


def test_an_empty_list_is_no_error(file: Reader) -> None:
    assert file.read(page()) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "list.html is empty."),
        ('{"code": 500}', "list.html is an error as JSON where HTML was due."),
        ("%PDF-1.7 words and words", "list.html is not HTML."),
        (page(item(1))[:-20], "list.html is cut off: its HTML ends before </html>."),
        (
            "<html><title>统一登录</title><body><form><input type='password'></form></body></html>",
            'list.html is a login, a bot check or an error inside a page ("统一登录"), not the list: ',
        ),
        ("<html><body>系统繁忙，请稍后再试</body></html>", "list.html is a login, a bot check or an error"),
        ("<html><title>Just a moment...</title></html>", "list.html is a login, a bot check or an error"),
    ],
)
def test_what_is_no_list_is_one_sentence(file: Reader, content: str, says: str) -> None:
    assert file.refused(content).startswith(says)


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("<a class=next href='list_2.html'>下一页</a>", "https://example.org/a/list_2.html"),
        ("<a class=next href='?p=2#top'>下一页</a>", "https://example.org/a/list.html?p=2#top"),
        ("<a class=next href='javascript:void(0)'>下一页</a>", None),
        ("<a class=next href='#'>下一页</a>", None),
        ("<a class=next href='list.html'>下一页</a>", None),
        ("<a class=next>下一页</a>", None),
        ("", None),
    ],
)
def test_a_page_links_to_the_next(file: Reader, link: str, found: str | None) -> None:
    file.file.write_text(page(item(1)) + link)
    fetched = Fetched(file.file, "list.html", url="https://example.org/a/list.html")
    assert pointer(fetched, file.layout, "a.next") == found


def test_cells_are_cut_out_of_text_by_pattern(file: Reader) -> None:
    patterns = {
        "金额": Pattern("名称", re.compile(r"罚款([\d.]+)元")),
        "无": Pattern("名称", re.compile(r"(没收)")),
        "别处": Pattern("不存在", re.compile(r"(.)")),
    }
    layout = Layout("html", rows="li", cells={"名称": "a"}, patterns=patterns)
    (cells,) = Reader(file.file, layout).cells(page(item(1, "对某公司罚款1200.50元的决定")))
    assert cells == {"名称": "对某公司罚款1200.50元的决定", "金额": "1200.50", "无": "", "别处": ""}


def test_an_html_table_called_a_workbook_is_read(tmp_path: Path) -> None:
    workbook = Reader(tmp_path / "rows.xls", Layout("xls"))
    assert workbook.cells(TABLE)[0] == {"序号": "1", "名称": "甲", "处罚机关": "市局", "日期": "2026-03-01"}
    assert workbook.cells(TABLE.encode("gb18030"))[1]["名称"] == "乙"
    assert "is an HTML page" in workbook.refused("<html><title>下载</title><p>请稍候</p></html>")
    assert "a login, a bot check" in workbook.refused(
        "<html><table><tr><td>用户<td><input type=password></html>"
    )


SOUP = [
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "<td&rowspan=3>",
    "<td&colspan=2>",
    "<li>",
    "</li>",
    "<a&href=x>",
    "</a>",
    "<p&hidden>",
    "<script>",
    "</script>",
    "<b&style='display:none'>",
    "甲",
    "乙：丙",
    "<!--",
    "-->",
    "<ul&class=list>",
    "</ul>",
    "<template>",
    "<svg>",
    "<select>",
    "<option>",
    "<frameset>",
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(SOUP), max_size=60))
def test_any_soup_is_rows_or_a_sentence(file: Reader, grid: Reader, soup: list[str]) -> None:
    for reader in (file, grid):
        with suppress(SourceUnreadable):
            reader.read("<p>" + "".join(soup).replace("&", " "))
