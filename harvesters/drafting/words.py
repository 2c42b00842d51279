"""What headers, titles and names usually mean: words.toml beside this file, made ready for looking up."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from harvesters.standard import spelling

Ranked = Mapping[str, Sequence[tuple[str, int]]]
"""Spelling of a header → our fields that it can mean, each with its rank among the field's headers."""


@dataclass(frozen=True, slots=True)
class Clues:
    """Patterns that speak for a kind: in headers; in titles and names."""

    headers: re.Pattern[str]
    titles: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Words:
    """`shapes`: for rows of a "list" and for a "decision". `patterns`: our field → pattern, in order."""

    shapes: Mapping[str, Ranked]
    patterns: Mapping[str, re.Pattern[str]]
    ignored: frozenset[str]
    ignored_like: re.Pattern[str]
    personal: frozenset[str]
    personal_like: re.Pattern[str]
    kinds: Mapping[str, Clues]
    sectors: Mapping[str, re.Pattern[str]]


def load() -> Words:
    """Reads words.toml."""
    text = (resources.files("harvesters.drafting") / "words.toml").read_text("utf-8")
    given = tomllib.loads(text)
    return Words(
        shapes={shape: _ranked(given["fields"], own) for shape, own in given["shape"].items()},
        patterns={field: _pattern(text) for field, text in given["patterns"].items()},
        ignored=frozenset(map(spelling, given["ignored"]["headers"])),
        ignored_like=_pattern(given["ignored"]["patterns"]),
        personal=frozenset(map(spelling, given["personal"]["headers"])),
        personal_like=_pattern(given["personal"]["patterns"]),
        kinds={
            kind: Clues(_pattern("|".join(clues["headers"])), _pattern("|".join(clues["titles"])))
            for kind, clues in given["kinds"].items()
        },
        sectors={sector: _pattern(text) for sector, text in given["sectors"].items()},
    )


def _ranked(*tables: Mapping[str, Sequence[str]]) -> Ranked:
    found: dict[str, list[tuple[str, int]]] = {}
    for table in reversed(tables):  # what is said for the shape goes before what is said for both
        for field, headers in table.items():
            for rank, header in enumerate(headers):
                found.setdefault(spelling(header), []).append((field, rank))
    return found


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
