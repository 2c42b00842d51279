"""From what people type to an expression tree, with guards: depth, terms, length."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from search.errors import BadQuery

LONGEST, MOST_TERMS, DEEPEST = 1_000, 64, 20


@dataclass(frozen=True, slots=True)
class Word:
    """Text that must stand in one field value; a phrase when `phrase`."""

    text: str
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Expression"


Expression = Word | And | Or | Not


class Parsed(NamedTuple):
    """How a text was read; `mended` when quotes, brackets or operators had to be added or left out."""

    expression: Expression | None
    mended: bool


def parse(text: str) -> Parsed:
    """Reads words (all must be found), "phrases" (also “ ” 「 」), -without, OR and (brackets).

    A bracket inside a word belongs to it, as in 某某（集团）有限公司. OR binds less than standing
    side by side. Whatever does not fit is mended.

    Raises BadQuery for more than 1 000 characters, 64 terms or 20 levels.
    """
    if len(text) > LONGEST:
        raise BadQuery(f"The query is {len(text)} characters long; at most {LONGEST} can be searched for.")
    reading = _Reading()
    for kind, value in _lexemes(text):
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


def whole(expression: Expression | None) -> str | None:
    """The words as one text, for comparing with a whole value; None where there are OR or -without."""
    match expression:
        case Word(text):
            return text
        case And(parts):
            texts = [part.text for part in parts if isinstance(part, Word)]
            return " ".join(texts) if len(texts) == len(parts) else None
    return None


_QUOTES, _CLOSING_QUOTES = '"“「『＂', '"”」』＂'
_OPENING, _CLOSING = "(（", ")）"
_DASHES = "-－"


def _lexemes(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of kind (word, phrase, cut phrase, open, close, minus, or, stray) and text."""
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


@dataclass(slots=True)
class _Group:
    """What stands in one pair of brackets: alternatives of parts."""

    negated: bool = False
    alternatives: list[list[Expression]] = field(default_factory=lambda: [[]])

    def expression(self) -> Expression | None:
        found = [_join(And, parts) for parts in self.alternatives]
        joined = _join(Or, [part for part in found if part is not None])
        return _negative(joined) if self.negated and joined is not None else joined


class _Reading:
    """Takes one lexeme after the other; brackets lie on a stack, so that depth costs no recursion."""

    def __init__(self) -> None:
        self.groups = [_Group()]
        self.negate = False
        self.mended = False

    def take(self, kind: str, value: str) -> None:
        match kind:
            case "word" | "phrase" | "cut phrase":
                self.mended |= kind == "cut phrase" or not value
                if value:
                    self._add(Word(value, phrase=kind != "word"))
            case "minus":
                self.mended |= self.negate
                self.negate = True
            case "open":
                self.groups.append(_Group(negated=self.negate))
                self.negate = False
            case "close" if len(self.groups) > 1:
                self._close()
            case "or" if self.groups[-1].alternatives[-1]:
                self._drop_negation()
                self.groups[-1].alternatives.append([])
            case _:
                self.mended = True

    def done(self) -> Parsed:
        while len(self.groups) > 1:
            self.mended = True
            self._close()
        self._end_group()
        return Parsed(self.groups[0].expression(), self.mended)

    def _add(self, part: Expression) -> None:
        self.groups[-1].alternatives[-1].append(_negative(part) if self.negate else part)
        self.negate = False

    def _close(self) -> None:
        self._end_group()
        inner = self.groups.pop().expression()
        if inner is None:
            self.mended = True
        else:
            self._add(inner)

    def _end_group(self) -> None:
        self._drop_negation()
        self.mended |= len(self.groups[-1].alternatives) > 1 and not self.groups[-1].alternatives[-1]

    def _drop_negation(self) -> None:
        self.mended |= self.negate
        self.negate = False


def _join(kind: type[And] | type[Or], parts: list[Expression]) -> Expression | None:
    """The parts under one node, those of the same kind merged into it; a single part stands alone."""
    flat: list[Expression] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    if len(flat) < 2:
        return flat[0] if flat else None
    return kind(tuple(flat))


def _negative(part: Expression) -> Expression:
    return part.part if isinstance(part, Not) else Not(part)
