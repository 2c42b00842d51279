"""Writes all sample files in one pass, and counts what a right reading of them must find."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from itertools import chain, cycle, islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from harvesters.samples.decisions import Dice, Fields
from harvesters.samples.files import Expected, File
from harvesters.samples.plans import PLANS, Plan

OVERFLOW = "market/haikou-penalties"
"""Takes the items of sources that are full."""

DEFECTS = {
    "impossible_date": 0.005,
    "wrong_check": 0.005,
    "missing_name": 0.004,
    "doubled": 0.003,
    "duplicate": 0.004,
    "ragged": 0.002,
    "not_public": 0.05,
}
"""What is wrong with a row, and how often where it can be; `not_public` is a scope of use, or revoked."""

NO_ITEM = frozenset({"impossible_date", "wrong_check", "missing_name", "ragged", "not_public"})
"""The defects that leave no item."""

FAULTY = 0.1
"""Share of refused rows that a file stays below: with more than a fifth a harvest would publish nothing."""

CONFLICTS = 0.03
"""Share of joined decisions that another source still shows as they were before their correction."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The truth about what was written.

    `items` are distinct decisions and list entries, `public` those that are public on `today`, `joined` those
    that several sources show, `conflicting` those about which these disagree.
    """

    today: date
    items: int
    public: int
    joined: int
    conflicting: int
    sources: Mapping[str, Expected]

    @property
    def sightings(self) -> int:
        return sum(source.sightings for source in self.sources.values())


def generate(folder: Path, today: date, items: int = 5000, seed: int = 2026) -> Manifest:
    """Writes the samples under `folder`, as the shipped definitions name them; same arguments, same bytes.

    `items` decisions and list entries are begun; some come out too broken, or are for no public at all.
    Streams: memory does not grow with `items`, but for workbooks, which are kept small. Each file takes the
    place of an earlier one in one step, so that a harvest never reads half of one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".fresh-") as fresh:
        manifest = _write(Path(fresh), today, items, seed)
        for plan in PLANS:
            _replace(folder / plan.path, Path(fresh) / plan.path)
    return manifest


def _replace(old: Path, new: Path) -> None:
    """Puts a file, or the pages of a folder, in place of the old; pages that are no more go."""
    if not new.is_dir():
        old.parent.mkdir(parents=True, exist_ok=True)
        new.replace(old)
        return
    old.mkdir(parents=True, exist_ok=True)
    pages = {page.name for page in new.iterdir()}
    for name in sorted(pages):
        _replace(old / name, new / name)
    for page in old.iterdir():
        if page.name not in pages:
            page.unlink(missing_ok=True)


def _write(folder: Path, today: date, items: int, seed: int) -> Manifest:
    dice = Dice(Random(seed), today, _organisations(items))  # noqa: S311 - invented content, not a secret
    whole = public = joined = conflicting = 0
    with ExitStack() as stack:
        files = {plan.id: File(plan, folder / plan.path, dice) for plan in PLANS}
        for file in files.values():
            stack.callback(file.close)
        for plan in _turns(dice, items):
            file = files[plan.id]
            file.number += 1
            decision = plan.make(dice, file.number, dice.pick(plan.offices))
            defect = _defect(dice, file, decision.fields)
            file.write(decision.fields, defect)
            if defect in NO_ITEM:
                continue
            whole += 1
            public += decision.last_day is None or decision.last_day >= today
            others = [files[other] for other, share in plan.joins if not defect and dice.roll() < share]
            conflict = bool(others) and dice.roll() < CONFLICTS
            for other in others:
                other.write(_uncorrected(decision.fields) if conflict else decision.fields)
            joined += bool(others)
            conflicting += conflict
    return Manifest(
        today, whole, public, joined, conflicting, {id: file.expected for id, file in files.items()}
    )


def write_beside(folder: Path, today: date, seed: int = 2026) -> Manifest:
    """Writes the few rows that stand beside each shipped definition, each possible defect once."""
    dice = Dice(Random(seed), today, _organisations(0))  # noqa: S311 - invented content, not a secret
    expected = {}
    for plan in PLANS:
        file = File(plan, folder / f"{plan.id}.sample.{plan.format}", dice)
        for defect in (None, None, *file.defects, None):
            file.number += 1
            decision = plan.make(dice, file.number, dice.pick(plan.offices))
            while defect == "wrong_check" and not decision.fields["uscc"]:
                decision = plan.make(dice, file.number, dice.pick(plan.offices))
            file.write(decision.fields, defect)
        file.close()
        expected[plan.id] = file.expected
    return Manifest(today, 0, 0, 0, 0, expected)


def _organisations(items: int) -> int:
    """How many organisations there are to choose from; not a multiple of the step by which lists choose."""
    wanted = max(100, items * 3 // 10)
    return wanted if wanted % 61 else wanted + 1


def _turns(dice: Dice, items: int) -> Iterator[Plan]:
    """Whose turn it is: each once, then by weight."""
    plans = {plan.id: plan for plan in PLANS}
    wheel = [plan for plan in PLANS for _ in range(plan.weight)]
    dice.rng.shuffle(wheel)
    left = {plan.id: plan.most for plan in PLANS if plan.most is not None}
    for plan in islice(chain(PLANS, cycle(wheel)), items):
        if plan.id in left:
            if not left[plan.id]:
                plan = plans[OVERFLOW]
            else:
                left[plan.id] -= 1
        yield plan


def _defect(dice: Dice, file: File, fields: Fields) -> str | None:
    roll = dice.roll()
    for defect in file.defects:
        roll -= DEFECTS[defect]
        if roll < 0:
            few = sum(file.expected.refused.values()) + 1 <= file.number * FAULTY
            return defect if few and (defect != "wrong_check" or fields["uscc"]) else None
    return None


def _uncorrected(fields: Fields) -> Fields:
    return fields | {"facts": fields["facts"] + "（更正前）", "fine": (fields["fine"] or 0) + 1000}
