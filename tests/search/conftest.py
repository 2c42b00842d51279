"""Places for an index, one a kind of engine: what the contract holds for is tried on each."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from search.engine import Engine
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.embedded import EmbeddedEngine
from search.model import NEVER, Document, Position
from tests.search.oracle import SCHEMA

Place = Callable[[], Engine]
"""Opens an engine; each call another one, on the same index."""

ENGINES = ["embedded", "elasticsearch"]


def place_for(kind: str, request: pytest.FixtureRequest, folder: Path) -> Place:
    if kind == "embedded":
        return lambda: EmbeddedEngine(folder, SCHEMA)
    url: str = request.getfixturevalue("elasticsearch_url")
    prefix = f"test-{uuid4().hex}"
    return lambda: ElasticsearchEngine(url, SCHEMA, prefix)


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An index of one test's own, empty at first."""
    return place_for(request.param, request, tmp_path / uuid4().hex)


@pytest.fixture
def engine(place: Place) -> Iterator[Engine]:
    engine = place()
    yield engine
    engine.close()


@pytest.fixture(scope="module", params=ENGINES)
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An index of the corpus, to be read only."""
    engine = place_for(request.param, request, tmp_path_factory.mktemp("index"))()
    with engine.writer() as writer:
        writer.put(corpus()[:150])
        writer.commit(Position("epoch", 1))
        writer.put(corpus()[100:])
        writer.commit(Position("epoch", 2))
    yield engine
    engine.close()


PIECES = [
    *"海南旅遊游三亚号罰罚款，、·",
    "公司",
    "有限公司",
    "集團",
    "（集团）",
    "A级",
    "ABC",
    "ab",
    "12",
    "2026",
]


def corpus(size: int = 400) -> list[Document]:
    """Documents over few characters, so that much matches much; always the same."""
    random = Random(20260401)

    def text(most: int) -> str:
        return "".join(random.choices([*PIECES, " "], k=random.randint(1, most)))

    documents = []
    for number in range(size):
        names = tuple(text(5) for _ in range(random.choice((1, 1, 2))))
        numbers = {"newest": random.randint(-30, size)}
        if random.random() < 0.6:
            numbers["amount"] = random.choice((0, 1, 5, 2**62))
        documents.append(
            Document(
                id=f"{random.getrandbits(32):08x}",
                collection="item" if number % 5 else "subject",
                text={"name": names, "number": (text(4),), "facts": tuple(text(9) for _ in range(2))},
                keywords={
                    "code": (f"9146{number}",),
                    "label": names,
                    "kind": (random.choice(("permit", "penalty", "黑名单")),),
                    "region": tuple(sorted({"46", *random.choices(("4601", "4602", "4690"), k=2)})),
                },
                numbers=numbers,
                ends=random.choice((NEVER, NEVER, 1_000, 1_001)),
            )
        )
    return documents
