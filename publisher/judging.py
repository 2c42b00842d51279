"""Until when an item is public, by what each source says of it and the laws that their definitions name.

Pure; stdlib only.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from publisher.errors import DefinitionError
from publisher.items import Draft
from publisher.periods import Period, Verdict, add_months
from publisher.rulesets import Retention, RuleSet


class Judge:
    """Applies `sets`, rule sets by name. `above` gives a region and all that lie above it, nearest first."""

    def __init__(self, sets: Mapping[str, RuleSet], above: Callable[[str], Sequence[str]]) -> None:
        self._sets, self._above = sets, above

    @property
    def retention(self) -> Mapping[str, Retention]:
        """How long each of the laws has contents kept."""
        return {name: law.retention for name, law in self._sets.items()}

    def knows(self, rules: str) -> bool:
        """Whether a law is among those that hold."""
        return rules in self._sets

    def period(self, draft: Draft, seen: date) -> Period:
        """The period of what one source says. `seen` is the day on which the item was first published: what
        has no date of its own is counted from it. Raises DefinitionError for a law that is not applied, or
        does not judge its kind."""
        if draft.rules is None:
            return _counted(draft.period, seen)
        if draft.rules not in self._sets:
            raise DefinitionError(not_applied(draft.rules))
        law = self._sets[draft.rules]
        if draft.kind not in law.kinds:
            raise DefinitionError(not_judged(law.name, draft.kind))
        regions = self._above(draft.region) if draft.region else ()
        return law.judge(draft.kind, draft.content, draft.sector, regions, draft.period, seen)

    def assumes(self, draft: Draft) -> bool:
        """Whether a law's default stands in for a severity that nothing in the row tells."""
        law = self._sets.get(draft.rules or "")
        if law is None or draft.kind not in law.kinds:
            return False
        regions = self._above(draft.region) if draft.region else ()
        day = draft.period.start or date.max
        return law.severity(draft.kind, draft.content, draft.sector, regions, day).assumed

    def merged(self, drafts: Sequence[Draft], seen: date) -> Period:
        """The period of an item of which these sources tell."""
        if len(drafts) == 1:
            return self.period(drafts[0], seen)
        return merge_periods([self.period(draft, seen) for draft in drafts])


def not_applied(rules: str) -> str:
    """What to do about a law that is known and judges nothing yet."""
    return (
        f"The rule set {rules} is not applied yet; `gongshi rules preview {rules}` says what it would "
        f"change, `gongshi rules apply {rules}` applies it."
    )


def not_judged(rules: str, kind: str) -> str:
    """What to do about a law that does not know a kind of which its items are."""
    return (
        f"The rule set {rules} does not judge the kind {kind}; put it under [kinds] of {rules}.toml, or name "
        f"another law in the definitions."
    )


def _counted(period: Period, seen: date) -> Period:
    """A definition's months, counted from the first day in public for want of another."""
    if period.start is None and period.last_day is None and period.rule.startswith("months:"):
        return Period(None, add_months(seen, int(period.rule.removeprefix("months:"))), period.rule)
    return period


def merge_periods(periods: Sequence[Period]) -> Period:
    """The earliest end that a source states or a law gives; only without one the earliest that a definition's
    months give. Where one source names a law and another the end, the law's verdict stays."""
    start = next((period.start for period in periods if period.start), None)
    stated = [p for p in periods if p.last_day and not p.rule.startswith("months:")]
    counted = [p for p in periods if p.last_day]
    chosen = min(stated or counted, key=lambda p: (p.last_day, p.rule), default=Period(start, None, "none"))
    rule, verdict = chosen.rule, _first_verdict(periods)
    if verdict and Verdict.of(rule) is None:
        rule = str(verdict._replace(own_end=rule, stays=None) if chosen.last_day else verdict)
    return Period(start, chosen.last_day, rule)


def _first_verdict(periods: Sequence[Period]) -> Verdict | None:
    """The verdict that would have ended publication first."""
    ordered = sorted(periods, key=lambda period: (period.last_day or date.max, period.rule))
    return next((verdict for period in ordered if (verdict := Verdict.of(period.rule))), None)
