"""What free text tells of a person beside numbers: home, date of birth, age, e-mail, WeChat. Pure.

A home is known by the word before it (住址, 户籍地, 家住). 住所 and 地址 are public for a business; for a
person, or after what introduces one (男, 出生, 身份证), they are a home.
"""

import re

from publisher.masking.numbers import MASK

_BUSINESS_PLACES = ("经营", "营业", "注册", "生产", "项目", "单位", "场所", "网站", "公司", "企业")
_OWN = (
    "住[ 　]{0,2}址(?:[（(]住所[）)])?|居住地址?|居所|籍贯|家庭地址|身份证地址|现居地址|户籍地址?"
    "|户籍所在地址?|戶籍所在地|户口所在地|(?:经营者|法定代表人|负责人|业主|本人)的?(?:住所|地址)"
)
_EITHER = (
    "住[ 　]{0,2}所地?(?:[（(]住址[）)])?|地[ 　]{0,2}址(?:[及和、]电话)?"
    + "".join(f"(?<!{word}地址)" for word in _BUSINESS_PLACES)
)  # fmt: skip
_LIVES = "住(?<![入内居拦留可]住)[在于]?|居住[在于]?|租住[在于]?|暂住[在于]?|寄住[在于]?"


def _homes(either: str) -> re.Pattern[str]:
    """All labels begin with a character, so that a search passes quickly over texts without them."""
    return re.compile(
        rf"(?:(?P<own>{_OWN})|(?P<either>{either})|(?P<lives>{_LIVES}))"
        r"(?P<says>[为是系：:\s在于]{0,3})(?![所宅房院户建宿客处满地民权])"
        r"(?P<home>(?:[^，。；;,、：:\n\r\t|（）()“”\"《》]|（[^（）\n*：:]{1,20}）|\([^()\n*：:]{1,20}\)){2,60})"
    )


_HOMES_OF_PERSON = _homes(_EITHER)
_HOMES = _homes("(?!)")
_SAYS_PERSON = re.compile(r"身份证|公民身份|出生|[，,]\s*[男女]\s*[，,]")
_BEGINS_WITH_PLACE = re.compile(r"[一-鿿]{1,9}?(?:省|市|县|縣|(?<!社)区|區|自治|镇|鎮|乡|鄉|村)")
_LOOKS_LIKE_PLACE = re.compile("[省市区县旗镇乡村屯寨组街路道巷弄里号栋幢室房楼苑园院庄湾岛场队社州盟]")
_NO_PLACE = re.compile("不详|不明|未知|无|同上|略|变更|登记|证明|管理|/")
_OVER = re.compile(
    r"\s*(?:联系|电话|手机|邮编|邮政|身份|公民|证件|法定|负责|经营|性别|民族|出生|职业|职务|工作|文化|因|的|系)"
    r"|(?<=[号室房栋户幢楼座])\s"
)

_DATE = (
    r"(?:18|19|20)[0-9０-９]{2}\s?[年\-./]\s?[0-9０-９]{1,2}\s?(?:月|[\-./])?(?:\s?[0-9０-９]{1,2}\s?日?)?"
)
_BIRTH = re.compile(
    rf"(?:出生(?:日期|年月日?|时间)?|生日|生于)[于为是：:\s]{{0,3}}(?P<after>{_DATE})"
    rf"|(?P<before>{_DATE})(?=\s?(?:出生|生[，,。；;、（(）)\s]|生$))"
    r"|[，,]\s?(?P<age>[0-9０-９]{1,3}周?岁)(?=[，,。；（()）])|年龄[为：:\s]{0,2}(?P<aged>[0-9０-９]{1,3}周?岁?)"
)
_MAIL = re.compile(r"(?<![\w.%+\-])[\w.%+\-]{1,64}@(?P<host>[\w\-]+(?:\.[\w\-]+)+)", re.ASCII)
_PRIVATE_HOSTS = frozenset(
    (
        *("qq.com", "vip.qq.com", "foxmail.com", "163.com", "vip.163.com", "126.com", "yeah.net", "139.com"),
        *("189.cn", "sina.com", "sina.cn", "sohu.com", "aliyun.com", "tom.com", "21cn.com", "gmail.com"),
        *("hotmail.com", "outlook.com", "live.com", "yahoo.com", "yahoo.com.cn", "icloud.com"),
    )
)
_CHAT = re.compile(
    r"(?:微信|WeChat|[Vv]信|QQ)(?P<says>(?:账号|帐号|号码|号|ID|id)?[为是：:\s（(“\"]{0,3})"
    r"(?P<handle>[A-Za-z0-9_\-]{5,20})(?![A-Za-z0-9_\-])",
)


def without_private_life(value: str, *, of_person: bool) -> str:
    """The text with homes, births, ages and private contacts masked."""
    # Nearly all texts have nothing of it: looking for characters costs a tenth of looking for words.
    if "住" in value or "址" in value or "籍" in value or "居所" in value or "户口" in value:
        value = _without_homes(value, of_person)
    if "生" in value or "岁" in value or "年龄" in value:
        value = _BIRTH.sub(_last_group, value)
    if "@" in value:
        value = _MAIL.sub(lambda match: _mail(match, of_person), value)
    if "信" in value or "QQ" in value or "WeChat" in value:
        value = _CHAT.sub(_chat, value)
    return value


def _without_homes(value: str, of_person: bool) -> str:
    if of_person:
        return _HOMES_OF_PERSON.sub(_home, value)
    if person := _SAYS_PERSON.search(value):
        return _HOMES.sub(_home, value[: person.start()]) + _HOMES_OF_PERSON.sub(
            _home, value[person.start() :]
        )
    return _HOMES.sub(_home, value)


def _home(match: re.Match[str]) -> str:
    home = match["home"]
    if over := _OVER.search(home):
        home = home[: over.start()]
    home = home.rstrip()
    if not _is_home(match, home):
        return match[0]
    start = match.start("home") - match.start()
    return match[0][:start] + MASK + match[0][start + len(home) :]


def _is_home(match: re.Match[str], home: str) -> bool:
    if len(home) < 2 or home.startswith("*") or _NO_PLACE.match(home):
        return False
    if not match["lives"] and ("：" in match["says"] or ":" in match["says"]):
        return match["own"] is not None or _LOOKS_LIKE_PLACE.search(home) is not None
    return _BEGINS_WITH_PLACE.match(home) is not None


def _last_group(match: re.Match[str]) -> str:
    """The match with its one group that took part masked."""
    start, end = match.span(str(match.lastgroup))
    return match[0][: start - match.start()] + MASK + match[0][end - match.start() :]


def _mail(match: re.Match[str], of_person: bool) -> str:
    host = match["host"].lower()
    private = host in _PRIVATE_HOSTS or (of_person and not host.endswith(".gov.cn"))
    return MASK if private else match[0]


def _chat(match: re.Match[str]) -> str:
    handle = match["handle"]
    is_handle = match["says"].strip() or any(map(str.isdecimal, handle))
    return match[0][: match.start("handle") - match.start()] + MASK if is_handle else match[0]
