"""The embedded engine's folder: read while it is written, left by the killed, damaged or full."""

import os
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from search.engine import SearchError
from search.engines.embedded import RETIRED_FOR, EmbeddedEngine
from search.model import Document, Position
from tests.search.oracle import SCHEMA
from tests.search.test_lifecycle import document, found, put

GENERATION = 300
"""Documents of one generation."""


def generation(number: int) -> list[Document]:
    """All documents anew; what they say is their generation."""
    kind = {"kind": (f"generation {number}",)}
    return [
        Document(str(id), "item", {"name": ("海南旅行社",)}, kind, {"newest": id}, 2**62)
        for id in range(GENERATION)
    ]


READER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from search.engines.embedded import EmbeddedEngine
    from search.model import Query
    from search.parse import parse
    from tests.search.oracle import SCHEMA
    from tests.search.test_embedded import GENERATION

    engine = EmbeddedEngine(Path(sys.argv[1]), SCHEMA)
    seen, last = set(), 0
    print("ready", flush=True)
    while last < int(sys.argv[2]):
        page = engine.search(Query("item", 0, parse("旅行社").expression, facets={"kind": 0}, limit=1000))
        (facet,) = page.facets["kind"]
        assert (page.total, len(page.hits), facet.count) == (GENERATION,) * 3, page
        now = int(facet.value.split()[1])
        assert now >= last, (now, last)
        seen.add(now)
        last = now
        assert engine.count("item") == GENERATION
        assert len(set(engine.ids("item"))) == GENERATION
        assert engine.position().seq >= now
    print(len(seen))
    """
)


def test_two_processes_read_whole_generations_while_a_third_writes(tmp_path: Path) -> None:
    folder, last = tmp_path / "index", 61
    engine = EmbeddedEngine(folder, SCHEMA)
    with engine.writer() as writer:
        writer.put(generation(1))
        writer.commit(Position("epoch", 1))
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(folder), str(last)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for reader in readers:
        assert reader.stdout
        assert reader.stdout.readline() == "ready\n"
    for first in range(2, last, 3):
        # By turns three commits, and a rebuilt index.
        with engine.rebuild() if first % 2 else engine.writer() as writer:
            for number in range(first, first + 3):
                writer.put(generation(number))
                writer.commit(Position("epoch", number))
    engine.close()
    for reader in readers:
        told, complaint = reader.communicate(timeout=60)
        assert (reader.returncode, complaint) == (0, "")
        assert int(told) > 3  # it was there while they changed


def test_a_version_that_was_killed_at_its_birth_is_swept(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path, SCHEMA)
    put(engine, 1, document("1"))
    (current,) = (path for path in tmp_path.iterdir() if path.is_dir())
    dead = tmp_path / f"{current.name[:-3]}bad"
    dead.mkdir()
    put(engine, 2, document("2"))
    assert dead.exists()  # it may be somebody's who has only just begun
    long_ago = time.time() - RETIRED_FOR - 1
    os.utime(dead / "retired", (long_ago, long_ago))
    put(engine, 3, document("3"))
    assert not dead.exists()
    assert current.exists()
    assert found(engine) == ["3", "2", "1"]
    engine.close()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", "海南".encode(), b"../../etc", b"\n"])
def test_a_damaged_name_of_the_version_is_as_none(tmp_path: Path, content: bytes) -> None:
    engine = EmbeddedEngine(tmp_path, SCHEMA)
    put(engine, 1, document("1"))
    (tmp_path / "current").write_bytes(content)
    assert (engine.position(), found(engine), engine.count("item")) == (None, [], 0)
    put(engine, 2, document("2"))
    assert (engine.position(), found(engine)) == (Position("epoch", 2), ["2"])
    engine.close()


def test_a_version_that_is_gone_is_one_sentence_and_rebuilt(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path, SCHEMA)
    put(engine, 1, document("1"))
    (version,) = (path for path in tmp_path.iterdir() if path.is_dir())
    shutil.rmtree(version)
    with pytest.raises(SearchError, match="cannot be opened, rebuild it"):
        found(EmbeddedEngine(tmp_path, SCHEMA))
    with engine.rebuild() as writer:
        writer.put([document("2")])
        writer.commit(Position("epoch", 2))
    assert found(engine) == ["2"]
    engine.close()


def test_a_folder_that_is_deleted_is_an_empty_index(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path / "index", SCHEMA)
    put(engine, 1, document("1"))
    assert found(engine) == ["1"]
    shutil.rmtree(tmp_path / "index")
    assert (engine.position(), found(engine)) == (None, [])
    put(engine, 2, document("2"))
    assert found(engine) == ["2"]
    engine.close()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    engine = EmbeddedEngine(tmp_path / "file" / "index", SCHEMA)
    with pytest.raises(SearchError, match="Not a directory"), engine.writer():
        pass
    with pytest.raises(SearchError, match="Not a directory"):
        engine.position()
    engine.close()
