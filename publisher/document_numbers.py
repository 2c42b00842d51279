"""Document numbers (文号) and the gaps in their numbering. Pure.

A gap proves nothing: minor penalties are lawfully not public, and numbers are given to what is never decided.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from publisher.names import comparable
from publisher.schemas.parameters import mark

NO_PROOF = mark(
    "Not seen here is no proof that anything was concealed: minor penalties are lawfully not public, and not "
    "every number that was given is of a decision."
)
"""Stands wherever gaps are shown."""

MOST_MISSING = 20
"""More missing numbers than this for each one seen: the numbers are no sequence, and have no gaps."""

_OPEN, _CLOSE = "[〔\\[(【〖〈《<{]", "[〕\\])】〗〉》>}]"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_SERIAL = r"第?0*(?P<serial>\d{1,15})号?(?P<suffix>\D.{0,20})?"
_NO_DAY = r"(?!\d{1,2}(?:月|-\d{1,2}$))"
_NUMBER = (
    re.compile(rf"(?P<prefix>.*?){_OPEN}{_YEAR}年?{_CLOSE}(?P<middle>\D{{0,20}}?){_SERIAL}"),
    re.compile(rf"(?P<prefix>.*?\D){_YEAR}(?:年度?|-|(?=第)){_NO_DAY}(?P<middle>\D{{0,20}}?){_SERIAL}"),
)


class DocumentNumber(NamedTuple):
    """琼旅罚〔2026〕第0012号-1 is ("琼旅罚", 2026, 12, "-1"). The prefix ends with what stands between
    year and serial. Equal for all spellings of brackets, widths, scripts, spaces and leading zeros."""

    prefix: str
    year: int
    serial: int
    suffix: str


class Gap(NamedTuple):
    """Serials from `first` to `last`, both missing, and all between them."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


class Series(NamedTuple):
    """The numbers of one authority, prefix and year: how many serials were seen, the smallest and greatest of
    them, and which between these were not. Those that are not `consecutive` have no gaps."""

    authority: str
    prefix: str
    year: int
    seen: int
    first: int
    last: int
    consecutive: bool
    gaps: tuple[Gap, ...]

    @property
    def missing(self) -> int:
        return sum(gap.last - gap.first + 1 for gap in self.gaps)


class Numbering(NamedTuple):
    """All series in order of authority, prefix and year; `unread` numbers have no year or no serial."""

    series: tuple[Series, ...]
    unread: int


def parse(text: str) -> DocumentNumber | None:
    """The parts of a document number; None for what has no year or no serial."""
    plain = comparable(text)
    for pattern in _NUMBER:
        if found := pattern.fullmatch(plain):
            middle = found["middle"].removesuffix("第")
            suffix = (found["suffix"] or "").removesuffix("号")
            return DocumentNumber(found["prefix"] + middle, int(found["year"]), int(found["serial"]), suffix)
    return None


def numbering(numbers: Iterable[tuple[str, str]]) -> Numbering:
    """The series among (authority, document number)."""
    serials: dict[tuple[str, str, int], set[int]] = defaultdict(set)
    names: dict[str, str] = {}
    unread = 0
    for authority, text in numbers:
        if number := parse(text):
            key = comparable(authority)
            names.setdefault(key, authority)
            serials[key, number.prefix, number.year].add(number.serial)
        else:
            unread += 1
    found = (_series(names[key], prefix, year, seen) for (key, prefix, year), seen in sorted(serials.items()))
    return Numbering(tuple(found), unread)


class Compared(NamedTuple):
    """`missing`: rows and numbers of the register that are not here; `surplus`: numbers that it lacks."""

    missing: tuple[tuple[int, str], ...]
    surplus: tuple[str, ...]


def compare(register: Sequence[tuple[int, str]], here: Iterable[str]) -> Compared:
    """Compares a register with the numbers here; all spellings of a number are one."""
    ours = {_same(text): text for text in here}
    theirs = {_same(text) for _, text in register}
    return Compared(
        tuple((row, text) for row, text in register if _same(text) not in ours),
        tuple(sorted(text for number, text in ours.items() if number not in theirs)),
    )


def _same(text: str) -> DocumentNumber | str:
    return parse(text) or comparable(text)


def _series(authority: str, prefix: str, year: int, serials: set[int]) -> Series:
    ordered = sorted(serials)
    first, last = ordered[0], ordered[-1]
    consecutive = last - first + 1 - len(ordered) <= MOST_MISSING * len(ordered)
    neighbours = pairwise(ordered) if consecutive else ()
    gaps = tuple(Gap(before + 1, after - 1) for before, after in neighbours if after - before > 1)
    return Series(authority, prefix, year, len(ordered), first, last, consecutive, gaps)
