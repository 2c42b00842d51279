"""The second pass of a run: what was read is published, and what a full list lacks is taken out, in small
steps."""

import time
from collections.abc import Callable

from harvesters.believing import held_back, other_keys
from harvesters.missing import Missing, missing
from harvesters.press import Press
from harvesters.proof import Proof
from harvesters.scan import Scan
from harvesters.source import Definition
from harvesters.spool import Spool
from harvesters.swapping import swapped
from publisher.harvests import may_be_unreadable, may_have_other_keys, too_many_removed
from publisher.items import Draft, Refusal
from publisher.store import Store, Written, chunks

GRACE = 2
"""Complete runs in which a row must be missing before it is no longer listed."""

LAG = 12_000
"""A harvest waits while the index is more changes behind than this."""
LARGE = 5000
"""From so many rows to publish on it pays that another process indexes them meanwhile."""

OUTLASTING = (
    "Rows say that items are still public which had ended by time and were erased; none of them came back. "
    "`gongshi items outlasting` names them; if a row is right: gongshi items readmit ID"
)


class Publishing:
    """The second pass; `press` carries out what it decides. With `accept` no removal waits for an operator,
    nor for GRACE. `progress` is called after each step."""

    def __init__(
        self,
        definition: Definition,
        store: Store,
        press: Press | Proof,
        accept: bool,
        progress: Callable[[], None],
    ) -> None:
        self._definition, self._store, self._press = definition, store, press
        self._accept, self._progress = accept, progress

    def run(self, spool: Spool, scan: Scan) -> str | None:
        """Publishes the spool; gives what an operator must decide, if anything."""
        with self._store.reading() as store:
            for keys in spool.each_key():
                known = store.sightings_by_key(self._definition.id, keys)
                scan.again |= {sighting.id for sighting in known.values()}
                scan.doubled |= {key for key, sighting in known.items() if sighting.id in scan.seen}
            lacking = missing(store, self._definition, scan.seen | scan.again, scan.warn)
            if scan.again and not self._accept and (why := swapped(store, self._definition, spool)):
                return why
        for keys in spool.withdrawn():
            self._withdraw(keys, scan)
        if not self._accept and may_have_other_keys(lacking.known, len(lacking.rows), spool.count()):
            scan.counts.vanished = lacking.known
            return other_keys(self._definition, lacking.known)
        large, pending = spool.count() >= LARGE, 0
        for batch in spool.drafts():
            counts = self._press.publish(self._publishable(batch, spool, scan))
            scan.counts += counts
            if counts.outlasting:
                scan.warn(OUTLASTING)
            scan.log.add(f"published {len(batch)} rows: {counts}")
            pending += counts.new + counts.changed
            if pending >= 2000:
                pending = 0
                self._follow(scan, most=LAG, large=large)
            self._progress()
        message = self._remove(lacking, scan)
        if lacking.rows:
            gone = scan.counts.withdrawn
            scan.log.add(f"{len(lacking.rows)} known rows are missing; {gone} items left the public")
        self._follow(scan, most=0)
        return message

    def _publishable(self, batch: list[Written], spool: Spool, scan: Scan) -> list[Written]:
        """Those of the rows whose key no unchanged row has; the others are refused."""
        for draft, _, _ in batch:
            if draft.key in scan.doubled:
                refuse(draft, "another row, unchanged since the last run, has the same key", spool, scan)
        return [row for row in batch if row.draft.key not in scan.doubled]

    def _withdraw(self, keys: list[str], scan: Scan) -> None:
        """Takes out at once what its source says is not, or no longer, public."""
        with self._store.reading() as store:
            known = store.sightings_by_key(self._definition.id, keys).values()
        scan.counts.withdrawn += self._press.unlist({sighting.id: sighting.item for sighting in known})

    def _remove(self, lacking: Missing, scan: Scan) -> str | None:
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
            scan.warn(held_back(self._definition, scan.counts))
        marked = {misses: [id for id, _, had in rows if had + 1 == misses] for misses in range(1, GRACE)}
        self._press.note_misses({0: lacking.back} | marked)
        gone = [(id, item) for id, item, had in rows if had + 1 >= GRACE or self._accept]
        for part in chunks(gone):
            scan.counts.withdrawn += self._press.unlist(dict(part))
        return None

    def _follow(self, scan: Scan, *, most: int, large: bool = False) -> None:
        began = time.monotonic()
        warning = self._press.follow(most=most, large=large)
        scan.log.add(f"waited {time.monotonic() - began:.2f} s for the search index")
        if warning:
            scan.warn(warning)


def refuse(draft: Draft, reason: str, spool: Spool, scan: Scan) -> None:
    """Has a row that could be read in quarantine all the same."""
    scan.counts.refused += 1
    spool.refuse(Refusal(draft.source, draft.where, None, reason, "", draft.key, draft.record))
