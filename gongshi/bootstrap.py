"""Wires the packages from the settings: the only place that knows all of them."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from functools import cached_property, partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import harvesters
from gongshi.serving import THREADS, told_to_stop
from harvesters.harvest import Harvester
from harvesters.source import Definition, load_all
from harvesters.stopping import Stop
from harvesters.validating.apart import check_apart
from harvesters.validating.forms import as_file, load_forms
from publisher import case_letters
from publisher import settings as setting_files
from publisher.case_links import CaseLinks
from publisher.case_rules import CaseRules, load_case_rules
from publisher.case_steps import Office
from publisher.errors import DefinitionError
from publisher.evidence import MIB, EvidenceShelf
from publisher.feeds.dumps import Dumps
from publisher.finding import Finder
from publisher.following import Follower
from publisher.harvests import Counts
from publisher.indexing import SCHEMA, Index
from publisher.joining import Identity
from publisher.kinds import Registry, load_registry
from publisher.laws import Laws
from publisher.leases import Lease
from publisher.letters import Letter
from publisher.notify.rendering import Printer
from publisher.notify.sending import Sender
from publisher.notify.smtp import MailServer
from publisher.outgoing import Outgoing
from publisher.public import Public
from publisher.publish import Desk
from publisher.reception import Reception
from publisher.schemas.addresses import Addresses
from publisher.schemas.lines import Lines
from publisher.settings import SITE_NAME, Settings
from publisher.store import Store
from publisher.validation import Validator
from search.engine import Engine
from search.engines.embedded import EmbeddedEngine

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from flask import Flask


@dataclass
class Platform:
    """Everything at hand, made when first asked for. Close it when done."""

    settings: Settings
    registry: Registry
    store: Store
    engine: Engine
    identity: Identity

    @property
    def zone(self) -> tzinfo:
        return self.settings.zone

    @property
    def today(self) -> date:
        """The local day."""
        return self.settings.clock().astimezone(self.zone).date()

    def local(self, moment: datetime) -> str:
        """A moment as people here write it, to the minute."""
        return moment.astimezone(self.zone).isoformat(" ", "minutes")

    @cached_property
    def _case_rules(self) -> CaseRules:
        return load_case_rules(self.registry.rules)

    @property
    def desk(self) -> Desk:
        """What publishing, and taking out of the public, needs to know now."""
        with self.store.reading() as store:
            return Desk(self.identity, self.zone, store.authorities(), Laws(self.registry))

    @property
    def office(self) -> Office:
        """What deciding on cases needs to know now."""
        return Office(self._case_rules, self.registry.rules, self.desk)

    @cached_property
    def index(self) -> Index:
        return Index(self.store, self.engine, self.registry, self.zone, self.settings.clock)

    @cached_property
    def finder(self) -> Finder:
        return Finder(self.engine)

    @cached_property
    def samples(self) -> Path:
        """Where the generated sample files are."""
        return self.settings.folder / "samples"

    @property
    def folders(self) -> list[tuple[Path, bool]]:
        """Where definitions are, and whether they are the operator's own."""
        folders = [(Path(harvesters.__file__).parent / "sources", False)]
        if self.settings.sources:
            folders.append((self.settings.sources, True))
        return folders

    @cached_property
    def _loaded(self) -> tuple[list[Definition], list[DefinitionError]]:
        return load_all(self.folders, self.registry)

    @property
    def definitions(self) -> list[Definition]:
        """All source definitions that are right."""
        return self._loaded[0]

    @property
    def harvested(self) -> list[Definition]:
        """Those that are read when nobody names any."""
        return self.unnamed(self.definitions)

    def unnamed(self, definitions: Sequence[Definition]) -> list[Definition]:
        """Those of them that are read when nobody names any: samples only once a demo has invented their
        files."""
        invented = self.samples.is_dir()
        return [definition for definition in definitions if invented or not definition.sample]

    @property
    def wrong_definitions(self) -> list[DefinitionError]:
        """What is wrong with the others."""
        return self._loaded[1]

    @cached_property
    def outgoing(self) -> Outgoing:
        """All that this installation asks of other machines goes through it."""
        return Outgoing(
            user_agent=f"Gongshi/0.1 (+{self.settings.contact})", secrets=self.settings.source_headers
        )

    def harvester(
        self,
        progress: Callable[[str, Counts], None],
        beside: Callable[[], bool] = lambda: False,
        stop: Stop | None = None,
    ) -> Harvester:
        """Runs definitions, until it is told to `stop`; see `Harvester` for what it is given."""
        stop = stop or Stop()
        return Harvester(
            store=self.store,
            index=replace(self.index, check=stop.check),
            registry=self.registry,
            identity=self.identity,
            outgoing=self.outgoing,
            spools=self.settings.folder / "spool",
            samples=self.samples,
            zone=self.zone,
            clock=self.settings.clock,
            wall=partial(datetime.now, self.zone),
            progress=progress,
            beside=beside,
            check=stop.check,
            sleep=stop.sleep,
        )

    @contextmanager
    def public(self, engine: Engine | None = None) -> Iterator[Public]:
        """What is public now, one for each request; found by `engine` in place of the platform's own."""
        finder = Finder(engine) if engine else self.finder
        with self.store.reading() as reading:
            yield Public(
                reading,
                finder,
                self.registry,
                self.identity,
                self.zone,
                self.settings.clock(),
                self.settings.notice,
            )

    @cached_property
    def dumps(self) -> Dumps:
        """The bulk files."""
        lines = Lines(Addresses(self.settings.base_url), self.zone, self.registry.fields)
        return Dumps(self.settings.folder / "dumps", self.public, lines)

    @cached_property
    def shelf(self) -> EvidenceShelf:
        """The files that came with applications."""
        return EvidenceShelf(self.settings.folder / "evidence", self.settings.evidence_mib * MIB)

    @property
    def links(self) -> CaseLinks:
        return CaseLinks(self.settings.base_url, self.settings.secret_key)

    @cached_property
    def reception(self) -> Reception:
        """Where the public applies, and follows its cases."""
        return Reception(
            store=self.store,
            shelf=self.shelf,
            rules=self._case_rules,
            office=lambda: self.office,
            links=self.links,
            zone=self.zone,
            clock=self.settings.clock,
        )

    def sender(self) -> Sender | None:
        """What sends letters; None while no mail server is set. Raises SettingsError."""
        if self.settings.smtp_url is None:
            return None
        wall = partial(datetime.now, self.zone)
        return Sender(
            self.store,
            MailServer.at(self.settings.smtp_url),
            Printer(self.settings.mail_from, SITE_NAME, self.settings.base_url, self._more),
            self.settings.clock,
            partial(Lease, self.store, "letters", "sending of letters", wall),
        )

    def _more(self, letter: Letter) -> Mapping[str, str]:
        """What a letter is told when it is sent: a case's link, which the store does not hold."""
        if letter.kind != case_letters.KIND:
            return {}
        with self.store.reading() as store:
            return {"link": case_letters.link(store, self.links, int(letter.facts["case"]))}

    def app(self, stop: Event | None = None) -> "Flask":
        """The site, its feeds and its API. Once `stop` is set, no request waits for anything any more."""
        # Flask and Argon2 take long to load, and no other command needs them.
        from publisher.passwords import Passwords
        from publisher.signing_in import Door
        from publisher.web import Backstage, create_app
        from publisher.web.settings import WebSettings

        web = WebSettings(
            base_url=self.settings.base_url,
            zone=self.zone,
            secret_key=self.settings.secret_key,
            languages=self.settings.languages,
            waiting=THREADS // 4,
            stop=stop or Event(),
        )
        forms = load_forms()
        validator = Validator(
            validate=partial(check_apart, zone=str(self.zone)),
            form=lambda kind, format: as_file(forms[kind], format),
            kinds=tuple(forms),
        )
        door = Door(self.store, self.settings.secret_key.encode(), Passwords())
        backstage = Backstage(self.store, door, self.settings.clock, lambda: self.office, self.shelf.read)
        return create_app(self.public, self.registry, web, validator, self.dumps, self.reception, backstage)

    def close(self) -> None:
        self.engine.close()
        self.store.close()


def read_settings() -> Settings:
    """Settings from this process's environment. Raises SettingsError."""
    return setting_files.read(os.environ)


def build(settings: Settings) -> Platform:
    """Wires a platform without touching store or index yet."""
    registry = load_registry()
    return Platform(
        settings=settings,
        registry=registry,
        store=Store(settings.database_url, registry.fields, settings.zone),
        engine=_engine(settings),
        identity=Identity(settings.identity_key),
    )


def _engine(settings: Settings) -> Engine:
    if settings.search_url:
        from search.engines.elasticsearch import ElasticsearchEngine  # its client takes long to load

        return ElasticsearchEngine(settings.search_url.removeprefix("elasticsearch+"), SCHEMA)
    return EmbeddedEngine(settings.folder / "index", SCHEMA)


def serving() -> "WSGIApplication":
    """What each worker of the web server calls: the site, with a follower of the index behind it, and what a
    proxy says of whom it asks for."""
    from granian.utils.proxies import wrap_wsgi_with_proxy_headers

    platform = build(read_settings())
    platform.store.prepare()
    Follower(platform.index).start()
    app: WSGIApplication = wrap_wsgi_with_proxy_headers(
        platform.app(told_to_stop()), list(platform.settings.proxies)
    )
    return app
