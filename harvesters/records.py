"""A row as its source wrote it, kept as evidence for operators: its columns, with what is personal masked."""

from collections.abc import Collection, Mapping

import orjson

from harvesters.columns import Columns
from harvesters.parties import Named, Veil
from publisher import masking
from publisher.identifiers import plain
from publisher.subjects import IDENTIFIERS

_NEVER = ("identity_number",)
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
    private, or about a person; `hiding` says what name is masked in it.

    Of a natural person's row only the columns that are known are kept: nobody can tell what the others say.
    """
    never = {*private, *(_NOT_OF_PERSONS if whom.is_person and hiding.name else _NEVER)}
    kept: dict[str, str] = {}
    for field, headers in found.headers.items():
        if field not in never:
            for header in headers:
                if text := cells[header].strip():
                    kept[header] = _shown(field, text, whom, hiding)
    for header in () if whom.is_person else found.unmapped:
        if text := cells[header].strip():
            kept[masking.text(header)] = hiding.over(masking.text(text))
    return orjson.dumps(kept).decode()


def _shown(field: str, text: str, whom: Named, hiding: Veil) -> str:
    if field in IDENTIFIERS:
        # What did not pass as the identifier that it should be may be anything, a person's number too.
        return text if plain(text) == whom.identifiers.get(field) else masking.NUMBER_MASK
    return hiding.over(masking.text(text, of_person=whom.is_person))
