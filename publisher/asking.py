"""What may stand before a colon in a search, such as `authority:` or `金额:`, and what that asks for."""

import re
from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from publisher.indexing import day_number, fen
from publisher.kinds import Label, Registry
from publisher.schemas.parameters import BadParameter, BadParameters, mark
from publisher.sources import NamedList, Source
from search.parse import Expression, Limits, Value, Within, Word
from search.text import fold

NAMES: Mapping[str, tuple[str, ...]] = {
    "subject": ("subject", "name", "company", "名称", "主体", "企业", "当事人", "相对人"),
    "number": ("number", "code", "文号", "编号", "代码"),
    "authority": ("authority", "agency", "机关", "机构", "部门"),
    "kind": ("kind", "type", "种类", "类型"),
    "list": ("list", "名单"),
    "sector": ("sector", "领域", "行业"),
    "region": ("region", "地区", "区域"),
    "source": ("source", "来源"),
    "severity": ("severity", "严重程度"),
    "year": ("year", "年份"),
    "date": ("date", "day", "日期"),
    "amount": ("amount", "金额"),
}
"""The names of each limit, in both languages."""

FEW = 12
"""So many values are told where none of them was named."""

MOST_DIGITS = 15
"""Digits of an amount in yuan; more are no amount."""

NO_DAY = mark("after date: stands a day, a month or a year, as in date:2026-03 or date:2026-01..2026-06")
NO_AMOUNT = mark(
    "after amount: stands an amount in yuan, as in amount:50000, amount:>=10万 or amount:1万..50万"
)
NO_SUCH = mark("what stands after the colon is none of those that there are")

_DAY = re.compile(r"(\d{4})年?(?:[-/]?(\d{1,2})月?(?:[-/]?(\d{1,2})日?)?)?")
_AMOUNT = re.compile(r"(\d+(?:,\d{3})*(?:\.\d{1,6})?)(万|亿)?元?")
_UNITS = {"": 1, "万": 10_000, "亿": 100_000_000}
_RANGE = re.compile(r"(?P<low>.*?)(?:\.\.|~|至)(?P<high>.*)")
_COMPARED = re.compile(r"(?P<sign>[<>]=?)(?P<bound>.+)")


class Span(NamedTuple):
    """What one text covers: a day, all days of a month; an amount covers itself."""

    first: int
    last: int


def limits(
    registry: Registry,
    authorities: Callable[[], Collection[str]],
    sources: Callable[[], Mapping[str, Source]],
    lists: Callable[[], Mapping[str, NamedList]],
) -> Limits:
    """What each name before a colon asks for; what is given is called only for a limit that needs it. Text
    after a colon that cannot be understood raises BadParameters."""
    severities = registry.fields["severity"].choices or {}
    kinds = {kind.name: (*kind.label, *kind.plural) for kind in registry.kinds.values()}
    regions = {region.code: region.label for region in registry.regions.values()}
    asks: dict[str, Callable[[str], Expression]] = {
        "subject": lambda text: Word(text, field="name"),
        "number": lambda text: Word(text, field="number"),
        "authority": lambda text: _named("authority", text, {name: (name,) for name in authorities()}),
        "kind": lambda text: _one_of("kind", text, kinds),
        "list": lambda text: _named("list", text, _titles(lists())),
        "sector": lambda text: _one_of("sector", text, registry.sectors),
        "region": lambda text: _named("region", text, regions),
        "source": lambda text: _named("source", text, _titles(sources())),
        "severity": lambda text: _one_of("severity", text, severities),
        "year": lambda text: Value("year", (fold(text).removesuffix("年"),)),
        "date": lambda text: Within("day", *_bounds(text, _days, NO_DAY)),
        "amount": _amounts,
    }
    return {name: asks[limit] for limit, names in NAMES.items() for name in names}


def _titles(named: Mapping[str, Source] | Mapping[str, NamedList]) -> dict[str, Label]:
    return {id: each.title for id, each in named.items()}


def _named(field: str, text: str, known: Mapping[str, Iterable[str]]) -> Value:
    """Those that are called so, or have it in one of their names."""
    wanted = fold(text)
    found = (
        value
        for value, names in known.items()
        if fold(value) == wanted or any(wanted in fold(name) for name in names)
    )
    return Value(field, tuple(sorted(found)))


def _one_of(field: str, text: str, known: Mapping[str, Iterable[str]]) -> Value:
    """The same of few, which can all be told."""
    found = _named(field, text, known)
    if not found.values:
        raise BadParameters([BadParameter("q", NO_SUCH, tuple(known) if len(known) <= FEW else ())])
    return found


def _amounts(text: str) -> Within:
    low, high = _bounds(text, _yuan, NO_AMOUNT)
    return Within("amount", max(1 if low is None else low, 1), high)  # 0 stands for items without an amount


def _bounds(text: str, read: Callable[[str], Span | None], problem: str) -> tuple[int | None, int | None]:
    """Both ends of `a`, `a..b`, `a..`, `..b`, `>a`, `>=a`, `<a` or `<=a`. Raises BadParameters."""

    def told(part: str) -> Span:
        if (span := read(part.strip())) is None:
            raise BadParameters([BadParameter("q", problem)])
        return span

    text = fold(text).replace("≥", ">=").replace("≤", "<=")
    if compared := _COMPARED.fullmatch(text):
        first, last = told(compared["bound"])
        return {">": (last + 1, None), ">=": (first, None), "<": (None, first - 1), "<=": (None, last)}[
            compared["sign"]
        ]
    ends = _RANGE.fullmatch(text)
    low, high = (ends["low"], ends["high"]) if ends else (text, text)
    if not low and not high:
        raise BadParameters([BadParameter("q", problem)])
    return told(low).first if low else None, told(high).last if high else None


def _days(text: str) -> Span | None:
    """A year, a month or a day, in days as the index counts them."""
    if not (found := _DAY.fullmatch(text)):
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        last = first if day else date(first.year, month or 12, monthrange(first.year, month or 12)[1])
    except ValueError:
        return None
    return Span(day_number(first), day_number(last))


def _yuan(text: str) -> Span | None:
    """An amount in yuan, in 分."""
    found = _AMOUNT.fullmatch(text)
    if not found or len(found[1]) > MOST_DIGITS:
        return None
    amount = fen(Decimal(found[1].replace(",", "")) * _UNITS[found[2] or ""])
    return Span(amount, amount)
