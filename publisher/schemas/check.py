"""The body of a check: names, codes and items, each row with the asker's own id."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

import orjson
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from publisher.checking import Asked, Candidate, Checked
from publisher.errors import Ended
from publisher.items import Item
from publisher.schemas.addresses import Addresses
from publisher.schemas.output import SubjectSchema
from publisher.schemas.parameters import BadParameter, BadParameters, mark

MOST_ROWS = 1_000
LONGEST = 1_000
_WHOLE = "_schema"  # what marshmallow calls something of which no part is wrong
_DIGEST = 6
"""Bytes of a row and of its answer, as a token has them."""

WRONG = mark("it is missing, unknown, or of another type or length than it has to be")

_row_id = fields.String(required=True, validate=validate.Length(1, 80))
_text = fields.String(validate=validate.Length(0, LONGEST))


class _Row(Schema):
    class Meta:
        unknown = RAISE

    id = _row_id
    name = _text
    code = _text


class _Body(Schema):
    class Meta:
        unknown = RAISE

    names = fields.List(fields.Raw(), load_default=list)
    codes = fields.List(fields.Raw(), load_default=list)
    items = fields.List(fields.String(validate=validate.Regexp(r"[ -~]{1,40}\Z")), load_default=list)
    since = fields.String(load_default="", validate=validate.Length(0, 40_000))


class CheckBody:
    """Reads a request and writes its answer."""

    def __init__(self, addresses: Addresses, secret: str) -> None:
        self._body, self._row, self._secret = _Body(), _Row(), secret.encode()[:64]
        self._subjects, self._addresses = SubjectSchema(addresses), addresses

    def read(self, given: object) -> tuple[list[Asked], list[str], dict[bytes, bytes]]:
        """The rows, the ids of items, and what the asker knows already, by row. Raises BadParameters, which
        names each wrong one."""
        try:
            body: dict[str, Any] = self._body.load(given)  # type: ignore[arg-type]
        except ValidationError as error:
            raise _problems(error) from error
        rows = [
            self._asked(part, number, row)
            for part in ("names", "codes")
            for number, row in enumerate(body[part])
        ]
        if len(rows) + len(body["items"]) > MOST_ROWS:
            raise BadParameters([BadParameter("names", mark("more than 1000 rows; ask in parts"))])
        return rows, body["items"], _known(body["since"])

    def _asked(self, part: str, number: int, row: object) -> Asked:
        if isinstance(row, str):
            row = {"id": f"{part}/{number}", part.removesuffix("s"): row}
        try:
            return Asked(**self._row.load(row))  # type: ignore[arg-type]
        except ValidationError as error:
            raise _problems(error, f"{part}/{number}") from error

    def answer(self, checked: Checked) -> dict[str, object]:
        asked = checked.asked
        return {
            "id": asked.id,
            "name": asked.name or None,
            "code": asked.code or None,
            "bad_code": checked.bad_code,
            "verdict": checked.verdict,
            "candidates": [self._candidate(each) for each in checked.candidates],
        }

    def _candidate(self, candidate: Candidate) -> dict[str, object]:
        return {
            "subject": self._subjects.dump(candidate.subject),
            "score": candidate.score,
            "why": list(candidate.why),
            "counts": dict(candidate.counts),
        }

    def state(self, id: str, state: Item | Ended | None) -> dict[str, object]:
        """What has become of an item."""
        if isinstance(state, Item):
            return {"id": id, "state": "public", "kind": state.kind, "ended": None}
        if isinstance(state, Ended):
            return {"id": id, "state": "ended", "kind": state.kind, "ended": state.moment}
        return {"id": id, "state": "unknown", "kind": None, "ended": None}

    def key(self, answer: Mapping[str, object]) -> bytes:
        """By what a row is known again."""
        return self._digest([answer["id"], answer.get("name"), answer.get("code")])

    def mark(self, answer: Mapping[str, object]) -> bytes:
        """By what a changed answer is seen."""
        return self._digest(answer)

    def token(self, answers: Iterable[Mapping[str, object]]) -> str:
        """What the asker may give back to learn only what has changed. Tells nobody what was asked."""
        return base64.urlsafe_b64encode(
            b"".join(self.key(each) + self.mark(each) for each in answers)
        ).decode()

    def _digest(self, value: object) -> bytes:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        return blake2b(text, digest_size=_DIGEST, key=self._secret).digest()


def _known(token: str) -> dict[bytes, bytes]:
    try:
        told = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        told = b"?"
    if len(told) % (2 * _DIGEST):
        raise BadParameters([BadParameter("since", mark("it is no token of an earlier answer"))])
    pairs = (told[at : at + 2 * _DIGEST] for at in range(0, len(told), 2 * _DIGEST))
    return {pair[:_DIGEST]: pair[_DIGEST:] for pair in pairs}


def _problems(error: ValidationError, place: str = "") -> BadParameters:
    told = error.messages if isinstance(error.messages, Mapping) else {"": error.messages}
    names = ("/".join(filter(None, (place, str(name).removeprefix(_WHOLE)))) or "body" for name in told)
    return BadParameters([BadParameter(name, WRONG) for name in names])
