"""A row as its source wrote it, kept as evidence for operators: its columns, with what is personal masked."""

from collections.abc import Collection, Mapping

import orjson

from harvesters.columns import Columns
from harvesters.parties import Named, Veil
from publisher import masking
from publisher.identifiers import plain
from publisher.subjects import IDENTIFIERS

_NEVER = ("identity_number",)
_IDENTIFIERS = frozenset(IDENTIFIERS)
_NOT_OF_PERSONS = (*_NEVER, "legal_representative", "aliases", "former_names")


def record(
    found: Columns,
    cells: Mapping[str, str],
    whom: Named,
    hiding: Veil,
    *,
    private: Collection[str],
) -> str:
    """The row as a JSON object of header → text, without blank cells and without columns that are ignored,
    private, or about a person; `hiding` says what names are masked in it.

    Of a natural person's row only the columns that are known are kept: nobody can tell what the others say.
    """
    person = whom.is_person
    never = {*private, *(_NOT_OF_PERSONS if person and hiding.names else _NEVER)}
    known = [
        (field, header) for field, names in found.headers.items() if field not in never for header in names
    ]
    kept: dict[str, str] = {}
    for field, header in known:
        text = cells[header].strip()
        if text and field in _IDENTIFIERS:
            # What did not pass as the identifier that it should be may be anything, a person's number too.
            kept[header] = text if plain(text) == whom.identifiers.get(field) else masking.NUMBER_MASK
        elif text:
            kept[header] = hiding.over(masking.text(text, of_person=person))
    for header in () if person else found.unmapped:
        if text := cells[header].strip():
            kept[masking.text(header)] = hiding.over(masking.text(text))
    return orjson.dumps(kept).decode()
