"""What the console calls acts, states and roles; to be translated."""

from collections.abc import Mapping

from publisher.cases import Act, Outcome, Role
from publisher.items import ItemState
from publisher.schemas.parameters import mark

NOT_PUBLIC: Mapping[ItemState, str] = {
    ItemState.UNLISTED: mark("It is not public: no source lists it any more."),
    ItemState.WITHDRAWN: mark("It is not public: an operator took it out."),
    ItemState.SUSPENDED: mark("It is not public: it is suspended."),
    ItemState.REPAIRED: mark("It is not public: it was repaired."),
    ItemState.REVOKED: mark("It is not public: its authority took it back."),
}
ACTS: Mapping[Act, str] = {
    Act.OPEN: mark("applied for"),
    Act.ACCEPT: mark("accepted"),
    Act.ASK: mark("asked for more"),
    Act.ANSWER: mark("answered"),
    Act.EXTEND: mark("given more time"),
    Act.TRANSFER: mark("handed over"),
    Act.GRANT: mark("granted"),
    Act.REFUSE: mark("refused"),
    Act.WITHDRAW: mark("taken back"),
    Act.SETTLE: mark("settled by another case"),
    Act.REVOKE: mark("revoked"),
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.REPAIRED: mark("it is repaired, and leaves the public for good"),
    Outcome.WITHDRAWN: mark("it is withdrawn from the public"),
    Outcome.CORRECTED: mark("its source corrects it; the mark stays until then"),
    Outcome.NOTED: mark("it is noted"),
}
ROLES: Mapping[Role, str] = {
    Role.SUBJECT: mark("the subject itself"),
    Role.REPRESENTATIVE: mark("its representative"),
    Role.OTHER: mark("somebody else"),
}


def outcome(text: str) -> Outcome | None:
    """What a form says that a case comes to."""
    return Outcome(text) if text in [*Outcome] else None
