"""Where a page begins: opaque to the reader, tied to its query, and without a moment in it."""

import base64
import json
from hashlib import blake2b
from typing import NamedTuple

from search.errors import BadQuery
from search.model import Query


class Start(NamedTuple):
    """The last hit given: its tier's number (0 when not by relevance), its sort key (None: none), its id."""

    tier: int
    key: int | None
    id: str


def write(query: Query, start: Start) -> str:
    """The cursor of the page that follows `start`."""
    text = json.dumps([_hash(query), *start], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(query: Query) -> Start | None:
    """What `query.after` says. Raises BadQuery for the cursor of another query, or none at all."""
    if query.after is None:
        return None
    try:
        padded = query.after + "=" * (-len(query.after) % 4)
        of, tier, key, id_ = json.loads(base64.b64decode(padded.encode("ascii"), b"-_", validate=True))
        fits = type(tier) is int and isinstance(id_, str) and (key is None or type(key) is int)
    except (ValueError, TypeError, RecursionError):
        raise BadQuery("The cursor of the next page is broken; begin with the first page.") from None
    if not fits or of != _hash(query) or not 0 <= tier < 100 or not -(2**63) <= (key or 0) < 2**63:
        raise BadQuery("The cursor belongs to another query; begin with the first page.")
    return Start(tier, key, id_)


def _hash(query: Query) -> str:
    """Of what decides which hits there are and their order; not of the moment, limit or facets."""
    where = sorted((name, sorted(values)) for name, values in query.where.items())
    asked = (query.collection, query.expression, where, sorted(query.ranges.items(), key=repr), query.order)
    text = repr((*asked, query.tiers)).encode("utf-8", "backslashreplace")
    return blake2b(text, digest_size=6).hexdigest()
