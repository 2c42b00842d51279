"""What applicants are given: certificates, and what their links are made from."""

from sqlalchemy import Connection, Row, insert, select

from publisher.certificates import Certificate
from publisher.store.certificate_tables import case_seal, certificate


class CertificateReading:
    """The part of `Reading` that is about certificates and links."""

    _connection: Connection

    def certificate(self, code: str) -> Certificate | None:
        row = self._connection.execute(select(certificate).where(certificate.c.code == code)).first()
        return _certificate(row) if row else None

    def certificate_of(self, case: int) -> Certificate | None:
        """The certificate that a case ended with."""
        row = self._connection.execute(select(certificate).where(certificate.c.case_id == case)).first()
        return _certificate(row) if row else None

    def seal(self, case: int) -> bytes | None:
        """What the link of a case is made from; None for a case without a link."""
        query = select(case_seal.c.seal).where(case_seal.c.case_id == case)
        return self._connection.execute(query).scalar()


class CertificateWriting:
    """The part of `Writing` that is about certificates and links."""

    _connection: Connection

    def add_certificate(self, issued: Certificate) -> None:
        row = {
            "code": issued.code,
            "case_id": issued.case,
            "item_id": issued.item,
            "item_kind": issued.item_kind,
            "ended_at": issued.ended_at,
            "issued_at": issued.issued_at,
        }
        self._connection.execute(insert(certificate).values(row))

    def put_seal(self, case: int, seal: bytes) -> None:
        self._connection.execute(insert(case_seal).values(case_id=case, seal=seal))


def _certificate(row: Row[tuple[object, ...]]) -> Certificate:
    return Certificate(row.code, row.item_id, row.item_kind, row.case_id, row.ended_at, row.issued_at)
