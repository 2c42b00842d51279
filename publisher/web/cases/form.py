"""An application as it is typed into the form: what was typed, what is wrong with it, what it becomes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge

from publisher.case_rules import CaseKind
from publisher.cases import MOST_NAME, MOST_TEXT, SUBJECT, Applicant, Application, Role
from publisher.evidence import MIB, MOST_AT_A_TIME, Upload
from publisher.letters import BadAddress, mail_address
from publisher.schemas.parameters import mark
from publisher.web.language import gettext

VALID = 12 * 3600
"""Seconds for which a form that was shown can be sent."""

TRAP = "website"
"""A field that people do not see; whoever fills it is a program."""

ROLES = {
    Role.SUBJECT: mark("The subject itself"),
    Role.REPRESENTATIVE: mark("Somebody authorised by the subject"),
    Role.OTHER: mark("Somebody else"),
}

MOST_REQUEST = MOST_AT_A_TIME + MIB
_MOST_PARTS = 60
_TOO_LARGE = mark("What you sent is larger than %(most)s MiB; choose fewer or smaller files.")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    name: str = ""
    role: str = ""
    phone: str = ""
    email: str = ""
    statement: str = ""
    fields: tuple[str, ...] = ()

    @classmethod
    def of(cls, form: MultiDict[str, str]) -> "Typed":
        texts = {name: form.get(name, "").strip() for name in ("name", "role", "phone", "email", "statement")}
        return cls(**texts, fields=tuple(form.getlist("fields")))

    @property
    def anonymous(self) -> bool:
        return not (self.name or self.phone or self.email)

    def faults(self, kind: CaseKind, known: Collection[str]) -> dict[str, str]:
        """What is wrong, by field, in the language of the request. `known`: the fields of the item."""
        return {name: gettext(text, most=_most(name)) for name, text in self._faults(kind, known)}

    def _faults(self, kind: CaseKind, known: Collection[str]) -> list[tuple[str, str]]:
        found = []
        if not (kind is CaseKind.REPORT and self.anonymous):
            if not self.name:
                found.append(("name", mark("Write the name as your papers have it.")))
            if self.role not in list(Role):
                found.append(("role", mark("Choose who you are.")))
            if (problem := _bad_address(self.email)) is not None:
                found.append(("email", problem))
        too_long = mark("At most %(most)s characters.")
        lengths = (("name", self.name), ("phone", self.phone), ("statement", self.statement))
        found += [(name, too_long) for name, text in lengths if len(text) > _most(name)]
        if not self.statement:
            found.append(("statement", mark("Say what you ask for, and why.")))
        if kind is CaseKind.OBJECTION and not self.fields:
            found.append(("fields", mark("Choose what is wrong.")))
        if any(name != SUBJECT and name not in known for name in self.fields):
            found.append(("fields", mark("Choose among what the item shows.")))
        return found

    def application(self, kind: CaseKind, item: str) -> Application:
        """What is applied for; only once nothing is wrong."""
        applicant = None
        if not self.anonymous:
            applicant = Applicant(self.name, Role(self.role), self.phone, self.email)
        fields = self.fields if kind is CaseKind.OBJECTION else ()
        return Application(kind, item, self.statement, applicant, fields, g.language)


class Seals:
    """Signs forms, so that only forms that this site has shown are taken, and not for ever."""

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt="application")

    def seal(self, *what: str) -> str:
        return str(self._signer.dumps(what))

    def fits(self, seal: str, *what: str) -> bool:
        """Whether it seals just this, and is not too old."""
        try:
            return tuple(self._signer.loads(seal, max_age=VALID)) == what
        except (BadSignature, TypeError):
            return False


class TooLarge(Exception):
    """More was sent than is read."""

    def __str__(self) -> str:
        return gettext(_TOO_LARGE, most=MOST_AT_A_TIME // MIB)


def received() -> tuple[MultiDict[str, str], list[Upload]]:
    """The form and the files of the request. What is too large is refused before any of it is read: by its
    announced length, without which nothing is taken. Raises TooLarge, LengthRequired."""
    if request.content_length is None and request.environ.get("wsgi.input_terminated"):
        raise LengthRequired
    request.max_content_length, request.max_form_parts = MOST_REQUEST, _MOST_PARTS
    request.max_form_memory_size = MIB
    try:
        form, files = request.form, request.files.getlist("papers")
    except RequestEntityTooLarge as error:
        raise TooLarge from error
    return form, _uploads(files)


def _uploads(files: Sequence[FileStorage]) -> list[Upload]:
    """The files that were chosen; an empty choice comes as a file without a name."""
    return [Upload(file.filename, file.stream) for file in files if file.filename]


def _most(name: str) -> int:
    return MOST_TEXT if name == "statement" else MOST_NAME


def _bad_address(text: str) -> str | None:
    try:
        mail_address(text)
    except BadAddress:
        return mark("Write a mail address such as name@example.org: the answer goes there.")
    return None
