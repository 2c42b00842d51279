"""Whatever applicants and clerks do in whatever order, items and cases agree."""

import random
from collections import Counter as Count

import pytest

from publisher import casework
from publisher.case_rules import CaseKind
from publisher.cases import Case, CaseState, NotAllowed, Outcome
from publisher.items import HELD, ItemState
from publisher.kinds import Registry
from publisher.store import Store
from tests.fixtures.cases import Counter, open_counter
from tests.fixtures.store import Clock

ACTS = (
    *(casework.accept,) * 5,
    casework.ask_more,
    casework.extend,
    casework.grant,
    casework.refuse,
    casework.withdraw_for,
    *(casework.revoke,) * 3,
)


class History:
    """One made-up history; what is refused in it changes nothing."""

    def __init__(self, counter: Counter, seed: int) -> None:
        self.counter, self.chance = counter, random.Random(seed)
        self.tokens: list[tuple[Case, str]] = []
        self.refused = Count[str]()

    def go_on(self) -> None:
        before = self._all()
        try:
            self.chance.choice((self._apply, self._decide, self._decide, self._answer))()
        except NotAllowed as error:
            self.refused[error.template] += 1
            assert self._all() == before
        self.counter.clock.tick(hours=self.chance.randrange(8))

    def _apply(self) -> None:
        kind, key = self.chance.choice(list(CaseKind)), self.chance.choice("12")
        refused = [token for case, token in self.tokens if case.kind is kind or self.chance.random() < 0.5]
        more = {"reviews": self.chance.choice(refused)} if kind is CaseKind.REVIEW and refused else {}
        self.tokens.append(tuple(self.counter.apply(kind, key=key, **more)))

    def _decide(self) -> None:
        if not self.tokens:
            return
        act, (case, _) = self.chance.choice(ACTS), self.chance.choice(self.tokens)
        outcome = self.chance.choice([None, *Outcome])
        given = {"outcome": outcome} if act is casework.grant else {}
        self.counter.do(act, case, **given)

    def _answer(self) -> None:
        if not self.tokens:
            return
        _, token = self.chance.choice(self.tokens)
        if self.chance.random() < 0.7:
            self.counter.by_token(casework.answer, token, "附上", [])
        else:
            self.counter.by_token(casework.withdraw, token)

    def _all(self) -> object:
        with self.counter.store.reading() as store:
            return store.cases(), store.last_change(), len(store.trail(limit=1000))

    def check(self) -> None:
        with self.counter.store.reading() as store:
            cases = store.cases()
            steps = {case.id: store.steps(case.id) for case in cases}
        examined = Count((case.item, case.kind, case.about) for case in cases if case.examined)
        assert all(count == 1 for (_, kind, _), count in examined.items() if kind is not CaseKind.REPORT)
        assert all(len(steps[case.id]) == case.version for case in cases)
        for key in "12":
            item = self.counter.item(key)
            own = [case for case in cases if case.item == item.id]
            granted = [case for case in own if case.state is CaseState.GRANTED]
            repaired = any(case.outcome is Outcome.REPAIRED for case in granted)
            withdrawn = any(case.outcome is Outcome.WITHDRAWN for case in granted)
            assert (item.state is ItemState.REPAIRED) == repaired
            assert (
                (item.id in self.counter.public)
                == (item.state not in HELD)
                == (not repaired and not withdrawn)
            )
            objected = any(case.examined and case.about is CaseKind.OBJECTION for case in own)
            ended = max((case.decided_at for case in own if case.state is CaseState.REVOKED), default=None)
            right = any(
                case.outcome is Outcome.CORRECTED and case.about is CaseKind.OBJECTION
                for case in granted
                if ended is None or (case.decided_at and case.decided_at > ended)
            )
            assert (item.objected_at is not None) == (item.state not in HELD and (objected or right))
            assert item.state not in HELD or not any(case.open for case in own)


@pytest.mark.parametrize("seed", range(6))
def test_items_and_cases_agree_after_every_act(
    sqlite_store: Store, registry: Registry, clock: Clock, seed: int, scale: int
) -> None:
    history = History(open_counter(sqlite_store, registry, clock), seed)
    for _ in range(80 * scale):
        history.go_on()
        history.check()
    assert history.refused.total() > 5
    assert len(history.tokens) > 5
