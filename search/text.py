"""Text as engines and people compare it: folding, tokens, highlights.

Every engine is given the same tokens, separated by spaces, so that every engine finds the same.
A run of Chinese (or kana, hangul) characters becomes its overlapping bigrams and its last character; a
run that follows something else begins with its first character too. So any part of a run, and any part of a
text over several runs, is a phrase of tokens that stand one after the other: words match as substrings do.
Latin letters and digits become whole words.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from operator import add
from typing import NamedTuple

from search.parse import And, Expression, Or, Word

BREAK = "‖"
"""The token between two values of a field: nothing matches across it."""
_GAP = "|"
"""The token between two runs that anything but letters separates."""

COMMON_WORDS = (
    "有限公司",
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "分公司",
    "合伙企业",
    "合作社",
    "个体工商户",
    "行政处罚",
    "行政许可",
    "市场监督管理局",
)
"""Stand in so many texts that their bigrams cost too much as a phrase: each is also one token of its own."""
_WHOLE = "~"

_NAME = 80
"""Texts of at most so many characters are remembered once they are folded or cut into tokens."""

LONGEST_WORD = 64
"""Of a longer Latin word or number only so many characters count."""

_OPENING, _CLOSING = "([{〔【〈《「『〖〘〚", ")]}〕】〉》」』〗〙〛"
_RUN = (
    "[\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]"
)
_PIECES = re.compile(f"(?P<run>{_RUN}+)|(?P<word>(?:(?!{_RUN})[^\\W_])+)")
_BIGRAM = re.compile(f"{_RUN}{{3}}")
_VARIANT = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_JOINING = re.compile("[\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\ud7b0-\ud7ff\uff9e-\uffdc]")
"""Letters that unite with the one before, besides marks: parts of hangul syllables, half-width voicing."""


class _Folding(dict[int, str]):
    """What each character becomes, worked out when it is first met."""

    def __init__(self) -> None:
        text = (files(__package__) / "traditional.txt").read_text(encoding="utf-8")
        lines = (line for line in text.splitlines() if not line.startswith("#"))
        self._simplified = {pair[0]: pair[1] for line in lines for pair in line.split()}

    def __missing__(self, point: int) -> str:
        before, folded = "", chr(point)
        while folded != before:
            before = folded
            folded = unicodedata.normalize("NFKC", folded).casefold()
            folded = "".join(map(self._one, folded))
        self[point] = folded
        return folded

    def _one(self, character: str) -> str:
        if character in _OPENING:
            return "("
        if character in _CLOSING:
            return ")"
        category = unicodedata.category(character)
        if category in ("Zs", "Zl", "Zp", "Cc"):
            return " "
        if category in ("Cf", "Cs") or _VARIANT.match(character):
            return ""
        return self._simplified.get(character, character)


@cache
def _folding() -> _Folding:
    return _Folding()


def fold(text: str) -> str:
    """The form in which names and words are compared: width, case, traditional or simplified script, shape of
    brackets and number of spaces make no difference. Never for display."""
    return _folded_name(text) if len(text) <= _NAME else _folded(text)


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFC", text.translate(_folding()))
    return " ".join(folded.split())


# Names of parties, authorities and laws come again and again; so do, when a row is stored and then indexed,
# all others. What is remembered is bounded by length and by number: some 20 MiB.
_folded_name = lru_cache(maxsize=16_384)(_folded)


class Folded(NamedTuple):
    """A folded text; its character i comes from `original[starts[i]:ends[i]]`."""

    text: str
    starts: list[int]
    ends: list[int]


def fold_with_offsets(text: str) -> Folded:
    """`fold(text)`, and where in `text` each of its characters comes from."""
    folded = fold(text)
    if len(folded) == len(text) and all(len(_folding()[ord(character)]) == 1 for character in set(text)):
        return Folded(folded, list(range(len(text))), list(range(1, len(text) + 1)))
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _chunks(text):
        for character in unicodedata.normalize("NFC", text[start:end].translate(_folding())):
            if character == " " and (not characters or characters[-1] == " "):
                continue
            characters.append(character)
            starts.append(start)
            ends.append(end)
    if characters and characters[-1] == " ":
        del characters[-1], starts[-1], ends[-1]
    return Folded("".join(characters), starts, ends)


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Where the pieces of a text begin and end that fold without regard to each other."""
    start = 0
    for at, character in enumerate(text):
        joins = unicodedata.category(character).startswith("M") or _JOINING.match(character)
        if at > start and not joins and _folding()[ord(character)]:
            yield start, at
            start = at
    if text:
        yield start, len(text)


def tokens(text: str) -> list[str]:
    """The tokens under which a text is found."""
    folded = fold(text)
    found: list[str] = []
    after_run = False
    for run, word in _PIECES.findall(folded):
        if word:
            found.append(word[:LONGEST_WORD])
            after_run = False
            continue
        if found:
            if after_run:
                found.append(_GAP)
            if len(run) > 1:
                found.append(run[0])
        found.extend(map(add, run, run[1:]))
        found.append(run[-1])
        after_run = True
    found.extend(_WHOLE + word for word in COMMON_WORDS if word in folded)
    return found


def stream(values: Iterable[str]) -> str:
    """All values of a field as one line of tokens."""
    return f" {BREAK} ".join(
        _line_of_name(value) if len(value) <= _NAME else _line(value) for value in values
    )


def _line(text: str) -> str:
    return " ".join(tokens(text))


_line_of_name = lru_cache(maxsize=16_384)(_line)


class Sought(NamedTuple):
    """The tokens that must follow one another; `prefix`: the only one is the beginning of a token."""

    tokens: tuple[str, ...]
    prefix: bool = False


def sought(text: str) -> Sought:
    """How to look for a text: its last run may go on, so the run's last character is left out."""
    folded = fold(text)
    if folded in COMMON_WORDS:
        return Sought((_WHOLE + folded,))
    found = [token for token in tokens(text) if not token.startswith(_WHOLE)]
    if len(found) == 1:
        return Sought(tuple(found), prefix=re.fullmatch(_RUN, found[0]) is not None)
    runs = [piece["run"] for piece in _PIECES.finditer(folded)]
    if runs and len(runs[-1] or "") > 1:
        del found[-1]
    return Sought(tuple(found))


def sparse(tokens: Sequence[str]) -> list[tuple[int, str]]:
    """Those of the tokens of a phrase, with their places, that decide whether it stands in a text.

    Of three bigrams that overlap the middle one follows from its neighbours: only characters of one run stand
    two places apart as bigrams.
    """
    kept: list[tuple[int, str]] = []
    for place, token in enumerate(tokens):
        after = tokens[place + 1] if place + 1 < len(tokens) else ""
        before = kept[-1] if kept else (-1, "")
        follows = before[0] == place - 1 and _overlap(before[1], token) and _overlap(token, after)
        if not follows:
            kept.append((place, token))
    return kept


def _overlap(one: str, other: str) -> bool:
    """Whether both are bigrams of a run, the second beginning within the first."""
    return len(one) == len(other) == 2 and one[1] == other[0] and bool(_BIGRAM.fullmatch(one + other[1]))


def highlight(text: str, expression: Expression | None, width: int | None = None) -> list[tuple[str, bool]]:
    """The text in pieces, True for those that the words of the expression found.

    With `width` only about so many characters around the first find, "…" standing for what is left out.
    """
    marks = _marks(text, expression) if expression else []
    low, high = 0, len(text)
    if width is not None and high > width:
        first = marks[0][0] if marks else 0
        low = max(0, min(first - width // 4, high - width))
        high = low + width
    pieces = [("…", False)] if low else []
    at = low
    for start, end in marks:
        start, end = max(start, low), min(end, high)
        if start >= end:
            continue
        if at < start:
            pieces.append((text[at:start], False))
        pieces.append((text[start:end], True))
        at = end
    if at < high:
        pieces.append((text[at:high], False))
    if high < len(text):
        pieces.append(("…", False))
    return pieces


def _marks(text: str, expression: Expression) -> list[tuple[int, int]]:
    """Where the words stand in the original text, in order, none touching another."""
    plain = fold(text)
    words = [word for word in _wanted(expression) if all(piece in plain for piece in word.pieces)]
    if not words:
        return []  # as in most texts of a page; what follows takes ten times as long
    folded = fold_with_offsets(text)
    units = list(_units(folded.text))
    names = tuple(name for name, _, _ in units)
    found = []
    for _, word in words:
        for at, name in enumerate(names):
            if name == word[0] and names[at : at + len(word)] == word:
                last = units[at + len(word) - 1]
                found.append((folded.starts[units[at][1]], folded.ends[last[2] - 1]))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _units(folded: str) -> Iterator[tuple[str, int, int]]:
    """What matches as a whole (a character of a run, a word, a gap between runs), and where it stands."""
    after_run = False
    for piece in _PIECES.finditer(folded):
        start, end = piece.span()
        if piece["run"] is None:
            yield piece.group()[:LONGEST_WORD], start, end
        else:
            if after_run:
                yield _GAP, start, start
            yield from ((folded[at], at, at + 1) for at in range(start, end))
        after_run = piece["run"] is not None


class _Wanted(NamedTuple):
    """A word to be marked: its runs and words, all of which must stand in a text, and its units."""

    pieces: tuple[str, ...]
    units: tuple[str, ...]


@lru_cache(64)  # a page marks the same words in a hundred texts
def _wanted(expression: Expression) -> tuple[_Wanted, ...]:
    match expression:
        case Word(text):
            folded = fold(text)
            pieces = tuple(piece.group()[:LONGEST_WORD] for piece in _PIECES.finditer(folded))
            return (_Wanted(pieces, tuple(name for name, _, _ in _units(folded))),) if pieces else ()
        case And(parts) | Or(parts):
            return tuple(chain.from_iterable(map(_wanted, parts)))
    return ()
