"""Public exactly as long as it may be: at no moment does an output show more than is public, or less."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from uuid import uuid4

from publisher.indexing import SCHEMA, Index
from publisher.joining import Identity
from publisher.kinds import Label, load_registry
from publisher.laws import Laws
from publisher.public import Public
from publisher.publish import Desk
from publisher.store import Store
from publisher.web.outputs import OUTPUTS
from search.engine import Engine
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.embedded import EmbeddedEngine
from tests.fixtures.site import application, dumps_in, open_counters
from tests.fixtures.store import ZONE, Clock, World
from tests.public_only.history import MODES, History
from tests.public_only.oracle import AUTHORITY, KINDS, LIST
from tests.public_only.visitor import Visitor
from tests.public_only.walk import Walk

HISTORIES, PAIRS = 100, 100_000
"""Histories on the embedded parts, and pairs of an item and a moment that they must come to at least."""
ON_SERVERS = 4

Parts = Callable[[Path], tuple[str, Engine]]
"""Gives the address of an empty database and an empty index; in a folder of their own, if they need one."""


def embedded(folder: Path) -> tuple[str, Engine]:
    return f"sqlite:///{folder / 'gongshi.db'}", EmbeddedEngine(folder / "index", SCHEMA)


def servers(database: Callable[[], str], search_url: str, _folder: Path) -> tuple[str, Engine]:
    return database(), ElasticsearchEngine(search_url, SCHEMA, f"public-{uuid4().hex}")


class Stage:
    """One application, and one world after the other behind it."""

    def __init__(self, folder: Path, parts: Parts) -> None:
        self._folder, self._parts = folder, parts
        self._registry = load_registry()
        self._world: World | None = None
        # Outputs do not ask where people apply, so one store that stays empty does for all worlds.
        store = Store(f"sqlite:///{folder / 'empty.db'}", self._registry.fields, ZONE)
        desk = Desk(Identity(b"test"), ZONE, {}, Laws(self._registry))
        counters = open_counters(store, self._registry, Clock(), lambda: desk, folder)
        self._dumps = dumps_in(folder / uuid4().hex, self._public, self._registry)
        self.app = application(self._public, self._registry, counters, self._dumps)

    @contextmanager
    def world(self) -> Iterator[World]:
        """A world of its own behind the application, with the sources of the oracle."""
        folder = self._folder / uuid4().hex
        folder.mkdir()
        url, engine = self._parts(folder)
        store, clock = Store(url, self._registry.fields, ZONE), Clock()
        store.prepare()
        index = Index(store, engine, self._registry, ZONE, clock)
        self._world = world = World(store, index, self._registry, clock, Identity(b"test"))
        world.add_list(LIST, Label("重大税收违法", "Tax evasion"))
        for id, kind in KINDS.items():
            world.add_source(id, kind=kind, authority=AUTHORITY, list=LIST if kind == "blacklist" else None)
        yield world
        world.close()

    @contextmanager
    def _public(self) -> Iterator[Public]:
        assert self._world
        with self._world.public() as public:
            yield public

    def live(self, number: int, seen: Counter[str]) -> None:
        """Lives one history, and looks at all outputs at each of its moments."""
        with self.world() as world:

            def look(mode: str) -> None:
                try:
                    walk.look(world.clock.now)
                except AssertionError as error:
                    error.add_note(f"history {number}, {mode}, {world.clock.now}")
                    raise
                seen[mode] += 1

            history = History(number, world, look)
            visitor = Visitor(self.app, world.clock, seen)
            walk = Walk(history.oracle, visitor, world.identity, self._dumps.build, seen)
            history.live()
            seen["restored"] += history.restored


def live(folder: Path, parts: Parts, numbers: Iterable[int]) -> Counter[str]:
    """Lives histories one after the other; gives how often what was looked at."""
    seen: Counter[str] = Counter()
    stage = Stage(folder, parts)
    for number in numbers:
        stage.live(number, seen)
    return seen


def check_that_it_looked(seen: Counter[str], histories: int, pairs: int) -> None:
    """So that the test cannot pass by looking at nothing."""
    looks = sum(seen[mode] for mode in MODES)
    assert {seen[endpoint] for endpoint in OUTPUTS} == {looks}
    assert seen["pairs"] >= pairs
    assert all(seen[mode] >= histories for mode in MODES), seen
    assert seen["ends"] >= 40 * histories, seen
    assert seen["shown"] >= 100 * looks, seen
    assert seen["kept"] >= histories, seen
    assert seen["withheld"] >= 5 * looks, seen
    assert seen["restored"] >= histories, seen
    assert seen["objected"] >= looks, seen


def test_public_only_on_the_embedded_parts(tmp_path: Path, scale: int) -> None:
    """In two processes; each history is the same whoever lives it."""
    histories = HISTORIES * scale
    shares = [range(start, histories, 4) for start in range(4)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        seen: Counter[str] = sum(pool.map(partial(live, tmp_path, embedded), shares), Counter())
    check_that_it_looked(seen, histories, PAIRS * scale)


def test_public_only_on_postgresql_and_elasticsearch(
    tmp_path: Path, scale: int, postgresql_url: Callable[[], str], elasticsearch_url: str
) -> None:
    histories = ON_SERVERS * scale
    seen = live(tmp_path, partial(servers, postgresql_url, elasticsearch_url), range(histories))
    check_that_it_looked(seen, histories, PAIRS * histories // HISTORIES)
