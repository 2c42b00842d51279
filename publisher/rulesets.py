"""How long a law lets a penalty be public: its rule set, read from a file, and what it says of one item.

Pure but for reading the package's own files; stdlib only.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import resources
from itertools import pairwise
from typing import Any, NamedTuple

from publisher.errors import DefinitionError
from publisher.periods import Period, Verdict, add_months

SEVERITIES = ("minor", "general", "serious")
"""The degrees that a rule set knows, mildest first."""

_TOP = {
    "title",
    "source",
    "from",
    "to",
    "default",
    "counts_as",
    "terms",
    "exceptions",
    "words",
    "fine",
    "thresholds",
}
_DECLARED = ("category", "licence_revoked")
_TELLING = ("title", "violation_type", "facts", "basis", "authority")


class Term(NamedTuple):
    """Months from the decision: before `shortest` no repair, after `longest` not public."""

    shortest: int
    longest: int


class Threshold(NamedTuple):
    """What a fine of a sector, and of a region with all below it (None: everywhere), weighs from a day on:
    minor below `general` yuan, serious from `serious` yuan on."""

    sector: str
    region: str | None
    since: date
    general: Decimal
    serious: Decimal


class Longer(NamedTuple):
    """A longer shortest period, for sectors or where a word stands in the row."""

    sectors: frozenset[str]
    words: tuple[str, ...]
    shortest: int


class Severity(NamedTuple):
    """How serious an item is. `assumed`: nothing in it says so, or nothing says what its fine weighs."""

    degree: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One law's periods, as a file under publisher/rules/periods has them.

    `raw` is the file's text.
    """

    name: str
    title: Mapping[str, str]
    source: str
    since: date
    until: date | None
    default: str
    counts_as: Mapping[str, str]
    terms: Mapping[str, Term]
    exceptions: Sequence[Longer]
    words: Mapping[str, tuple[str, ...]]
    fine: str
    thresholds: Sequence[Threshold]
    raw: str

    def severity(
        self, content: Mapping[str, object], sector: str, regions: Sequence[str], day: date
    ) -> Severity:
        """How serious an item is, by the first of these that says so: the row's own severity, its category
        and revoked licence and fine (the gravest counts), the decision's text, the default.

        `regions` is the item's region and all above it, nearest first.
        """
        told = content.get("severity")
        if isinstance(told, str) and (degree := self.counts_as.get(told, told)) in self.terms:
            return Severity(degree, False)
        text, fine = _joined(content, _DECLARED), content.get("fine")
        sure = self._named(text)
        amount = fine if isinstance(fine, Decimal) and fine > 0 else None
        if not sure and amount is None and self.fine not in text:
            text = _joined(content, ("decision",))
            sure = self._named(text)
        weighed = self._weighed(amount, sector, regions, day) if amount is not None else None
        if weighed:
            sure.add(weighed)
        unknown = not sure or (weighed is None and (amount is not None or self.fine in text))
        degree = max(sure | {self.default} if unknown else sure, key=SEVERITIES.index)
        return Severity(degree, unknown and degree != SEVERITIES[-1])

    def judge(
        self, content: Mapping[str, object], sector: str, regions: Sequence[str], period: Period, seen: date
    ) -> Period:
        """The period under this law: from its start to the longest that its severity allows, or to the end
        that the row itself names when that is earlier. What has no date is counted from the day it was first
        `seen`."""
        day = period.start or seen
        degree, assumed = self.severity(content, sector, regions, day)
        shortest, longest = self._shortest(degree, content, sector), self.terms[degree].longest
        last_day, own_end = add_months(day, longest), None
        if period.last_day is not None and period.last_day < last_day:
            last_day, own_end = period.last_day, period.rule
        counted_from = None if period.start else day
        verdict = Verdict(self.name, degree, shortest, longest, assumed, own_end, counted_from)
        return Period(period.start, last_day, str(verdict))

    def _shortest(self, degree: str, content: Mapping[str, object], sector: str) -> int:
        """Months before repair: those of the severity, or of an exception that is longer; never more than the
        longest period has."""
        text = _joined(content, _TELLING)
        longer = [
            each.shortest
            for each in self.exceptions
            if sector in each.sectors or any(word in text for word in each.words)
        ]
        term = self.terms[degree]
        return min(max([term.shortest, *longer]), term.longest)

    def _named(self, text: str) -> set[str]:
        return {degree for degree, words in self.words.items() if any(word in text for word in words)}

    def _weighed(self, fine: Decimal, sector: str, regions: Sequence[str], day: date) -> str | None:
        """What the amount weighs by the nearest region's newest threshold; None where none is set."""
        fitting = [
            row
            for row in self.thresholds
            if row.sector == sector and row.since <= day and (row.region is None or row.region in regions)
        ]
        if not fitting:
            return None
        nearest = min(
            fitting,
            key=lambda row: (
                regions.index(row.region) if row.region else len(regions),
                -row.since.toordinal(),
            ),
        )
        if fine >= nearest.serious:
            return "serious"
        return "general" if fine >= nearest.general else "minor"


def _joined(content: Mapping[str, object], names: Sequence[str]) -> str:
    return " ".join(str(content[name]) for name in names if name in content)


def load_rule_sets() -> dict[str, RuleSet]:
    """The rule sets of the package, by name; raises DefinitionError."""
    folder = resources.files("publisher.rules.periods")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda f: f.name)
    return {(name := file.name.removesuffix(".toml")): parse(name, file.read_text("utf-8")) for file in files}


def parse(name: str, text: str) -> RuleSet:
    """A rule set from the text of its file; raises DefinitionError with the line of what is wrong."""
    if not re.fullmatch(r"[a-z0-9-]{1,16}", name):
        raise DefinitionError(
            f"{name}.toml: a rule set's name is 1 to 16 of a-z, 0-9 and -; rename the file."
        )
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"{name}.toml: it is not valid TOML: {error}.") from None
    reading = _Reading(name, text)
    for key in given.keys() - _TOP:
        raise reading.wrong(key, f"{key} is not a known key; known are {', '.join(sorted(_TOP))}")
    for key in ("title", "source", "from", "default", "terms", "words", "fine"):
        if key not in given:
            raise reading.wrong(None, f"{key} is missing")
    if given.get("to", given["from"]) < given["from"]:
        raise reading.wrong("to", "to is before from")
    terms = reading.terms(given["terms"])
    reading.degrees("words", given["words"])
    reading.degree("default", given["default"])
    for degree in given.get("counts_as", {}).values():
        reading.degree("counts_as", degree)
    return RuleSet(
        name,
        given["title"],
        given["source"],
        given["from"],
        given.get("to"),
        given["default"],
        given.get("counts_as", {}),
        terms,
        tuple(
            Longer(frozenset(each.get("sectors", ())), tuple(each.get("words", ())), each["shortest"])
            for each in given.get("exceptions", ())
        ),
        {degree: tuple(given["words"][degree]) for degree in SEVERITIES},
        given["fine"],
        tuple(reading.threshold(row) for row in given.get("thresholds", ())),
        text,
    )


class _Reading:
    """Checks of one file, which know where it says what."""

    def __init__(self, name: str, text: str) -> None:
        self._name, self._lines = name, text.splitlines()

    def wrong(self, key: str | None, why: str) -> DefinitionError:
        """`key` is a key or a table's name; its first line is told."""
        pattern = re.compile(rf"\s*(\[+{re.escape(key)}\]|{re.escape(key)}\s*=)") if key else None
        at = next((n for n, line in enumerate(self._lines, 1) if pattern and pattern.match(line)), None)
        return DefinitionError(f"{self._name}.toml{f', line {at}' if at else ''}: {why}.")

    def degree(self, key: str, degree: str) -> None:
        if degree not in SEVERITIES:
            raise self.wrong(key, f"{degree} is no severity; known are {', '.join(SEVERITIES)}")

    def degrees(self, table: str, given: Mapping[str, Any]) -> None:
        """All severities and no other have an entry in a table."""
        for degree in given:
            self.degree(f"{table}.{degree}" if table == "terms" else degree, degree)
        if missing := [degree for degree in SEVERITIES if degree not in given]:
            raise self.wrong(
                table, f"[{table}] says nothing of {', '.join(missing)}; each severity needs its own"
            )

    def terms(self, given: Mapping[str, Any]) -> dict[str, Term]:
        self.degrees("terms", given)
        terms = {degree: self._term(degree, given[degree]) for degree in SEVERITIES}
        for milder, graver in pairwise(SEVERITIES):
            if terms[graver].longest < terms[milder].longest:
                raise self.wrong(f"terms.{graver}", f"{graver} is public for less long than {milder}")
        return terms

    def _term(self, degree: str, given: Mapping[str, Any]) -> Term:
        table = f"terms.{degree}"
        for key in ("shortest", "longest"):
            if not isinstance(given.get(key), int):
                raise self.wrong(table, f"{key} of {degree} must be a whole number of months")
        if not 0 <= given["shortest"] <= given["longest"] <= 1200:
            raise self.wrong(
                table, f"the longest period of {degree} ends before its shortest, or after 1200 months"
            )
        return Term(given["shortest"], given["longest"])

    def threshold(self, row: Mapping[str, Any]) -> Threshold:
        for key in ("sector", "from", "general", "serious"):
            if key not in row:
                raise self.wrong("thresholds", f"a threshold has no {key}")
        if row["serious"] < row["general"]:
            raise self.wrong("thresholds", f"the serious fine of {row['sector']} is below its general one")
        return Threshold(
            row["sector"], row.get("region"), row["from"], Decimal(row["general"]), Decimal(row["serious"])
        )
