"""From what people type to an expression tree, with guards: depth, terms, length."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from search.errors import BadQuery

LONGEST, MOST_TERMS, DEEPEST = 1_000, 64, 20


@dataclass(frozen=True, slots=True)
class Word:
    """Text that must stand in one field value; a phrase when `phrase`. `field`: the text field in which it
    must stand; empty for any."""

    text: str
    phrase: bool = False
    field: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One of the values is one of the keyword field; without values nothing is found."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """The number field lies within both ends, which belong to it; None is open."""

    field: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Expression"


Leaf = Word | Value | Within
Expression = Leaf | And | Or | Not


Limits = Mapping[str, Callable[[str], Expression]]
"""What may stand before a colon, in lower case, and what the text after it asks for. May raise BadQuery."""

_NO_LIMITS: Limits = MappingProxyType({})


class Parsed(NamedTuple):
    """How a text was read, as an expression and as what one could have typed; `mended` when quotes, brackets
    or operators had to be added or left out."""

    expression: Expression | None
    text: str
    mended: bool


def parse(text: str, limits: Limits = _NO_LIMITS) -> Parsed:
    """Reads words (all must be found), "phrases" (also “ ” 「 」), -without, OR, (brackets), and what stands
    behind one of the names of `limits` and a colon: a word, a phrase or brackets.

    A bracket inside a word belongs to it, as in 某某（集团）有限公司. OR binds less than standing
    side by side. Whatever does not fit is mended.

    Raises BadQuery for more than 1 000 characters, 64 terms or 20 levels.
    """
    if len(text) > LONGEST:
        raise BadQuery(f"The query is {len(text)} characters long; at most {LONGEST} can be searched for.")
    reading = _Reading(limits)
    for kind, value in _lexemes(text, limits):
        reading.take(kind, value)
    parsed = reading.done()
    if parsed.expression is not None:
        guard(parsed.expression)
    return parsed


def guard(expression: Expression) -> None:
    """Raises BadQuery for an expression of more terms, levels or characters than an engine should get."""
    terms = length = 0
    level: list[Expression] = [expression]
    for _ in range(DEEPEST):
        below: list[Expression] = []
        for node in level:
            match node:
                case Word(text):
                    terms += 1
                    length += len(text)
                case Value() | Within():
                    terms += 1
                case Not(part):
                    below.append(part)
                case And(parts) | Or(parts):
                    below.extend(parts)
        level = below
        if terms + len(level) > MOST_TERMS:
            raise BadQuery(f"The query has more than {MOST_TERMS} terms.")
    if level:
        raise BadQuery(f"The query's brackets are more than {DEEPEST} deep.")
    if length > LONGEST:
        raise BadQuery(f"The query is {length} characters long; at most {LONGEST} can be searched for.")


def leaves(expression: Expression) -> Iterator[Leaf]:
    """All words and limits of an expression, at most DEEPEST levels deep."""
    match expression:
        case Not(part):
            yield from leaves(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield expression


def whole(expression: Expression | None) -> str | None:
    """The words as one text, for comparing with a whole value; None where there are OR or -without."""
    match expression:
        case Word(text, field=""):
            return text
        case And(parts):
            texts = [part.text for part in parts if isinstance(part, Word) and not part.field]
            return " ".join(texts) if len(texts) == len(parts) else None
    return None


def parted(expression: Expression | None) -> tuple[Expression | None, tuple[Expression, ...]]:
    """The words that decide how well something is found, and the limits that stand beside all of them."""
    parts = expression.parts if isinstance(expression, And) else (expression,) if expression else ()
    limits = tuple(part for part in parts if _limits(part))
    words = [part for part in parts if part not in limits]
    return _join(And, words), limits


def _limits(expression: Expression) -> bool:
    """Whether there is no word in it that may stand anywhere."""
    match expression:
        case Word(field=field):
            return bool(field)
        case Not(part):
            return _limits(part)
        case And(parts) | Or(parts):
            return all(map(_limits, parts))
    return True


_QUOTES, _CLOSING_QUOTES = '"“「『＂', '"”」』＂'
_OPENING, _CLOSING = "(（", ")）"
_DASHES = "-－"
_COLONS = ":："


def _lexemes(text: str, limits: Limits) -> Iterator[tuple[str, str]]:
    """Pairs of kind (word, phrase, cut phrase, open, close, minus, or, limit, stray) and text."""
    at = 0
    while at < len(text):
        character = text[at]
        if character.isspace():
            at += 1
        elif character in _QUOTES:
            end = next((i for i in range(at + 1, len(text)) if text[i] in _CLOSING_QUOTES), None)
            yield "cut phrase" if end is None else "phrase", text[at + 1 : end].strip()
            at = len(text) if end is None else end + 1
        elif character in _CLOSING_QUOTES:
            yield "stray", character
            at += 1
        elif character in _OPENING or character in _CLOSING:
            yield "open" if character in _OPENING else "close", character
            at += 1
        elif character in _DASHES:
            yield "minus", character
            at += 1
        else:
            end = _word_end(text, at)
            word = text[at:end]
            colon = next((i for i, letter in enumerate(word) if letter in _COLONS), 0)
            if word[:colon].casefold() in limits:
                yield "limit", word[:colon]
                at += colon + 1
            else:
                yield "or" if word == "OR" else "word", word
                at = end


def _word_end(text: str, start: int) -> int:
    """A word ends at a space, a quote, or a bracket that was not opened in it."""
    opened = 0
    for at in range(start, len(text)):
        character = text[at]
        if character in _OPENING:
            opened += 1
        elif character in _CLOSING:
            if not opened:
                return at
            opened -= 1
        elif character.isspace() or character in _QUOTES or character in _CLOSING_QUOTES:
            return at
    return len(text)


class _Part(NamedTuple):
    expression: Expression
    text: str

    def negative(self) -> "_Part":
        if isinstance(self.expression, Not):
            return _Part(self.expression.part, self.text.removeprefix("-"))
        return _Part(Not(self.expression), f"-{self.text}")


@dataclass(slots=True)
class _Group:
    """What stands in one pair of brackets: alternatives of parts; before it a minus, or the name of a
    limit."""

    negated: bool = False
    limit: str = ""
    alternatives: list[list[_Part]] = field(default_factory=lambda: [[]])

    def part(self) -> _Part | None:
        """All of it as one part; None for nothing."""
        found = [parts for parts in self.alternatives if parts]
        joined = _join(Or, [_join(And, [part.expression for part in parts]) for parts in found])
        text = " OR ".join(" ".join(part.text for part in parts) for parts in found)
        return _Part(joined, text) if joined is not None else None

    def bracketed(self) -> _Part | None:
        """The same as a part of the group around it."""
        if (part := self.part()) is None:
            return None
        text = f"({part.text})" if sum(map(len, self.alternatives)) > 1 else part.text
        part = _Part(part.expression, f"{self.limit}:{text}" if self.limit else text)
        return part.negative() if self.negated else part


class _Reading:
    """Takes one lexeme after the other; brackets lie on a stack, so that depth costs no recursion."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.groups = [_Group()]
        self.negate, self.limit = False, ""
        self.mended = False

    def take(self, kind: str, value: str) -> None:
        match kind:
            case "word" | "phrase" | "cut phrase":
                self.mended |= kind == "cut phrase" or not value
                if value:
                    self._add(self._worded(value, phrase=kind != "word"))
            case "limit":
                self.mended |= bool(self.limit)
                self.limit = value
            case "minus":
                self.mended |= self.negate
                self.negate = True
            case "open":
                limit = self.limit or self.groups[-1].limit
                self.groups.append(_Group(self.negate, limit))
                self.negate, self.limit = False, ""
            case "close" if len(self.groups) > 1:
                self._close()
            case "or" if self.groups[-1].alternatives[-1]:
                self._drop_pending()
                self.groups[-1].alternatives.append([])
            case _:
                self.mended = True

    def done(self) -> Parsed:
        while len(self.groups) > 1:
            self.mended = True
            self._close()
        self._end_group()
        part = self.groups[0].part()
        return Parsed(part and part.expression, part.text if part else "", self.mended)

    def _worded(self, text: str, *, phrase: bool) -> _Part:
        """A word or phrase, under the limit that it stands under."""
        brackets = sum(map(text.count, _OPENING)) != sum(map(text.count, _CLOSING))
        said = f'"{text}"' if phrase or brackets else text
        if limit := self.limit or self.groups[-1].limit:
            return _Part(self.limits[limit.casefold()](text), f"{self.limit}:{said}" if self.limit else said)
        return _Part(Word(text, phrase), said)

    def _add(self, part: _Part) -> None:
        self.groups[-1].alternatives[-1].append(part.negative() if self.negate else part)
        self.negate, self.limit = False, ""

    def _close(self) -> None:
        self._end_group()
        inner = self.groups.pop().bracketed()
        if inner is None:
            self.mended = True
        else:
            self._add(inner)

    def _end_group(self) -> None:
        self._drop_pending()
        self.mended |= len(self.groups[-1].alternatives) > 1 and not self.groups[-1].alternatives[-1]

    def _drop_pending(self) -> None:
        """A minus or the name of a limit with nothing after it."""
        self.mended |= self.negate or bool(self.limit)
        self.negate, self.limit = False, ""


def _join(kind: type[And] | type[Or], parts: Iterable[Expression | None]) -> Expression | None:
    """The parts under one node, those of the same kind merged into it; a single part stands alone."""
    flat: list[Expression] = []
    for part in parts:
        if part is not None:
            flat.extend(part.parts if isinstance(part, kind) else (part,))
    if len(flat) < 2:
        return flat[0] if flat else None
    return kind(tuple(flat))
