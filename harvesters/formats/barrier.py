"""What stands in the way of a list with HTTP 200: logins, bot checks, errors, by their tell-tales. Pure.

They are never got round: a source that shows one has failed, and its run is "barred".
"""

import re
from collections.abc import Mapping
from typing import Any

from harvesters.formats import text
from publisher.errors import SourceUnreadable

IN_TEXT = re.compile(
    r"登\s*录|登\s*陆|登入|验证码|驗證碼|安全验证|人机验证|滑块|访问.{0,6}(?:受限|被拒|拒绝|频繁|异常)"
    r"|系统繁忙|服务器.{0,4}错误|系统.{0,4}(?:维护|升级|异常|错误)|页面.{0,6}(?:不存在|找不到|错误)"
    r"|log ?in|sign in|captcha|access denied|forbidden|just a moment|are you (?:a )?human|too many requests"
    r"|not found|server error|unavailable|maintenance",
    re.I,
)
_FAILED_LINE = re.compile(r"error|exception|denied|limit|unauthori[sz]ed|错误|异常|失败|无权|未授权", re.I)
_CODES = (
    "error",
    "code",
    "status",
    "errcode",
    "errCode",
    "errorCode",
    "errno",
    "resultCode",
    "retcode",
    "ret",
)
_WELL = re.compile(r"|0+|1|20\d|0*20000?|ok|success|succeeded|true", re.I)
_VERDICTS = ("success", "ok", "succeeded")
_NOTHING_THERE = re.compile(
    r"无.{0,4}(?:数据|记录|结果)|没有.{0,6}(?:数据|记录|结果)|no (?:more )?(?:data|rec|res)", re.I
)


class Barrier(SourceUnreadable):
    """A page stands in the way of the one that was asked for: a login, a bot check, an error."""


def check_html(head: str, file: str, due: str) -> None:
    """Raises Barrier for a file that begins as an HTML page where another format was due."""
    if page := text.as_html(head.lstrip("\ufeff")):
        raise Barrier(f"{file} is {page} where {due} was due.")


def in_line(head: str) -> bool:
    """Whether a text is one line, neither markup nor JSON, that tells of an error."""
    line = head.strip("\ufeff \r\n\t")
    if not line or line[0] in "<{[" or "\n" in line:
        return False
    cells = any(delimiter in line for delimiter in ",\t;|")
    return bool(IN_TEXT.search(line) or (not cells and _FAILED_LINE.search(line)))


def codes(page: Any) -> dict[str, str]:
    """What a parsed page says of how it went, by the names of its codes."""
    if not isinstance(page, Mapping):
        return {}
    return {name: said.strip() for name in _CODES if isinstance(said := page.get(name), str)}


def in_json(page: Any, said: str, first: Mapping[str, str] | None = None) -> bool:
    """Whether a parsed page without rows is an error and not the end of a list. `said` is its message,
    `first` the codes of the list's first page, which had rows: where there are any, they tell surely.

    A page that says that there are no data is none.
    """
    if not isinstance(page, Mapping) or _NOTHING_THERE.search(said):
        return False
    well = first or {}
    failed = any(page.get(name) in (False, "false") for name in _VERDICTS)
    wrong = any(
        code != well[name] if name in well else code and not _WELL.fullmatch(code)
        for name, code in codes(page).items()
    )
    unlike = bool(page.get("error")) and not isinstance(page["error"], str)
    return failed or wrong or unlike or bool(IN_TEXT.search(said))
