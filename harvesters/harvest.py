"""One run of one source, in two passes: read and check everything, decide, then publish in small
transactions."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path

from harvesters import since, unchanged
from harvesters.believing import STAYS, ended_by, too_many_rows, unbelievable
from harvesters.fetch import NotModified, fetch
from harvesters.folder import private_folder
from harvesters.formats import BadRow, Fetched, RawRow, rows
from harvesters.log import Log
from harvesters.mapping import Mapper, NotPublic
from harvesters.measuring import keep_gaps, measure
from harvesters.noticing import Noticing
from harvesters.own_pages import OwnPages
from harvesters.press import Press
from harvesters.promises import announce
from harvesters.proof import Proof
from harvesters.publishing import Publishing, refuse
from harvesters.scan import Scan
from harvesters.source import Definition
from harvesters.spool import Spool
from harvesters.stopping import Stopped
from harvesters.terms import Terms, role
from publisher.errors import GongshiError
from publisher.harvests import Counts, RunState, Traffic
from publisher.indexing import Index
from publisher.items import Draft, Refusal
from publisher.joining import Identity
from publisher.judging import Judge
from publisher.kinds import Registry
from publisher.laws import Laws
from publisher.leases import LENGTH, Lease
from publisher.outgoing import Outgoing
from publisher.publish import Desk
from publisher.store import Reading, Store, chunks

SCAN = 2000
"""Rows whose hashes are looked up together."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did. `message` says in one sentence why it failed or what an operator must decide."""

    source: str
    state: RunState
    counts: Counts
    traffic: Traffic
    warnings: tuple[str, ...]
    message: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Harvester:
    """Runs definitions against a store. `spools` is a private folder; `progress` is told of counts as they
    grow; `beside` has another process follow the log from now on, and tells whether one does. `clock` says
    what is public; by `wall`, the real time, leases of length `lease` tell which runs live. `check` is called
    between batches and `sleep` in all waits: Stopped, which they may raise, ends the run."""

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
        """
        return self.run_on(lambda _: Terms(accept_removals), definition)

    def run_on(self, terms: Callable[[Reading], Terms], definition: Definition) -> Outcome:
        """The same on `terms` that are asked for once no other run of the source can begin; what they raise
        calls the run off."""
        what = f"harvest of {definition.id}"
        lease = Lease(self.store, role(definition.id), what, self.wall, self.lease)
        with lease.held():
            laws = Laws(self.registry)
            with self.store.writing() as store:
                agreed = terms(store)
                laws.note_first(store, self.clock())
                mapper = self._mapper(definition, laws.judge(store))
                announce(store, definition, self.clock(), self.zone)
                id = store.start_harvest(definition.id, self.clock(), agreed.answers)
                readings = store.settled(definition.id, mapper.version)
                timing = measure(definition, readings)
                desk = Desk(
                    self.identity, self.zone, store.authorities(), laws, id, timing, settled=readings > 0
                )
            press = Press(
                id=id,
                definition=definition,
                reading=mapper.version,
                store=self.store,
                index=self.index,
                desk=desk,
                lease=lease,
                clock=self.clock,
                beside=self.beside,
                sleep=self.sleep,
                stop=self.check,
            )
            outcome = _Run(self, definition, mapper, press, agreed.accept_removals).outcome()
            if outcome.state is RunState.COMPLETE:
                keep_gaps(self.store, definition, outcome.counts, self.clock())
            return outcome

    def dry_run(self, definition: Definition, *, accept_removals: bool = False) -> Outcome:
        """What `run` would say now, and nothing is written; others may run meanwhile, of the same source too.

        Raises StoreError when the store fails.
        """
        proof = Proof(definition.id, self.store, self.identity, self.check)
        with self.store.reading() as store:
            mapper = self._mapper(definition, Laws(self.registry).judge(store))
        return _Run(self, definition, mapper, proof, accept_removals).outcome()

    def _mapper(self, definition: Definition, judge: Judge) -> Mapper:
        return Mapper(definition, self.registry, self.identity.seal, self.zone, judge)


class _Run:
    """One run under way."""

    def __init__(
        self,
        harvester: Harvester,
        definition: Definition,
        mapper: Mapper,
        press: Press | Proof,
        accept: bool,
    ) -> None:
        self._h, self._definition, self._mapper = harvester, definition, mapper
        self._press, self._accept = press, accept
        self._noticing = Noticing(harvester.store, definition, mapper)
        self._own_pages = OwnPages(harvester.store, definition.id, mapper, harvester.clock())

    def outcome(self) -> Outcome:
        """Runs both passes and writes down what happened, whatever it was."""
        scan, started = Scan(Log(self._h.wall)), time.monotonic()
        try:
            state, message = self._passes(scan)
        except GongshiError as error:
            state, message = ended_by(error), str(error)
        except Stopped as stopped:
            state, message = RunState.INTERRUPTED, str(stopped)
        self._press.end(state, scan, message)
        said = scan.counts, scan.traffic, tuple(scan.warnings), message
        return Outcome(self._definition.id, state, *said, seconds=time.monotonic() - started)

    def _passes(self, scan: Scan) -> tuple[RunState, str | None]:
        store, definition = self._h.store, self._definition
        with (
            private_folder(self._h.spools, self._press.role) as folder,
            closing(Spool(folder, definition.id, store.contents)) as spool,
        ):
            try:
                message, state = self._read(folder, spool, scan), RunState.FAILED
                if message is None:
                    self._press.learn(self._noticing.first())
                    publishing = Publishing(
                        definition, store, self._press, self._accept, partial(self._tell, scan)
                    )
                    message = publishing.run(spool, scan)
                    state = RunState.COMPLETE if message is None else RunState.REFUSED
            except NotModified:
                scan.counts, scan.warnings = unchanged.repeated(store, definition.id)
                if warning := self._press.follow(most=0):
                    scan.warn(warning)
                message, state = None, RunState.COMPLETE
            except GongshiError as error:
                message, state = str(error), ended_by(error)
            if state is RunState.COMPLETE and definition.since and scan.counts.refused:
                scan.warn(STAYS)
            self._press.keep(spool, scan, state, self._own_pages)
        return state, message

    def _tell(self, scan: Scan) -> None:
        self._h.progress(self._definition.id, scan.counts)

    # --- first pass

    def _read(self, folder: Path, spool: Spool, scan: Scan) -> str | None:
        """Reads and checks all rows into the spool; gives the reason why nothing may be published, if any."""
        if self._mapper.unjudged:
            return self._mapper.unjudged
        for fetched in self._fetch(folder, scan):
            before = scan.counts.seen
            problem = self._scan_file(rows(fetched, self._definition), spool, scan)
            scan.log.add(f"read {scan.counts.seen - before} rows of {fetched.name}")
            if problem:
                return problem
        scan.warnings += self._mapper.doubts.sentences() + self._noticing.sentences()
        scan.usual = self._noticing.next
        scan.counts.of_assumed_severity = self._mapper.assumed
        scan.warnings += too_many_rows(self._definition, scan.counts)
        continued = scan.read_until is not None
        scan.whole = continued or scan.counts.seen > 0
        return unbelievable(self._definition, scan.counts, continued=continued)

    def _fetch(self, folder: Path, scan: Scan) -> list[Fetched]:
        """The source's files. Raises NotModified when the last run read the same and lacked nothing."""
        now, reading = self._h.clock(), self._mapper.version
        known = unchanged.trusted(self._press.validators(), reading, now)
        scan.validators = None if self._accept else known
        base = self._definition.folder(self._h.samples)
        if self._definition.since:
            with self._h.store.reading() as store:
                scan.read_until = store.read_until(self._definition.id, reading)
        files = list(
            fetch(
                since.asked(self._definition, scan.read_until),
                folder,
                self._h.outgoing,
                base,
                reading=reading,
                known=scan.validators,
                sleep=self._h.sleep,
                check=self._h.check,
                hear=scan.hear,
                warn=scan.warn,
                fresh=(lambda _owns: {}) if self._accept else self._own_pages.fresh,
            )
        )
        scan.validators = unchanged.validators(self._definition, files, reading, now)
        return files

    def _scan_file(self, stream: Iterator[RawRow | BadRow], spool: Spool, scan: Scan) -> str | None:
        headers_known = False
        for batch in chunks(stream, SCAN):
            self._press.check()
            raw = [row for row in batch if isinstance(row, RawRow)]
            whole = next((row for row in raw if row.known is None), None)
            if whole and not headers_known:
                headers_known = True
                if problems := self._mapper.row_fits(whole.cells.keys()):
                    return f"{whole.where.file}: {' '.join(problems)}"
                for warning in self._noticing.unmapped(whole):
                    scan.warn(warning)
            for bad in (row for row in batch if isinstance(row, BadRow)):
                scan.counts.refused += 1
                scan.counts.unreadable += 1
                spool.refuse(self._mapper.refusal(bad))
            self._scan_rows(raw, spool, scan)
            self._note_newest(raw, scan)
            scan.counts.seen += len(batch)
            self._tell(scan)
        return None

    def _note_newest(self, raw: list[RawRow], scan: Scan) -> None:
        if asking := self._definition.since:
            today = self._h.clock().astimezone(self._h.zone).date()
            found = since.newest(raw, asking, self._h.zone, self._definition.date_order, today)
            scan.newest = since.latest((scan.newest, found))

    def _scan_rows(self, raw: list[RawRow], spool: Spool, scan: Scan) -> None:
        hashes = [row.known or self._mapper.row_hash(row) for row in raw]
        with self._h.store.reading() as store:
            known = store.sightings_by_row_hash(self._definition.id, hashes)
            unknown = [each for each in hashes if each not in known]
            barred = store.barred(self._definition.id, unknown)
            # Of a first harvest, or of rows that are read in another way, none can be among those refused.
            refused = store.refused(self._definition.id, unknown) if known else {}
        for row, row_hash in zip(raw, hashes, strict=True):
            if row.own and row.known is None:
                self._own_pages.note(row.own, row_hash)
            if row_hash in known:
                scan.seen.add(known[row_hash])
                scan.counts.unchanged += 1
            elif row_hash in barred:
                scan.barred.add(row_hash)
                scan.counts.suppressed += 1
            elif row_hash in refused:
                self._scan_new(replace(refused[row_hash], where=row.where), spool, scan)
            elif row.known is None:  # else it has left the store since: the next run asks for its page
                self._scan_new(self._mapper.draft(row, row_hash), spool, scan)

    def _scan_new(self, outcome: Draft | Refusal | NotPublic, spool: Spool, scan: Scan) -> None:
        if isinstance(outcome, NotPublic):
            scan.counts.not_public += 1
            if outcome.key:
                spool.withdraw(outcome.key)
        elif isinstance(outcome, Refusal):
            scan.counts.refused += 1
            scan.counts.unreadable += outcome.key is None
            spool.refuse(outcome)
        elif earlier := spool.add(outcome):
            reason = f"row {earlier.row} of {earlier.file} has the same key and says something else"
            refuse(outcome, reason, spool, scan)
