"""Sources whose one file has not changed since their last run: how they are known, and what a run says."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from harvesters.formats import Fetched
from harvesters.source import Definition
from publisher.harvests import Counts, RunState, Validators
from publisher.store import Store

TRUSTED = timedelta(days=7)
"""How long a server is believed that its file has not changed; then it is read once more."""


def trusted(known: Validators | None, reading: bytes, now: datetime) -> Validators | None:
    """What is known of a source's file, if it was read as it is read now, not long ago."""
    fits = known is not None and known.reading == reading and now - known.read_at < TRUSTED
    return known if fits else None


def validators(
    definition: Definition, files: Sequence[Fetched], reading: bytes, now: datetime
) -> Validators | None:
    """What to know the source's one file by; None where there are several, or they are local."""
    single = (
        definition.url is not None
        and definition.pages is None
        and definition.detail is None
        and definition.since is None
    )
    if not single or not files or files[0].digest is None:
        return None
    return Validators(reading, files[0].etag, files[0].last_modified, files[0].digest, now)


def repeated(store: Store, source: str) -> tuple[Counts, list[str]]:
    """Counts and warnings of a run that finds the same file as the last complete one."""
    with store.reading() as reading:
        runs = reading.harvests(source)
    last = next((run for run in runs if run.state is RunState.COMPLETE), None)
    if last is None:
        return Counts(), []
    said = last.counts
    counts = Counts(
        seen=said.seen,
        unchanged=said.new + said.changed + said.unchanged,
        refused=said.refused,
        unreadable=said.unreadable,
        not_public=said.not_public,
        suppressed=said.suppressed,
    )
    return counts, list(last.warnings)
