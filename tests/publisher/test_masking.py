"""What masks hide, and what they leave alone."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher import masking
from publisher.identifiers import identity_check_character

FIRST17 = "46010019900101123"
IDENTITY = FIRST17 + identity_check_character(FIRST17)
CODE = "91110000802100433B"

born = st.dates(date(1900, 1, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张＊"),
        ("张", "张"),
        ("欧阳娜娜", "欧＊＊"),
        ("阿卜杜拉·买买提", "阿＊＊"),
        (" 李四 ", "李＊"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_first_character(name: str, masked: str) -> None:
    assert masking.person_name(name) == masked


@pytest.mark.parametrize("name", ["张三", "欧阳娜娜", "王 五", "劉備", "李园", "赵会"])
def test_a_bare_name_of_a_person_is_known(name: str) -> None:
    assert masking.looks_like_person(name)


@pytest.mark.parametrize(
    "name",
    [
        "张三水果店",
        "王记餐厅",
        "中国石化",
        "海南贸易有限公司",
        "John",
        "张",
        "方太厂",
        "李记（个体工商户）",
        "",
    ],
)
def test_what_is_no_bare_name_of_a_person(name: str) -> None:
    assert not masking.looks_like_person(name)


@given(born, st.integers(0, 999), st.text(max_size=20), st.text(max_size=20))
def test_no_identity_number_is_left_in_a_text(day: date, order: int, before: str, after: str) -> None:
    first17 = f"460100{day:%Y%m%d}{order:03}"
    number = first17 + identity_check_character(first17)
    text = f"{before} {number} {after}"
    assert number not in masking.text(text)
    assert number not in masking.code(text)


@pytest.mark.parametrize(
    "number",
    [
        IDENTITY,
        "４６０１００１９９００１０１１２３４",
        "460100 19900101 1234",
        "460100-19900101-123X",
        "460100900101123",
        f"{IDENTITY}01",
        "460100********1234",
        "4601001990****1234",
        "460100＊＊＊＊＊＊＊＊＊＊＊＊",
        "13812345678",
        "138 1234 5678",
        "+86-138-1234-5678",
    ],
)
def test_personal_numbers_in_any_shape_are_masked(number: str) -> None:
    assert masking.text(f"当事人（{number}）无证经营") == f"当事人（{masking.NUMBER_MASK}）无证经营"


@pytest.mark.parametrize(
    "text",
    [
        f"统一社会信用代码{CODE}",
        "罚款人民币12,000元",
        "琼旅罚〔2022〕13812号",
        "没收违法所得100000000000元",
        "2026-03-08 10:30:00",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert masking.text(text) == text


@pytest.mark.parametrize("code", ["琼公交决字[2022]第13812345678号", "460100900101123", CODE, "GB 7718-2011"])
def test_codes_keep_what_only_resembles_a_personal_number(code: str) -> None:
    assert masking.code(code) == code


def test_codes_lose_identity_numbers() -> None:
    assert masking.code(f"琼公决字{IDENTITY}号") == f"琼公决字{masking.NUMBER_MASK}号"
    assert masking.code("琼公决字460100********1234号") == f"琼公决字{masking.NUMBER_MASK}号"


@given(st.text())
def test_masking_twice_is_masking_once(value: str) -> None:
    once = masking.text(value)
    assert masking.text(once) == once


def test_what_a_workbook_leaves_of_an_identity_number_is_masked() -> None:
    assert masking.text("证件 4.60100199001011E+17 号") == f"证件 {masking.NUMBER_MASK} 号"
    assert masking.text("1.5E+9") == "1.5E+9"


@pytest.mark.parametrize("told", ["张三丰", "张 三 丰", "张　三丰"])
def test_a_name_is_masked_in_a_text_however_it_is_spaced(told: str) -> None:
    assert masking.without_name("张 三丰", f"经查{told}于") == "经查张＊＊于"
    assert masking.without_name("张三丰", f"经查{told}于", "李某") == "经查李某于"
