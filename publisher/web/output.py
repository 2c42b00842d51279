"""What every output of the site is made from."""

from publisher.kinds import Registry
from publisher.public import SORTS
from publisher.schemas.parameters import search_parameters
from publisher.web.settings import OpenPublic, WebSettings


class Output:
    """The base of pages, feeds and API. `open_public` opens what is public now, once for each request."""

    def __init__(self, open_public: OpenPublic, registry: Registry, settings: WebSettings) -> None:
        self._open_public = open_public
        self._registry = registry
        self._settings = settings
        self._search = search_parameters(registry, SORTS)
