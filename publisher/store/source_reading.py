"""What can be asked of the store about sources, their runs and their quality."""

from collections.abc import Collection, Iterator
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select

from publisher.harvests import Counts, Harvest, Line, Request, RunState, Standing, Validators
from publisher.items import Refusal
from publisher.punctuality import Week
from publisher.quality import Gaps
from publisher.sources import Freshness, NamedList, Source
from publisher.store import codec, quality, requests, runs, usual
from publisher.store.quality import Punctual
from publisher.store.tables import named_list, read_until, source
from publisher.usual import Usual

_STALE = select(source.c.face).where(source.c.stale_from <= bindparam("now")).order_by(source.c.id)


class SourceReading:
    """The part of `Reading` that is about sources."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sources(self) -> dict[str, tuple[Source, Freshness]]:
        """Each source that was ever harvested, and how fresh it is."""
        rows = self._connection.execute(select(source).order_by(source.c.id))
        return {
            row.id: (codec.load_source(row.face), Freshness(row.last_complete, row.stale_from))
            for row in rows
        }

    def authorities(self) -> dict[str, str]:
        """The keeper of each source that was ever harvested."""
        return {id: kept.authority for id, (kept, _) in self.sources().items()}

    def stale_sources(self, now: datetime) -> list[Source]:
        """Sources that are later than they promise, in order of id."""
        return [codec.load_source(face) for face in self._connection.execute(_STALE, {"now": now}).scalars()]

    def named_lists(self) -> dict[str, NamedList]:
        rows = self._connection.execute(select(named_list).order_by(named_list.c.id))
        return {row.id: codec.load_named_list(row.face) for row in rows}

    def harvests(
        self, source_id: str | None = None, limit: int = 50, before: int | None = None
    ) -> list[Harvest]:
        """Runs, newest first; those with an id below `before`, where it is given."""
        return runs.newest(self._connection, source_id, limit, before)

    def harvest(self, id: int) -> Harvest | None:
        """One run."""
        return runs.one(self._connection, id)

    def log(self, run: int) -> list[Line]:
        """What a run said of its steps; nothing before it has ended."""
        return runs.log(self._connection, run)

    def standing(self, source_id: str) -> Standing:
        """How a source stands with the scheduler."""
        return runs.standing(self._connection, source_id)

    def standings(self) -> dict[str, Standing]:
        """How each source stands with the scheduler that has anything against it."""
        return runs.standings(self._connection)

    def requests(self, source_id: str | None = None) -> list[Request]:
        """Runs that were asked for and not yet made, the oldest first."""
        return requests.unanswered(self._connection, source_id)

    def last_unheld(self, source_id: str) -> Counts | None:
        """The counts of the last complete run of a source in which no missing row was held."""
        run = runs.last_unheld(self._connection, source_id)
        return run.counts if run else None

    def settled(self, source_id: str, reading: bytes) -> int:
        """How many complete runs in a row have read a source in this way."""
        return runs.settled(self._connection, source_id, reading)

    def last_complete_runs(self) -> dict[str, Harvest]:
        """The last complete run of each source that had one; costs one indexed read a source."""
        return runs.last(self._connection, RunState.COMPLETE)

    def last_runs(self) -> dict[str, Harvest]:
        """The last run of each source that had one; costs one indexed read a source."""
        return runs.last(self._connection)

    def validators(self, source_id: str) -> Validators | None:
        """What was kept of a source's file."""
        return runs.validators(self._connection, source_id)

    def refusals(self, source_id: str | None = None, limit: int = 1000) -> list[Refusal]:
        """Rows in quarantine, in order of source, file and row."""
        return list(runs.refusals(self._connection, source_id, limit))

    def each_refusal(self, source_id: str) -> Iterator[Refusal]:
        """All rows of a source in quarantine, in order of file and row, however many."""
        return runs.refusals(self._connection, source_id)

    def refused(self, source_id: str, hashes: Collection[bytes]) -> dict[bytes, Refusal]:
        """Those rows of a source in quarantine that have one of these hashes, by it. Few, for one query."""
        return runs.refused(self._connection, source_id, hashes) if hashes else {}

    def quarantined(self, source_id: str) -> list[tuple[int, datetime, Refusal]]:
        """The rows of a source in quarantine, with the id and the start of the run that refused them."""
        return runs.quarantined(self._connection, source_id)

    def refusal_counts(self) -> dict[str, int]:
        """How many rows each source has in quarantine that has any."""
        return runs.refusal_counts(self._connection)

    def punctuality(self, week: date, source_id: str | None = None) -> list[Punctual]:
        """How punctual a source, or each of them, was from that week on, newest week first."""
        return list(quality.since(self._connection, week, source_id))

    def weeks(self, first: date, source_id: str | None = None) -> dict[str, tuple[Week, ...]]:
        """How punctual each source that has any such week was, or one, newest first."""
        return quality.by_week(self._connection, first, source_id)

    def gaps(self, source_id: str | None = None) -> dict[str, Gaps]:
        """The gaps in the numbers of each source where they were counted, or of one."""
        return quality.gaps(self._connection, source_id)

    def read_until(self, source_id: str, reading: bytes) -> str | None:
        """The mark up to which the source was read, if it was read in this way."""
        query = select(read_until.c.mark).where(
            read_until.c.source_id == source_id, read_until.c.reading == reading
        )
        return self._connection.execute(query).scalar()

    def usual(self, source_id: str) -> Usual | None:
        """What the rows of a source are usually like."""
        return usual.load(self._connection, source_id)
