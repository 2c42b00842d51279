"""What the cells of a column look like, whatever its header says. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from harvesters import values
from harvesters.formats import RawRow
from harvesters.values import clean
from publisher import identifiers, masking
from publisher.kinds import FieldType

_MOST = 0.5
_SEPARATORS = (";", "；", "|", "\n", "、")
_COMPANIES = (
    " inc",
    " inc.",
    " ltd",
    " ltd.",
    " llc",
    " co.",
    " corp",
    " corp.",
    " corporation",
    " gmbh",
    " s.a.",
    " limited",
    " plc",
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header and its cells that are not blank, of the rows that were looked at."""

    header: str
    texts: Sequence[str]
    rows: int

    @property
    def filled(self) -> float:
        """The share of rows that have it."""
        return len(self.texts) / self.rows if self.rows else 0.0

    def share(self, fits: Iterable[bool]) -> float:
        return sum(fits) / len(self.texts) if self.texts else 0.0

    def order(self) -> tuple[str | None, bool]:
        """The order of day and month in dates that end with the year, None if it has no such dates; and
        whether the dates themselves tell it."""
        pairs = [found for text in self.texts if (found := values.short_date(text))]
        if not pairs:
            return None, True
        first = max(pair[0] for pair in pairs)
        second = max(pair[1] for pair in pairs)
        return ("dmy" if first > 12 else "mdy"), (first > 12) != (second > 12)

    def fits(self, type: FieldType) -> bool:
        """Whether most cells can be read as a field of the type; a blank column fits all."""
        if not self.texts:
            return True
        if type is FieldType.DATE:
            order = self.order()[0] or "ymd"
            return self.share(_reads(values.day, text, UTC, order) for text in self.texts) > _MOST
        if type is FieldType.MONEY:
            return self.share(_reads(values.yuan, text) for text in self.texts) > _MOST
        if type is FieldType.URL:
            return self.share(text.lower().startswith(("http://", "https://")) for text in self.texts) > _MOST
        return True

    def codes(self) -> float:
        """The share of cells that are a valid unified social credit code."""
        return self.share(_is_uscc(text) for text in self.texts)

    def identities(self) -> float:
        """The share of cells that are a person's identity number, or were one before they were masked."""
        return self.share(
            identifiers.holds_identity_number(text) or (identifiers.is_half_masked(text) and len(text) > 13)
            for text in self.texts
        )

    def organisations(self) -> float:
        """The share of cells that end as organisations' names do."""
        return self.share(
            masking.ends_like_business(text) or text.lower().rstrip(".*) ").endswith(_COMPANIES)
            for text in self.texts
        )

    def separator(self) -> str | None:
        """What stands between several names in a cell, if anything does."""
        counts = {mark: sum(mark in text for text in self.texts) for mark in _SEPARATORS}
        best = max(counts, key=lambda mark: counts[mark])
        return best if counts[best] else None


def columns(rows: Sequence[RawRow]) -> Mapping[str, Column]:
    """The columns of these rows by header, in the order of their first appearance."""
    headers = dict.fromkeys(header for row in rows for header in row.cells)
    return {
        header: Column(
            header, [text for row in rows if (text := clean(row.cells.get(header, "")))], len(rows)
        )
        for header in headers
    }


def _reads(read: object, text: str, *more: object) -> bool:
    assert callable(read)
    try:
        read(text, *more)
    except values.BadValue:
        return False
    return True


def _is_uscc(text: str) -> bool:
    try:
        return identifiers.uscc(text) is not None and identifiers.identity_number(text) is None
    except identifiers.BadIdentifier:
        return False
