"""The addresses of the feeds, each as JSON Feed and as Atom."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import TypeVar

from flask import Blueprint, Response, g, jsonify, request

from publisher.answers import SearchRequest
from publisher.errors import NotFound
from publisher.feeds.atom import atom
from publisher.feeds.jsonfeed import Channel, json_feed
from publisher.kinds import Label, Registry
from publisher.public import Public
from publisher.schemas.addresses import Addresses
from publisher.schemas.output import ItemSchema, moment
from publisher.schemas.parameters import feed_parameters, read
from publisher.subjects import PartyType
from publisher.web.headers import keep
from publisher.web.language import LANGUAGE_TAGS, gettext
from publisher.web.output import Output
from publisher.web.results import address, changed, here
from publisher.web.settings import OpenPublic, WebSettings

T = TypeVar("T")

ATOM = ".atom"

LIMIT = 50
"""Items on a page of a feed, when `limit` says nothing else."""


class Feeds(Output):
    """Feeds of everything, of a subject, a list, a kind, a sector, a region, a source, and of a search. Each
    is a search, newest first."""

    def __init__(self, open_public: OpenPublic, registry: Registry, settings: WebSettings) -> None:
        super().__init__(open_public, registry, settings)
        self._paging = feed_parameters()
        self._items = ItemSchema(Addresses(settings.base_url), settings.zone)

    def blueprint(self) -> Blueprint:
        feeds = Blueprint("feeds", __name__)
        views: tuple[tuple[str, str, Callable[..., Response]], ...] = (
            ("", "all", self.all),
            ("/search", "search", self.search),
            ("/subjects/<ref>", "subject", self.subject),
            ("/lists/<id>", "named_list", self.named_list),
            ("/kinds/<id>", "kind", self.kind),
            ("/sectors/<id>", "sector", self.sector),
            ("/regions/<id>", "region", self.region),
            ("/sources/<path:id>", "source", self.source),
        )
        for path, name, view in views:
            feeds.add_url_rule(f"{path}/feed.json", name, view)
            feeds.add_url_rule(f"{path}/feed{ATOM}", f"{name}_atom", view)
        return feeds

    def all(self) -> Response:
        asked = self._page_asked()
        with self._open_public() as public:
            return self._feed(public, asked, gettext("Newest on public record"), "/")

    def search(self) -> Response:
        asked = SearchRequest(**{"limit": LIMIT, "sort": "newest", **read(self._search, request.args)})
        title = gettext("Search: %(words)s", words=asked.q) if asked.q else gettext("Search")
        with self._open_public() as public:
            return self._feed(public, asked, title, address(changed(asked, limit=20)))

    def subject(self, ref: str) -> Response:
        asked = self._page_asked()
        with self._open_public() as public:
            subject = public.subject(ref, per_kind=1).subject
            response = self._feed(
                public, replace(asked, subject=(subject.id,)), subject.name, f"/subjects/{subject.id}"
            )
        if subject.type is PartyType.PERSON:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def named_list(self, id: str) -> Response:
        asked = self._page_asked()
        with self._open_public() as public:
            title = public.named_list(id).list.title.get(g.language)
            return self._feed(public, replace(asked, list=(id,)), title, f"/lists/{id}")

    def kind(self, id: str) -> Response:
        kind = _known(self._registry.kinds, id)
        return self._of("kind", id, kind.plural)

    def sector(self, id: str) -> Response:
        return self._of("sector", id, _known(self._registry.sectors, id))

    def region(self, id: str) -> Response:
        """Of the region and all that belong to it."""
        return self._of("region", id, _known(self._registry.regions, id).label)

    def _of(self, field: str, id: str, title: Label) -> Response:
        asked = replace(self._page_asked(), **{field: (id,)})  # type: ignore[arg-type]
        with self._open_public() as public:
            home = address(changed(asked, limit=20))
            return self._feed(public, asked, title.get(g.language), home)

    def source(self, id: str) -> Response:
        asked = self._page_asked()
        with self._open_public() as public:
            title = _known(public.sources_by_id(), id).title.get(g.language)
            return self._feed(public, replace(asked, source=(id,)), title, f"/sources/{id}")

    def _page_asked(self) -> SearchRequest:
        return SearchRequest(**{"limit": LIMIT, "sort": "newest", **read(self._paging, request.args)})

    def _feed(self, public: Public, asked: SearchRequest, title: str, home: str) -> Response:
        results = public.search(asked)
        items = [found.item for found in results.hits]
        base = self._settings.base_url
        channel = Channel(
            title=f"{title} · {self._settings.site_name.get(g.language)}",
            description=gettext("What is on public record, only while it is public."),
            home_page_url=base + home,
            feed_url=base + here(asked.page),
            language=LANGUAGE_TAGS[g.language],
            next_url=base + here(results.next) if results.next else None,
            stale=tuple(source.id for source in results.stale),
        )
        feed = json_feed(channel, items, self._registry, self._items)
        response = self._as_atom(feed, public.now) if request.path.endswith(ATOM) else _as_json(feed)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.add_etag()  # of its content: the same as long as nothing in it changes
        keep(response, items, public.now, self._settings.zone).make_conditional(request)
        return response

    def _as_atom(self, feed: dict[str, object], now: datetime) -> Response:
        day = datetime.combine(now.astimezone(self._settings.zone), time(), self._settings.zone)
        author, id = self._settings.site_name.get(g.language), self._settings.base_url + here(None)
        return Response(atom(feed, id, author, moment(day)), mimetype="application/atom+xml")


def _as_json(feed: dict[str, object]) -> Response:
    response = jsonify(feed)
    response.mimetype = "application/feed+json"
    return response


def _known(known: Mapping[str, T], id: str) -> T:
    """Raises NotFound."""
    if id not in known:
        raise NotFound(f"There is nothing called {id}.")
    return known[id]
