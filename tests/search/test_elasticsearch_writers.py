"""Writers of Elasticsearch that die or sleep: another takes over, and what comes late does no harm."""

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from search.engine import WriterBusy
from search.engines.elasticsearch import LEASE, ElasticsearchEngine
from search.model import Position
from tests.search.oracle import SCHEMA
from tests.search.test_lifecycle import document, found, put

Open = Callable[[Callable[[], float]], ElasticsearchEngine]
NOON = 1_800_000_000.0


@pytest.fixture
def opened(elasticsearch_url: str) -> Iterator[Open]:
    """Opens engines with a clock of their own on one index."""
    prefix, engines = f"test-{uuid4().hex}", []

    def opened(clock: Callable[[], float]) -> ElasticsearchEngine:
        engines.append(ElasticsearchEngine(elasticsearch_url, SCHEMA, prefix, clock=clock))
        return engines[-1]

    yield opened
    for engine in engines:
        engine.close()


def test_another_takes_over_from_a_killed_writer(elasticsearch_url: str) -> None:
    program = textwrap.dedent(
        f"""
        import sys, time
        from search.engines.elasticsearch import ElasticsearchEngine
        from search.model import Position
        from tests.search.oracle import SCHEMA
        from tests.search.test_lifecycle import document

        engine = ElasticsearchEngine(sys.argv[1], SCHEMA, sys.argv[2], clock=lambda: {NOON})
        with engine.writer() as writer:
            writer.put(document(str(number)) for number in range(100))
            writer.commit(Position("epoch", 100))
            writer.remove("item", map(str, range(50)))
            writer.put(document(str(number), "三亚海风酒店") for number in range(50, 1000))
            print("ready", flush=True)
            time.sleep(60)
        """
    )
    prefix = f"test-{uuid4().hex}"
    child = subprocess.Popen(
        [sys.executable, "-c", program, elasticsearch_url, prefix], stdout=subprocess.PIPE
    )
    assert child.stdout
    assert child.stdout.readline() == b"ready\n"
    child.kill()
    child.communicate()
    early = ElasticsearchEngine(elasticsearch_url, SCHEMA, prefix, clock=lambda: NOON + LEASE - 1)
    late = ElasticsearchEngine(elasticsearch_url, SCHEMA, prefix, clock=lambda: NOON + LEASE + 1)
    assert (late.position(), late.count("item")) == (Position("epoch", 100), 100)
    with pytest.raises(WriterBusy), early.writer():
        pass
    with pytest.raises(WriterBusy), early.rebuild():
        pass
    with late.writer() as writer:  # does again what comes after the position
        writer.remove("item", map(str, range(50)))
        writer.put(document(str(number), "三亚海风酒店") for number in range(50, 1100))
        writer.commit(Position("epoch", 1200))
    assert sorted(map(int, late.ids("item"))) == list(range(50, 1100))
    assert len(found(late, "三亚海风")) == 20
    assert (late.count("item"), late.position()) == (1050, Position("epoch", 1200))
    early.close()
    late.close()


def test_what_a_writer_sends_that_slept_past_its_lease_is_refused(opened: Open) -> None:
    """It looks at its lease, sleeps, and sends: here its own clock stands still meanwhile."""
    sleeper, other = opened(lambda: NOON), opened(lambda: NOON + LEASE + 1)
    with sleeper.writer() as slept:
        slept.put(document(str(number), "旧名称") for number in range(10))
        slept.commit(Position("epoch", 10))
        with other.writer() as writer:
            writer.put(document(str(number), "新名称") for number in range(5))
            writer.remove("item", ["5"])
            writer.commit(Position("epoch", 20))
        slept.put(document(str(number), "旧名称") for number in range(6))
        with pytest.raises(WriterBusy):
            slept.commit(Position("epoch", 11))
    put(other, 21, document("10", "新名称"))
    assert found(other, "旧名称") == ["9", "8", "7", "6"]
    assert found(other, "新名称") == ["10", "4", "3", "2", "1", "0"]
    assert other.position() == Position("epoch", 21)


def test_a_writer_that_slept_through_a_rebuild_writes_into_nothing(opened: Open) -> None:
    sleeper, other = opened(lambda: NOON), opened(lambda: NOON + LEASE + 1)
    with sleeper.writer() as slept:
        slept.put([document("1"), document("2")])
        slept.commit(Position("epoch", 2))
        with other.rebuild() as writer:
            writer.put([document("2")])
            writer.commit(Position("epoch", 3))
        slept.put([document("1")])
        with pytest.raises(WriterBusy):
            slept.commit(Position("epoch", 3))
    put(other, 4, document("3"))
    assert (found(other), other.position()) == (["3", "2"], Position("epoch", 4))


def test_a_rebuild_that_slept_past_its_lease_is_discarded(opened: Open) -> None:
    sleeper, other = opened(lambda: NOON), opened(lambda: NOON + LEASE + 1)
    put(sleeper, 1, document("1"))

    def sleep_through(engine: ElasticsearchEngine) -> None:
        with engine.rebuild() as slept:
            slept.put([document("2")])
            slept.commit(Position("epoch", 2))
            put(other, 5, document("5"))

    with pytest.raises(WriterBusy):
        sleep_through(sleeper)
    assert (found(other), other.position()) == (["5", "1"], Position("epoch", 5))
    with other.rebuild() as writer:
        writer.put([document("6")])
        writer.commit(Position("epoch", 6))
    assert found(sleeper) == ["6"]
