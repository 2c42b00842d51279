"""A row as its source wrote it, kept as evidence for operators: its columns, with what is personal masked."""

from collections.abc import Collection, Mapping

import orjson

from harvesters.columns import Columns
from harvesters.parties import Named
from publisher import masking
from publisher.identifiers import plain
from publisher.subjects import IDENTIFIERS

_NEVER = ("identity_number",)
_NOT_OF_PERSONS = (*_NEVER, "legal_representative", "aliases", "former_names")


def record(
    found: Columns,
    cells: Mapping[str, str],
    whom: Named,
    *,
    private: Collection[str],
    full_names: bool,
) -> str:
    """The row as a JSON object of header → text, without blank cells and without columns that are ignored,
    private, or about a person.

    Of a natural person's row only the columns that are known are kept: nobody can tell what the others say.
    """
    masked = whom.is_person and not full_names
    never = {*private, *(_NOT_OF_PERSONS if masked else _NEVER)}
    kept: dict[str, str] = {}
    for field, headers in found.headers.items():
        if field not in never:
            for header in headers:
                if text := cells[header].strip():
                    kept[header] = _shown(field, text, whom, masked)
    for header in () if whom.is_person else found.unmapped:
        if text := cells[header].strip():
            kept[masking.text(header)] = masking.text(text)
    return orjson.dumps(kept).decode()


def _shown(field: str, text: str, whom: Named, masked: bool) -> str:
    if field in IDENTIFIERS:
        # What did not pass as the identifier that it should be may be anything, a person's number too.
        return text if plain(text) == whom.identifiers.get(field) else masking.NUMBER_MASK
    shown = masking.text(text, of_person=whom.is_person)
    return masking.without_name(whom.name, shown) if masked else shown
