"""Two sources that tell of the same decisions, published at once: joined as if one came after the other."""

import threading
from pathlib import Path

from publisher.indexing import SCHEMA, Index
from publisher.joining import Identity
from publisher.kinds import Registry
from publisher.store import Store
from search.engines.embedded import EmbeddedEngine
from tests.fixtures.store import ZONE, Clock, World, code, draft


def test_what_two_publish_at_once_is_joined(
    store: Store, registry: Registry, clock: Clock, tmp_path: Path
) -> None:
    engine = EmbeddedEngine(tmp_path / "index", SCHEMA)
    world = World(store, Index(store, engine, registry, ZONE, clock), registry, clock, Identity(b"test"))
    begin, failed = threading.Barrier(2), []

    def publish(source: str) -> None:
        try:
            for first in range(0, 400, 50):
                begin.wait(60)
                numbers = range(first, first + 50)
                world.publish(
                    *(draft(str(n), source=source, uscc=code(n), name=f"海南第{n}旅行社") for n in numbers),
                    follow=False,
                )
        except Exception as error:
            begin.abort()
            failed.append(error)

    for source in ("tourism/a", "tourism/b"):
        world.add_source(source)
    threads = [threading.Thread(target=publish, args=(source,)) for source in ("tourism/a", "tourism/b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with store.reading() as reading:
        items = [item for part in reading.each_public_item(clock()) for item in part]
    assert {item.sources for item in items} == {("tourism/a", "tourism/b")}
    assert len(items) == 400
    engine.close()
