"""The pages of the site."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for

from publisher.answers import Results, SearchRequest
from publisher.board import WEEKS
from publisher.items import Item
from publisher.kinds import Label
from publisher.public import Public
from publisher.schemas.parameters import read
from publisher.subjects import PartyType, Subject
from publisher.web.headers import keep, tell_robots
from publisher.web.output import Output
from publisher.web.results import LIMITS, Name, address, arguments, changed, chips, facet_groups, sort_links

NEWEST = 10
"""Items in lists of the newest."""

RUNS = 10
"""Runs on the page of a source."""


class Site(Output):
    """The pages, over what is public."""

    def blueprint(self) -> Blueprint:
        site = Blueprint("site", __name__)
        site.add_url_rule("/", "home", self.home)
        site.add_url_rule("/search", "search", self.search)
        site.add_url_rule("/items/<id>", "item", self.item)
        site.add_url_rule("/subjects/<ref>", "subject", self.subject)
        site.add_url_rule("/lists", "lists", self.lists)
        site.add_url_rule("/lists/<id>", "named_list", self.named_list)
        site.add_url_rule("/sources", "sources", self.sources)
        site.add_url_rule("/sources/<path:id>", "source", self.source)
        site.add_url_rule("/about", "about", self.about)
        site.add_url_rule("/robots.txt", "robots", self.robots)
        site.add_url_rule("/healthz", "health", self.health)
        return site

    def home(self) -> Response:
        with self._open_public() as public:
            items = public.newest(NEWEST)
            return self._page(
                "home.html",
                public,
                items,
                items=items,
                counts=public.counts_by_kind(),
                lists=public.lists(),
            )

    def search(self) -> Response:
        asked = SearchRequest(**read(self._search, request.args))
        if not asked.q and asked.sort == "relevance":
            asked = replace(asked, sort="newest")
        with self._open_public() as public:
            if asked == SearchRequest(q=asked.q) and (found := public.direct(asked.q)):
                return _to(found)
            results = public.search(asked)
            name = self._naming(public, asked)
            response = self._page(
                "search.html",
                public,
                (found.item for found in results.hits),
                asked=asked,
                results=results,
                subjects=public.suggest(asked.q, 3) if asked.q and not asked.page else (),
                chips=chips(asked, name),
                facets=facet_groups(asked, results, name, self._registry),
                sorts=sort_links(asked),
                kept_by_words=arguments(changed(asked, q="")),
                kept_by_limits=arguments(changed(asked, **dict.fromkeys(LIMITS))),
                first=address(changed(asked)),
                next=address(replace(asked, page=results.next)) if results.next else None,
                feed=address(changed(asked, sort="newest"), "feeds.search"),
            )
        response.headers["X-Robots-Tag"] = "noindex, follow"
        return response

    def item(self, id: str) -> Response:
        with self._open_public() as public:
            item = public.item(id)
            response = self._page(
                "item.html",
                public,
                [item],
                item=item,
                late={source.id for source in public.late_sources()},
                listed=public.lists_by_id().get(item.list) if item.list else None,
            )
        return tell_robots(response, item, self._settings.zone)

    def subject(self, ref: str) -> Response:
        with self._open_public() as public:
            record = public.subject(ref)
            shown = [item for items in record.items.values() for item in items]
            response = self._page("subject.html", public, shown, record=record)
        if record.subject.type is PartyType.PERSON:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def lists(self) -> Response:
        with self._open_public() as public:
            return self._page("lists.html", public, (), lists=public.lists())

    def named_list(self, id: str) -> Response:
        with self._open_public() as public:
            record = public.named_list(id)
            results = public.search(SearchRequest(list=(id,), sort="newest"))
            return self._results_page("list.html", public, results, record=record)

    def sources(self) -> Response:
        with self._open_public() as public:
            return self._page("sources.html", public, (), records=public.sources())

    def source(self, id: str) -> Response:
        with self._open_public() as public:
            record = public.source(id)
            results = public.search(SearchRequest(source=(id,), sort="newest"))
            runs = public.runs(id, RUNS)
            return self._results_page("source.html", public, results, record=record, runs=runs, weeks=WEEKS)

    def about(self) -> Response:
        with self._open_public() as public:
            return self._page("about.html", public, ())

    def robots(self) -> Response:
        lines = ["User-agent: *", "Disallow: /search", "Disallow: /api/", ""]
        return Response("\n".join(lines), mimetype="text/plain", headers={"Cache-Control": "max-age=3600"})

    def health(self) -> Response:
        return Response("ok\n", mimetype="text/plain")

    def _results_page(self, template: str, public: Public, results: Results, **values: object) -> Response:
        items = [found.item for found in results.hits]
        return self._page(template, public, items, results=results, items=items, **values)

    def _page(self, template: str, public: Public, shown: Iterable[Item], **values: object) -> Response:
        shown = list(shown)
        values |= {"noindex": any(item.party.names_person for item in shown)}
        text = render_template(template, now=public.now, sources=public.sources_by_id(), **values)
        return keep(make_response(text), shown, public.now, self._settings.zone)

    def _naming(self, public: Public, asked: SearchRequest) -> Name:
        """What people call the values of filters, in the language of the request."""
        subjects = public.subjects(asked.subject) if asked.subject else {}
        labels: dict[str, Mapping[str, Label]] = {
            "kind": {kind.name: kind.plural for kind in self._registry.kinds.values()},
            "sector": self._registry.sectors,
            "region": {region.code: region.label for region in self._registry.regions.values()},
            "severity": self._registry.fields["severity"].choices or {},
            "source": {id: source.title for id, source in public.sources_by_id().items()},
            "list": {id: named.title for id, named in public.lists_by_id().items()} if asked.list else {},
            "subject": {id: Label(subject.name, subject.name) for id, subject in subjects.items()},
        }

        def name(parameter: str, value: str) -> str:
            known = labels.get(parameter, {}).get(value)
            return known.get(g.language) if known else value

        return name


def _to(found: Item | Subject) -> Response:
    """The page of what was asked for by its number; tomorrow it may be another's, or nobody's."""
    place = (
        url_for("site.item", id=found.id)
        if isinstance(found, Item)
        else url_for("site.subject", ref=found.id)
    )
    response = make_response(redirect(place, HTTPStatus.SEE_OTHER))
    response.headers["Cache-Control"] = "no-store"
    return response
