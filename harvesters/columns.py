"""Which column of a file fills which of our fields: decided once for a set of headers. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from harvesters.source import Definition
from harvesters.standard import DROPPED, Generation, Standard, spelling
from harvesters.values import clean
from publisher import masking

SEVERAL = ("aliases", "former_names")
"""Fields that hold several names: what their columns have is put together."""
BETWEEN = "\x1f"
"""Stands between names from different columns; no cell holds it, since formats drop control characters."""


@dataclass(frozen=True, slots=True)
class Columns:
    """`headers` has the file's own headers for each of our fields, first choice first; a field that no column
    fills is not in it. `units`: header of a money column → yuan in one unit. `unmapped`: neither mapped nor
    ignored. `generation` is that of the standard; None when unknown."""

    headers: Mapping[str, tuple[str, ...]]
    units: Mapping[str, Decimal]
    unmapped: tuple[str, ...]
    generation: Generation | None


def columns(definition: Definition, standard: Standard, headers: Collection[str]) -> Columns:
    """What the definition's [fields] say; for all other headers what its standard says, if it names one."""
    found: dict[str, tuple[str, ...]] = {}
    by_spelling = {spelling(header): header for header in headers}
    for field, names in definition.fields.items():
        present = [header for name in names if (header := _present(name, headers, by_spelling)) is not None]
        if present:
            found[field] = tuple(dict.fromkeys(present))
    taken = {header for names in found.values() for header in names}
    generation, dropped, units = None, set(), {}
    if definition.standard:
        generation = standard.generation(headers)
        for header, field in standard.fields(headers).items():
            if field == DROPPED:
                dropped.add(header)
            elif header not in taken and field not in definition.fields:
                found[field] = (*found.get(field, ()), header)
                taken.add(header)
        units = {header: standard.unit(header) for header in taken}
    for field, factor in definition.units.items():
        units |= dict.fromkeys(found.get(field, ()), factor)
    ignored = definition.ignore | dropped
    spelled = {spelling(name) for name in definition.ignore}
    unmapped = [h for h in headers if h not in taken and h not in ignored and spelling(h) not in spelled]
    return Columns(found, units, tuple(unmapped), generation)


def are_cells(headers: Collection[str]) -> bool:
    """Whether what stands where a header is due seems to be a row: numbers of persons are in it."""
    return any(masking.quoted(header) != header for header in headers)


def _present(name: str, headers: Collection[str], by_spelling: Mapping[str, str]) -> str | None:
    return name if name in headers else by_spelling.get(spelling(name))


@dataclass(frozen=True, slots=True)
class Cells:
    """By our fields, `texts`: what is not blank; `origin`: the header it comes from (constants have none)."""

    texts: Mapping[str, str]
    origin: Mapping[str, str]


def cells(
    found: Columns, raw: Mapping[str, str], constants: Mapping[str, str], joined: Collection[str]
) -> Cells:
    """The texts of a row: of each field's first column that is not blank (all of them for `joined` fields and
    SEVERAL), else the constant."""
    texts, origin = dict(constants), {}
    for field, headers in found.headers.items():
        for header in headers:
            cell = raw[header]
            if not cell or not (text := clean(cell)):
                continue
            if field not in origin:
                texts[field], origin[field] = text, header
                if field not in joined and field not in SEVERAL:
                    break
            elif field in SEVERAL:
                texts[field] += f"{BETWEEN}{text}"
            elif text not in texts[field]:
                texts[field] += f"；{text}"
    return Cells(texts, origin)
