"""What the rows of a definition would become, without storing anything."""

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo

from harvesters.formats import BadRow, Fetched, RawRow, rows
from harvesters.mapping import Mapper, NotPublic
from harvesters.source import Definition
from publisher.items import Draft, Refusal
from publisher.kinds import Registry

Outcome = Draft | Refusal | NotPublic


def preview(
    definition: Definition,
    files: Iterable[Fetched],
    registry: Registry,
    seal: Callable[[str], str],
    zone: tzinfo,
) -> Iterator[Outcome]:
    """Each row's outcome, in order. Raises SourceUnreadable."""
    mapper = Mapper(definition, registry, seal, zone)
    for file in files:
        for row in rows(file, definition):
            yield mapped(mapper, row)


def mapped(mapper: Mapper, row: RawRow | BadRow) -> Outcome:
    """The outcome of one row."""
    return mapper.refusal(row) if isinstance(row, BadRow) else mapper.draft(row, mapper.row_hash(row))
