"""The gaps in a source's document numbers: counted from its rows, and kept as a few figures for pages."""

from collections.abc import Iterator
from datetime import datetime

from publisher.document_numbers import Numbering, numbering
from publisher.quality import Gaps
from publisher.sources import Source
from publisher.store import Reading, Store


def numbers(store: Reading, source: Source) -> Iterator[tuple[str, str]]:
    """(authority, document number) of all rows of a source that have a number, public or not."""
    for content in store.contents_of(source.id):
        if number := content.get("document_number"):
            yield str(content.get("authority") or source.authority), str(number)


def count_gaps(store: Store, source: Source, now: datetime) -> Numbering:
    """Counts the gaps as they are `now`, and keeps their figures. Reads all rows of the source."""
    with store.reading() as reading:
        found = numbering(numbers(reading, source))
    with store.writing() as writing:
        writing.put_gaps(source.id, figures(found, now))
    return found


def figures(found: Numbering, counted_at: datetime) -> Gaps:
    """The figures of all series that have gaps to speak of."""
    series = [one for one in found.series if one.consecutive]
    seen = sum(one.seen for one in found.series)
    counted = sum(one.seen for one in series)
    missing = sum(one.missing for one in series)
    return Gaps(counted_at, len(series), counted, missing, found.unread + seen - counted)
