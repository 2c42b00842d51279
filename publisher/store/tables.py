"""The tables. What they mean is said at each; how they are asked is in reading.py and writing.py."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SerialKey = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept and given as UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Digest(TypeEngine[bytes]):
    """16 bytes, as every driver takes and gives them. LargeBinary copies each, which would cost more than all
    else that is done with an unchanged row."""

    __visit_name__ = "large_binary"
    cache_ok = True
    length = None
    operator_classes = LargeBinary.operator_classes

    def coerce_compared_value(self, _operator: object, _value: object) -> "Digest":
        return self


# One decision or list entry, as all its sightings together say it. `ends_at` is the first moment at which it
# is public no more, from its period and the zone; `name_key` is what joining compares, and `uscc`, of a
# natural person the keyed hash that stands for it: see Party.own. At
# `erased_at` its content was erased.
item = Table(
    "item",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("list_id", String(80)),
    Column("sector", String(40), nullable=False),
    Column("region", String(20)),
    Column("subject_id", String(16), nullable=False),
    Column("uscc", String(18)),
    Column("name_key", Text, nullable=False),
    Column("personal", Boolean, nullable=False),
    Column("party", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("start_day", Date),
    Column("last_day", Date),
    Column("rule", String(120), nullable=False),
    Column("ends_at", Moment),
    Column("state", String(20), nullable=False),
    Column("sources", Text, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("corrected_at", Moment),
    Column("objected_at", Moment),
    Column("erased_at", Moment),
    Index("ix_item_subject", "subject_id", "kind", "start_day"),
    Index("ix_item_name_key", "name_key", "uscc"),
)

for _columns, _where in (  # what waits for its erasure, and what has it behind it
    ((item.c.state, item.c.changed_at), text("erased_at IS NULL AND state <> 'public'")),
    ((item.c.ends_at,), text("erased_at IS NULL AND ends_at IS NOT NULL")),
    ((item.c.erased_at,), text("erased_at IS NOT NULL")),
):
    Index(f"ix_item_{_columns[0].name}", *_columns, sqlite_where=_where, postgresql_where=_where)

# A source's row about an item. `draft` is the row as it passed the gate, `record` as the source wrote it,
# masked; both as the run `harvest_id` read them in `file`. `misses` counts complete runs of the source that
# no longer had it. No foreign key holds on to runs: they are forgotten after a year.
sighting = Table(
    "sighting",
    metadata,
    Column("id", SerialKey, primary_key=True, autoincrement=True),
    Column("source_id", String(200), nullable=False),
    Column("key", Text, nullable=False),
    Column(
        "item_id", String(16), ForeignKey("item.id", deferrable=True, initially="DEFERRED"), nullable=False
    ),
    Column("row_hash", Digest, nullable=False),
    Column("fingerprint", Digest, nullable=False),
    Column("draft", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("harvest_id", SerialKey),
    Column("first_seen_at", Moment, nullable=False),
    Column("misses", Integer, nullable=False, default=0),
    UniqueConstraint("source_id", "key"),
    Index("ix_sighting_row_hash", "source_id", "row_hash"),
    Index("ix_sighting_item_id", "item_id"),
)
# Few are missed, and every run asks how many; a row of the table is too long to be read for it.
Index(
    "ix_sighting_missed",
    sighting.c.source_id,
    sqlite_where=sighting.c.misses > 0,
    postgresql_where=sighting.c.misses > 0,
)

# What a sighting said before a correction. Goes with it.
earlier = Table(
    "earlier",
    metadata,
    Column("id", SerialKey, primary_key=True, autoincrement=True),
    Column("sighting_id", SerialKey, ForeignKey("sighting.id", ondelete="CASCADE"), nullable=False),
    Column("draft", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("harvest_id", SerialKey),
    Column("until", Moment, nullable=False),
    Index("ix_earlier_sighting_id", "sighting_id"),
)

# The change log: what all readers follow. Holds no content. `overtakes`: until an index has applied it, the
# index may show what is no longer public.
change = Table(
    "change",
    metadata,
    Column("seq", SerialKey, primary_key=True, autoincrement=True),
    Column("item_id", String(16), nullable=False),
    Column("subject_id", String(16), nullable=False),
    Column("what", String(20), nullable=False),
    Column("moment", Moment, nullable=False),
    Column("overtakes", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
Index(
    "ix_change_overtakes", change.c.seq, sqlite_where=change.c.overtakes, postgresql_where=change.c.overtakes
)

# The public face of each source, as its definition said when it was last harvested. `stale_from`: see
# sources.Freshness.
source = Table(
    "source",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("face", Text, nullable=False),
    Column("last_complete", Moment),
    Column("stale_from", Moment),
)

named_list = Table(
    "named_list",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("face", Text, nullable=False),
)

# One run of one source.
harvest = Table(
    "harvest",
    metadata,
    Column("id", SerialKey, primary_key=True, autoincrement=True),
    Column("source_id", String(200), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("state", String(20), nullable=False),
    Column("counts", Text, nullable=False),
    Column("traffic", Text, nullable=False, server_default="{}"),
    Column("warnings", Text, nullable=False),
    Column("message", Text),
    Index("ix_harvest_source_id", "source_id", "id"),
    sqlite_autoincrement=True,
)

# How a source stands with the scheduler: see harvests.Standing. One without a row has nothing against it.
standing = Table(
    "standing",
    metadata,
    Column("source_id", String(200), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("held_since", Moment),
)

# Runs that operators asked for. `harvest_id` is the last run that took it, `answered_at` when that ended,
# however it went: one that is interrupted leaves it to the next. No foreign key holds on to runs.
harvest_request = Table(
    "harvest_request",
    metadata,
    Column("id", SerialKey, primary_key=True, autoincrement=True),
    Column("source_id", String(200), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("asked_by", String(80), nullable=False),
    Column("accept_removals", Boolean, nullable=False),
    Column("answered_at", Moment),
    Column("harvest_id", SerialKey),
    sqlite_autoincrement=True,
)
_unanswered = harvest_request.c.answered_at.is_(None)
Index(
    "ix_harvest_request_unanswered",
    harvest_request.c.id,
    sqlite_where=_unanswered,
    postgresql_where=_unanswered,
)

# What a run said of its steps: [moment, text] each. Apart from the run, for few ask for it. Goes with it.
run_log = Table(
    "run_log",
    metadata,
    Column(
        "harvest_id",
        SerialKey,
        ForeignKey("harvest.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("lines", Text, nullable=False),
)

# Rows refused by the last run that read them, masked. `key`: the row's own, where it could be read; `record`:
# as its source wrote it.
quarantine = Table(
    "quarantine",
    metadata,
    Column("id", SerialKey, primary_key=True, autoincrement=True),
    Column("source_id", String(200), nullable=False),
    Column("harvest_id", SerialKey, ForeignKey("harvest.id"), nullable=False),
    Column("file", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("column", Text),
    Column("reason", Text, nullable=False),
    Column("excerpt", Text, nullable=False),
    Column("key", Text),
    Column("record", Text, nullable=False, server_default=""),
    Column("row_hash", LargeBinary(16)),
    Index("ix_quarantine_source_id", "source_id"),
    Index("ix_quarantine_row_hash", "row_hash"),
)

# By what a source's file is known again that has not changed since its last run, which was complete.
fetch_state = Table(
    "fetch_state",
    metadata,
    Column("source_id", String(200), primary_key=True),
    Column("reading", LargeBinary(16), nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("digest", String(64), nullable=False),
    Column("read_at", Moment, nullable=False),
)

# Rows whose own page was read: `mark` is what the list says of one, keyed; `row_hash` is what it became.
own_page = Table(
    "own_page",
    metadata,
    Column("source_id", String(200), primary_key=True),
    Column("mark", LargeBinary(16), primary_key=True),
    Column("row_hash", LargeBinary(16), nullable=False),
    Column("read_at", Moment, nullable=False),
)

# Up to which day or number a source was read that is asked for what is new only: its `mark`, see
# harvesters.since. `reading`: see harvests.Validators.
read_until = Table(
    "read_until",
    metadata,
    Column("source_id", String(200), primary_key=True),
    Column("reading", LargeBinary(16), nullable=False),
    Column("mark", Text, nullable=False),
)

# What a source's rows are usually like, as JSON: see usual.Usual. `reading`: see harvests.Validators.
usual = Table(
    "usual",
    metadata,
    Column("source_id", String(200), primary_key=True),
    Column("reading", LargeBinary(16), nullable=False),
    Column("spec", Text, nullable=False),
)

# How many decisions were public in time: counted once each, when a source tells of them for the first time.
# `week` is its Monday.
punctuality = Table(
    "punctuality",
    metadata,
    Column("source_id", String(200), primary_key=True),
    Column("authority", String(200), primary_key=True),
    Column("week", Date, primary_key=True),
    Column("timely", Integer, nullable=False),
    Column("late", Integer, nullable=False),
    Column("provisional", Integer, nullable=False),
    Index("ix_punctuality_week", "week"),
)

# How many document numbers between those seen of a source were not: see quality.Gaps.
gaps = Table(
    "gaps",
    metadata,
    Column("source_id", String(200), primary_key=True),
    Column("counted_at", Moment, nullable=False),
    Column("series", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
)

# How many complete runs have read a source in the same way. `reading`: see harvests.Validators.
settled = Table(
    "settled",
    metadata,
    Column("source_id", String(200), primary_key=True),
    Column("reading", LargeBinary(16), nullable=False),
    Column("runs", Integer, nullable=False),
)

# Rule sets as they were applied, and by whom; the newest of each name holds. Items up to `through` have been
# judged by it; all of them at `done_at`.
applied_rules = Table(
    "applied_rules",
    metadata,
    Column("number", SerialKey, primary_key=True, autoincrement=True),
    Column("name", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", Moment, nullable=False),
    Column("through", String(16), nullable=False),
    Column("done_at", Moment),
    sqlite_autoincrement=True,
)

# Roles that only one process may have at a time, with an expiry for those that died.
lease = Table(
    "lease",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("holder", String(80), nullable=False),
    Column("expires_at", Moment, nullable=False),
)

# Single values: the epoch of the change log.
setting = Table(
    "setting", metadata, Column("name", String(80), primary_key=True), Column("value", Text, nullable=False)
)
