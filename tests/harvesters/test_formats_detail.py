"""Rows' own pages: labels and values as government sites write them."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvesters.formats import BadRow, Fetched, RawRow, rows
from harvesters.formats.raw import Detail
from publisher.errors import SourceUnreadable
from tests.fixtures.reading import Layout

LIST = "<ul><li><a href='1.html'>海口椰风贸易…</a><i>2026-03-08</i></li></ul>"
LAYOUT = Layout("html", rows="li", cells={"名称": "a", "日期": "i"}, detail=Detail("a@href"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "list.html").write_text(LIST)
    return tmp_path


def row(folder: Path, page: str | bytes | None, detail: Detail | None = None) -> RawRow | BadRow:
    """The one row of the list, with what its own page says."""
    (folder / "1.html").write_bytes(page.encode() if isinstance(page, str) else page or b"")
    own: Fetched | str = "1.html answered 404 Not Found."
    if page is not None:
        own = Fetched(folder / "1.html", "1.html")
    fetched = Fetched(folder / "list.html", "list.html", details={"1.html": own})
    (found,) = rows(fetched, replace(LAYOUT, detail=detail or LAYOUT.detail))
    return found


def own(folder: Path, page: str, detail: Detail | None = None) -> dict[str, str]:
    """The cells that only the row's own page has."""
    found = row(folder, page, detail)
    assert isinstance(found, RawRow), found
    return {name: cell for name, cell in found.cells.items() if name not in LAYOUT.cells}


def bad(folder: Path, page: str | bytes | None, detail: Detail | None = None) -> str:
    found = row(folder, page, detail)
    assert isinstance(found, BadRow)
    assert found.excerpt == "海口椰风贸易… | 2026-03-08"
    return found.reason


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr><td>处罚机关</td><td>市局</td></tr><tr><td>文号</td><td>1号</td></tr></table>",
        "<table><tr><td>处罚机关：</td><td>市局</td><td>文&nbsp;号</td><td>1号</td></tr></table>",
        "<table><tr><th>处 罚 机 关</th><td>市局</td></tr><tr><th>文　号 *</th><td>1号</td></tr></table>",
        "<table><tr><td rowspan=2>决定</td><td>处罚机关<td>市局<tr><td>文号<td>1号</table>",
        "<table><tr><td colspan=4>行政处罚</td></tr><tr><td>处罚机关<td>市局<td>文号<td>1号</table>",
        "<table><tr><td><table><tr><td>处罚机关<td>市局<tr><td>文号<td>1号</table></table>",
        "<table><tr><th>处罚机关<th>文号<tr><td>市局<td>1号</table>",
        "<dl><dt>处罚机关</dt><dd>市局</dd><dt>文号：</dt><dd>1号</dd></dl>",
        "<p>处罚机关：市局</p><p><b>文号</b>: 1号</p>",
        "<p>处罚机关： 市局 文号：1号</p>",
        "<ul><li><span>处罚机关：</span><em>市局</em></li><li><span>文号：</span><em>1号</em></li></ul>",
        "<div>处罚机关：</div><div>市局</div><div>文号：</div><div>1号</div>",
        "<p>处罚机关：市局</p><p>文号：1号</p><p>处罚机关：另一局</p>",
        "<table><tr><td>处罚机关<td>市局<tr><td>文号<td>1号</table><p>文号：2号</p>",
        "<table><tr><td>处罚机关<td>市局<tr hidden><td>赌场<td>x<tr><td>文号<td>1号</table>",
    ],
)
def test_labels_and_values(folder: Path, page: str) -> None:
    assert own(folder, page) == {"处罚机关": "市局", "文号": "1号"}


def test_what_is_a_value_is_no_label(folder: Path) -> None:
    facts = "<p>经查：当事人未办证</p><p>认定：违法</p>"
    assert own(folder, f"<table><tr><td>违法事实<td>{facts}</table><p>文号：1号</p>") == {
        "违法事实": "经查：当事人未办证\n认定：违法",
        "文号": "1号",
    }


def test_several_rows_under_a_header_become_one(folder: Path) -> None:
    page = "<table><tr><th>证照<th>编号<tr><td>甲<td>1<tr><td>乙<td>2</table>"
    assert own(folder, page) == {"证照": "甲; 乙", "编号": "1; 2"}


def test_the_own_page_says_in_full_what_the_list_cuts(folder: Path) -> None:
    found = row(folder, "<p>名称：海口椰风贸易有限公司</p><p>日期：</p>")
    assert isinstance(found, RawRow)
    assert found.cells == {"名称": "海口椰风贸易有限公司", "日期": "2026-03-08"}


@pytest.mark.parametrize(
    "line",
    [
        "发布时间 10:30",
        "见 https://example.org/a",
        "当事人辩称，其行为：合法",
        "2026-03-08：公告",
        "a" * 50 + "：x",
    ],
)
def test_not_every_colon_is_a_label(folder: Path, line: str) -> None:
    assert set(own(folder, f"<p>文号：1号</p><p>{line}</p>")) - {"发布时间 10"} == {"文号"}


def test_a_part_of_the_page_and_cells_by_selector(folder: Path) -> None:
    page = "<p>来源：外网</p><div class=c><h1>决定书</h1><p>文号：1号</p><a href='f.pdf'>附件</a></div>"
    detail = Detail("a@href", "div.c", {"标题": "h1", "附件": "a@href", "文号": "b"})
    assert own(folder, page, detail) == {"文号": "", "标题": "决定书", "附件": "f.pdf"}
    assert (
        bad(folder, "<p>文号：1号</p>", detail) == '1.html has no part "div.c", which [detail] within names'
    )


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (None, "1.html answered 404 Not Found"),
        (b"%PDF-1.7", "1.html is not HTML"),
        ("", "1.html is empty"),
        ("<html><p>文号：1号</p>", "1.html is cut off: its HTML ends before </html>"),
        ("<p>正文在别处</p>", "1.html has no labels with values, nor what [detail.cells] names"),
    ],
)
def test_a_page_that_cannot_be_read_costs_its_row(folder: Path, page: str | bytes | None, says: str) -> None:
    assert bad(folder, page).startswith(says)


def test_a_page_that_stands_in_the_way_fails_the_source(folder: Path) -> None:
    """The rows whose pages a host does not give just now are not gone."""
    with pytest.raises(SourceUnreadable, match="is a login, a bot check or an error inside a page"):
        bad(folder, "<p>请输入验证码</p>")


def test_without_a_link_the_row_stands_alone(folder: Path) -> None:
    (folder / "list.html").write_text("<ul><li><a>海口椰风</a><i>2026-03-08</i></li></ul>")
    (found,) = rows(Fetched(folder / "list.html", "list.html"), LAYOUT)
    assert isinstance(found, RawRow)
    assert found.cells == {"名称": "海口椰风", "日期": "2026-03-08"}


WORDS = st.text(st.sampled_from("文号处罚机关公司一二三四五六七八九十甲乙丙丁"), min_size=1, max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(WORDS, WORDS, min_size=1, max_size=8), st.integers(1, 3))
def test_what_a_table_says_is_read(folder: Path, said: dict[str, str], pairs: int) -> None:
    cells = [f"<td>{label}</td><td>{value}</td>" for label, value in said.items()]
    lines = ["".join(cells[start : start + pairs]) for start in range(0, len(cells), pairs)]
    assert own(folder, f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>") == said
