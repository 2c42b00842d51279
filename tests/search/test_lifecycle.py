"""Writing, rebuilding and dying: what every engine promises of its index."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from search.engine import Engine, WriterBusy
from search.engines.embedded import EmbeddedEngine
from search.model import Document, Position, Query
from search.parse import parse
from tests.search.conftest import Place
from tests.search.oracle import SCHEMA

NOW = 2_000


def document(id: str, name: str = "海南椰風旅行社有限公司", ends: int = 2**62) -> Document:
    return Document(
        id, "item", {"name": (name,)}, {"label": (name,), "kind": ("permit",)}, {"newest": int(id)}, ends
    )


def put(engine: Engine, seq: int, *documents: Document) -> None:
    with engine.writer() as writer:
        writer.put(documents)
        writer.commit(Position("epoch", seq))


def found(engine: Engine, text: str = "", at: int = NOW) -> list[str]:
    return [hit.id for hit in engine.search(Query("item", at, parse(text).expression)).hits]


def test_an_empty_index_has_no_position_and_finds_nothing(engine: Engine) -> None:
    assert engine.position() is None
    assert found(engine) == []
    assert engine.count("item") == 0


def test_a_page_tells_of_which_state_of_the_index_it_is(place: Place) -> None:
    reader, other = place(), place()
    assert reader.search(Query("item", NOW)).position is None
    for seq in (1, 2):
        put(other, seq, document(str(seq)))
        page = reader.search(Query("item", NOW, parse("椰风").expression, facets={"kind": 0}))
        assert (page.total, page.position) == (seq, Position("epoch", seq))
    reader.close()
    other.close()


def test_nothing_is_visible_before_its_commit(engine: Engine) -> None:
    put(engine, 1, document("1"))
    with engine.writer() as writer:
        writer.put([document("2")])
        writer.remove("item", ["1"])
        assert (found(engine), engine.position()) == (["1"], Position("epoch", 1))
        writer.commit(Position("epoch", 2))
    assert (found(engine), engine.position()) == (["2"], Position("epoch", 2))


def test_a_document_put_again_takes_the_place_of_the_old(engine: Engine) -> None:
    put(engine, 1, document("1", "旧名称"))
    put(engine, 2, document("1", "新名称"))
    assert (found(engine, "旧名称"), found(engine, "新名称")) == ([], ["1"])
    assert engine.count("item") == 1
    assert list(engine.ids("item")) == ["1"]


def test_another_opening_finds_the_same(place: Place) -> None:
    first = place()
    put(first, 7, document("1"))
    second = place()
    assert (found(second), second.position()) == (["1"], Position("epoch", 7))
    put(second, 8, document("2"))
    assert found(first) == ["2", "1"]
    first.close()
    second.close()


def test_only_one_writes_at_a_time(place: Place) -> None:
    first, second = place(), place()
    with first.writer(), pytest.raises(WriterBusy), second.writer():
        pass
    with first.rebuild(), pytest.raises(WriterBusy), second.rebuild():
        pass
    put(second, 1, document("1"))
    first.close()
    second.close()


def test_the_old_index_answers_until_the_rebuilt_one_takes_its_place(engine: Engine) -> None:
    put(engine, 1, document("1"))
    with engine.rebuild() as writer:
        writer.put([document("2"), document("3")])
        writer.commit(Position("epoch", 5))
        assert (found(engine), engine.position()) == (["1"], Position("epoch", 1))
    assert (found(engine), engine.position()) == (["3", "2"], Position("epoch", 5))


def test_a_failed_rebuild_changes_nothing(engine: Engine) -> None:
    put(engine, 1, document("1"))

    def failing() -> None:
        with engine.rebuild() as writer:
            writer.put([document("2")])
            writer.commit(Position("epoch", 5))
            raise RuntimeError("full disk")

    with pytest.raises(RuntimeError):
        failing()
    assert (found(engine), engine.position()) == (["1"], Position("epoch", 1))
    put(engine, 2, document("3"))
    assert found(engine) == ["3", "1"]


def test_a_version_being_built_tells_what_is_committed_to_it(engine: Engine) -> None:
    put(engine, 1, document("1"))
    with engine.rebuild() as writer:
        assert list(writer.ids("item")) == []
        writer.put(document(str(number)) for number in range(2, 8_000))
        writer.commit(Position("epoch", 5))
        writer.put([document("9999")])
        assert sorted(map(int, writer.ids("item"))) == list(range(2, 8_000))
        writer.remove("item", ["7"])
        writer.commit(Position("epoch", 6))
        assert "7" not in set(writer.ids("item"))
        assert list(writer.ids("subject")) == []
        assert list(engine.ids("item")) == ["1"]
    with engine.writer() as writer:
        assert sum(1 for _ in writer.ids("item")) == 7_998


def test_a_document_is_found_up_to_the_second_of_its_end(engine: Engine) -> None:
    put(engine, 1, document("1", ends=NOW))
    assert found(engine, at=NOW - 1) == ["1"]
    assert found(engine, at=NOW) == []


@pytest.mark.parametrize(
    "asked", ["椰风", "椰風", "旅", "旅行社", "海南", "有限公司", '"椰风旅行"', "海南 椰风"]
)
def test_words_of_any_length_in_either_script(engine: Engine, asked: str) -> None:
    put(engine, 1, document("1"), document("2", "三亚海风酒店"))
    assert found(engine, asked) == ["1"]


def test_two_characters_far_apart_are_no_word(engine: Engine) -> None:
    put(engine, 1, document("1"))
    assert found(engine, "海风") == []
    assert found(engine, "南海") == []


def test_a_killed_writer_loses_only_what_it_had_not_committed(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from search.engines.embedded import EmbeddedEngine
        from search.model import Position
        from tests.search.oracle import SCHEMA
        from tests.search.test_lifecycle import document

        engine = EmbeddedEngine(Path(sys.argv[1]), SCHEMA)
        with engine.writer() as writer:
            writer.put(document(str(number)) for number in range(100))
            writer.commit(Position("epoch", 100))
            writer.put(document(str(number)) for number in range(100, 5000))
            print("ready", flush=True)
            time.sleep(60)
        """
    )
    folder = tmp_path / "index"
    child = subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE)
    assert child.stdout
    assert child.stdout.readline() == b"ready\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    engine = EmbeddedEngine(folder, SCHEMA)
    assert (engine.position(), engine.count("item")) == (Position("epoch", 100), 100)
    put(engine, 101, document("100"))
    assert engine.count("item") == 101
    engine.close()


def test_a_value_with_the_characters_that_part_values_is_counted_as_one(engine: Engine) -> None:
    put(engine, 1, document("1", "甲\x1f乙\x1e丙"), document("2", "丁"))
    page = engine.search(
        Query("item", NOW, where={"label": frozenset({"甲\x1f乙\x1e丙"})}, facets={"label": 0, "kind": 0})
    )
    assert [hit.id for hit in page.hits] == ["1"]
    assert page.facets["label"] == (("丁", 1), ("甲 乙 丙", 1))
    assert page.facets["kind"] == (("permit", 1),)
