"""What a run has found so far."""

from dataclasses import dataclass, field

from harvesters.log import Log
from harvesters.since import latest
from harvesters.source import Definition
from publisher.harvests import Counts, Traffic, Validators
from publisher.outgoing import Exchange
from publisher.usual import Usual


@dataclass(slots=True)
class Scan:
    """What the first pass found, and what became of it in the second; `log` tells of each step.

    `seen`: sightings whose row is unchanged; `again`: known sightings whose key was read again; `doubled`:
    keys of which an unchanged row and another one were read; `validators`: by what the source's file is known
    again; `barred`: the hashes of rows that are read no further, see `Counts.suppressed`; `whole`: that all
    its rows were read; `read_until`: the mark up to which earlier runs have read a source that is asked for
    what is new, `newest` the same for this run; `usual`: what the source's rows are like, this run's among
    them."""

    log: Log
    counts: Counts = field(default_factory=Counts)
    traffic: Traffic = field(default_factory=Traffic)
    seen: set[int] = field(default_factory=set)
    again: set[int] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)
    barred: set[bytes] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    validators: Validators | None = None
    whole: bool = False
    read_until: str | None = None
    newest: str | None = None
    usual: Usual | None = None

    def hear(self, exchange: Exchange) -> None:
        """A request was answered, or not."""
        self.traffic.add(exchange.status, exchange.size)
        answer = "no answer" if exchange.status is None else f"{exchange.status}, {exchange.size:,} bytes"
        self.log.add(f"{exchange.url}: {answer}, {exchange.seconds:.2f} s")

    def warn(self, warning: str) -> None:
        """Says it once."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    def next_mark(self, definition: Definition) -> str | None:
        """From which mark on the next run is to ask for what is new; None to leave it as it is. A refused row
        is asked for again: it may be mended by then."""
        if definition.since is None or self.counts.refused:
            return None
        return latest((self.read_until, self.newest))
