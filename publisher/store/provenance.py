"""How each thing said of an item is known: who read it, where, since when, and what was said before."""

from sqlalchemy import Connection, Row, select

from publisher.items import Draft, Earlier, RowRef, Sighting
from publisher.store import tables
from publisher.store.codec import ContentCodec
from publisher.store.tables import sighting


def sightings(connection: Connection, contents: ContentCodec, item_id: str) -> list[Sighting]:
    """The sightings of an item with all that is known of them, by source and key."""
    query = (
        select(sighting).where(sighting.c.item_id == item_id).order_by(sighting.c.source_id, sighting.c.key)
    )
    return [
        Sighting(row.id, _draft(contents, row, row.row_hash), row.harvest_id, row.first_seen_at, row.misses)
        for row in connection.execute(query)
    ]


def earlier(connection: Connection, contents: ContentCodec, item_id: str) -> list[Earlier]:
    """What the sightings of an item said before they were corrected, newest first; the row hashes of then are
    not kept."""
    query = (
        select(tables.earlier, sighting.c.source_id, sighting.c.key)
        .join(sighting, sighting.c.id == tables.earlier.c.sighting_id)
        .where(sighting.c.item_id == item_id)
        .order_by(tables.earlier.c.id.desc())
    )
    return [
        Earlier(row.sighting_id, _draft(contents, row, b""), row.harvest_id, row.until)
        for row in connection.execute(query)
    ]


def _draft(contents: ContentCodec, row: Row[tuple[object, ...]], row_hash: bytes) -> Draft:
    where = RowRef(row.file, row.row)
    return contents.load_draft(row.draft, row.source_id, row.key, row_hash, where, row.record)
