"""How pages name the steps and states of cases."""

from collections.abc import Mapping

from publisher.cases import STATE_NAMES, Act, CaseState
from publisher.schemas.parameters import mark

STATES: Mapping[CaseState, str] = STATE_NAMES

ACTS: Mapping[Act, str] = {
    Act.OPEN: mark("The application came in"),
    Act.ACCEPT: mark("It was accepted for examination"),
    Act.ASK: mark("More was asked for"),
    Act.ANSWER: mark("The applicant answered"),
    Act.EXTEND: mark("More time was taken"),
    Act.TRANSFER: mark("It was handed on"),
    Act.GRANT: mark("It was granted"),
    Act.REFUSE: mark("It was refused"),
    Act.WITHDRAW: mark("It was taken back"),
    Act.SETTLE: mark("It was settled by another case"),
    Act.REVOKE: mark("The decision was revoked"),
}
