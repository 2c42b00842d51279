"""The process that indexes beside a large harvest."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing

from gongshi.indexer import Indexer
from harvesters.publishing import LARGE
from publisher.indexing import drift
from publisher.laws import Laws
from publisher.publish import Desk as Publishing
from publisher.publish import publish
from tests.fixtures.harvesting import Desk, row
from tests.fixtures.store import NOON, draft

ORPHAN = """
import os, pickle, sys, time
from multiprocessing import active_children
from gongshi.indexer import Indexer
if __name__ == "__main__":
    indexer = Indexer(pickle.load(sys.stdin.buffer))
    assert indexer.running()
    print(active_children()[0].pid, flush=True)
    time.sleep(60)
"""


def eventually(holds: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{process}/stat") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] != "Z"


def test_a_large_harvest_is_indexed_by_the_process_beside_it(desk: Desk) -> None:
    desk.write(*(row(number) for number in range(LARGE)))
    with closing(Indexer(desk.platform.settings)) as indexer:
        asked = []

        def beside() -> bool:
            asked.append(indexer.running())
            return asked[-1]

        outcome = desk.harvest(beside=beside)
        assert (outcome.counts.new, outcome.warnings) == (LARGE, ())
        assert asked
        assert all(asked)
        assert drift(desk.platform.index).sound
    assert not indexer.running()


def test_it_follows_what_others_publish(desk: Desk) -> None:
    platform = desk.platform
    with platform.store.writing() as store:
        told = Publishing(platform.identity, platform.zone, {}, Laws(platform.registry))
        publish(store, [platform.store.contents.written(draft())], told, NOON)
    with closing(Indexer(platform.settings)) as indexer:
        assert indexer.running()
        assert eventually(lambda: platform.index.behind() == 0)


def test_it_ends_with_a_process_that_is_killed(desk: Desk) -> None:
    parent = subprocess.Popen([sys.executable, "-c", ORPHAN], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdin
    assert parent.stdout
    parent.stdin.write(pickle.dumps(desk.platform.settings))
    parent.stdin.close()
    child = int(parent.stdout.readline())
    assert is_alive(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert eventually(lambda: not is_alive(child))
