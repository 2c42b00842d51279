"""What the console calls acts, states and roles; to be translated."""

from collections.abc import Mapping

from publisher.cases import Act, Outcome, Role
from publisher.items import ItemState
from publisher.schemas.parameters import mark
from publisher.trail import ActorKind
from publisher.web.language import gettext

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
CASE_ACT = mark("Case: %(act)s")
ACTORS: Mapping[ActorKind, str] = {
    ActorKind.OPERATOR: mark("operator"),
    ActorKind.PUBLISHER: mark("publisher"),
    ActorKind.APPLICANT: mark("applicant"),
    ActorKind.RUN: mark("run"),
    ActorKind.RULE: mark("rule"),
    ActorKind.SYSTEM: mark("program"),
}
ACTIONS: Mapping[str, str] = {
    "harvest.removals_accepted": mark("Let a run take out what its source no longer lists"),
    "harvest.requested": mark("Asked for a run"),
    "item.objected": mark("An objection is being examined"),
    "item.objection_over": mark("The objection is no longer examined"),
    "item.repaired": mark("Item repaired"),
    "item.restored": mark("Item restored"),
    "item.revoked": mark("Item revoked"),
    "item.suspended": mark("Item suspended"),
    "item.withdrawn": mark("Item withdrawn"),
    "login.throttled": mark("Sign-ins fail again and again at an account"),
    "browser.throttled": mark("Sign-ins fail again and again in a known browser"),
    "address.throttled": mark("Sign-ins fail again and again from one address"),
    "rules.applied": mark("Rule set applied"),
    "session.ended": mark("Sessions ended"),
    "session.opened": mark("Signed in"),
    "source.harvested": mark("Source harvested"),
    "source.paused": mark("Source paused"),
    "source.resumed": mark("Source resumed"),
    "user.added": mark("Account added"),
    "user.disabled": mark("Account disabled"),
    "user.enabled": mark("Account enabled"),
    "user.password_changed": mark("Password changed"),
}
"""By its name in the audit trail, what was done; those of cases are ACTS."""
ROLES: Mapping[Role, str] = {
    Role.SUBJECT: mark("the subject itself"),
    Role.REPRESENTATIVE: mark("its representative"),
    Role.OTHER: mark("somebody else"),
}


def outcome(text: str) -> Outcome | None:
    """What a form says that a case comes to."""
    return Outcome(text) if text in [*Outcome] else None


def action(name: str) -> str:
    """What an entry of the audit trail says was done, in the language of the request; its name where that has
    no words yet."""
    if name.startswith("case."):
        act = name.removeprefix("case.")
        return gettext(CASE_ACT, act=gettext(ACTS[Act(act)])) if act in [*Act] else name
    return gettext(ACTIONS[name]) if name in ACTIONS else name


def actor_kind(kind: ActorKind) -> str:
    """What sort of actor it was, in the language of the request."""
    return gettext(ACTORS[kind])
