"""The registry of kinds, fields, sectors and regions that pages, search and feeds read.

All of it is data under `publisher/rules`; a kind, a sector or a province is added by a definition there.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib import resources
from typing import Any, NamedTuple

from publisher.ruleset_file import check_names, load_rule_sets
from publisher.rulesets import RuleSet


class Label(NamedTuple):
    """A name in both languages."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        """The name in `language`: Chinese for any tag that begins with zh, else English."""
        return self.zh if language.startswith("zh") else self.en


class FieldType(StrEnum):
    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    CODE = "code"
    CHOICE = "choice"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an item's content. Values are str, but date for DATE and Decimal (yuan) for MONEY."""

    name: str
    label: Label
    type: FieldType = FieldType.TEXT
    searched: bool = False
    choices: Mapping[str, Label] | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of disclosure. `shape` is "decision" or "list", `within` a number of working days; see
    publisher/rules/kinds.toml for the rest."""

    name: str
    label: Label
    plural: Label
    shape: str
    tone: str
    dated_by: tuple[str, ...]
    ends_by: tuple[str, ...]
    fields: tuple[str, ...]
    within: int | None = None


class FormerCode(NamedTuple):
    """A code that a region had from `since` to the day before `until`; another may have it now."""

    code: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Region:
    code: str
    label: Label
    parent: str | None
    formerly: tuple[FormerCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Registry:
    """All that is known by name. Order is the order of the files, which is the order on pages."""

    kinds: Mapping[str, Kind]
    fields: Mapping[str, Field]
    sectors: Mapping[str, Label]
    regions: Mapping[str, Region]
    rules: Mapping[str, RuleSet]

    def with_ancestors(self, region: str) -> tuple[str, ...]:
        """The region and all above it, nearest first; just itself when it is not in the registry."""
        chain = [region]
        while (known := self.regions.get(chain[-1])) and known.parent:
            chain.append(known.parent)
        return tuple(chain)


def load_registry() -> Registry:
    """Reads the rule files of the package."""
    fields = {name: _field(name, spec) for name, spec in _toml("fields").items()}
    kinds = {name: _kind(name, spec) for name, spec in _toml("kinds").items()}
    for kind in kinds.values():
        unknown = set(kind.fields + kind.dated_by + kind.ends_by) - set(fields)
        assert not unknown, f"kinds.toml: {kind.name} names unknown fields {unknown}"
    sectors = {name: Label(**spec) for name, spec in _toml("sectors").items()}
    regions = {
        code: Region(code, Label(spec["zh"], spec["en"]), spec.get("parent"), _formerly(spec))
        for code, spec in _toml("regions").items()
    }
    rules = load_rule_sets()
    for law in rules.values():
        check_names(law, kinds, sectors, regions)
    return Registry(kinds, fields, sectors, regions, rules)


def _formerly(spec: dict[str, Any]) -> tuple[FormerCode, ...]:
    return tuple(
        FormerCode(former["code"], former.get("since", date.min), former["until"])
        for former in spec.get("formerly", ())
    )


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("publisher.rules") / f"{name}.toml").read_text("utf-8"))


def _field(name: str, spec: dict[str, Any]) -> Field:
    choices = (
        {value: Label(**label) for value, label in spec["choices"].items()} if "choices" in spec else None
    )
    return Field(
        name,
        Label(**spec["label"]),
        FieldType(spec.get("type", "text")),
        spec.get("searched", False),
        choices,
    )


def _kind(name: str, spec: dict[str, Any]) -> Kind:
    return Kind(
        name,
        Label(**spec["label"]),
        Label(**spec["plural"]),
        spec["shape"],
        spec["tone"],
        tuple(spec["dated_by"]),
        tuple(spec["ends_by"]),
        tuple(spec["fields"]),
        spec.get("within"),
    )
