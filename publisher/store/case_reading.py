"""What can be asked of the store about cases."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, Row, Select, select

from publisher.case_rules import CaseKind
from publisher.cases import OPEN, Act, Applicant, Case, CaseState, Evidence, Outcome, Role, Step
from publisher.store.among import among
from publisher.store.case_tables import case_applicant, case_evidence, case_step, filed_case
from publisher.store.tables import item
from publisher.store.trail_tables import trail
from publisher.trail import Actor, ActorKind

ANYWHERE = ""
"""In place of a source: every case, whoever decides on it."""


class Filed(NamedTuple):
    """Who applied, and what they said."""

    applicant: Applicant | None
    statement: str


class Figure(NamedTuple):
    """What a list of decisions tells of one case. One that was `imported` was not decided here."""

    kind: CaseKind
    state: CaseState
    authority: str
    opened_at: datetime
    decided_at: datetime
    imported: bool


class CaseReading:
    """The part of `Reading` that is about cases."""

    _connection: Connection

    def case(self, id: int) -> Case | None:
        return self._first_case(select(filed_case).where(filed_case.c.id == id))

    def case_by_token(self, digest: bytes) -> Case | None:
        """The case that is followed by the token with this SHA-256."""
        return self._first_case(select(filed_case).where(filed_case.c.token == digest))

    def cases(
        self,
        *,
        source: str | None = ANYWHERE,
        states: Collection[CaseState] = tuple(CaseState),
        item: str | None = None,
        limit: int = 1000,
    ) -> list[Case]:
        """Cases by the day on which they are due. `source`: those that its publishers decide; None: those
        that only operators do."""
        query = select(filed_case).where(filed_case.c.state.in_(states))
        if source != ANYWHERE:
            query = query.where(filed_case.c.source_id == source)
        if item is not None:
            query = query.where(filed_case.c.item_id == item)
        ordered = query.order_by(filed_case.c.due, filed_case.c.id).limit(limit)
        return [_case(row) for row in self._connection.execute(ordered)]

    def open_cases(self, items: Collection[str]) -> dict[str, list[Case]]:
        """The cases that are open on each of the items that have any."""
        found: defaultdict[str, list[Case]] = defaultdict(list)
        query = select(filed_case).where(filed_case.c.item_id.in_(items), filed_case.c.state.in_(OPEN))
        for row in self._connection.execute(query.order_by(filed_case.c.id)):
            found[row.item_id].append(_case(row))
        return found

    def waiting_for_correction(self, of: str | None = None) -> list[Case]:
        """Granted objections whose items, all or this one, are still marked: no source has corrected them."""
        corrected = (filed_case.c.state == CaseState.GRANTED, filed_case.c.outcome == Outcome.CORRECTED)
        query = select(filed_case).join(item, item.c.id == filed_case.c.item_id)
        query = query.where(
            *corrected, filed_case.c.about == CaseKind.OBJECTION, item.c.objected_at.is_not(None)
        )
        if of is not None:
            query = query.where(item.c.id == of)
        return [_case(row) for row in self._connection.execute(query.order_by(filed_case.c.id))]

    def repaired_by(self, item: str) -> str | None:
        """The number of the case by which an item was repaired last; None where that was without a case."""
        query = select(trail.c.case_number).where(trail.c.item_id == item, trail.c.action == "item.repaired")
        return self._connection.execute(query.order_by(trail.c.number.desc()).limit(1)).scalar()

    def steps(self, case: int) -> list[Step]:
        """What was done to a case, in order."""
        query = select(case_step).where(case_step.c.case_id == case).order_by(case_step.c.id)
        return [
            Step(row.at, Actor(ActorKind(row.actor_kind), row.actor), Act(row.what), row.note)
            for row in self._connection.execute(query)
        ]

    def filed(self, case: int) -> Filed | None:
        """Who applied and what for; None once that was erased, and for what nobody applied for."""
        query = select(case_applicant).where(case_applicant.c.case_id == case)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        spec = orjson.loads(row.applicant)
        applicant = Applicant(**{**spec, "role": Role(spec["role"])}) if spec else None
        return Filed(applicant, row.statement)

    def evidence(self, case: int) -> list[Evidence]:
        query = select(case_evidence).where(case_evidence.c.case_id == case).order_by(case_evidence.c.key)
        return [
            Evidence(row.key, row.name, row.media_type, row.size) for row in self._connection.execute(query)
        ]

    def evidence_keys(self) -> set[str]:
        """What all files are kept under that belong to a case: others are left over from a crash."""
        return set(self._connection.execute(select(case_evidence.c.key)).scalars())

    def imported(self, seals: Collection[str]) -> set[str]:
        """Those by which an imported decision is known."""
        query = select(filed_case.c.sealed).where(among(filed_case.c.sealed, "seals"))
        return set(self._connection.execute(query, {"seals": list(seals)}).scalars())

    def numbered_items(self) -> Iterator[tuple[str, str]]:
        """(item, document number) of every item that has one, public or not. Looks at all items."""
        query = select(item.c.id, item.c.content).where(item.c.content.contains('"document_number"'))
        for id, text in self._connection.execute(query.execution_options(yield_per=2000)):
            yield id, orjson.loads(text)["document_number"]

    def figures(self) -> list[Figure]:
        """Every case that was granted or refused."""
        c = filed_case.c
        decided = c.state.in_((CaseState.GRANTED, CaseState.REFUSED, CaseState.REVOKED))
        imported = c.sealed.is_not(None)
        query = select(c.kind, c.state, c.authority, c.opened_at, c.decided_at, imported).where(decided)
        return [
            Figure(CaseKind(kind), CaseState(state), *rest)
            for kind, state, *rest in self._connection.execute(query)
        ]

    def _first_case(self, query: Select[tuple[object, ...]]) -> Case | None:
        row = self._connection.execute(query).first()
        return _case(row) if row else None


def _case(row: Row[tuple[object, ...]]) -> Case:
    return Case(
        id=row.id,
        kind=CaseKind(row.kind),
        about=CaseKind(row.about),
        state=CaseState(row.state),
        item=row.item_id,
        item_kind=row.item_kind,
        source=row.source_id,
        authority=row.authority,
        fields=tuple(orjson.loads(row.fields)),
        review_of=row.review_of,
        language=row.language,
        opened_at=row.opened_at,
        due=row.due,
        provisional=row.provisional,
        accepted_at=row.accepted_at,
        decided_at=row.decided_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        extended=row.extended,
        left=row.left,
        version=row.version,
    )
