"""Until when an item is public, and why, in plain sentences."""

from datetime import date

from flask import g

from publisher.items import Item
from publisher.kinds import Label, Registry
from publisher.periods import Verdict
from publisher.rulesets import ANY, ENDED, UNFULFILLED
from publisher.web.language import day_in_words, gettext, ngettext


def period_in_words(item: Item, registry: Registry) -> str:
    """The last day and what gave it; under a law also the severity, and from when and where repair can be
    applied for."""
    period = item.period
    verdict = Verdict.of(period.rule)
    if verdict is None:
        return _ended_by(period.rule, period.last_day, period.start)
    if verdict.own_end or period.last_day is None:
        sentences = [_stays(item, verdict), *_counted_as(verdict, registry)]
    else:
        sentences = [_judged(item, verdict, period.last_day, registry)]
        sentences += _counted_as(verdict, registry) if verdict.assumed else []
    if first := verdict.repair_from(period.start):
        sentences.append(_repair(verdict, first, registry))
    return (" " if g.language == "en" else "").join(sentences)


def has_lapsed(item: Item, today: date) -> bool:
    """Whether its validity has ended, and a law keeps it public all the same."""
    verdict, until = Verdict.of(item.period.rule), item.content.get("valid_until")
    return bool(verdict and verdict.stays == ENDED and isinstance(until, date) and until < today)


def _stays(item: Item, verdict: Verdict) -> str:
    """The sentence on an item whose end its law did not give, or that outlasts it."""
    if verdict.stays == UNFULFILLED:
        return gettext("Public beyond its longest period, for its duties are not fulfilled.")
    if verdict.stays == ENDED and isinstance(until := item.content.get("valid_until"), date):
        return gettext(
            "Public for as long as its source lists it, also after %(last)s, the last day of its validity.",
            last=day_in_words(until),
        )
    return _ended_by(verdict.own_end or "none", item.period.last_day, item.period.start)


def _counted_as(verdict: Verdict, registry: Registry) -> list[str]:
    if verdict.severity == ANY:
        return []
    law, severity = _law(verdict, registry), _severity(verdict, registry)
    if verdict.assumed:
        return [
            gettext(
                "Nothing published says how severe it is: under %(law)s it is taken as “%(severity)s”.",
                law=law,
                severity=severity,
            )
        ]
    return [gettext("Its severity under %(law)s: %(severity)s.", law=law, severity=severity)]


def _repair(verdict: Verdict, first: date, registry: Registry) -> str:
    law, day = registry.rules.get(verdict.rules), day_in_words(first)
    if law is None or law.repaired_by is None:
        return gettext("Repair can be applied for from %(first)s.", first=day)
    who = Label(**law.repaired_by).get(g.language)
    return gettext("Repair can be applied for from %(first)s, at %(who)s.", first=day, who=who)


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


def _judged(item: Item, verdict: Verdict, last_day: date, registry: Registry) -> str:
    """The sentence on an end that a law gave."""
    months, law = verdict.longest or 0, _law(verdict, registry)
    start, last = verdict.counted_from or item.period.start or last_day, day_in_words(last_day)
    if verdict.severity == ANY or verdict.assumed:
        return ngettext(
            "Public through %(last)s: %(num)s month from %(start)s, under %(law)s.",
            "Public through %(last)s: %(num)s months from %(start)s, under %(law)s.",
            months,
            last=last,
            start=day_in_words(start),
            law=law,
        )
    severity = _severity(verdict, registry)
    if verdict.counted_from or registry.kinds[item.kind].shape == "list":
        return ngettext(
            "Public through %(last)s: severity %(severity)s, %(num)s month from %(start)s, under %(law)s.",
            "Public through %(last)s: severity %(severity)s, %(num)s months from %(start)s, under %(law)s.",
            months,
            last=last,
            start=day_in_words(start),
            severity=severity,
            law=law,
        )
    return ngettext(
        "Public through %(last)s: severity %(severity)s, %(num)s month from the decision, under %(law)s.",
        "Public through %(last)s: severity %(severity)s, %(num)s months from the decision, under %(law)s.",
        months,
        last=last,
        severity=severity,
        law=law,
    )


def _severity(verdict: Verdict, registry: Registry) -> str:
    choices = registry.fields["severity"].choices or {}
    return choices[verdict.severity].get(g.language)


def _law(verdict: Verdict, registry: Registry) -> str:
    """The law's title; the name of its rule set where its file has gone."""
    law = registry.rules.get(verdict.rules)
    return Label(**law.title).get(g.language) if law else verdict.rules
