"""What an applicant is given as a case goes on: a letter at each step, and at the end a certificate."""

from datetime import datetime
from hashlib import sha256

from publisher.case_links import CaseLinks
from publisher.cases import Act, Case, Outcome, number_of
from publisher.certificates import Certificate, new_code
from publisher.letters import BadAddress, Letter, mail_address
from publisher.store import Reading, Writing

KIND = "case"
"""The kind of these letters."""

_SILENT = frozenset({Act.TRANSFER})
"""Acts that do not concern the applicant."""


def give(store: Writing, case: Case, act: Act, now: datetime) -> None:
    """Called where a step is written, in its transaction. Who gave no mail address gets no letter."""
    if act is Act.GRANT and case.outcome is Outcome.REPAIRED:
        store.add_certificate(Certificate(new_code(), case.item, case.item_kind, case.id, now, now))
    address = _address(store, case)
    if address and act not in _SILENT:
        facts = {
            "case": str(case.id),
            "number": number_of(case.id),
            "step": act.value,
            "due": case.due.isoformat() if case.open else "",
        }
        store.post([Letter(KIND, f"case/{case.id}/{case.version}", address, case.language, facts)], now)


def link(store: Reading, links: CaseLinks, case: int) -> str:
    """The address of a case's page; "" where nobody has a link, or the secret key is another one by now."""
    seal = store.seal(case)
    token = links.token(seal) if seal else ""
    known = store.case_by_token(sha256(token.encode()).digest()) if token else None
    return links.address(token) if known and known.id == case else ""


def _address(store: Reading, case: Case) -> str | None:
    filed = store.filed(case.id)
    if filed is None or filed.applicant is None:
        return None
    try:
        return mail_address(filed.applicant.email)
    except BadAddress:
        return None
