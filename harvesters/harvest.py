"""One run of one source, in two passes: read and check everything, decide, then publish in small
transactions."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path

from harvesters import quarantining, since, unchanged
from harvesters.believing import STAYS, ended_by, held_back, other_keys, too_many_rows, unbelievable
from harvesters.catching_up import catch_up
from harvesters.fetch import NotModified, fetch
from harvesters.folder import private_folder
from harvesters.formats import BadRow, Fetched, RawRow, rows
from harvesters.mapping import Mapper, NotPublic
from harvesters.missing import Missing, missing
from harvesters.own_pages import OwnPages
from harvesters.source import Definition
from harvesters.spool import Spool
from harvesters.stopping import INTERRUPTED
from harvesters.swapping import swapped
from publisher.errors import GongshiError
from publisher.harvests import (
    Counts,
    RunState,
    Validators,
    may_be_unreadable,
    may_have_other_keys,
    too_many_removed,
)
from publisher.indexing import Index
from publisher.items import Draft, Refusal
from publisher.joining import Identity
from publisher.kinds import Registry
from publisher.leases import LENGTH, Lease
from publisher.outgoing import Outgoing
from publisher.publish import Desk, publish, unlist
from publisher.store import Store, Writing, Written, chunks

GRACE = 2
"""Complete runs in which a row must be missing before it is no longer listed."""

SCAN = 2000
"""Rows whose hashes are looked up together."""

LAG = 12_000
"""A harvest waits while the index is more changes behind than this."""
LARGE = 5000
"""From so many rows to publish on it pays that another process indexes them meanwhile."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did. `message` says in one sentence why it failed or what an operator must decide."""

    source: str
    state: RunState
    counts: Counts
    warnings: tuple[str, ...]
    message: str | None
    seconds: float


@dataclass(slots=True)
class _Scan:
    """What the first pass found. `seen`: sightings whose row is unchanged; `again`: known sightings whose key
    was read again; `doubled`: keys of which an unchanged row and another one were read; `validators`: by what
    the source's file is known again; `whole`: that all its rows were read;
    `read_until`: the day up to which earlier runs have read a source that is asked for what is new, `newest`
    the same for this run."""

    counts: Counts = field(default_factory=Counts)
    seen: set[int] = field(default_factory=set)
    again: set[int] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    validators: Validators | None = None
    whole: bool = False
    read_until: date | None = None
    newest: date | None = None


@dataclass(frozen=True, slots=True)
class Harvester:
    """Runs definitions against a store. `spools` is a private folder; `progress` is told of counts as they
    grow; `beside` has another process follow the log from now on, and tells whether one does. `clock` says
    what is public; by `wall`, the real time, leases of length `lease` tell which runs live. `check` is called
    between batches and `sleep` in all waits: what they raise ends the run."""

    store: Store
    index: Index
    registry: Registry
    identity: Identity
    outgoing: Outgoing
    spools: Path
    samples: Path
    zone: tzinfo
    clock: Callable[[], datetime]
    wall: Callable[[], datetime]
    lease: timedelta = LENGTH
    progress: Callable[[str, Counts], None] = lambda _source, _counts: None
    beside: Callable[[], bool] = lambda: False
    sleep: Callable[[float], None] = time.sleep
    check: Callable[[], None] = lambda: None

    def run(self, definition: Definition, *, accept_removals: bool = False) -> Outcome:
        """Harvests one source to its end; what goes wrong with it is in the outcome, never raised.

        Raises Refused while another run of the same source is under way, StoreError when the store fails.
        A KeyboardInterrupt is written down as the end of the run, and passed on.
        """
        started, what = time.monotonic(), f"harvest of {definition.id}"
        lease = Lease(self.store, f"harvest:{definition.id}", what, self.wall, self.lease)
        with lease.held():
            with self.store.writing() as store:
                store.put_source(definition.source())
                if named := definition.named_list():
                    store.put_named_list(named)
                run = store.start_harvest(definition.id, self.clock())
            outcome = _Run(self, definition, run, lease, accept_removals).outcome()
        return replace(outcome, seconds=time.monotonic() - started)


class _Run:
    """One run under way."""

    def __init__(
        self, harvester: Harvester, definition: Definition, run: int, lease: Lease, accept: bool
    ) -> None:
        self._h, self._definition, self._id = harvester, definition, run
        self._lease, self._accept = lease, accept
        self._mapper = Mapper(definition, harvester.registry, harvester.identity.seal, harvester.zone)
        with harvester.store.reading() as store:
            authorities = {id: source.authority for id, (source, _) in store.sources().items()}
        self._own_pages = OwnPages(harvester.store, definition.id, self._mapper, harvester.clock())
        self._desk = Desk(harvester.identity, harvester.zone, authorities, run)

    def outcome(self) -> Outcome:
        """Runs both passes and writes down what happened, whatever it was."""
        scan = _Scan()
        try:
            state, message = self._passes(scan)
        except GongshiError as error:
            state, message = RunState.FAILED, str(error)
        except KeyboardInterrupt:
            self._end(RunState.FAILED, scan, INTERRUPTED)
            raise
        self._end(state, scan, message)
        return Outcome(self._definition.id, state, scan.counts, tuple(scan.warnings), message, 0.0)

    def _passes(self, scan: _Scan) -> tuple[RunState, str | None]:
        contents = self._h.store.contents
        with (
            private_folder(self._h.spools, self._definition.id) as folder,
            closing(Spool(folder, self._definition.id, contents)) as spool,
        ):
            try:
                message, state = self._read(folder, spool, scan), RunState.FAILED
                if message is None:
                    message = self._publish(spool, scan)
                    state = RunState.COMPLETE if message is None else RunState.REFUSED
            except NotModified:
                scan.counts, scan.warnings = unchanged.repeated(self._h.store, self._definition.id)
                self._follow(scan, most=0)
                message, state = None, RunState.COMPLETE
            except GongshiError as error:
                message, state = str(error), ended_by(error)
            with self._writing() as store:
                if scan.whole:
                    quarantining.renew(store, self._definition, self._id, spool, scan.seen, self._h.clock())
                if state is RunState.COMPLETE:
                    store.set_complete(self._definition.id, self._h.clock())
                    self._set_read_until(scan, store)
                    self._own_pages.keep(store)
                    if scan.validators and not scan.counts.vanished:
                        store.put_validators(self._definition.id, scan.validators)
        return state, message

    def _end(self, state: RunState, scan: _Scan, message: str | None) -> None:
        with self._h.store.writing() as store:
            store.end_harvest(self._id, state, scan.counts, scan.warnings, message, self._h.clock())

    @contextmanager
    def _writing(self) -> Iterator[Writing]:
        """A transaction that fails with LeaseLost when another run of the source has taken over."""
        self._h.check()
        with self._h.store.writing() as store:
            self._lease.keep(store)
            yield store

    # --- first pass

    def _read(self, folder: Path, spool: Spool, scan: _Scan) -> str | None:
        """Reads and checks all rows into the spool; gives the reason why nothing may be published, if any."""
        for fetched in self._fetch(folder, scan):
            stream = rows(fetched, self._definition)
            if problem := self._scan_file(stream, spool, scan):
                return problem
        scan.warnings += self._mapper.doubts.sentences()
        scan.warnings += too_many_rows(self._definition, scan.counts)
        continued = scan.read_until is not None
        scan.whole = continued or scan.counts.seen > 0
        return unbelievable(self._definition, scan.counts, continued=continued)

    def _fetch(self, folder: Path, scan: _Scan) -> list[Fetched]:
        """The source's files. Raises NotModified when the last run read the same and lacked nothing."""
        now, reading = self._h.clock(), self._mapper.version
        known = unchanged.taken(self._h.store, self._definition.id, reading, now)
        scan.validators = None if self._accept else known
        base = self._definition.folder(self._h.samples)
        if self._definition.since:
            with self._h.store.reading() as store:
                scan.read_until = store.read_until(self._definition.id, reading)
        asked = since.asked(self._definition, scan.read_until)
        files = list(
            fetch(
                asked,
                folder,
                self._h.outgoing,
                base,
                reading=reading,
                known=scan.validators,
                sleep=self._h.sleep,
                warn=scan.warnings.append,
                fresh=(lambda _owns: {}) if self._accept else self._own_pages.fresh,
            )
        )
        scan.validators = unchanged.validators(self._definition, files, reading, now)
        return files

    def _scan_file(self, stream: Iterator[RawRow | BadRow], spool: Spool, scan: _Scan) -> str | None:
        headers_known = False
        for batch in chunks(stream, SCAN):
            self._lease.check()
            self._h.check()
            raw = [row for row in batch if isinstance(row, RawRow)]
            whole = next((row for row in raw if row.known is None), None)
            if whole and not headers_known:
                headers_known = True
                if problems := self._mapper.row_fits(whole.cells.keys()):
                    return f"{whole.where.file}: {' '.join(problems)}"
                self._note_unmapped(whole, scan)
            for bad in (row for row in batch if isinstance(row, BadRow)):
                scan.counts.refused += 1
                scan.counts.unreadable += 1
                spool.refuse(self._mapper.refusal(bad))
            self._scan_rows(raw, spool, scan)
            self._note_newest(raw, scan)
            scan.counts.seen += len(batch)
            self._h.progress(self._definition.id, scan.counts)
        return None

    def _note_newest(self, raw: list[RawRow], scan: _Scan) -> None:
        if asking := self._definition.since:
            today = self._h.clock().astimezone(self._h.zone).date()
            found = since.newest(raw, asking, self._h.zone, self._definition.date_order, today)
            scan.newest = max((day for day in (scan.newest, found) if day), default=None)

    def _note_unmapped(self, row: RawRow, scan: _Scan) -> None:
        for column in self._mapper.unmapped(row.cells.keys()):
            warning = f"{row.where.file}: column {column} is neither mapped nor ignored."
            if warning not in scan.warnings:
                scan.warnings.append(warning)

    def _scan_rows(self, raw: list[RawRow], spool: Spool, scan: _Scan) -> None:
        hashes = [row.known or self._mapper.row_hash(row) for row in raw]
        with self._h.store.reading() as store:
            known = store.sightings_by_row_hash(self._definition.id, hashes)
        for row, row_hash in zip(raw, hashes, strict=True):
            if row.own and row.known is None:
                self._own_pages.note(row.own, row_hash)
            if row_hash in known:
                scan.seen.add(known[row_hash])
                scan.counts.unchanged += 1
            elif row.known is None:  # else it has left the store since: the next run asks for its page
                self._scan_new(self._mapper.draft(row, row_hash), spool, scan)

    def _scan_new(self, outcome: Draft | Refusal | NotPublic, spool: Spool, scan: _Scan) -> None:
        if isinstance(outcome, NotPublic):
            scan.counts.not_public += 1
            if outcome.key:
                spool.withdraw(outcome.key)
        elif isinstance(outcome, Refusal):
            scan.counts.refused += 1
            scan.counts.unreadable += outcome.key is None
            spool.refuse(outcome)
        elif earlier := spool.add(outcome):
            self._refuse(
                outcome,
                f"row {earlier.row} of {earlier.file} has the same key and says something else",
                spool,
                scan,
            )

    def _refuse(self, draft: Draft, reason: str, spool: Spool, scan: _Scan) -> None:
        scan.counts.refused += 1
        spool.refuse(Refusal(self._definition.id, draft.where, None, reason, "", draft.key))

    # --- second pass

    def _publish(self, spool: Spool, scan: _Scan) -> str | None:
        """Publishes the spool; gives what an operator must decide, if anything."""
        with self._h.store.reading() as store:
            for keys in spool.each_key():
                known = store.sightings_by_key(self._definition.id, keys)
                scan.again |= {sighting.id for sighting in known.values()}
                scan.doubled |= {key for key, sighting in known.items() if sighting.id in scan.seen}
            present = scan.seen | scan.again
            lacking = missing(store, self._definition, present, scan.warnings.append)
            if not self._accept and (why := swapped(store, self._definition, spool)):
                return why
        for keys in spool.withdrawn():
            self._withdraw(keys, scan)
        if not self._accept and may_have_other_keys(lacking.known, len(lacking.rows), spool.count()):
            scan.counts.vanished = lacking.known
            return other_keys(self._definition, lacking.known)
        large, pending = spool.count() >= LARGE, 0
        for batch in spool.drafts():
            counts = self._publish_batch(batch, spool, scan)
            scan.counts += counts
            pending += counts.new + counts.changed
            if pending >= 2000:
                pending = 0
                self._follow(scan, most=LAG, helped=large and self._h.beside())
            self._h.progress(self._definition.id, scan.counts)
        message = self._remove(lacking, scan)
        self._follow(scan, most=0)
        return message

    def _publish_batch(self, batch: list[Written], spool: Spool, scan: _Scan) -> Counts:
        with self._writing() as store:
            now = self._h.clock()
            for draft, _, _ in batch:
                if draft.key in scan.doubled:
                    self._refuse(
                        draft, "another row, unchanged since the last run, has the same key", spool, scan
                    )
            kept = [row for row in batch if row.draft.key not in scan.doubled]
            return publish(store, kept, self._desk, now)

    def _withdraw(self, keys: list[str], scan: _Scan) -> None:
        """Takes out at once what its source says is not, or no longer, public."""
        with self._writing() as store:
            known = store.sightings_by_key(self._definition.id, keys).values()
            ids, items = [sighting.id for sighting in known], {sighting.item for sighting in known}
            scan.counts.withdrawn += unlist(store, ids, items, self._desk, self._h.clock())

    def _remove(self, lacking: Missing, scan: _Scan) -> str | None:
        """Marks what a full list no longer has, and takes out what it has lacked for GRACE runs."""
        rows = lacking.rows
        scan.counts.vanished = len(rows)
        if not self._accept and too_many_removed(lacking.known, len(rows)):
            return (
                f"{len(rows)} of {lacking.known} known rows are missing from the source; none was removed. "
                f"If that is right: gongshi harvest {self._definition.id} --accept-removals"
            )
        held = not self._accept and may_be_unreadable(scan.counts, lacking.before)
        if held and rows:
            scan.counts.held, rows = len(rows), []
            scan.warnings.append(held_back(self._definition, scan.counts))
        with self._writing() as store:
            store.set_misses(lacking.back, 0)
            for misses in range(GRACE):
                store.set_misses(
                    [id for id, _, had in rows if had == misses and misses + 1 < GRACE], misses + 1
                )
        gone = [(id, item) for id, item, had in rows if had + 1 >= GRACE or self._accept]
        for part in chunks(gone):
            with self._writing() as store:
                ids, items = [id for id, _ in part], {item for _, item in part}
                scan.counts.withdrawn += unlist(store, ids, items, self._desk, self._h.clock())
        return None

    # --- around

    def _follow(self, scan: _Scan, *, most: int, helped: bool = False) -> None:
        warning = catch_up(self._h.index, self._h.sleep, most=most, helped=helped)
        if warning and warning not in scan.warnings:
            scan.warnings.append(warning)

    def _set_read_until(self, scan: _Scan, store: Writing) -> None:
        """Has the next run ask from here on. A refused row is asked for again: it may be mended by then."""
        if self._definition.since is None:
            return
        if scan.counts.refused:
            scan.warnings.append(STAYS)
        elif newest := max((day for day in (scan.read_until, scan.newest) if day), default=None):
            store.set_read_until(self._definition.id, self._mapper.version, newest)
