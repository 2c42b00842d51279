"""From what people type to an expression tree, with guards: depth, terms, length."""

from dataclasses import dataclass


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
