"""The pages of cases: applying, following an application, certificates, and what was decided."""

from collections.abc import Sequence

from flask import Blueprint

from publisher.kinds import Registry
from publisher.reception import Reception
from publisher.web.cases.applying import Applying
from publisher.web.cases.deciding import Decisions
from publisher.web.cases.following import Following
from publisher.web.cases.part import DAY, VOLUME
from publisher.web.limits import Limit
from publisher.web.settings import OpenPublic, WebSettings


def case_pages(
    open_public: OpenPublic, registry: Registry, settings: WebSettings, reception: Reception
) -> Sequence[Blueprint]:
    """The pages; together they take so much of an address in a day."""
    volume = Limit(VOLUME, DAY)
    return (
        Applying(open_public, registry, settings, reception, volume).blueprint(),
        Following(open_public, registry, settings, reception, volume).blueprint(),
        Decisions(open_public, registry, settings, reception, volume).blueprint(),
    )
