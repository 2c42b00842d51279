"""The addresses of the JSON Feeds."""

from dataclasses import replace

from flask import Blueprint, Response, g, jsonify, request

from publisher.answers import SearchRequest
from publisher.feeds.jsonfeed import Channel, json_feed
from publisher.kinds import Registry
from publisher.public import Public
from publisher.schemas.addresses import Addresses
from publisher.schemas.output import ItemSchema
from publisher.schemas.parameters import feed_parameters, read
from publisher.subjects import PartyType
from publisher.web.headers import keep
from publisher.web.language import LANGUAGE_TAGS, gettext
from publisher.web.output import Output
from publisher.web.results import address, changed, here
from publisher.web.settings import OpenPublic, WebSettings

LIMIT = 50
"""Items on a page of a feed, when `limit` says nothing else."""


class Feeds(Output):
    """Feeds of everything, of a subject, of a named list, of a search. Each is a search, newest first."""

    def __init__(self, open_public: OpenPublic, registry: Registry, settings: WebSettings) -> None:
        super().__init__(open_public, registry, settings)
        self._paging = feed_parameters()
        self._items = ItemSchema(Addresses(settings.base_url), settings.zone)

    def blueprint(self) -> Blueprint:
        feeds = Blueprint("feeds", __name__)
        feeds.add_url_rule("/feed.json", "all", self.all)
        feeds.add_url_rule("/search/feed.json", "search", self.search)
        feeds.add_url_rule("/subjects/<ref>/feed.json", "subject", self.subject)
        feeds.add_url_rule("/lists/<id>/feed.json", "named_list", self.named_list)
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
        response = jsonify(json_feed(channel, items, self._registry, self._items))
        response.mimetype = "application/feed+json"
        response.headers["Access-Control-Allow-Origin"] = "*"
        return keep(response, items, public.now, self._settings.zone)
