"""Where the public applies and follows its cases: all that the site's pages do with them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import NamedTuple

from publisher import casework
from publisher.case_figures import Decided, decisions
from publisher.case_links import CaseLinks, new_seal
from publisher.case_rules import CaseKind, CaseRules
from publisher.case_steps import Office
from publisher.cases import Application, Case, CaseState, Evidence, Step
from publisher.certificates import Certificate, read_code
from publisher.errors import NotFound
from publisher.evidence import EvidenceShelf, Upload
from publisher.store import Reading, Store


class Followed(NamedTuple):
    """A case as its applicant sees it."""

    case: Case
    steps: Sequence[Step]
    papers: Sequence[Evidence]
    certificate: Certificate | None


class Verified(NamedTuple):
    """A certificate that was issued. `holds`: the item is still ended, and the repair was not revoked."""

    certificate: Certificate
    holds: bool


class Reception:
    """Each method is one transaction. `office` is asked for each, since laws and sources change."""

    def __init__(
        self,
        store: Store,
        shelf: EvidenceShelf,
        rules: CaseRules,
        office: Callable[[], Office],
        links: CaseLinks,
        zone: tzinfo,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._shelf, self._office = store, shelf, office
        self._links, self._zone, self._clock = links, zone, clock
        self.rules = rules

    def apply(self, application: Application, uploads: Sequence[Upload]) -> str:
        """Opens a case; gives the token of its page. Raises NotAllowed, BadEvidence."""
        seal = new_seal()
        token, now, office = self._links.token(seal), self._clock(), self._office()
        with self._kept(uploads) as papers, self._store.writing() as store:
            opened = casework.open_case(store, application, papers, office, now, token=token)
            store.put_seal(opened.case.id, seal)
        return token

    def followed(self, token: str) -> Followed:
        """Raises NotFound for a token that was forged or has expired."""
        with self._store.reading() as store:
            case = _case(store, token, self._clock())
            return Followed(case, store.steps(case.id), store.evidence(case.id), _certificate(store, case))

    def answer(self, token: str, text: str, uploads: Sequence[Upload]) -> None:
        """Hands in what was asked for. Raises NotFound, NotAllowed, BadEvidence."""
        self.followed(token)
        office = self._office()
        with self._kept(uploads) as papers, self._store.writing() as store:
            casework.answer(store, token, text, papers, office, self._clock())

    def withdraw(self, token: str) -> None:
        """Takes an application back. Raises NotFound, NotAllowed."""
        self.followed(token)
        office = self._office()
        with self._store.writing() as store:
            casework.withdraw(store, token, office, self._clock())

    def review(self, token: str, statement: str, uploads: Sequence[Upload], language: str) -> str:
        """Asks for a review of a refused case, by the same applicant; gives the token of the review. Raises
        NotFound, NotAllowed, BadEvidence."""
        case = self.followed(token).case
        with self._store.reading() as store:
            filed = store.filed(case.id)
        applicant = filed.applicant if filed else None
        application = Application(
            CaseKind.REVIEW, case.item, statement, applicant, (), language=language, reviews=token
        )
        return self.apply(application, uploads)

    def verify(self, text: str) -> Verified:
        """What a code that was typed says. Raises NotFound."""
        code, now, office = read_code(text), self._clock(), self._office()
        with self._store.reading() as store:
            certificate = store.certificate(code) if code else None
            if certificate is None:
                raise NotFound("There is no certificate with this code.")
            case, item = store.case(certificate.case), store.item(certificate.item)
            granted = case is not None and case.state is CaseState.GRANTED
            public = item is not None and item.public_at(now, office.desk.zone)
        return Verified(certificate, granted and not public)

    def decided(self) -> list[Decided]:
        """What was decided, month by month, without its content."""
        with self._store.reading() as store:
            return decisions(store.figures(), self._zone)

    @contextmanager
    def _kept(self, uploads: Sequence[Upload]) -> Iterator[list[Evidence]]:
        """Files that stay if the block does what they are for."""
        papers = self._shelf.take(uploads)
        try:
            yield papers
        except BaseException:
            self._shelf.drop([paper.key for paper in papers])
            raise


def _case(store: Reading, token: str, now: datetime) -> Case:
    case = casework.case_of(store, token, now)
    if case is None:
        raise NotFound("There is no case under this link.")
    return case


def _certificate(store: Reading, case: Case) -> Certificate | None:
    return store.certificate_of(case.id) if case.state is CaseState.GRANTED else None
