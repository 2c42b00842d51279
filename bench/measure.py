"""Times, peaks of memory, and the table that shows them."""

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that ended: wall time with its start, and the most memory that it or one of its children
    held. Anonymous memory: pages of files are the system's to drop. `processor`: seconds of its and its
    children's work, which a busy machine changes least."""

    seconds: float
    processor: float
    mebibytes: float
    output: str


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> Ran:
    """Runs `python -m arguments…` to its end. Exits with its complaint when it fails.

    Compiled modules are kept, as an installation keeps them, even where the environment says otherwise.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started, worked = time.perf_counter(), _processor()
    command = [sys.executable, "-m", *arguments]
    child = subprocess.Popen(command, env={**inherited, **environment}, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with ThreadPoolExecutor(1) as beside:
        most = beside.submit(_most_memory, child)
        output = child.stdout.read()
        child.wait()
        seconds = time.perf_counter() - started
    if child.returncode:
        sys.exit(f"{' '.join(arguments)} failed with exit code {child.returncode}:\n{output}")
    return Ran(seconds, _processor() - worked, most.result(), output)


def _processor() -> float:
    """Seconds that all processes have worked that this one has waited for, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _most_memory(process: "subprocess.Popen[str]") -> float:
    """Looks ten times a second, until the process has ended; MiB."""
    most = 0.0
    while process.poll() is None:
        most = max(most, *(_anonymous(pid) for pid in (process.pid, *_children(process.pid))))
        time.sleep(0.1)
    return most


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    return []


def _anonymous(pid: int) -> float:
    """MiB, on Linux; 0 for one that has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) / 1024
    return 0.0


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def interleaved(asked: Iterable[Callable[[], object]], repeats: int) -> list[list[float]]:
    """Calls all in turn, `repeats` times over, after one round that does not count; gives each one's
    milliseconds. So a slow moment of the machine meets all of them alike."""
    calls = list(asked)
    times: list[list[float]] = [[] for _ in calls]
    for turn in range(repeats + 1):
        for call, own in zip(calls, times, strict=True):
            started = time.perf_counter()
            call()
            if turn:
                own.append((time.perf_counter() - started) * 1000)
    return times


def percentile(values: Iterable[float], share: float) -> float:
    """The value that `share` of all are not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Report:
    """Lines of: what, ours, the floor, the ratio, the bar."""

    def __init__(self) -> None:
        self._table = Table("what", "ours", "floor", "ours : floor", "bar", box=None, pad_edge=False)

    def add(
        self,
        what: str,
        ours: float,
        unit: str,
        *,
        floor: float | None = None,
        least: float | None = None,
        most: float | None = None,
    ) -> None:
        """A line; `least` and `most` are the bar, which `ours` holds or misses."""
        bar = ""
        if least is not None:
            bar = f"≥ {least:,.0f} {'held' if ours >= least else 'MISSED'}"
        if most is not None:
            bar = f"≤ {most:,.0f} {'held' if ours <= most else 'MISSED'}"
        self._table.add_row(
            what,
            f"{_short(ours)} {unit}",
            "" if floor is None else f"{_short(floor)} {unit}",
            "" if not floor else f"{ours / floor:.2f}",
            bar,
        )

    def show(self) -> None:
        Console(width=130).print(self._table)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
