"""What can be written of cases."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from publisher.cases import Applicant, Case, Evidence, Step
from publisher.store import codec
from publisher.store.case_tables import case_applicant, case_evidence, case_step, filed_case
from publisher.trail import ActorKind


class CaseWriting:
    """The part of `Writing` that is about cases."""

    _connection: Connection

    def add_case(self, case: Case, token: bytes | None, sealed: str | None = None) -> int:
        """Keeps a new case, whose `id` does not matter; gives the one that it has from now on. `sealed`: by
        what an imported decision is known again."""
        row = _row(case) | {"token": token, "sealed": sealed}
        return int(
            self._connection.execute(insert(filed_case).values(row).returning(filed_case.c.id)).scalar_one()
        )

    def change_case(self, case: Case) -> bool:
        """Puts a case in place of what it was one version before; False when somebody else did so already."""
        before = update(filed_case).where(
            filed_case.c.id == case.id, filed_case.c.version == case.version - 1
        )
        query = before.values(_row(case)).returning(filed_case.c.id)
        return self._connection.execute(query).first() is not None

    def add_step(self, case: int, step: Step) -> None:
        self._connection.execute(
            insert(case_step).values(
                case_id=case,
                at=step.at,
                actor_kind=step.actor.kind,
                actor=step.actor.name,
                what=step.what,
                note=step.note,
            )
        )

    def put_filed(self, case: int, applicant: Applicant | None, statement: str) -> None:
        """Keeps who applied, and what they said, masked."""
        spec = codec.dump(asdict(applicant) if applicant else None)
        row = {"case_id": case, "applicant": spec, "statement": statement}
        self._connection.execute(insert(case_applicant).values(row))

    def add_evidence(self, case: int, files: Iterable[Evidence]) -> None:
        if rows := [{"case_id": case, **file._asdict()} for file in files]:
            self._connection.execute(insert(case_evidence), rows)

    def forget_applicants(self, before: datetime) -> list[str]:
        """Erases who applied in the cases decided before then, what they said and their files; gives what the
        files are kept under, which its caller deletes."""
        old = select(filed_case.c.id).where(filed_case.c.decided_at < before)
        keys = delete(case_evidence).where(case_evidence.c.case_id.in_(old)).returning(case_evidence.c.key)
        gone = list(self._connection.execute(keys).scalars())
        self._connection.execute(delete(case_applicant).where(case_applicant.c.case_id.in_(old)))
        theirs = (
            case_step.c.case_id.in_(old),
            case_step.c.actor_kind == ActorKind.APPLICANT,
            case_step.c.note.is_not(None),
        )
        self._connection.execute(update(case_step).where(*theirs).values(note=None))
        return gone


def _row(case: Case) -> dict[str, object]:
    return {
        "kind": case.kind,
        "about": case.about,
        "state": case.state,
        "item_id": case.item,
        "item_kind": case.item_kind,
        "source_id": case.source,
        "authority": case.authority,
        "fields": codec.dump(case.fields),
        "review_of": case.review_of,
        "language": case.language,
        "opened_at": case.opened_at,
        "due": case.due,
        "provisional": case.provisional,
        "accepted_at": case.accepted_at,
        "decided_at": case.decided_at,
        "outcome": case.outcome,
        "extended": case.extended,
        "left": case.left,
        "version": case.version,
    }
