"""One maker a kind of source: the decision's fields in our own names, and the last day it is public."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from harvesters.samples import words
from harvesters.samples.parties import Someone, organisation, person
from publisher.periods import add_months

Fields = dict[str, Any]
"""Our field → str, date or int (yuan)."""

FOREVER = ("2099-12-31", "9999-12-31", "长期", "永久")
SOON_DAYS = 14
MONTHS = {"minor": 3, "general": 12, "serious": 36}
"""How long the law in force has a penalty public, by its severity."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`last_day` None: no end. It is the truth against which the product's own answer is judged."""

    fields: Fields
    last_day: date | None


class Dice:
    """Random choices about one item; the methods are what makers share."""

    def __init__(self, rng: Random, today: date, organisations: int) -> None:
        self.rng, self.today, self.organisations = rng, today, organisations
        self.roll = rng.random

    def pick(self, choices: Sequence[Any]) -> Any:
        return choices[int(self.roll() * len(choices))]

    def between(self, low: int, high: int) -> int:
        return low + int(self.roll() * (high - low + 1))

    def amount(self, low: int, high: int) -> int:
        """Whole hundreds of yuan."""
        return self.between(low // 100, high // 100) * 100

    def ago(self, least: int, most: int) -> date:
        return self.today - timedelta(days=self.between(least, most))

    def party(self, persons: float) -> Someone:
        """A person with that probability, else an organisation; some have far more on record than others."""
        if self.roll() < persons:
            return person(self.rng)
        return organisation(int(self.organisations * self.roll() ** 1.7))

    def listed(self, number: int, list: int) -> Someone:
        """Entry `number` of a list: no organisation comes twice before all have come once.

        Each `list` (0 to 7) begins elsewhere among the organisations.
        """
        return organisation((number + list * self.organisations // 8) * 61 % self.organisations)

    def decided_on(self, months: int) -> date:
        """Mostly still public after `months`, some ending within days, some over."""
        fate = self.roll()
        if fate < 0.1:
            return add_months(self.today, -months) + timedelta(days=self.between(0, SOON_DAYS))
        if fate < 0.28:
            return add_months(self.today, -months) - timedelta(days=self.between(5, 700))
        return self.ago(1, months * 28)


def of(someone: Someone) -> Fields:
    """The fields of a party."""
    return {
        "subject": someone.name,
        "subject_type": someone.type,
        "uscc": someone.uscc,
        "tax_number": someone.tax_number,
        "identity_number": someone.identity_number,
        "legal_representative": someone.representative,
    }


class Office(NamedTuple):
    """A deciding authority; `mark` begins its document numbers."""

    name: str
    region: str
    mark: str


Maker = Callable[[Dice, int, Office], Decision]
"""(dice, running number of the item in its source, deciding office) → decision."""


def penalty(offences: Sequence[words.Offence], persons: float = 0.0) -> Maker:
    """Penalties, public for as long as their severity has it unless the source names an earlier end, and
    disclosed one to thirteen days after the decision."""

    def make(dice: Dice, number: int, office: Office) -> Decision:
        offence, party = dice.pick(offences), dice.party(persons)
        months = MONTHS[offence.severity]
        day, fine = dice.decided_on(months), dice.amount(*offence.fine)
        seen = day - timedelta(days=dice.between(20, 90))
        facts = offence.facts.format(name=party.name, day=_spoken(seen), amount=dice.between(300, 90000))
        last_day, until = add_months(day, months), None
        if dice.roll() < 0.15:
            until = day + timedelta(days=dice.between(90, 330))
            last_day = min(until, last_day)
        fields = of(party) | {
            "title": f"{party.name}{offence.type}案",
            "document_number": f"{office.mark}〔{day.year}〕{number}号",
            "violation_type": offence.type,
            "facts": facts,
            "basis": offence.basis,
            "category": offence.category,
            "decision": f"罚款人民币{fine}元。" if fine else "给予警告。",
            "fine": fine or None,
            "confiscated": dice.amount(300, 20000) if "没收违法所得" in offence.category else None,
            "decided_on": day,
            "disclosed_on": min(day + timedelta(days=1 + number * 5 % 13), dice.today),
            "public_until": until,
            "authority": office.name,
            "data_source": office.name,
            "region": office.region,
            "severity": _severity(offence, fine),
            "licence_revoked": offence.revoked,
        }
        return Decision(fields, last_day)

    return make


def _severity(offence: words.Offence, fine: int) -> str:
    """The code of the 2015 standard, which has none for minor: 0 is unset, 2 counts as general."""
    if offence.severity == "general":
        return "2" if fine >= 50000 else "1"
    return {"minor": "0", "serious": "3"}[offence.severity]


def permit(permits: Sequence[tuple[str, str, str]], persons: float = 0.0) -> Maker:
    """Permits, public while valid; one in eight for ever."""

    def make(dice: Dice, number: int, office: Office) -> Decision:
        (certificate, scope, basis), party = dice.pick(permits), dice.party(persons)
        years, day = dice.pick((3, 5)), dice.ago(5, 1500)
        last_day: date | None = add_months(day, 12 * years) - timedelta(days=1)
        if dice.roll() < 0.08:
            last_day = dice.today + timedelta(days=dice.between(0, SOON_DAYS))
        if dice.roll() < 0.125:
            last_day = None
        fields = of(party) | {
            "title": f"准予{party.name}{certificate}决定书",
            "document_number": f"{office.mark}〔{day.year}〕{number}号",
            "category": dice.pick(("普通", "特许", "认可", "核准", "登记")),
            "decision": f"准予从事{scope}。",
            "basis": basis,
            "certificate_name": certificate,
            "certificate_number": f"XK46{day.year}{number:07}",
            "decided_on": day,
            "valid_from": day,
            "valid_until": last_day or dice.pick(FOREVER),
            "authority": office.name,
            "data_source": office.name,
            "region": office.region,
        }
        return Decision(fields, last_day)

    return make


def tax_violation(dice: Dice, number: int, office: Office) -> Decision:
    party, day, owed = dice.listed(number, 0), dice.decided_on(36), dice.between(1_000_000, 60_000_000)
    reason, facts, basis = dice.pick(words.TAX_VIOLATIONS)
    fields = of(party) | {
        "listed_on": day,
        "facts": facts.format(amount=owed),
        "listing_reason": reason,
        "document_number": f"{office.mark}〔{day.year}〕{number}号",
        "basis": basis,
        "fine": owed // 2,
        "authority": office.name,
    }
    return Decision(fields, add_months(day, 36))


def procurement_violation(dice: Dice, number: int, office: Office) -> Decision:
    party, (reason, basis), day = (
        dice.listed(number, 1),
        dice.pick(words.PROCUREMENT_VIOLATIONS),
        dice.ago(10, 1000),
    )
    years = dice.between(1, 3)
    until = add_months(day, 12 * years)
    fields = of(party) | {
        "listed_on": day,
        "public_until": until,
        "facts": f"{party.name}在省本级政府采购项目HNZC{day.year}-{number:03}的投标中{reason}。",
        "listing_reason": reason,
        "document_number": f"{office.mark}〔{day.year}〕{number}号",
        "basis": basis,
        "measures": f"列入不良行为记录名单，{years}年内禁止参加政府采购活动",
        "fine": dice.amount(2000, 50000),
        "authority": office.name,
    }
    return Decision(fields, until)


def wage_arrears(dice: Dice, number: int, office: Office) -> Decision:
    party, day = dice.listed(number, 2), dice.decided_on(36)
    reason = dice.pick(words.WAGE_REASONS)
    removed = dice.ago(1, 30) if dice.roll() < 0.1 and day < dice.today - timedelta(days=60) else None
    fields = of(party) | {
        "listed_on": day,
        "removed_on": removed,
        "listing_reason": reason.format(count=dice.between(10, 200), amount=dice.between(100_000, 5_000_000)),
        "document_number": f"{office.mark}〔{day.year}〕{number}号",
        "authority": office.name,
    }
    return Decision(fields, removed - timedelta(days=1) if removed else add_months(day, 36))


def a_level_taxpayer(dice: Dice, number: int, office: Office) -> Decision:
    party = dice.listed(number, 6)
    year = dice.today.year - (1 if dice.roll() < 0.7 else 2)
    until = date(year + 2, 4, 30)
    fields = of(party) | {
        "rating_year": str(year),
        "rating_level": "A",
        "listed_on": date(year + 1, 4, 25),
        "valid_until": until,
        "authority": office.name,
    }
    return Decision(fields, until)


def abnormal_operation(dice: Dice, number: int, office: Office) -> Decision:
    party, day = dice.listed(number, 3), dice.ago(3, 1400)
    removed = dice.ago(1, 60) if dice.roll() < 0.25 and day < dice.today - timedelta(days=90) else None
    fields = of(party) | {
        "listed_on": day,
        "removed_on": removed,
        "listing_reason": dice.pick(words.WATCH_REASONS),
        "document_number": f"{office.mark}〔{day.year}〕{number}号",
        "authority": office.name,
    }
    return Decision(fields, removed - timedelta(days=1) if removed else None)


def commitment(dice: Dice, number: int, office: Office) -> Decision:
    party, matter, day = dice.party(0), dice.pick(words.COMMITMENTS), dice.ago(3, 600)
    until = add_months(day, dice.pick((6, 12, 24)))
    fields = of(party) | {
        "title": f"{party.name}{matter}书",
        "document_number": f"{office.mark}{day.year}{number:06}",
        "matter": matter,
        "recipient": office.name,
        "commitment_state": dice.pick(("已履行", "已履行", "履行中", "未履行")),
        "decision": "承诺所提供材料真实有效，严格落实各项生态环境保护措施；违反承诺的，自愿接受惩戒。",
        "decided_on": day,
        "valid_until": until,
        "authority": office.name,
    }
    return Decision(fields, until)


def transport_rating(dice: Dice, number: int, office: Office) -> Decision:
    party, year = dice.listed(number, 7), dice.today.year - 1
    until = None if dice.roll() < 0.2 else date(year + 2, 6, 30)
    fields = of(party) | {
        "rating_year": str(year),
        "rating_level": dice.pick(("AAA", "AA", "AA", "A", "B")),
        "listed_on": date(year + 1, 6, 18),
        "valid_until": until,
        "authority": office.name,
    }
    return Decision(fields, until)


def tax_arrears(dice: Dice, number: int, office: Office) -> Decision:
    party, owed = dice.listed(number, 4), dice.between(10_000, 4_000_000)
    quarter = date(dice.today.year, 1 + (dice.today.month - 1) // 3 * 3, 1) - timedelta(
        days=dice.pick((1, 1, 1, 93))
    )
    fields = of(party) | {
        "matter": dice.pick(words.TAXES),
        "amount_owed": owed,
        "new_arrears": owed // 3,
        "listed_on": quarter,
        "authority": office.name,
    }
    return Decision(fields, add_months(quarter, 3))


def judgment_debtor(dice: Dice, number: int, office: Office) -> Decision:
    someone = person(dice.rng) if dice.roll() < 0.5 else dice.listed(number, 5)
    day = dice.decided_on(24)
    fields = of(someone) | {
        "case_number": f"（{day.year}）{office.mark}执{number}号",
        "document_number": f"（{day.year - 1}）{office.mark}民初{number}号",
        "facts": dice.pick(words.DEBTOR_CONDUCT),
        "obligation": f"支付货款{dice.between(20_000, 3_000_000)}元及利息",
        "performance": dice.pick(("全部未履行", "全部未履行", "部分履行")),
        "listed_on": day,
        "authority": office.name,
    }
    return Decision(fields, add_months(day, 24))


def sampling(dice: Dice, number: int, office: Office) -> Decision:
    party, (product, finding), day = dice.party(0), dice.pick(words.PRODUCTS), dice.decided_on(12)
    failed = dice.roll() < 0.4
    fields = of(party) | {
        "title": f"{party.name}{product}监督抽检结果",
        "document_number": f"GC{day.year}46{number:08}",
        "product": product,
        "batch": f"{(day - timedelta(days=20)):%Y%m%d}",
        "facts": finding if failed else "所检项目符合食品安全国家标准",
        "result": "不合格" if failed else "合格",
        "decided_on": day,
        "authority": office.name,
    }
    return Decision(fields, add_months(day, 12))


def _spoken(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
