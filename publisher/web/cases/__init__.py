"""The pages of cases: applying, following an application, certificates, and what was decided."""

from collections.abc import Sequence

from flask import Blueprint

from publisher.kinds import Registry
from publisher.reception import Reception
from publisher.web.cases.applying import Applying
from publisher.web.cases.deciding import Decisions
from publisher.web.cases.following import Following
from publisher.web.settings import OpenPublic, WebSettings


def case_pages(
    open_public: OpenPublic, registry: Registry, settings: WebSettings, reception: Reception
) -> Sequence[Blueprint]:
    return (
        Applying(open_public, registry, settings, reception).blueprint(),
        Following(open_public, registry, settings, reception).blueprint(),
        Decisions(open_public, registry, settings, reception).blueprint(),
    )
