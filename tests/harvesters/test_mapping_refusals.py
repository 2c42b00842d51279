"""Rows that are refused: which column, why, in what words; headers and hashes of rows."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.formats import BadRow, RawRow
from harvesters.mapping import MAX_TEXT, NotPublic
from publisher.items import Draft, Refusal, RowRef
from tests.harvesters.test_mapping import (
    IDENTITY,
    PERSON,
    ROW,
    WHERE,
    definition,
    listed,
    mapped,
    mapper,
    refusal,
)


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        (
            {"行政相对人名称": " "},
            "行政相对人名称",
            "column 行政相对人名称 (subject) is blank; every row needs it.",
        ),
        (
            {"行政处罚决定书文号": "/"},
            "行政处罚决定书文号",
            "column 行政处罚决定书文号 (document_number) is blank; every row needs it.",
        ),
        (
            {"处罚决定日期": "无"},
            "处罚决定日期",
            "column 处罚决定日期 (decided_on) is blank; every row needs it.",
        ),
        (
            {"处罚决定日期": "2026-02-30"},
            "处罚决定日期",
            "column 处罚决定日期 has “2026-02-30” that cannot stand: there is no such day.",
        ),
        (
            {"公示截止期": "2027"},
            "公示截止期",
            "column 公示截止期 has “2027” that cannot stand: it is only a year or a month, not a day.",
        ),
        (
            {"行政相对人代码_1(统一社会信用代码)": "91110000802100433C"},
            "行政相对人代码_1(统一社会信用代码)",
            "column 行政相对人代码_1(统一社会信用代码) has “91110000802100433C” that cannot stand: "
            "its check character is C where B is right.",
        ),
        (
            {"罚款金额(万元)": "若干"},
            "罚款金额(万元)",
            "column 罚款金额(万元) has “若干” that cannot stand: it is not an amount of money.",
        ),
        (
            {"失信严重程度": "9"},
            "失信严重程度",
            "column 失信严重程度 has “9” that cannot stand: known are minor, general, grave, serious.",
        ),
        (
            {"信息使用范围": "9"},
            "信息使用范围",
            "column 信息使用范围 has “9” that cannot stand: whether such rows are public is not known.",
        ),
        (
            {"违法事实": "长" * (MAX_TEXT + 1)},
            "违法事实",
            "column 违法事实 has 100001 characters; at most 100000 are stored.",
        ),
    ],
)
def test_a_refusal_names_column_and_reason(cells: dict[str, str], column: str, reason: str) -> None:
    found = refusal(ROW | cells)
    assert (found.source, found.where, found.column, found.reason) == (
        "tourism/penalties",
        WHERE,
        column,
        reason,
    )
    assert len(found.excerpt) <= 500


def test_a_field_that_no_column_fills_is_named_by_our_word() -> None:
    found = refusal({"行政相对人名称": "海南公司", "处罚决定日期": "2026-03-08"})
    assert (found.column, found.reason) == (
        None,
        "a column for document_number is blank; every row needs it.",
    )


def test_an_excerpt_tells_which_row_it_is_and_no_more() -> None:
    found = refusal(ROW | {"处罚决定日期": "2026-02-30"})
    assert found.excerpt == "海南 椰风贸易有限公司 | 琼旅罚〔2026〕１号 | 2026-02-30"
    person = refusal(PERSON | {"处罚决定日期": "2026-02-30"})
    assert person.excerpt == "李＊ | 琼旅罚〔2026〕１号 | 2026-02-30"
    assert refusal(ROW | {"别的列": f"李四 {IDENTITY} " + "长" * MAX_TEXT}).excerpt == ""


def test_the_whole_row_is_kept_for_who_corrects_it() -> None:
    bad = ROW | {"处罚决定日期": "2026-02-30", "备注栏": "电话13876543210"}
    kept = json.loads(refusal(bad).record)
    assert kept["处罚决定日期"] == "2026-02-30"
    assert kept["行政相对人名称"].split() == ROW["行政相对人名称"].split()
    assert kept["行政相对人代码_1(统一社会信用代码)"] == ROW["行政相对人代码_1(统一社会信用代码)"]
    assert kept["备注栏"] == "电话******"
    assert "地址" not in kept  # dropped by the standard


UNSURE = ROW | {
    "行政相对人名称": "阿不都热依木·买买提",
    "行政相对人类别": "",
    "行政相对人代码_1(统一社会信用代码)": "",
    "违法事实": "阿不都热依木·买买提擅自经营",
}


@pytest.mark.parametrize(
    ("cells", "gone"),
    [
        (PERSON | {"违法事实": "李四无证驾驶", "联系人": "李四之妻"}, ("李四", "之妻")),
        (UNSURE, ("阿不都",)),
        (UNSURE | {"行政相对人代码_1(统一社会信用代码)": "91460000X"}, ("阿不都",)),
        (ROW | {"行政相对人名称": "", "备注栏": "李四"}, ("李四", "备注栏")),
    ],
)
def test_a_refused_row_is_taken_for_a_person_unless_it_is_sure_that_it_is_none(
    cells: dict[str, str], gone: tuple[str, ...]
) -> None:
    found = refusal(cells | {"处罚决定日期": "2026-02-30"})
    for personal in (*gone, IDENTITY):
        assert personal not in found.record + found.excerpt
    named = bool(cells["行政相对人名称"])
    assert ("2026-02-30" in found.record) == named


@pytest.mark.parametrize("name", ["阿不都热依木·买买提商店", "Academy of Sciences"])
def test_a_name_that_only_an_organisation_has_is_shown(name: str) -> None:
    found = refusal(UNSURE | {"行政相对人名称": name, "处罚决定日期": "2026-02-30"})
    assert json.loads(found.record)["行政相对人名称"] == name
    assert found.excerpt.startswith(name)


def test_a_mistyped_identity_number_is_not_quoted() -> None:
    found = refusal(ROW | {"行政相对人代码_1(统一社会信用代码)": "460100199013011234"})
    assert "199013011234" not in repr(found)


def test_a_row_that_its_format_cannot_read() -> None:
    bad = BadRow(WHERE, None, "it has 3 cells where the header has 5", f"李四,{IDENTITY},x")
    found = mapper(definition()).refusal(bad)
    assert found == Refusal("tourism/penalties", WHERE, None, "it has 3 cells where the header has 5", "")


# Headers.


def test_headers_that_fit() -> None:
    assert mapper(definition()).row_fits(ROW) == []


def test_what_headers_lack() -> None:
    assert mapper(definition()).row_fits(["行政相对人名称", "序号"]) == [
        "a column for document_number is missing; the file has: 行政相对人名称, 序号.",
        "a column for decided_on is missing; the file has: 行政相对人名称, 序号.",
    ]
    assert mapper(listed()).row_fits(["name"]) == []
    assert mapper(listed()).row_fits(["Title"]) == ["column Name (subject) is missing; the file has: Title."]


def test_columns_that_are_neither_mapped_nor_ignored() -> None:
    of = definition(ignore=frozenset({"序号"}))
    assert mapper(of).unmapped(["序号", "行政相对人名称", "地址", "法定代表人身份证号", "别的列"]) == [
        "别的列"
    ]


# Hashes.


def test_a_row_hash_changes_with_cells_headers_and_definition() -> None:
    hashes = [
        mapper(of).row_hash(RawRow(where, cells))
        for of, where, cells in [
            (definition(), WHERE, ROW),
            (definition(), WHERE, ROW | {"备注": ""}),
            (definition(), WHERE, ROW | {"地址": "别处"}),
            (definition(version="2"), WHERE, ROW),
        ]
    ]
    assert len(set(hashes)) == 4
    assert {len(found) for found in hashes} == {16}
    assert mapper(definition()).row_hash(RawRow(RowRef("other.csv", 1), ROW)) == hashes[0]


@given(st.dictionaries(st.sampled_from([*ROW, "x"]), st.text(max_size=40)))
def test_no_row_breaks_the_mapping(cells: dict[str, str]) -> None:
    assert isinstance(mapped(ROW | cells), Draft | Refusal | NotPublic)
    assert isinstance(mapped(cells), Draft | Refusal | NotPublic)
