"""Cells to values: blanks, dates, ends that are none, money. Pure.

Every function takes the text of a cell as the source has it. BadValue says in words what is wrong with it.
"""

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final

_BLANK_WORDS = (
    "无 無 空 暂无 暫無 不详 / // \\ - -- --- — —— － －－ – ―― … * ** *** "
    "null none nan undefined (null) n/a #n/a"
)
BLANKS = frozenset(("", *_BLANK_WORDS.split()))
_BLANK_STARTS = frozenset(start for word in BLANKS for start in (word[:1], word[:1].upper()))
"""What stands for nothing, casefolded and without spaces."""

BLANK_DATES = frozenset((date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1)))
"""Days that spreadsheets and databases write for no day at all."""

NO_END: Final = "no end"
"""What `day` returns for a date that is explicitly none: 长期, 2099-12-31."""

_NO_END_WORDS = (
    "长期 長期 长期有效 長期有效 永久 永久有效 无期限 無期限 无限期 无固定期限 无处罚期限 無處罰期限 不限 "
    "long-term permanent indefinite"
)
_NO_END = frozenset(_NO_END_WORDS.split())
_NO_END_FROM = date(2099, 1, 1)

_CHINESE_DIGITS = {character: value for value, characters in enumerate(
    ("〇零○Ｏ", "一壹弌", "二贰貳两兩", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
) for character in characters}  # fmt: skip
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG_UNITS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
         "aug august", "sep sept september", "oct october", "nov november", "dec december"), 1
    )
    for name in names.split()
}  # fmt: skip
_TIME = r"(?:[T\s日]*\d{1,2}[:时時点]\d{0,2}.*)?"
_YMD = re.compile(rf"(\d{{4}})\s?[-/.年]\s?(\d{{1,2}})\s?[-/.月]\s?(\d{{1,2}})\s?日?{_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\s?\d{2}:?\d{2}:?(?:\d{2})?)?")
_SHORT = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}){_TIME}")
_CHINESE = re.compile(
    r"([〇零○O一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十廿卅]{1,4})日?"
)
_ENGLISH = re.compile(
    r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})|(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]+)\.?,?[ -](\d{4})"
)
_INCOMPLETE = re.compile(r"\d{4}年?|\d{4}[-/.年]\d{1,2}月?|\d{6}")
_DURATION = re.compile(r"(?:\d{1,3}|[一二两三四五六七八九十半]{1,4})(?:年|个?月|天|日|周)(?:以[内上下])?")
_EXCEL_EPOCH = date(1899, 12, 30)


MAX_AMOUNT = Decimal(10) ** 13
"""Yuan: what is as great is some other number, such as a person's, in the wrong column."""


class BadValue(ValueError):
    """The cell is not blank and not what its field asks for; the text says why."""


def clean(cell: str) -> str:
    """The cell without white space around it, "" when it stands for nothing."""
    text = cell.strip()
    if len(text) < 12 and text[:1] in _BLANK_STARTS and "".join(text.split()).casefold() in BLANKS:
        return ""
    return text


def day(text: str, zone: tzinfo, order: str = "ymd") -> date | str | None:
    """The local day that `text` names; NO_END for one that is explicitly none; None when it is blank.

    `order` ("ymd", "mdy", "dmy") tells how dates that end with the year are to be read: under "ymd" they are
    refused. Moments (epoch milliseconds, ISO 8601 with an offset) are taken to the local day in `zone`.
    A duration ("6个月") is no day: blank. Raises BadValue for days that do not exist and dates cut short.
    """
    if len(text) == 10 and text[4] == "-" and text.isascii():
        try:
            return _known(date.fromisoformat(text))
        except ValueError:
            pass
    plain = _plain(text)
    if not plain.strip("0-/") or _DURATION.fullmatch(plain):
        return None
    if "".join(plain.split()).casefold() in _NO_END:
        return NO_END
    return _known(_number_day(plain, zone) if plain.isdecimal() else _written_day(plain, zone, order))


def short_date(text: str) -> tuple[int, int] | None:
    """The first two numbers of a date that ends with its year (08/03/2026); None for any other text."""
    found = _SHORT.fullmatch(_plain(text))
    return (int(found[1]), int(found[2])) if found else None


def _plain(text: str) -> str:
    """The cell, not blank, in half-width characters."""
    cell = clean(text)
    return cell if cell.isascii() else unicodedata.normalize("NFKC", cell)


def _known(found: date) -> date | str | None:
    if found in BLANK_DATES:
        return None
    if found >= _NO_END_FROM:
        return NO_END
    if found.year < 1900:
        raise BadValue(f"the year {found.year} is too early")
    return found


def _number_day(digits: str, zone: tzinfo) -> date:
    """Days in digits only: yyyymmdd, with a time too, Excel's serials, milliseconds since the epoch."""
    match len(digits):
        case 8 | 12 | 14 if digits.startswith(("18", "19", "20", "9999")) and (
            found := _COMPACT.fullmatch(digits)
        ):
            return _day(*found.groups())
        case 5 if 20_000 <= int(digits) < 80_000:
            return _EXCEL_EPOCH + timedelta(days=int(digits))
        case 12 | 13:
            return (
                (datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(digits))).astimezone(zone).date()
            )
        case 4 | 6:
            raise BadValue("it is only a year or a month, not a day")
    raise BadValue("it is a number that is no date")


def _written_day(text: str, zone: tzinfo, order: str) -> date:
    if "T" in text and (text.endswith("Z") or "+" in text):
        try:
            return datetime.fromisoformat(text).astimezone(zone).date()
        except ValueError:
            pass
    if found := _YMD.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(*found.groups())
    if found := _CHINESE.fullmatch("".join(text.split())):
        year = "".join(str(_CHINESE_DIGITS.get(character, 0)) for character in found[1])
        return _day(year, str(_chinese_integer(found[2])), str(_chinese_integer(found[3])))
    if found := _SHORT.fullmatch(text):
        if order == "ymd":
            raise BadValue('the order of day and month is not known: give [dates] order = "mdy" or "dmy"')
        first, second, year = found.groups()
        return _day(year, first, second) if order == "mdy" else _day(year, second, first)
    if found := _ENGLISH.fullmatch(text.casefold()):
        month = _MONTHS.get(found[1] or found[5])
        if month:
            return _day(found[3] or found[6], str(month), found[2] or found[4])
    if _INCOMPLETE.fullmatch(text):
        raise BadValue("it is only a year or a month, not a day")
    raise BadValue("it is not a date")


def _day(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise BadValue("there is no such day") from None


def _chinese_integer(text: str) -> int:
    """The value of Chinese numerals with their units (叁万伍仟, 二十三, 廿一); raises BadValue.

    Numerals in a row (三五) and a last one without its unit (三万五) can be read in two ways: refused.
    """
    total = section = digit = 0
    last_unit = 1  # 0 after a 零, which stands for the units left out
    for character in text.replace("廿", "二十").replace("卅", "三十"):
        if (value := _CHINESE_DIGITS.get(character)) is not None:
            if digit:
                raise BadValue("its numerals cannot be read in one way only")
            digit = value
            last_unit = last_unit if value else 0
        elif unit := _UNITS.get(character):
            section += (digit or 1) * unit
            digit, last_unit = 0, unit
        elif unit := _BIG_UNITS.get(character):
            below = section + digit
            if not below and not 0 < total < unit:
                raise BadValue("its numerals cannot be read in one way only")
            total = (total + below) * unit if total < unit else total + below * unit
            section, digit, last_unit = 0, 0, unit
        else:
            raise BadValue("it is not an amount of money")
    if digit and last_unit > 10:
        raise BadValue("its numerals cannot be read in one way only")
    return total + section + digit


_NUMERAL = "[〇零○一二三四五六七八九两兩壹贰貳叁參肆伍陆陸柒捌玖十拾百佰千仟万萬亿億]"
_DIGIT = f"[{''.join(_CHINESE_DIGITS)}]"
_AMOUNT = re.compile(
    r"(?:人民币|人民幣|¥|￥|rmb|cny|罚款|约|共计|合计|[:：\s])*(-?\d[\d,]*(?:\.\d+)?|-?\.\d+)\s*(亿|億|万|萬|千)?"
    r"(?:元|圆|圓)?[整正]?(?:人民币|人民幣)?",
    re.IGNORECASE,
)
_CHINESE_AMOUNT = re.compile(
    rf"(?:人民币|人民幣)?({_NUMERAL}+)(?:元|圆|圓)?(?:({_DIGIT})角)?(?:({_DIGIT})分)?[整正]?"
)
_IN_TEXT = re.compile(  # bounded, or a long row of digits would be tried from each of them
    r"(?<![\d,.])(\d[\d,]{0,20}(?:\.\d{1,9})?)\s{0,3}(亿|億|万|萬)?余?(?:元|圆)"
    rf"|(?<!{_NUMERAL})({_NUMERAL}{{1,30}})(?:元|圆)"
)
_SCALE = {"千": 1000, **_BIG_UNITS}
_CENT = Decimal("0.01")


def yuan(text: str, factor: Decimal = Decimal(1)) -> Decimal | None:
    """The amount in yuan; None when blank. `factor` is the yuan in one unit of the column.

    A unit written in the cell (0.5万元, 5000元, 叁万元整) goes before the column's. Raises BadValue.
    """
    plain = _plain(text)
    if not plain:
        return None
    if found := _AMOUNT.fullmatch(plain):
        amount = Decimal(found[1].replace(",", ""))
        if found[2]:
            factor = Decimal(_SCALE[found[2]])
        elif plain.rstrip("整正").endswith(("元", "圆", "圓")):
            factor = Decimal(1)
    elif found := _CHINESE_AMOUNT.fullmatch("".join(plain.split())):
        amount, factor = _chinese_amount(found), Decimal(1)
    else:
        raise BadValue("it is not an amount of money")
    if amount < 0:
        raise BadValue("an amount below zero")
    if amount * factor >= MAX_AMOUNT:
        raise BadValue("no amount is that great")
    return _rounded(amount * factor)


def amounts_in(text: str) -> frozenset[Decimal]:
    """All amounts of money, in yuan, that a free text names."""
    found: set[Decimal] = set()
    for number, scale, chinese in _IN_TEXT.findall(unicodedata.normalize("NFKC", text)):
        if number:
            found.add(Decimal(number.replace(",", "")) * _SCALE.get(scale, 1))
        else:
            with suppress(BadValue):
                found.add(Decimal(_chinese_integer(chinese)))
    return frozenset(_rounded(amount) for amount in found if amount < MAX_AMOUNT)


def is_other_unit(amount: Decimal, named: frozenset[Decimal]) -> bool:
    """Whether a text names the amount ten thousand times smaller or greater, and not as it is.

    That is yuan typed into a column of 万元, or the reverse: which of the two is right nobody can tell.
    """
    return amount not in named and (_rounded(amount / 10_000) in named or _rounded(amount * 10_000) in named)


def _chinese_amount(found: re.Match[str]) -> Decimal:
    tenths, cents = (_CHINESE_DIGITS[part] if part else 0 for part in (found[2], found[3]))
    return Decimal(_chinese_integer(found[1])) + Decimal(tenths) / 10 + Decimal(cents) / 100


def _rounded(amount: Decimal) -> Decimal:
    whole = amount.quantize(_CENT)
    return whole.quantize(Decimal(1)) if whole == whole.to_integral_value() else whole
