"""What stands in the way of a list with HTTP 200: logins, bot checks, errors, by their tell-tales. Pure.

They are never got round: a source that shows one has failed.
"""

import re
from collections.abc import Mapping
from typing import Any

from publisher.errors import SourceUnreadable

IN_TEXT = re.compile(
    r"登\s*录|登\s*陆|登入|验证码|驗證碼|安全验证|人机验证|滑块|访问.{0,6}(?:受限|被拒|拒绝|频繁|异常)"
    r"|系统繁忙|服务器.{0,4}错误|系统.{0,4}(?:维护|升级|异常|错误)|页面.{0,6}(?:不存在|找不到|错误)"
    r"|log ?in|sign in|captcha|access denied|forbidden|just a moment|are you (?:a )?human|too many requests"
    r"|not found|server error|unavailable|maintenance",
    re.I,
)
_CODES = ("code", "status", "errcode", "errCode", "errorCode", "errno", "resultCode", "retcode", "ret")
_WELL = re.compile(r"|0+|1|20\d|0*20000?|ok|success|succeeded|true", re.I)
_VERDICTS = ("success", "ok", "succeeded")
_NOTHING_THERE = re.compile(
    r"无.{0,4}(?:数据|记录|结果)|没有.{0,6}(?:数据|记录|结果)|no (?:more )?(?:data|rec|res)", re.I
)


class Barrier(SourceUnreadable):
    """A page stands in the way of the one that was asked for: a login, a bot check, an error."""


def in_json(page: Any, said: str) -> bool:
    """Whether a parsed page without rows is an error and not the end of a list. `said` is its message.

    A page that says that there are no data is none.
    """
    if not isinstance(page, Mapping) or _NOTHING_THERE.search(said):
        return False
    failed = any(page.get(name) in (False, "false") for name in _VERDICTS)
    codes = (page.get(name) for name in _CODES)
    wrong = any(isinstance(code, str) and not _WELL.fullmatch(code.strip()) for code in codes)
    return failed or wrong or bool(page.get("error")) or bool(IN_TEXT.search(said))
