"""Which fields together tell one row from all others, as far as the rows at hand show. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harvesters.formats import RawRow
from harvesters.standard import spelling
from harvesters.values import clean

_TRIED: Mapping[str, Sequence[tuple[str, ...]]] = {
    "decision": (
        ("document_number", "subject"),
        ("document_number", "subject", "certificate_number"),
        ("subject", "decided_on"),
        ("subject", "title"),
        ("subject",),
    ),
    "list": (
        ("case_number", "subject"),
        ("subject", "rating_year"),
        ("subject", "listed_on"),
        ("document_number", "subject"),
        ("subject", "source_url"),
        ("subject",),
    ),
}
_ADDED = (
    "document_number",
    "matter",
    "product",
    "batch",
    "category",
    "listing_reason",
    "title",
    "source_url",
    "program",
)
_FILLED = 0.98


@dataclass(frozen=True, slots=True)
class Key:
    """`shared`: rows that have the key of an earlier one and say something else; `blank`: rows without it."""

    fields: tuple[str, ...]
    shared: int = 0
    blank: int = 0

    @property
    def note(self) -> str:
        told = []
        if self.shared:
            told.append(
                f"{self.shared} of the rows looked at share it with another: of those the first stays"
            )
        if self.blank:
            told.append(f"{self.blank} rows lack it and would be refused")
        return "; ".join(told)


def key_of(
    rows: Sequence[RawRow], fields: Mapping[str, Sequence[str]], fixed: Iterable[str], shape: str
) -> Key:
    """The shortest usual key that all rows have and no two share; else the one that comes nearest.

    `fields` are ours with their headers; `fixed` those that every row has as a constant.
    """
    known = {*fields, *fixed}
    tried = [names for names in _TRIED[shape] if known.issuperset(names)] or [("subject",)]
    longer = [(*tried[0], name) for name in _ADDED if name in known and name not in tried[0]]
    best: Key | None = None
    for names in (*tried, *longer):
        key = _judged(rows, fields, names)
        if best is None or (key.blank + key.shared) < (best.blank + best.shared):
            best = key
        if not key.shared and key.blank <= (1 - _FILLED) * len(rows):
            return key
    assert best is not None, "one key is always tried"
    return best


def _judged(rows: Sequence[RawRow], fields: Mapping[str, Sequence[str]], names: Sequence[str]) -> Key:
    seen: dict[tuple[str, ...], tuple[str, ...]] = {}
    shared = blank = 0
    columns = [fields[name] for name in names if name in fields]
    for row in rows:
        told = tuple(_first(row, headers) for headers in columns)
        if not all(told):
            blank += 1
        elif seen.setdefault(told, tuple(row.cells.values())) != tuple(row.cells.values()):
            shared += 1
    return Key(tuple(names), shared, blank)


def _first(row: RawRow, headers: Sequence[str]) -> str:
    return next((spelling(text) for header in headers if (text := clean(row.cells.get(header, "")))), "")
