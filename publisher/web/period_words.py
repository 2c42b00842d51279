"""Until when an item is public, and why, in plain sentences."""

from datetime import date

from flask import g

from publisher.items import Item
from publisher.kinds import Label, Registry
from publisher.periods import Verdict
from publisher.web.language import day_in_words, gettext, ngettext


def period_in_words(item: Item, registry: Registry) -> str:
    """The last day and what gave it; under a law also the severity and the first day of repair."""
    period = item.period
    verdict = Verdict.of(period.rule)
    if verdict is None:
        return _ended_by(period.rule, period.last_day, period.start)
    if verdict.own_end or period.last_day is None:
        sentences = [_ended_by(verdict.own_end or "none", period.last_day, period.start)]
        sentences.append(
            gettext(
                "%(law)s counts it as: %(severity)s.",
                law=_law(verdict, registry),
                severity=_severity(verdict, registry),
            )
        )
    else:
        sentences = [_judged(verdict, period.last_day, registry)]
    if first := verdict.repair_from(period.start):
        sentences.append(gettext("Repair can be applied for from %(first)s.", first=day_in_words(first)))
    return (" " if g.language == "en" else "").join(sentences)


def _ended_by(rule: str, last_day: date | None, start: date | None) -> str:
    """The sentence on an end that no law gave."""
    if last_day is None:
        return gettext(
            "Public for as long as its source lists it: neither the source nor a rule names an end."
        )
    last = day_in_words(last_day)
    if rule.startswith("months:") and start:
        return ngettext(
            "Public through %(last)s: %(num)s month from %(start)s.",
            "Public through %(last)s: %(num)s months from %(start)s.",
            int(rule.removeprefix("months:")),
            last=last,
            start=day_in_words(start),
        )
    if rule.startswith("months:"):
        return ngettext(
            "Public through %(last)s: %(num)s month from its first day here, for it names no date.",
            "Public through %(last)s: %(num)s months from its first day here, for it names no date.",
            int(rule.removeprefix("months:")),
            last=last,
        )
    if rule == "removed_on":
        return gettext("Public through %(last)s: the next day it leaves the list.", last=last)
    if rule == "valid_until":
        return gettext("Public through %(last)s: the last day of its validity.", last=last)
    return gettext("Public through %(last)s: the end that its source gives.", last=last)


def _judged(verdict: Verdict, last_day: date, registry: Registry) -> str:
    """The sentence on an end that a law gave."""
    known = {
        "last": day_in_words(last_day),
        "severity": _severity(verdict, registry),
        "law": _law(verdict, registry),
    }
    if verdict.counted_from:
        return ngettext(
            "Public through %(last)s: %(severity)s, %(num)s month from %(start)s, %(law)s.",
            "Public through %(last)s: %(severity)s, %(num)s months from %(start)s, %(law)s.",
            verdict.longest,
            start=day_in_words(verdict.counted_from),
            **known,
        )
    return ngettext(
        "Public through %(last)s: %(severity)s, %(num)s month from the decision, %(law)s.",
        "Public through %(last)s: %(severity)s, %(num)s months from the decision, %(law)s.",
        verdict.longest,
        **known,
    )


def _severity(verdict: Verdict, registry: Registry) -> str:
    choices = registry.fields["severity"].choices or {}
    return choices[verdict.severity].get(g.language)


def _law(verdict: Verdict, registry: Registry) -> str:
    """The law's title; the name of its rule set where its file has gone."""
    law = registry.rules.get(verdict.rules)
    return Label(**law.title).get(g.language) if law else verdict.rules
