"""Numbers of persons in free text: identity, telephone, bank account. Pure.

A text is searched for runs of digits; what is in a run is known by its own shape and check digit, or by the
word before it (身份证号, 电话, 账号). What the words around it call something else (文号, 批号, 元) stays.
"""

import re
from collections.abc import Iterable, Iterator

from publisher.identifiers import (
    BadIdentifier,
    identity_check_character,
    identity_number,
    uscc,
)

MASK = "******"

_FIRST_YEAR_OF_DOCUMENTS = 2013
"""Nobody born since is old enough to be penalised; the numbers of documents hold dates from then on."""

Span = tuple[int, int]

_WIDE = re.compile("[０-９＊]")
_NARROW = str.maketrans("０１２３４５６７８９Ｘｘ＊", "0123456789Xx*")
_HIDDEN = "*×●xX"
# What people type between the groups of a number, or nothing.
_GAP = r"[ \xa0\u3000\-‐–—－.]?"
_GAPS = dict.fromkeys(map(ord, " \xa0\u3000-‐–—－.()（）+"))
_VALUES = {ord(str(digit)): digit for digit in range(10)}
_DOUBLED = bytes(sum(divmod(2 * value, 10)) if value < 10 else value for value in range(256))
_ALONE = r"(?<![0-9A-Za-z])(?<![0-9]\.)"
_ENDS = r"(?![0-9A-Za-z])(?!\.[0-9])"


def _apart(*digits: str) -> str:
    """Digits with perhaps a gap before each but the first."""
    return _GAP.join(digits)


_PLACES = ("1[1-5]", "2[1-3]", "3[1-7]", "4[1-6]", "5[0-4]", "6[1-5]", "71", "8[1-3]")
_PLACE = "|".join(place[0] + _GAP + place[1:] for place in _PLACES)
_BORN = _apart("(?:1" + _GAP + "[89]|2" + _GAP + "0)", "[0-9]", "[0-9]", "[01]", "[0-9]", "[0-3]", "[0-9]")
_IDENTITY = rf"(?:{_PLACE})(?:{_GAP}[0-9]){{4}}{_GAP}{_BORN}(?:{_GAP}[0-9]){{3}}{_GAP}[0-9Xx](?:[0-9]{{2}})?"
_OLD_IDENTITY = r"[1-8][0-9]{5}[ \-]?[0-9]{2}[01][0-9][0-3][0-9][ \-]?[0-9]{3}(?:[0-9]{2})?"
_MOBILE = (
    r"(?:(?:\+|00)?86[ \-]?)?1(?:"
    rf"[3-9][0-9](?:{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}|{_GAP}[0-9]{{3}}{_GAP}[0-9]{{5}})"
    r"|[3-9][0-9]{2}[ \-][0-9]{4}[ \-][0-9]{3}|[3-9][0-9]{3}[ \-][0-9]{6}| [3-9](?: [0-9]){9}"
    r"|[3-9][0-9]\*{4}[0-9]{4})"
)
_AREA = r"(?:10|2[0-57-9]|[3-9][0-9]{2})"
_LANDLINE = (
    rf"(?:[(（]0{_AREA}[)）] ?|(?:\+|00)86[ \-]?\(?0?{_AREA}\)?{_GAP}|0{_AREA}{_GAP}{_GAP})"
    rf"[2-8][0-9]{{2,3}}{_GAP}[0-9]{{4}}(?:[ \-]?(?:转|[-－])[0-9]{{1,5}})?"
)
_SERVICE = (
    r"[48]00(?:[ \-]?[0-9]{3}[ \-]?[0-9]{4}|[ \-]?[0-9]{4}[ \-]?[0-9]{3}|[0-9][ \-][0-9]{3}[ \-][0-9]{3})"
)
_ABROAD = r"\+[1-9](?:[ \-]?[0-9]){8,14}"
_CARD = r"[3-69][0-9]{3}(?: ?[0-9]{4}){3}(?: ?[0-9]{1,3})?|[3-69][0-9]{5} [0-9]{10,13}"
_CARD_BEGINS = re.compile("62|60[13]|9558|4367|45[5-9]")
"""Of bank cards; no number of a region begins so."""

_BARE_IDENTITY = re.compile(f"{_ALONE}(?:{_IDENTITY}){_ENDS}")
_BARE = re.compile(
    rf"{_ALONE}(?:(?P<identity>{_IDENTITY})|(?P<old>{_OLD_IDENTITY})|(?P<mobile>{_MOBILE})"
    rf"|(?P<landline>{_LANDLINE})|(?P<service>{_SERVICE})|(?P<abroad>{_ABROAD})|(?P<card>{_CARD})){_ENDS}"
)
_HALF_MASKED = re.compile(
    rf"(?=[0-9{_HIDDEN}]{{14,20}}(?![0-9*])|1[3-9][0-9{_HIDDEN}]{{9}}(?![0-9*]))(?<![0-9*])"
    rf"[0-9]{{2,14}}[{_HIDDEN}]{{3,}}[0-9xX]{{0,6}}"
)
_CODE_GOES_ON = re.compile("[A-DF-WYZ]")
_STARRED = re.compile(f"[{_HIDDEN}]")
_SCIENTIFIC = re.compile(r"[0-9]\.[0-9]{8,}E\+1[4-9]", re.I)
"""As a workbook shows a number of 15 digits or more: most of an identity number can be read in it."""

_BETWEEN = r"[ \xa0\u3000\-‐–—－.()（）]{0,2}"
_RUN = re.compile(rf"[0-9０-９](?:{_BETWEEN}[0-9０-９*＊×●xX]){{6,}}")
_DAY = re.compile(r"(?:19|20)[0-9]{2}[ \-.](?:0?[1-9]|1[0-2])[ \-.](?:0?[1-9]|[12][0-9]|3[01])(?![0-9])")

# What a number of each sort looks like after a word that names it.
_NAMED = {
    "id": re.compile(rf"[0-9](?:{_GAP}[0-9{_HIDDEN}]){{6,19}}{_ENDS}"),
    "phone": re.compile(
        rf"[0-9](?:{_BETWEEN}[0-9]){{6,14}}(?:[*×●]+[0-9]{{0,4}})?(?:[ \-]?转 ?[0-9]{{1,5}})?(?![0-9])"
    ),
    "account": re.compile(rf"[0-9](?:[ \-]?[0-9]){{8,29}}{_ENDS}"),
}
_NAMES = re.compile(
    r"(?:(?P<id>身份证|身份證|公民身份|证件|護照|护照|通行证|台胞证|军官证|社保卡)"
    r"|(?P<phone>电[ \u3000]{0,2}话|電話|手[ \u3000]{0,2}机|手機|联系方式|传真|傳真|热线|座机|固话|致电|拨打"
    r"|[Tt][Ee][Ll]|[Pp]hone|[Mm]obile)"
    r"|(?P<account>[账帐賬][号户號戶]|卡号|卡號|银行卡|储蓄卡|存折))"
    r"(?:件|机)?(?:的?(?:号码?|號碼?|编号))?[为為是系：:\s（(“\"]{0,4}[A-Z]{0,2}[+(（]{0,2}\Z"
)
_NAMES_ACCOUNT = re.compile(r"(?:[账帐賬][号户號戶]|银行卡|储蓄卡|存折)[^0-9，。；;\n]{0,16}\Z")
_AND_ANOTHER = re.compile(r"\s?[、/,，;；或及和]\s?[+(（]{0,2}")
_HOTLINE = re.compile(r"0[0-9]{2,3}[)）]?[ \-－]?1[0-9]{4}")
_OTHERWISE = re.compile(
    r"(?:编号|编码|单号|批号|批次|批次号|文号|书号|条码|条形码|型号|货号|案号|票号|注册号|登记号|证号|许可证|备案号|受理号|代码"
    r"|序列号|流水号|发票|缴款书|合同号?|标准|字|第|[〕】\]]|[Nn][Oo]\.?|№)[为是：:\s（(]{0,3}\Z"
)
_UNIT = re.compile(
    r"\s?(?:多?余?[万亿]?(?:元|美元|吨|千克|公斤|克|件|株|股|平方米|个|千瓦时)|号(?!码|机|段|手))"
)


def without_numbers(value: str, *, of_code: bool = False) -> str:
    """The text with all numbers of persons masked. `of_code`: it is a code or a title: what no word
    calls a person's number is one only if it is an identity number."""
    if not _RUN.search(value):
        return value
    text = value.translate(_NARROW) if _WIDE.search(value) else value
    return _masked(value, _spans(text, of_code))


def _masked(value: str, spans: Iterable[Span]) -> str:
    kept, done = [], 0
    for start, end in sorted(spans):
        if start >= done:
            kept += [value[done:start], MASK]
        done = max(done, end)
    return "".join([*kept, value[done:]])


def _spans(text: str, of_code: bool) -> Iterator[Span]:
    """Where numbers of persons stand. A word before one number names those too that follow it in a list."""
    named, before = None, 0
    for run in _RUN.finditer(text):
        start, end = run.span()
        if end - start > 14 and _CODE_GOES_ON.match(text, end) and run[0].isdecimal():
            continue  # the code of an organisation, of which there is one in nearly every row
        if named != "phone" or not _AND_ANOTHER.fullmatch(text, before, start):
            named = _named(text, start)
        before = end
        if end - start == 10 and _DAY.match(text, start):
            continue
        if _STARRED.search(run[0]):
            yield from (match.span() for match in _HALF_MASKED.finditer(text, start, end + 5))
        elif text.startswith(("E+", "e+"), end) and (rounded := _SCIENTIFIC.search(text, start)):
            yield rounded.span()
        number = _NAMED[named].match(text, start) if named in _NAMED else None
        if number and _is_what_it_is_called(str(named), number, text):
            yield number.span()
            start = number.end()
        if of_code:
            for match in _BARE_IDENTITY.finditer(text, start, end + 7):
                if _tells_owner(match[0], _called_otherwise(match, text, named)):
                    yield match.span()
        else:
            yield from _bare(text, max(start - 2, 0), end + 7, named)


def _named(text: str, start: int) -> str | None:
    """What the words before a run of digits call it: a key of _NAMED, `otherwise`, or nothing."""
    if match := _NAMES.search(text, max(start - 20, 0), start):
        return match.lastgroup
    if _OTHERWISE.search(text, max(start - 10, 0), start):
        return "otherwise"
    return "account" if _NAMES_ACCOUNT.search(text, max(start - 20, 0), start) else None


def _is_what_it_is_called(name: str, number: re.Match[str], text: str) -> bool:
    if name == "id":
        return not _is_code_of_business(number[0])
    if _DAY.match(number[0]) or _UNIT.match(text, number.end()):
        return False
    return name == "account" or not _HOTLINE.fullmatch(number[0])


def _bare(text: str, start: int, end: int, named: str | None) -> Iterator[Span]:
    """Numbers that are a person's by their shape."""
    while match := _BARE.search(text, start, end):
        found = _is_personal(match, text, named)
        if found:
            yield match.span()
        start = match.end() if found else match.start() + 1


def _called_otherwise(match: re.Match[str], text: str, named: str | None) -> bool:
    """Whether the words before or after a number say that it is no person's."""
    return named == "otherwise" or _UNIT.match(text, match.end()) is not None


def _is_personal(match: re.Match[str], text: str, named: str | None) -> bool:
    sort, number = match.lastgroup, match[0]
    if sort == "card" and not _is_card(number):
        return False
    otherwise = _called_otherwise(match, text, named)
    if sort == "identity" and _tells_owner(number, otherwise):
        return True
    if otherwise:
        return False
    if sort == "old":
        return any(identity_number(part) for part in (_digits(number), _digits(number)[:-2]))
    return sort != "identity" or _is_card(number)


def _tells_owner(number: str, called_otherwise: bool) -> bool:
    """Whether 18 digits (or 20, as tax numbers have) are an identity number and not that of a document.

    One with a wrong check character still tells whose it is: it was mistyped.
    """
    bare = _digits(number)[:18]
    if identity_number(bare) is None:
        return False
    born, right = int(bare[6:10]), identity_check_character(bare[:17]) == bare[17]
    if born >= _FIRST_YEAR_OF_DOCUMENTS:
        return right and not called_otherwise
    return right or not called_otherwise or born < 2000


def _is_card(number: str) -> bool:
    """Whether a number of 16 to 19 digits is a bank card's: by Luhn, and by how it is written or begins."""
    digits = _digits(number)
    if not 16 <= len(digits) <= 19 or not digits.isdecimal():
        return False
    return (" " in number or _CARD_BEGINS.match(digits) is not None) and _luhn(digits)


def _luhn(digits: str) -> bool:
    places = digits.translate(_VALUES).encode()
    return (sum(places[-1::-2]) + sum(places[-2::-2].translate(_DOUBLED))) % 10 == 0


def _is_code_of_business(number: str) -> bool:
    try:
        return identity_number(number) is None and uscc(number) is not None
    except BadIdentifier:
        return False


def _digits(number: str) -> str:
    return number.translate(_GAPS).upper()
