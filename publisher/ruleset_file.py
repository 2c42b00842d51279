"""A rule set from the text of its file; whatever is wrong with it is one sentence with file and line.

Pure but for reading the package's own files; stdlib only.
"""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Any, TypeVar

from publisher.errors import DefinitionError
from publisher.rulesets import (
    ANY,
    DERIVED,
    MOST_DAYS,
    MOST_MONTHS,
    SEVERITIES,
    Longer,
    Retention,
    RuleSet,
    Stays,
    Term,
    Threshold,
)

_DEGREES = (*SEVERITIES, ANY)
_TOP = (
    *("title", "source", "from", "to", "replaces", "repaired_by", "counts_from", "own_end", "ended_stay"),
    *("default", "counts_as", "fine", "kinds", "terms", "exceptions", "unfulfilled", "words", "thresholds"),
    "retention",
)

T = TypeVar("T")


def load_rule_sets() -> dict[str, RuleSet]:
    """The rule sets of the package, by name; raises DefinitionError."""
    folder = resources.files("publisher.rules.periods")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda f: f.name)
    sets = [_read(file) for file in files]
    check_succession({law.name: law for law in sets})
    return {law.name: law for law in sets}


def _read(file: Traversable) -> RuleSet:
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise DefinitionError(f"{file.name}: it is not UTF-8; save it as such.") from None
    return parse(file.name.removesuffix(".toml"), text)


def check_succession(sets: Mapping[str, RuleSet]) -> None:
    """A law that replaces another begins on the day after that one's last. Raises DefinitionError."""
    for law in sets.values():
        if law.replaces is None:
            continue
        part, before = _Part(law.name, law.raw, {}), sets.get(law.replaces)
        if before is None or before is law:
            raise part.wrong("replaces", f"{law.replaces} is no other rule set; known are {', '.join(sets)}")
        if before.until is None:
            raise part.wrong("replaces", f"{before.name} has no to, so that both laws hold at once")
        if law.since != before.until + timedelta(days=1):
            why = "both laws hold" if law.since <= before.until else "neither law holds"
            raise part.wrong("from", f"{before.name} ends on {before.until}; on the days between {why}")


def check_names(
    law: RuleSet, kinds: Collection[str], sectors: Collection[str], regions: Collection[str]
) -> None:
    """Kinds, sectors and regions that a rule set names are known. Raises DefinitionError."""
    part = _Part(law.name, law.raw, {})
    for table, names, known in (
        ("kinds", law.kinds, kinds),
        ("exceptions", [name for each in law.exceptions for name in sorted(each.sectors)], sectors),
        ("unfulfilled", sorted(law.unfulfilled.sectors) if law.unfulfilled else (), sectors),
        ("thresholds", [row.sector for row in law.thresholds], sectors),
        ("thresholds", [row.region for row in law.thresholds if row.region], regions),
    ):
        for name in names:
            if name not in known:
                raise part.wrong(table, f"{name} is not a known kind, sector or region", quoting=name)


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
    except RecursionError:
        raise DefinitionError(f"{name}.toml: it is nested too deeply to be read.") from None
    except ValueError:  # Python's own limit of digits
        raise DefinitionError(f"{name}.toml: it is not valid TOML: a number has too many digits.") from None
    top = _Part(name, text, given)
    top.only(_TOP)
    since, until = top.day("from"), top.day("to") if "to" in given else None
    if until and until < since:
        raise top.wrong("to", "to is before from")
    kinds = _kinds(top)
    derived = DERIVED in kinds.values()
    terms = _terms(top, kinds)
    return RuleSet(
        name=name,
        title=top.label("title"),
        source=top.text("source"),
        since=since,
        until=until,
        kinds=kinds,
        terms=terms,
        default=top.one_of("default", SEVERITIES) if derived else "",
        counts_as=_counts_as(top),
        words=_words(top, needed=derived),
        fine=top.text("fine") if derived else "",
        exceptions=tuple(_longer(part) for part in top.parts("exceptions")),
        thresholds=tuple(_threshold(part) for part in top.parts("thresholds")),
        replaces=top.text("replaces") if "replaces" in given else None,
        repaired_by=top.label("repaired_by") if "repaired_by" in given else None,
        from_publication=top.one_of("counts_from", ("decision", "publication"), "decision") == "publication",
        own_end_always=top.one_of("own_end", ("earlier", "always"), "earlier") == "always",
        ended_stay=top.flag("ended_stay"),
        unfulfilled=_stays(top.part("unfulfilled")) if "unfulfilled" in given else None,
        retention=_retention(top.part("retention", {})),
        raw=text,
    )


def _kinds(top: "_Part") -> dict[str, str]:
    part = top.part("kinds")
    kinds = {kind: part.one_of(kind, (DERIVED, *_DEGREES)) for kind in part.given}
    if not kinds:
        raise top.wrong("kinds", "[kinds] is empty; a rule set says which kinds it judges")
    return kinds


def _terms(top: "_Part", kinds: Mapping[str, str]) -> dict[str, Term]:
    """The months of each severity that a kind can have, and of no other."""
    part = top.part("terms")
    part.only(_DEGREES, "no severity")
    needed = {degree for degree in kinds.values() if degree != DERIVED}
    if DERIVED in kinds.values():
        needed |= set(SEVERITIES)
    if missing := [degree for degree in _DEGREES if degree in needed and degree not in part.given]:
        raise top.wrong("terms", f"[terms] says nothing of {', '.join(missing)}; each severity needs its own")
    terms = {degree: _term(part.part(degree), degree) for degree in _DEGREES if degree in part.given}
    graded = [(degree, terms[degree].longest) for degree in SEVERITIES if degree in terms]
    for (milder, less), (graver, more) in pairwise(graded):
        if more is not None and (less is None or more < less):
            raise part.part(graver).wrong(None, f"{graver} is public for less long than {milder}")
    return terms


def _term(part: "_Part", degree: str) -> Term:
    part.only(("shortest", "longest"))
    shortest, longest = (part.months(key) for key in ("shortest", "longest"))
    if shortest is not None and longest is not None and longest < shortest:
        raise part.wrong(None, f"the longest period of {degree} ends before its shortest")
    return Term(shortest, longest)


def _counts_as(top: "_Part") -> dict[str, str]:
    part = top.part("counts_as", {})
    return {told: part.one_of(told, SEVERITIES) for told in part.given}


def _words(top: "_Part", *, needed: bool) -> dict[str, tuple[str, ...]]:
    part = top.part("words", None if needed else {})
    part.only(SEVERITIES, "no severity")
    if needed and (missing := [degree for degree in SEVERITIES if degree not in part.given]):
        raise top.wrong("words", f"[words] says nothing of {', '.join(missing)}; each severity needs its own")
    return {degree: part.words(degree) for degree in part.given}


def _longer(part: "_Part") -> Longer:
    part.only(("sectors", "words", "shortest"))
    months = part.months("shortest")
    if months is None:
        raise part.wrong(None, "shortest is missing: the months of the exception")
    if not {"sectors", "words"} & part.given.keys():
        raise part.wrong(None, "an exception names sectors or words for which it holds")
    return Longer(frozenset(part.words("sectors", ())), part.words("words", ()), months)


def _threshold(part: "_Part") -> Threshold:
    part.only(("sector", "region", "from", "general", "serious"))
    row = Threshold(
        part.text("sector"),
        part.text("region") if "region" in part.given else None,
        part.day("from"),
        part.amount("general"),
        part.amount("serious"),
    )
    if row.serious < row.general:
        raise part.wrong("serious", f"the serious fine of {row.sector} is below its general one")
    return row


def _stays(part: "_Part") -> Stays:
    part.only(("sectors", "field", "words"))
    return Stays(frozenset(part.words("sectors")), part.text("field"), part.words("words"))


def _retention(part: "_Part") -> Retention:
    part.only(Retention._fields)
    return Retention(**{reason: part.number(reason, "days", MOST_DAYS) for reason in part.given})


class _Part:
    """A table of a file, which knows where it says what."""

    def __init__(self, name: str, text: str, given: Mapping[str, Any], path: str = "", nth: int = 0) -> None:
        self.given = given
        self._name, self._text, self._path, self._nth = name, text, path, nth

    def wrong(self, key: str | None, why: str, quoting: str = "") -> DefinitionError:
        """The error that `key` (None: the table itself) is wrong; at the line with `quoting`, where given."""
        line = self._line(key, quoting)
        return DefinitionError(f"{self._name}.toml{f', line {line}' if line else ''}: {why}.")

    def _line(self, key: str | None, quoting: str) -> int | None:
        """The line of a key of this table; else that of the table; None when it has no line of its own."""
        told = enumerate(self._text.splitlines(), 1)
        lines = [(n, line) for n, line in told if not line.lstrip().startswith("#")]
        if quoting:
            return next((n for n, line in lines if re.search(rf"\b{re.escape(quoting)}\b", line)), None)
        begin = 0
        if self._path:
            heads = [n for n, line in lines if re.match(rf"\s*\[+{re.escape(self._path)}\]", line)]
            if not heads:  # the table is written in one line
                return _Part(self._name, self._text, {})._line(self._path, "")
            begin = heads[min(self._nth, len(heads) - 1)]
        if key is None:
            return begin
        for n, line in lines:
            if n <= begin:
                continue
            if self._path and line.lstrip().startswith("["):
                break
            if re.match(rf"\s*(\[+{re.escape(key)}[\].]|{re.escape(key)}\s*=)", line):
                return n
        return begin or None

    def only(self, known: Sequence[str], why: str = "not a known key") -> None:
        for key in self.given:
            if key not in known:
                raise self.wrong(key, f"{key} is {why}; known are {', '.join(sorted(known))}")

    def part(self, key: str, default: Mapping[str, Any] | None = None) -> "_Part":
        table = self._of_type(key, dict, "a table", default)
        return _Part(self._name, self._text, table, f"{self._path}.{key}" if self._path else key)

    def parts(self, key: str) -> list["_Part"]:
        tables = self._of_type(key, list, f"tables, each under [[{key}]]", [])
        if not all(isinstance(table, dict) for table in tables):
            raise self.wrong(key, f"{key} must be tables, each under [[{key}]]")
        return [_Part(self._name, self._text, table, key, nth) for nth, table in enumerate(tables)]

    def text(self, key: str) -> str:
        text = self._of_type(key, str, "text in quotes")
        if not text.strip():
            raise self.wrong(key, f"{key} must not be empty")
        return text

    def label(self, key: str) -> dict[str, str]:
        part = self.part(key)
        part.only(("zh", "en"))
        return {language: part.text(language) for language in ("zh", "en")}

    def day(self, key: str) -> date:
        day = self._of_type(key, date, "a day without quotes, such as 2026-04-01")
        if isinstance(day, datetime):
            raise self.wrong(key, f"{key} must be a day without a time")
        return day

    def months(self, key: str) -> int | None:
        """None where nothing is said."""
        return self.number(key, "months", MOST_MONTHS) if key in self.given else None

    def number(self, key: str, what: str, most: int) -> int:
        number = self._of_type(key, int, f"a whole number of {what}")
        if isinstance(number, bool) or not 0 <= number <= most:
            raise self.wrong(key, f"{key} must be a whole number of {what}, from 0 to {most}")
        return number

    def amount(self, key: str) -> Decimal:
        yuan = self._of_type(key, int, "a whole number of yuan")
        if isinstance(yuan, bool) or yuan < 0:
            raise self.wrong(key, f"{key} must be a whole number of yuan, not below 0")
        return Decimal(yuan)

    def words(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        words = self._of_type(key, list, "a list of texts", None if default is None else list(default))
        if not all(isinstance(word, str) and word for word in words):
            raise self.wrong(key, f"{key} must be a list of texts, none of them empty")
        return tuple(words)

    def flag(self, key: str) -> bool:
        return self._of_type(key, bool, "true or false", False)

    def one_of(self, key: str, known: Sequence[str], default: str | None = None) -> str:
        value = self._of_type(key, str, "text in quotes", default)
        if value not in known:
            why = "no severity" if set(SEVERITIES) <= set(known) else "not a known value"
            raise self.wrong(key, f"{value} is {why}; known are {', '.join(known)}")
        return value

    def _of_type(self, key: str, type: type[T], what: str, default: T | None = None) -> T:
        if key not in self.given:
            if default is None:
                raise self.wrong(None, f"{key} is missing")
            return default
        value = self.given[key]
        if not isinstance(value, type):
            raise self.wrong(key, f"{key} must be {what}")
        return value
