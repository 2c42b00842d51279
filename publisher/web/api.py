"""The API: {"data", "meta"} envelopes of what is public."""

from collections.abc import Sequence

from flask import Blueprint, Response, jsonify, request

from publisher.answers import SearchRequest
from publisher.items import Item
from publisher.kinds import Registry
from publisher.public import Public
from publisher.schemas.addresses import Addresses
from publisher.schemas.output import FacetCountSchema, ItemSchema, SourceSchema, SubjectSchema, moment
from publisher.schemas.parameters import no_parameters, read, suggest_parameters
from publisher.sources import Source
from publisher.subjects import PartyType, Subject
from publisher.web.headers import keep, tell_robots
from publisher.web.output import Output
from publisher.web.results import here
from publisher.web.settings import OpenPublic, WebSettings


class Api(Output):
    """Version 1. All of it may be read from other sites."""

    def __init__(self, open_public: OpenPublic, registry: Registry, settings: WebSettings) -> None:
        super().__init__(open_public, registry, settings)
        self._suggest = suggest_parameters()
        self._none = no_parameters()
        addresses = Addresses(settings.base_url)
        self._items = ItemSchema(addresses, settings.zone)
        self._subjects = SubjectSchema(addresses)
        self._sources = SourceSchema(addresses)
        self._counts = FacetCountSchema(many=True)

    def blueprint(self) -> Blueprint:
        api = Blueprint("api", __name__, url_prefix="/api/v1")
        api.add_url_rule("/search", "search", self.search)
        api.add_url_rule("/items/<id>", "item", self.item)
        api.add_url_rule("/subjects/<ref>", "subject", self.subject)
        api.add_url_rule("/sources", "sources", self.sources)
        api.add_url_rule("/sources/<path:id>", "source", self.source)
        api.add_url_rule("/suggest", "suggest", self.suggest)
        return api

    def search(self) -> Response:
        asked = SearchRequest(**read(self._search, request.args))
        with self._open_public() as public:
            results = public.search(asked)
            items = [found.item for found in results.hits]
            facets = {name: self._counts.dump(counts) for name, counts in results.facets.items()}
            response = self._answer(
                public,
                self._items.dump(items, many=True),
                items,
                total=results.total,
                next=results.next,
                stale=_ids(results.stale),
                facets=facets,
                **({"read_as": results.read_as} if results.read_as is not None else {}),
            )
        if results.next:
            response.headers["Link"] = f'<{self._settings.base_url}{here(results.next)}>; rel="next"'
        return response

    def item(self, id: str) -> Response:
        read(self._none, request.args)
        with self._open_public() as public:
            item = public.item(id)
            return tell_robots(
                self._answer(public, self._items.dump(item), [item]), item, self._settings.zone
            )

    def subject(self, ref: str) -> Response:
        """The subject with its number of items of each kind and the newest of each."""
        read(self._none, request.args)
        with self._open_public() as public:
            record = public.subject(ref)
            shown = [item for items in record.items.values() for item in items]
            data = {
                **self._subjects.dump(record.subject),
                "counts": dict(record.counts),
                "items": {kind: self._items.dump(items, many=True) for kind, items in record.items.items()},
            }
            total = sum(record.counts.values())
            response = self._answer(public, data, shown, total=total, stale=_ids(record.stale))
        if record.subject.type is PartyType.PERSON:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def sources(self) -> Response:
        read(self._none, request.args)
        with self._open_public() as public:
            records = public.sources()
            return self._answer(public, self._sources.dump(records, many=True), (), total=len(records))

    def source(self, id: str) -> Response:
        read(self._none, request.args)
        with self._open_public() as public:
            return self._answer(public, self._sources.dump(public.source(id)), ())

    def suggest(self) -> Response:
        asked = read(self._suggest, request.args)
        with self._open_public() as public:
            subjects = public.suggest(asked.get("q", ""), asked.get("limit", 8))
            return self._answer(public, self._subjects.dump(subjects, many=True), subjects)

    def _answer(
        self, public: Public, data: object, shown: Sequence[Item | Subject], **meta: object
    ) -> Response:
        response = jsonify({"data": data, "meta": {**meta, "as_of": moment(public.now)}})
        response.headers["Access-Control-Allow-Origin"] = "*"
        return keep(response, shown, public.now, self._settings.zone)


def _ids(sources: Sequence[Source]) -> list[str]:
    return [source.id for source in sources]
