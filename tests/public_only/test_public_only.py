"""Public exactly as long as it may be: at no moment does an output show more than is public, or less."""

import shutil
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
from publisher.public import Public
from publisher.store import Store
from publisher.web.outputs import OUTPUTS
from search.engine import Engine
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.embedded import EmbeddedEngine
from tests.fixtures.site import application
from tests.fixtures.store import ZONE, Clock, World
from tests.public_only.history import MODES, History
from tests.public_only.oracle import AUTHORITY, KINDS, LIST
from tests.public_only.visitor import Visitor
from tests.public_only.walk import Walk

HISTORIES, PAIRS = 100, 100_000
"""Histories on the embedded engine, and pairs of an item and a moment that they must come to at least."""
ON_ELASTICSEARCH = 4

MakeEngine = Callable[[Path], Engine]
"""Makes an empty index of its own; in a folder, if it needs one."""


def embedded(folder: Path) -> Engine:
    return EmbeddedEngine(folder, SCHEMA)


def elasticsearch(url: str, _folder: Path) -> Engine:
    return ElasticsearchEngine(url, SCHEMA, f"public-{uuid4().hex}")


class Stage:
    """One application, and one world after the other behind it."""

    def __init__(self, folder: Path, make_engine: MakeEngine) -> None:
        self._folder, self._make_engine = folder / uuid4().hex, make_engine
        self._folder.mkdir()
        self._registry = load_registry()
        self._world: World | None = None
        with self._opened(self._folder / "template.db") as world:
            world.store.prepare()
            world.add_list(LIST, Label("重大税收违法", "Tax evasion"))
            for id, kind in KINDS.items():
                world.add_source(
                    id, kind=kind, authority=AUTHORITY, list=LIST if kind == "blacklist" else None
                )
        self.app = application(self._public, self._registry)

    @contextmanager
    def world(self) -> Iterator[World]:
        """A world of its own behind the application."""
        file = self._folder / f"{uuid4().hex}.db"
        shutil.copy(self._folder / "template.db", file)
        with self._opened(file) as self._world:
            yield self._world

    @contextmanager
    def _opened(self, file: Path) -> Iterator[World]:
        store = Store(f"sqlite:///{file}", self._registry.fields, ZONE)
        clock, engine = Clock(), self._make_engine(file.with_suffix(""))
        index = Index(store, engine, self._registry, ZONE, clock)
        world = World(store, index, self._registry, clock, Identity(b"test"))
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
            walk = Walk(history.oracle, Visitor(self.app, world.clock, seen), world.identity, seen)
            history.live()


def live(folder: Path, make_engine: MakeEngine, numbers: Iterable[int]) -> Counter[str]:
    """Lives histories one after the other; gives how often what was looked at."""
    seen: Counter[str] = Counter()
    stage = Stage(folder, make_engine)
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


def test_public_only_on_the_embedded_engine(tmp_path: Path, scale: int) -> None:
    """In two processes; each history is the same whoever lives it."""
    histories = HISTORIES * scale
    parts = [range(start, histories, 4) for start in range(4)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        seen: Counter[str] = sum(pool.map(partial(live, tmp_path, embedded), parts), Counter())
    check_that_it_looked(seen, histories, PAIRS * scale)


def test_public_only_on_elasticsearch(tmp_path: Path, scale: int, elasticsearch_url: str) -> None:
    histories = ON_ELASTICSEARCH * scale
    seen = live(tmp_path, partial(elasticsearch, elasticsearch_url), range(histories))
    check_that_it_looked(seen, histories, PAIRS * histories // HISTORIES)
