"""A rule set from the text of its file; whatever is wrong with it is one sentence with file and line.

Pure but for reading the package's own files; stdlib only.
"""

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import pairwise

from publisher.errors import DefinitionError
from publisher.rule_part import Part, read
from publisher.rulesets import (
    ANY,
    DERIVED,
    MOST_DAYS,
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
        part, before = Part(law.name, law.raw, {}), sets.get(law.replaces)
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
    part = Part(law.name, law.raw, {})
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
    top = read(name, text)
    top.only(_TOP)
    since, until = top.day("from"), top.day("to") if "to" in top.given else None
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
        replaces=top.text("replaces") if "replaces" in top.given else None,
        repaired_by=top.label("repaired_by") if "repaired_by" in top.given else None,
        from_publication=top.one_of("counts_from", ("decision", "publication"), "decision") == "publication",
        own_end_always=top.one_of("own_end", ("earlier", "always"), "earlier") == "always",
        ended_stay=top.flag("ended_stay"),
        unfulfilled=_stays(top.part("unfulfilled")) if "unfulfilled" in top.given else None,
        retention=_retention(top.part("retention", {})),
        raw=text,
    )


def _kinds(top: Part) -> dict[str, str]:
    part = top.part("kinds")
    kinds = {kind: part.one_of(kind, (DERIVED, *_DEGREES)) for kind in part.given}
    if not kinds:
        raise top.wrong("kinds", "[kinds] is empty; a rule set says which kinds it judges")
    return kinds


def _terms(top: Part, kinds: Mapping[str, str]) -> dict[str, Term]:
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


def _term(part: Part, degree: str) -> Term:
    part.only(("shortest", "longest"))
    shortest, longest = (part.months(key) for key in ("shortest", "longest"))
    if shortest is not None and longest is not None and longest < shortest:
        raise part.wrong(None, f"the longest period of {degree} ends before its shortest")
    return Term(shortest, longest)


def _counts_as(top: Part) -> dict[str, str]:
    part = top.part("counts_as", {})
    return {told: part.one_of(told, SEVERITIES) for told in part.given}


def _words(top: Part, *, needed: bool) -> dict[str, tuple[str, ...]]:
    part = top.part("words", None if needed else {})
    part.only(SEVERITIES, "no severity")
    if needed and (missing := [degree for degree in SEVERITIES if degree not in part.given]):
        raise top.wrong("words", f"[words] says nothing of {', '.join(missing)}; each severity needs its own")
    return {degree: part.words(degree) for degree in part.given}


def _longer(part: Part) -> Longer:
    part.only(("sectors", "words", "shortest"))
    months = part.months("shortest")
    if months is None:
        raise part.wrong(None, "shortest is missing: the months of the exception")
    if not {"sectors", "words"} & part.given.keys():
        raise part.wrong(None, "an exception names sectors or words for which it holds")
    return Longer(frozenset(part.words("sectors", ())), part.words("words", ()), months)


def _threshold(part: Part) -> Threshold:
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


def _stays(part: Part) -> Stays:
    part.only(("sectors", "field", "words"))
    return Stays(frozenset(part.words("sectors")), part.text("field"), part.words("words"))


def _retention(part: Part) -> Retention:
    part.only(Retention._fields)
    return Retention(**{reason: part.number(reason, "days", MOST_DAYS) for reason in part.given})
