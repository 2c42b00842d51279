"""Whom a list of names, codes and items means: for banks that ask about thousands at once.

Joining two companies wrongly is defamation: "match" is said of one subject only, and only where an identifier
or the whole name says so and nothing speaks against it. Natural persons are never told by their names.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from publisher.identifiers import BadIdentifier, plain, uscc
from publisher.names import Why, likeness
from publisher.subjects import Subject
from search.model import Like

CANDIDATES = 5
"""Candidates given for a row."""
COMPARED = 50
"""Subjects whose names are compared with one that is asked for."""
SHARED = 0.4
"""The share of a name's tokens that a subject must have to be compared."""
LIKELY = 0.6
"""Candidates that are less like what was asked for are not given."""
ALIKE = 0.5
"""A name less like that of its code's subject contradicts the code."""


USCC_LENGTH = 18

CONTRADICTED = 0.9
"""By how much less a name speaks for a subject that has another code."""


class Verdict(StrEnum):
    MATCH = "match"
    POSSIBLE = "possible"
    NONE = "none"


class Reason(StrEnum):
    """Why a candidate is given, besides names.Why."""

    CODE = "code"
    CODE_DIFFERS = "code_differs"  # it has another code than the one asked for
    CODE_UNKNOWN = "code_unknown"  # nothing says whether it has the code asked for
    NAME_DIFFERS = "name_differs"  # its name is another than the one asked for beside its code
    FORMER_NAME = "former_name"  # what is alike is a name that it had, or an alias


@dataclass(frozen=True, slots=True)
class Asked:
    """A row to be checked: a name, a code or both. `id` is the asker's own."""

    id: str
    name: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """`score` is from 0 to 1; `why` has values of Reason and names.Why; `counts`: public items by kind."""

    subject: Subject
    score: float
    why: tuple[str, ...]
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found for a row, best first. `bad_code`: what was given as its code cannot be one."""

    asked: Asked
    verdict: Verdict
    candidates: tuple[Candidate, ...]
    bad_code: bool


class Subjects(Protocol):
    """What checking asks of the gate, all of it at one moment."""

    def subjects(self, ids: tuple[str, ...]) -> Mapping[str, Subject]:
        """Those about whom something is public."""

    def alike(self, names: Sequence[str], most: int, shared: float) -> list[tuple[Like, ...]]:
        """For each name at most `most` subjects that share so much of it, and the names that they go by."""

    def with_codes(self, codes: Collection[str]) -> frozenset[str]:
        """Ids of the subjects that have one of these identifiers."""

    def counts_of(self, subjects: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        """How many public items of each kind each of them has."""


def check(rows: Sequence[Asked], public: Subjects) -> list[Checked]:
    """Answers each row, in their order."""
    codes = [_code(row.code) for row in rows]
    coded = public.subjects(tuple(sorted(public.with_codes({code for code in codes if code}))))
    by_code = defaultdict(list)
    for subject in coded.values():
        for identifier in subject.identifiers.values():
            by_code[identifier].append(subject.id)
    likely = [
        _likely(row.name, likes)
        for row, likes in zip(rows, public.alike([row.name for row in rows], COMPARED, SHARED), strict=True)
    ]
    others = {id for ids in likely for id in ids} - coded.keys()
    subjects = {**coded, **public.subjects(tuple(sorted(others)))}
    checked = []
    for row, code, ids in zip(rows, codes, likely, strict=True):
        meant = dict.fromkeys([*by_code.get(code or "", ()), *ids])
        checked.append(_judged(row, code, [subjects[id] for id in meant if id in subjects]))
    return _counted(checked, public)


def _code(text: str) -> str | None:
    """What may be an identifier, as it is compared; None for what cannot be one."""
    code = plain(text)
    if len(code) == USCC_LENGTH:
        try:
            return uscc(code)
        except BadIdentifier:
            return None
    return code if 6 <= len(code) <= 30 and any(map(str.isdigit, code)) else None


def _likely(name: str, likes: Iterable[Like]) -> list[str]:
    """The ids worth a closer look, by the names that the index knows; one more than are given."""
    scores = {
        like.id: max((likeness(name, called).score for called in like.values), default=0.0) for like in likes
    }
    best = sorted(scores, key=lambda id: (-scores[id], id))
    return [id for id in best[: CANDIDATES + 1] if scores[id] >= LIKELY]


def _judged(row: Asked, code: str | None, subjects: Iterable[Subject]) -> Checked:
    """The verdict on a row, given all subjects that may be meant."""
    rated = [_rated(row, code, subject) for subject in subjects]
    candidates = sorted(
        (each for each in rated if each.score >= LIKELY), key=lambda each: (-each.score, each.subject.id)
    )
    bad = bool(row.code.strip()) and code is None
    verdict = Verdict.POSSIBLE if candidates else Verdict.NONE
    if len(_surest(candidates)) == 1 and not bad:
        verdict = Verdict.MATCH
    return Checked(row, verdict, tuple(candidates[:CANDIDATES]), bad)


def _surest(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those for whom the strongest of the reasons speaks that can decide, and nothing against."""
    against = {Reason.CODE_DIFFERS, Reason.NAME_DIFFERS}
    sure = [each for each in candidates if against.isdisjoint(each.why)]
    for reason in (Reason.CODE, Why.NAME, Why.FORM_LEFT_OUT):
        if found := [each for each in sure if reason in each.why]:
            return found
    return []


def _rated(row: Asked, code: str | None, subject: Subject) -> Candidate:
    has_code = code is not None and code in subject.identifiers.values()
    why: list[str] = [Reason.CODE] if has_code else []
    if code and not has_code:
        differs = len(code) == USCC_LENGTH and subject.uscc
        why.append(Reason.CODE_DIFFERS if differs else Reason.CODE_UNKNOWN)
    score = 0.0
    if row.name.strip():
        best, former = max(
            ((likeness(row.name, name), name != subject.name) for name in (subject.name, *subject.names)),
            key=lambda rated: (rated[0].score, not rated[1]),
        )
        score = best.score * (CONTRADICTED if Reason.CODE_DIFFERS in why else 1.0)
        if has_code and score < ALIKE:
            why.append(Reason.NAME_DIFFERS)
        elif score >= LIKELY:
            why += [best.why, *([Reason.FORMER_NAME] if former else [])]
    return Candidate(subject, 1.0 if has_code else round(score, 4), tuple(why))


def _counted(rows: Sequence[Checked], public: Subjects) -> list[Checked]:
    """With the counts of every candidate."""
    counts = public.counts_of({each.subject.id for row in rows for each in row.candidates})
    return [
        replace(
            row,
            candidates=tuple(
                replace(each, counts=counts.get(each.subject.id, {})) for each in row.candidates
            ),
        )
        for row in rows
    ]
