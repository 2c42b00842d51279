"""What a definition's sample becomes, as the JSON that stands beside it for people to review."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any

from harvesters.local import opened
from harvesters.mapping import NotPublic
from harvesters.preview import Outcome, preview
from harvesters.source import Definition
from publisher.items import Refusal
from publisher.joining import Identity
from publisher.kinds import Registry

_KEY = b"a key of this test"
"""Never changes: the expectations that stand beside definitions hold what it made."""


def expectation(definition: Definition, registry: Registry, zone: tzinfo) -> str:
    """The outcomes of the sample's rows as JSON text. Raises SourceUnreadable.

    Personal keys in it are made with a fixed key, so that the text is the same in every installation.
    """
    sample = opened(definition.sample_file, definition.sample_file.name, definition)
    found = [told(outcome) for outcome in preview(definition, [sample], registry, Identity(_KEY).seal, zone)]
    return json.dumps(found, ensure_ascii=False, indent=1, default=_plain) + "\n"


def told(outcome: Outcome) -> Mapping[str, Any]:
    """An outcome for people: without what says nothing, hashes, which change with versions, and the record,
    which says the same once more."""
    match outcome:
        case Refusal():
            kind = "refused"
        case NotPublic():
            kind = "not public"
        case _:
            kind = "draft"
    return {"is": kind, **dict(_told(asdict(outcome)))}


def _told(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if name in ("row_hash", "source", "record") or value is None or value in ((), {}, ""):
            continue
        yield name, dict(_told(value)) if isinstance(value, dict) else value


def _plain(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    assert isinstance(value, date | Decimal)
    return str(value)
