"""Document numbers in all their spellings, and the gaps in their numbering."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.document_numbers import DocumentNumber, numbering, parse
from publisher.names import comparable

OFFICE = "海南省旅游和文化广电体育厅"
NUMBER = DocumentNumber("琼旅罚", 2026, 12, "")


@pytest.mark.parametrize(
    "text",
    [
        "琼旅罚〔2026〕12号",
        "琼旅罚[2026]12号",
        "琼旅罚［2026］１２号",
        "琼旅罚（2026）第12号",
        "琼旅罚(2026)0012号",
        "琼旅罚【2026】12",
        "琼旅罚﹝2026﹞ 12 号",
        "琼旅罰〔2026年〕第12號",
        "琼旅罚2026年第12号",
        "琼旅罚2026-12号",
        "琼旅罚2026第12号",
    ],
)
def test_all_spellings_of_a_number_are_one(text: str) -> None:
    assert parse(text) == NUMBER


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("琼海〔2026〕罚字第7号", ("琼海罚字", 2026, 7, "")),
        ("琼旅罚〔2026〕12号-1", ("琼旅罚", 2026, 12, "-1")),
        ("琼旅罚〔2026〕12-1号", ("琼旅罚", 2026, 12, "-1")),
        ("琼旅罚〔2026〕12号之一", ("琼旅罚", 2026, 12, "之一")),
        ("（海）应急罚〔2026〕3号", ("(海)应急罚", 2026, 3, "")),
        ("〔2026〕3号", ("", 2026, 3, "")),
    ],
)
def test_what_stands_around_the_serial_has_its_place(text: str, parts: tuple[object, ...]) -> None:
    assert parse(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "无",
        "12号",
        "琼旅罚〔2026〕号",
        "琼旅罚20261",
        "琼旅罚〔26〕3号",
        "2026-03-08",
        "2026年3月8日",
        "列入日期2026-03-08",
    ],
)
def test_what_has_no_year_or_no_serial_is_no_number(text: str) -> None:
    assert parse(text) is None


@given(
    prefix=st.sampled_from(["琼旅罚", "海市监处罚字", "(海)应急罚", "A12罚"]),
    brackets=st.sampled_from(["〔〕", "[]", "()", "（）", "【】", "［］", "《》", "﹝﹞"]),
    year=st.integers(1990, 2099),
    serial=st.integers(0, 10**9),
    width=st.integers(0, 12),
    before=st.sampled_from(["", "第", " 第", "　"]),
)
def test_brackets_widths_and_zeros_change_nothing(
    prefix: str, brackets: str, year: int, serial: int, width: int, before: str
) -> None:
    text = f"{prefix}{brackets[0]}{year}{brackets[1]}{before}{serial:0{width}d}号"
    assert parse(text) == DocumentNumber(comparable(prefix), year, serial, "")


@given(st.text(max_size=60))
def test_any_text_can_be_asked(text: str) -> None:
    parse(text)


@given(st.sets(st.integers(1, 60), min_size=4))
def test_gaps_are_just_what_is_missing_between_the_first_and_the_last(serials: set[int]) -> None:
    (one,) = numbering((OFFICE, f"琼旅罚〔2026〕{serial}号") for serial in serials).series
    missing = [serial for gap in one.gaps for serial in range(gap.first, gap.last + 1)]
    assert missing == sorted(set(range(min(serials), max(serials) + 1)) - serials)
    assert (one.missing, one.seen) == (len(missing), len(serials))


def test_series_are_told_apart_by_authority_prefix_and_year() -> None:
    found = numbering(
        [
            (OFFICE, "琼旅罚〔2025〕1号"),
            (OFFICE, "琼旅罚〔2026〕1号"),
            (OFFICE, "琼旅罚〔2026〕3号"),
            (OFFICE, "琼文罚〔2026〕9号"),
            ("海口市税务局", "琼旅罚〔2026〕2号"),
            (OFFICE, "无文号"),
        ]
    )
    assert [(one.year, one.prefix, one.first, one.last, one.missing) for one in found.series] == [
        (2026, "琼文罚", 9, 9, 0),
        (2025, "琼旅罚", 1, 1, 0),
        (2026, "琼旅罚", 1, 3, 1),
        (2026, "琼旅罚", 2, 2, 0),
    ]
    assert found.unread == 1


def test_numbers_that_are_no_sequence_have_no_gaps() -> None:
    (one,) = numbering((OFFICE, f"琼旅罚〔2026〕{serial}号") for serial in (1, 460106000123)).series
    assert (one.consecutive, one.gaps, one.missing) == (False, (), 0)
