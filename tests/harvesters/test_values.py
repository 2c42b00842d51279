"""Cells to dates, amounts and blanks, as people and machines write them."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters import values
from harvesters.values import NO_END, BadValue

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2019, 3, 8)

days = st.dates(date(1900, 1, 2), date(2098, 12, 31))
DIGITS = "〇一二三四五六七八九"


def chinese(number: int) -> str:
    """A number below one hundred in Chinese numerals."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十") + (DIGITS[ones] if ones else "")


@pytest.mark.parametrize(
    "text",
    [
        "2019/3/8",
        "2019-03-08",
        "2019-3-8",
        "2019.3.8",
        "20190308",
        "2019年3月8日",
        "2019 年 3 月 8 日",
        "二〇一九年三月八日",
        "二○一九年三月八日",
        "二零一九年三月八日",
        "２０１９－０３－０８",
        "2019-03-08 00:00:00",
        "2019-03-08 10:30:59.123",
        "2019/3/8 0:00",
        "2019-03-08T10:30:00",
        "2019年3月8日10时30分",
        "20190308103000",
        "201903081030",
        "2019-03-07T16:00:00Z",
        "2019-03-07T16:00:00.000+00:00",
        "1551974400000",
        "43532",
        " 2019-03-08\u3000",
        "March 8, 2019",
        "8 Mar 2019",
    ],
)
def test_days_in_every_spelling(text: str) -> None:
    assert values.day(text, ZONE) == DAY


@pytest.mark.parametrize(
    ("text", "order"), [("3/8/2019", "mdy"), ("8/3/2019", "dmy"), ("08.03.2019 10:30", "dmy")]
)
def test_the_definition_says_in_which_order(text: str, order: str) -> None:
    assert values.day(text, ZONE, order) == DAY


@given(days)
def test_days_come_back_from_each_spelling(day: date) -> None:
    midnight = datetime.combine(day, time(), ZONE)
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    spellings = [
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{year}年{chinese(day.month)}月{chinese(day.day)}日",
        midnight.isoformat(),
        midnight.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        f"{day:%B} {day.day}, {day.year}",
    ]
    assert {values.day(text, ZONE) for text in spellings} == {day}


@given(st.dates(date(1974, 1, 1), date(2098, 12, 31)))
def test_milliseconds_are_local_midnight(day: date) -> None:
    millis = str(int(datetime.combine(day, time(), ZONE).timestamp()) * 1000)
    if len(millis) == 13:
        assert values.day(millis, ZONE) == day


@pytest.mark.parametrize(
    "text",
    [
        "2099-12-31",
        "9999-12-31",
        "99991231",
        "2099/12/31 00:00:00",
        "长期",
        "永久",
        "无处罚期限",
        "長期有效",
        " 长 期 ",
    ],
)
def test_no_end(text: str) -> None:
    assert values.day(text, ZONE) == NO_END


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "  ",
            "\u3000",
            "无",
            "/",
            "—",
            "— —",
            "——",
            "-",
            "--",
            "null",
            "NULL",
            "None",
            "NaN",
            "N/A",
            "暂无",
        ),
        *("1900-01-01", "1899-12-31", "1899/12/30", "1900-01-01 00:00:00", "0000-00-00", "0"),
        *("6个月", "三年", "36个月"),
    ],
)
def test_blank_days(text: str) -> None:
    assert values.day(text, ZONE) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-02-30", "there is no such day"),
        ("20261301", "there is no such day"),
        ("2026年4月31日", "there is no such day"),
        ("二〇二六年二月三十日", "there is no such day"),
        ("2022", "it is only a year or a month, not a day"),
        ("2022年", "it is only a year or a month, not a day"),
        ("2022-03", "it is only a year or a month, not a day"),
        ("202203", "it is only a year or a month, not a day"),
        ("1/31/2024", 'the order of day and month is not known: give [dates] order = "mdy" or "dmy"'),
        ("0201-03-08", "the year 201 is too early"),
        ("昨天", "it is not a date"),
        ("12345678901234567890", "it is a number that is no date"),
    ],
)
def test_what_is_no_day_is_said(text: str, why: str) -> None:
    with pytest.raises(BadValue) as raised:
        values.day(text, ZONE)
    assert str(raised.value) == why


@given(st.text(max_size=30) | st.from_regex(r"[\d年月日/.:T -]{1,24}", fullmatch=True))
def test_no_text_breaks_the_reading_of_days(text: str) -> None:
    try:
        found = values.day(text, ZONE)
    except BadValue:
        return
    assert found is None or found == NO_END or isinstance(found, date)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("5000", "5000"),
        ("5,000.50", "5000.5"),
        ("５０００", "5000"),
        ("5000元", "5000"),
        ("人民币5000元整", "5000"),
        ("￥5,000", "5000"),
        ("0.5万元", "5000"),
        ("1.2亿", "120000000"),
        ("叁万元整", "30000"),
        ("叁万伍仟元整", "35000"),
        ("人民币壹拾贰万叁仟肆佰伍拾陆元柒角捌分", "123456.78"),
        ("两万元", "20000"),
        ("十万元", "100000"),
        ("一亿二千万元", "120000000"),
        ("三万零五元", "30005"),
        ("0", "0"),
    ],
)
def test_amounts(text: str, amount: str) -> None:
    assert values.yuan(text) == Decimal(amount)


def test_the_column_has_a_unit_and_the_cell_its_own_goes_first() -> None:
    wan = Decimal(10_000)
    assert values.yuan("0.5", wan) == 5000
    assert values.yuan("5000元", wan) == 5000
    assert values.yuan("0.5万元", wan) == 5000
    assert values.yuan("叁仟元", wan) == 3000


@given(st.decimals(0, 10**12, places=2))
def test_amounts_come_back(amount: Decimal) -> None:
    assert values.yuan(str(amount)) == values.yuan(f"{amount:,}") == values.yuan(f"{amount}元") == amount


@pytest.mark.parametrize("text", ["", "无", "/", "— —", "null"])
def test_blank_amounts(text: str) -> None:
    assert values.yuan(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("若干", "it is not an amount of money"),
        ("5000美元", "it is not an amount of money"),
        ("-5", "an amount below zero"),
        ("460100199001011234", "no amount is that great"),
        ("三万五", "its numerals cannot be read in one way only"),
        ("一亿亿元", "its numerals cannot be read in one way only"),
        ("三五元", "its numerals cannot be read in one way only"),
        ("一十角", "it is not an amount of money"),
    ],
)
def test_what_is_no_amount_is_said(text: str, why: str) -> None:
    with pytest.raises(BadValue) as raised:
        values.yuan(text)
    assert str(raised.value) == why


@given(st.text(max_size=30) | st.text("〇一二三十百千万亿元角分整壹贰0123456789.,", max_size=16))
def test_no_text_breaks_the_reading_of_amounts(text: str) -> None:
    values.amounts_in(text)
    try:
        found = values.yuan(text)
    except BadValue:
        return
    assert found is None or found >= 0


def test_amounts_in_a_text() -> None:
    text = "处罚款人民币5,000元（伍仟元整），没收违法所得1.2万元，加处罚款叁佰元"
    assert values.amounts_in(text) == {Decimal(5000), Decimal(12000), Decimal(300)}


def test_numbers_that_are_no_amounts_are_not_among_them() -> None:
    assert values.amounts_in(f"{'1' * 5000}元，三万五元，亿亿亿元，{'9' * 14}万元") == frozenset()


def test_a_factor_of_ten_thousand_is_doubtful() -> None:
    named = frozenset({Decimal(5000)})
    assert values.is_other_unit(Decimal(50_000_000), named)
    assert values.is_other_unit(Decimal("0.5"), named)
    assert not values.is_other_unit(Decimal(5000), named)
    assert not values.is_other_unit(Decimal(7000), named)
    assert not values.is_other_unit(Decimal(50_000_000), frozenset())
