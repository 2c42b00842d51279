"""What a source promises, and from when on that is broken, kept beside it in the store."""

from datetime import datetime, tzinfo

from harvesters.pace import stale_from
from harvesters.source import Definition
from publisher.store import Writing


def announce(store: Writing, definition: Definition, now: datetime, zone: tzinfo) -> None:
    """Keeps what the definition now says of its source and list. A source that promises anything and was
    never read whole is late at once."""
    _, fresh = store.sources().get(definition.id, (None, None))
    last = fresh.last_complete if fresh else None
    late = stale_from(definition, last or now, zone)
    store.put_source(definition.source(), now if late and last is None else late)
    if named := definition.named_list():
        store.put_named_list(named)


def keep_promise(store: Writing, definition: Definition, reading: bytes, now: datetime, zone: tzinfo) -> None:
    """Notes that the source was read whole. `reading`: see harvests.Validators."""
    store.set_complete(definition.id, reading, now, stale_from(definition, now, zone))
