"""What the site must be told."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import tzinfo
from threading import Event

from publisher.kinds import Label
from publisher.public import Public
from publisher.settings import SITE_NAME

OpenPublic = Callable[[], AbstractContextManager[Public]]
"""Opens what is public at the moment of opening, for one request."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`base_url` (no slash at its end) begins permanent addresses; `languages`, the default one first; `zone`
    is where days begin and end; `secret_key` signs forms; `waiting` is how many requests may wait for a
    change at once, each in a thread of the server, until `stop` is set."""

    base_url: str
    zone: tzinfo
    secret_key: str = field(repr=False)
    languages: tuple[str, ...] = ("zh", "en")
    site_name: Label = SITE_NAME
    waiting: int = 1
    stop: Event = field(default_factory=Event)
