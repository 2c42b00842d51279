"""Letters: mails that wait to be sent. Pure; stdlib only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from publisher.errors import GongshiError

PATIENCE = timedelta(days=2)
"""For so long a letter is tried again that the mail server puts off."""

KEPT = timedelta(days=365)
"""For so long it is remembered that a letter was sent, or given up."""

_PAUSES = (1, 5, 15, 60, 180)
_LONGEST_PAUSE = 360
_MOST = 254
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]{{1,64}}@(?:{_LABEL}\.)+{_LABEL}")


class BadAddress(GongshiError):
    """What should be a mail address is none."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail: templates/mail/<kind>.txt, filled with `facts`, in `language`.

    It is rendered when it is sent. `key` names it for ever: what is posted again under a key is sent once.
    """

    kind: str
    key: str
    to: str = field(repr=False)
    language: str
    facts: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter in the outbox. `tries`: how often it was handed to the mail server. Neither `sent_at` nor
    `failed_at`: it waits until `due_at`. Once it is sent or given up, its address and facts are gone."""

    number: int
    letter: Letter
    posted_at: datetime
    due_at: datetime
    tries: int
    sent_at: datetime | None
    failed_at: datetime | None
    error: str | None


def mail_address(text: str) -> str:
    """The address, without the spaces around it. Raises BadAddress."""
    address = text.strip()
    if len(address) > _MOST or ".." in address or address[:1] == "." or not _ADDRESS.fullmatch(address):
        raise BadAddress("This is no mail address such as name@example.org.")
    return address


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many tries that the mail server put off."""
    return timedelta(minutes=_PAUSES[tries - 1] if tries <= len(_PAUSES) else _LONGEST_PAUSE)
