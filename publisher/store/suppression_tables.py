"""The tables that keep from coming back what must not. Nothing readable is in them, and nothing that could be
found out by trying: all digests are keyed."""

from sqlalchemy import Boolean, Column, Index, LargeBinary, String, Table

from publisher.store.tables import Digest, Moment, SerialKey, metadata

# By what an item is known again that no source may bring back: see suppression.suppress. `whole` is the
# digest of the item itself, under which its others stand too; `coded` that the item had an organisation's
# sound code.
suppressed = Table(
    "suppressed",
    metadata,
    Column("digest", LargeBinary(16), primary_key=True),
    Column("whole", LargeBinary(16), primary_key=True),
    Column("coded", Boolean, nullable=False),
    Column("why", String(20), nullable=False),
    Column("since", Moment, nullable=False),
    Index("ix_suppressed_whole", "whole"),
)

# Rows of sources that tell of such an item, by their hash: they are read no further. `harvest_id` is the run
# that found it so, None for rows that were published before; `longer` that its row says the item is still
# public.
barred = Table(
    "barred",
    metadata,
    Column("source_id", String(200), primary_key=True),
    Column("row_hash", Digest, primary_key=True),
    Column("whole", LargeBinary(16), nullable=False),
    Column("harvest_id", SerialKey),
    Column("longer", Boolean, nullable=False),
    Index("ix_barred_whole", "whole"),
)
