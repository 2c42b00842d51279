"""The terms, papers and authorities of each kind of case, from publisher/rules/cases.toml.

Pure but for reading the package's own file; stdlib only.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources

from publisher.kinds import Label
from publisher.rule_part import Part, read

OTHER = "other"
"""Stands for every law that gives no first day of repair."""


class CaseKind(StrEnum):
    REPAIR = "repair"
    OBJECTION = "objection"
    REVIEW = "review"  # of a case that was refused
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class CaseRule:
    """One kind of case. All terms are working days: `accept` from the application, `decide` from acceptance,
    `extend` more once where it is complex, `answer` for the applicant when papers are missing; `within`: how
    long after a decision its review can be asked for. `elsewhere`: by rule set, or OTHER, where instead."""

    kind: CaseKind
    label: Label
    basis: Label
    decides: Label
    papers: tuple[Label, ...]
    accept: int
    decide: int
    extend: int
    answer: int
    within: int
    elsewhere: Mapping[str, Label]


CaseRules = Mapping[CaseKind, CaseRule]


def load_case_rules(rule_sets: Collection[str]) -> CaseRules:
    """The rules of the package; `rule_sets` are the names of the laws that they may name. Raises
    DefinitionError."""
    text = (resources.files("publisher.rules") / "cases.toml").read_text("utf-8")
    return parse(text, rule_sets)


def parse(text: str, rule_sets: Collection[str]) -> CaseRules:
    """The rules in the text of cases.toml; raises DefinitionError with the line of what is wrong."""
    top = read("cases", text)
    top.only([*CaseKind], "no kind of case")
    return {kind: _rule(kind, top.part(kind), rule_sets) for kind in CaseKind}


def _rule(kind: CaseKind, part: Part, rule_sets: Collection[str]) -> CaseRule:
    more = {CaseKind.REPAIR: ("elsewhere",), CaseKind.REVIEW: ("within",)}.get(kind, ())
    part.only(("label", "basis", "decides", "papers", "accept", "decide", "extend", "answer", *more))
    for term in ("accept", "decide", "answer"):
        if part.days(term) == 0:
            raise part.wrong(term, f"{term} must be 1 day at least, or every case would be late at once")
    return CaseRule(
        kind=kind,
        label=_label(part, "label"),
        basis=_label(part, "basis"),
        decides=_label(part, "decides"),
        papers=tuple(_paper(paper) for paper in part.parts("papers")),
        accept=part.days("accept"),
        decide=part.days("decide"),
        extend=part.days("extend"),
        answer=part.days("answer"),
        within=part.days("within") if kind is CaseKind.REVIEW else 0,
        elsewhere=_elsewhere(part.part("elsewhere"), rule_sets) if kind is CaseKind.REPAIR else {},
    )


def _paper(part: Part) -> Label:
    part.only(("zh", "en"))
    return Label(part.text("zh"), part.text("en"))


def _elsewhere(part: Part, rule_sets: Collection[str]) -> dict[str, Label]:
    part.only([OTHER, *rule_sets], "no rule set")
    if OTHER not in part.given:
        raise part.wrong(None, f"{OTHER} is missing: where to apply under a law that does not say")
    return {name: _label(part, name) for name in part.given}


def _label(part: Part, key: str) -> Label:
    return Label(**part.label(key))
