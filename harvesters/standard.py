"""The national disclosure standard: which of our fields a header means, in both generations and any spelling.

The generations contradict each other (行政相对人代码_2 is a registration number in one, an organisation code
in the other), so a set of headers is first told its generation by the companions that only one of them has.
"""

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any, Literal

from publisher.subjects import PartyType

Generation = Literal["2018", "2015"]
DROPPED = "dropped"
"""The field of headers that are known and never kept."""

_GENERATIONS: tuple[Generation, Generation] = ("2018", "2015")
_NUMBERED = re.compile(r"(?:行政)?相对人代码\d?")
_OWNED = ("法定代表人", "法人代表", "负责人", "经营者")
_UNITS = {"万元": Decimal(10_000), "元": Decimal(1), "人民币元": Decimal(1), "人民币万元": Decimal(10_000)}


@lru_cache(maxsize=4096)
def spelling(text: str) -> str:
    """A header or cell as it is compared: letters and digits only, half width, casefolded."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


@dataclass(frozen=True)
class Standard:
    """The standard as its rule file writes it. `raw` is that file's text: rows' hashes depend on it."""

    raw: str

    @cached_property
    def _rules(self) -> Mapping[str, Any]:
        return tomllib.loads(self.raw)

    @cached_property
    def _fields(self) -> Mapping[str, Mapping[str, tuple[str, int]]]:
        """Generation (or "both") → spelling → our field and its rank among the field's spellings."""
        found: dict[str, dict[str, tuple[str, int]]] = {"both": {}, "2018": {}, "2015": {}}
        for field, rule in self._rules["fields"].items():
            for generation, spellings in found.items():
                for rank, text in enumerate(rule.get(generation, ())):
                    for variant in _prefixed(text):
                        spellings[spelling(variant)] = (field, rank)
        return found

    @cached_property
    def _column_units(self) -> Mapping[str, Decimal]:
        return {spelling(name): Decimal(factor) for name, factor in self._rules["units"].items()}

    @cached_property
    def joined(self) -> frozenset[str]:
        """Fields whose several columns are all kept, one after the other."""
        return frozenset(name for name, rule in self._rules["fields"].items() if rule.get("joined"))

    @cached_property
    def severities(self) -> Mapping[str, str]:
        """Spelling → a choice of the field severity, "" for unset."""
        return {spelling(text): choice for text, choice in self._rules["severity"].items()}

    @cached_property
    def party_types(self) -> Mapping[str, PartyType]:
        return {spelling(text): PartyType(value) for text, value in self._rules["subject_type"].items()}

    def is_public(self, field: str, value: str, generation: Generation | None) -> bool | None:
        """Whether a row with this state or scope of use is public; None when the value is not known."""
        rules, told = self._rules[field], spelling(value)
        for name in ("both", generation):
            rule = rules.get(name, {})
            for text in (told, told.lstrip("0123456789")):  # "1撤销" is what its word says
                if text in rule.get("public", ()):
                    return True
                if text in rule.get("hidden", ()):
                    return False
        return None

    def generation(self, headers: Collection[str]) -> Generation | None:
        """The generation that most of the tell-tale headers belong to; None when they do not tell."""
        first, second = (len(self._evidence(headers, generation)) for generation in _GENERATIONS)
        if first == second:
            return None
        return _GENERATIONS[0] if first > second else _GENERATIONS[1]

    def fields(self, headers: Collection[str]) -> dict[str, str]:
        """Header → our field, DROPPED among them, first choices first; unknown headers are left out."""
        generation = self.generation(headers)
        proven = generation == "2018" and not self._evidence(headers, "2015")
        found = [
            (*meaning, header) for header in headers if (meaning := self._meaning(header, generation, proven))
        ]
        return {header: field for field, _, header in sorted(found, key=lambda entry: entry[1])}

    def unit(self, header: str) -> Decimal:
        """Yuan in one unit of a money column: as its brackets say, else as the standard has it, else 1."""
        base, inner = _parts(header)
        for note in inner:
            if factor := _UNITS.get(note.removeprefix("单位")):
                return factor
        return self._column_units.get(base, Decimal(1))

    def _meaning(self, header: str, generation: Generation | None, proven: bool) -> tuple[str, int] | None:
        """Our field for a header and its rank; `proven`: nothing speaks for the generation of 2015."""
        base, inner = _parts(header)
        bare = self._look_up(base, generation)
        if bare and bare[0] == DROPPED:
            return bare
        if any("身份证" in part for part in (base, *inner)):
            return (DROPPED, 0) if base.startswith(_OWNED) else ("identity_number", 0)
        for name in inner:
            if (named := self._look_up(name, generation)) and (bare is None or _decides(base, named[0])):
                return (DROPPED, 0) if base.startswith(_OWNED) else named
        if _NUMBERED.fullmatch(base) and base.endswith("5") and not proven:
            return self._fields["2015"].get(base)
        return bare

    def _look_up(self, name: str, generation: Generation | None) -> tuple[str, int] | None:
        """What a spelling means: as both generations have it, as the file's own, or as the only one."""
        if found := self._fields["both"].get(name):
            return found
        own = [self._fields[each].get(name) for each in _GENERATIONS]
        if generation and (found := self._fields[generation].get(name)):
            return found
        known = [meaning for meaning in own if meaning]
        return known[0] if len({field for field, _ in known}) == 1 else None

    def _evidence(self, headers: Collection[str], generation: Generation) -> set[str]:
        """The headers' spellings that only this generation has."""
        other = _GENERATIONS[1 - _GENERATIONS.index(generation)]
        own = self._fields[generation].keys() - self._fields[other].keys() - self._fields["both"].keys()
        return {part for header in headers for part in (_parts(header)[0], *_parts(header)[1]) if part in own}


def load() -> Standard:
    """The standard that the package carries."""
    file = resources.files("harvesters") / "standards" / "cn-double-disclosure.toml"
    return Standard(file.read_text("utf-8"))


def _parts(header: str) -> tuple[str, list[str]]:
    """The spelling of a header outside its brackets, and of each text inside; a code's name after its number
    counts as inside: 行政相对人代码_1：统一社会信用代码."""
    pieces = re.split(r"([(\[【〔〈《{])|([)\]】〕〉》}])", unicodedata.normalize("NFKC", header))
    base, inner, depth = "", [], 0
    for text, opening, closing in zip(pieces[::3], [*pieces[1::3], None], [*pieces[2::3], None], strict=True):
        if depth:
            inner.append(spelling(text))
        else:
            base += spelling(text)
        depth = depth + 1 if opening else max(0, depth - 1) if closing else depth
    if (numbered := _NUMBERED.match(base)) and (rest := base[numbered.end() :]):
        return numbered[0], [rest, *inner]
    return base, [name for name in inner if name]


def _decides(base: str, field: str) -> bool:
    """Whether a name in brackets goes before a base that is known too: of numbered codes, and where it says
    that the column is personal."""
    return _NUMBERED.fullmatch(base) is not None or field in (DROPPED, "identity_number")


def _prefixed(text: str) -> Iterator[str]:
    if text.startswith("*_"):
        yield "CF" + text[1:]
        yield "XK" + text[1:]
    else:
        yield text
