"""Source definitions: a TOML file of some twenty lines in, a checked `Definition` out.

The folder of a file is its sector, `<folder>/<name>` its default id. Everything is strict: a key that is not
known, a value that does not fit, or a missing sample is a DefinitionError, one sentence with file and key.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from harvesters import formats, source_schema
from harvesters.formats import Detail, Pattern
from harvesters.source_layout import Checked
from publisher.errors import DefinitionError
from publisher.kinds import Kind, Label, Registry
from publisher.masking import NamePolicy
from publisher.sources import NamedList, Source


class Pages(NamedTuple):
    """How a source's pages are asked for. Counted from `first` to `last` by `step`; or, up to `last` of them,
    by what each page says of the next: `cursor` and `next` are where it stands, `link_header` is HTTP's own.
    `start` is the first cursor. `first_url` is asked before the counted ones; with `missing_ends` a page that
    does not exist is behind the last one.
    """

    first: int
    last: int
    step: int = 1
    cursor: str | None = None
    start: str | None = None
    next: str | None = None
    link_header: bool = False
    first_url: str | None = None
    missing_ends: bool = False


class SinceDay(NamedTuple):
    """How a source is asked for what is new: {since} is a day, written in strftime's `format`. `column` holds
    the day of each row; asking begins `overlap` before the latest one read, at first with `first`."""

    column: str
    first: date
    overlap: timedelta = timedelta(days=1)
    format: str = "%Y-%m-%d"


class SinceNumber(NamedTuple):
    """As SinceDay, for a source whose rows have numbers that rise as they come: {since} is one of these."""

    column: str
    first: int
    overlap: int = 0


@dataclass(frozen=True, slots=True)
class Definition:
    """A source definition, checked against the registry. See docs for what each key of the file means.

    `version` changes with every character of the file, and of its function. `fields` has the headers of each
    of our fields, `units` the yuan in one unit of a money column. `key` names our fields; "subject" is name
    and identifiers. `pause` is in seconds, `within` in working days: by when a decision must be public.
    """

    file: Path
    version: str
    id: str
    sector: str
    title: Label
    authority: str
    kind: str
    format: str
    key: tuple[str, ...]
    region: str | None = None
    url: str | None = None
    path: str | None = None
    files: str | None = None
    method: str = "GET"
    body: Mapping[str, Any] = field(default_factory=dict)
    body_format: str = "json"
    auth: str | None = None
    pause: float | None = None
    rows: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    pages: Pages | None = None
    cells: Mapping[str, str] = field(default_factory=dict)
    detail: Detail | None = None
    patterns: Mapping[str, Pattern] = field(default_factory=dict)
    namespaces: Mapping[str, str] = field(default_factory=dict)
    every: timedelta | None = None
    cron: str | None = None
    mode: str = "full"
    since: SinceDay | SinceNumber | None = None
    standard: str | None = None
    licence: str | None = None
    sample: bool = False
    persons: NamePolicy = NamePolicy.MASK
    allow_private: bool = False
    private: frozenset[str] = frozenset()
    list: NamedList | None = None
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    split: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, Decimal] = field(default_factory=dict)
    date_order: str = "ymd"
    period_months: int | None = None
    rules: str | None = None
    expect_rows: tuple[int, int] | None = None
    within: int | None = None
    ignore: frozenset[str] = frozenset()

    @property
    def to_its_end(self) -> bool:
        """Whether a list with more pages than `pages.last` is a failure, and not just how far it is read."""
        return self.mode in ("full", "incremental")

    @property
    def sample_file(self) -> Path:
        """A few rows as the source gives them, which the tests map."""
        return self.file.with_name(f"{self.file.stem}.sample{formats.SUFFIXES[self.format][0]}")

    @property
    def script(self) -> Path:
        """The function that reads its pages; only the format python has one."""
        return self.file.with_suffix(".py")

    @property
    def expected_file(self) -> Path:
        """What the sample's rows become: drafts and refusals as JSON."""
        return self.file.with_name(f"{self.file.stem}.expected.json")

    def folder(self, samples: Path) -> Path:
        """What `path` is relative to: for sample sources the generated `samples`, else the own folder."""
        return samples if self.sample else self.file.parent

    def source(self) -> Source:
        """What the site shows of it."""
        return Source(
            id=self.id,
            title=self.title,
            authority=self.authority,
            kind=self.kind,
            sector=self.sector,
            region=self.region,
            url=self.url,
            licence=self.licence,
            every=self.every,
            cron=self.cron,
            list=self.list.id if self.list else None,
            sample=self.sample,
            within=self.within,
        )

    def named_list(self) -> NamedList | None:
        """The list that its rows stand on; only kinds of shape "list" have one."""
        return self.list


_AS_IS = (
    *(
        "authority",
        "format",
        "region",
        "url",
        "path",
        "rows",
        "sheet",
        "encoding",
        *("files", "method", "body", "body_format", "auth", "pause", "cells", "patterns", "namespaces"),
        "every",
        "cron",
        "mode",
        "standard",
    ),
    *("licence", "sample", "persons", "allow_private", "constants", "split", "units"),
)


def load(file: Path, sector: str | None = None, *, registry: Registry, trusted: bool) -> Definition:
    """Reads one definition; raises DefinitionError.

    `sector` defaults to the name of its folder. `trusted`: the file is the operator's own and may ask for
    private network addresses.
    """
    file = file.resolve()
    sector = sector or file.parent.name
    try:
        text = file.read_bytes()
        given = tomllib.loads(text.decode())
    except OSError as error:
        raise DefinitionError(f"{file}: it cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise DefinitionError(f"{file}: it is not UTF-8 text; save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        about_name = str(error).startswith(("Invalid statement", "Invalid initial character for a key part"))
        advice = "; names that are not plain ASCII need quotes" if about_name else ""
        raise DefinitionError(f"{file}: it is not valid TOML: {error}{advice}.") from None
    except RecursionError:
        raise DefinitionError(f"{file}: it is nested too deeply to be read.") from None
    except ValueError:  # Python's own limit of digits
        raise DefinitionError(f"{file}: it is not valid TOML: a number in it has too many digits.") from None
    checked = source_schema.check(file, given, sector, registry, trusted=trusted)
    script = _script(file) if checked["format"] == "python" else b""
    version = hashlib.sha256(text + script).hexdigest()[:16]
    definition = _definition(file, version, sector, checked, registry.kinds[checked["kind"]])
    if not definition.sample_file.is_file():
        raise DefinitionError(
            f"{file}: the sample {definition.sample_file.name} is missing; put some of its rows there."
        )
    return definition


def _script(file: Path) -> bytes:
    """The text of the function beside a definition, which is part of its version. It is not run."""
    script = file.with_suffix(".py")
    try:
        text = script.read_bytes()
        compile(text, str(script), "exec")
    except OSError as error:
        raise DefinitionError(
            f"{file}: format python needs the function rows(page) in {script.name}, which cannot be read "
            f"({error.strerror})."
        ) from None
    except (SyntaxError, ValueError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        raise DefinitionError(f"{script}{line}: it is not Python: {said}.") from None
    return text


def load_all(
    folders: Sequence[tuple[Path, bool]], registry: Registry
) -> tuple[list[Definition], list[DefinitionError]]:
    """All definitions of the folders, by id, and what is wrong with the others.

    Each folder comes with whether it is trusted (see `load`). Of two files with one id the first stays.
    """
    found: dict[str, Definition] = {}
    errors: list[DefinitionError] = []
    for folder, trusted in folders:
        for file in sorted(folder.glob("*/*.toml")):
            try:
                definition = load(file, registry=registry, trusted=trusted)
            except DefinitionError as error:
                errors.append(error)
                continue
            if other := found.get(definition.id):
                text = f"{definition.file}: id {definition.id} is already that of {other.file}; change one."
                errors.append(DefinitionError(text))
            else:
                found[definition.id] = definition
    return sorted(found.values(), key=lambda definition: definition.id), errors


def _definition(file: Path, version: str, sector: str, checked: Checked, kind: Kind) -> Definition:
    title = Label(**checked["title"])
    listed = checked.get("named_list")
    expect = checked.get("expect", {})
    rows = expect.get("rows")
    named = listed and NamedList(
        id=listed["id"],
        title=Label(**listed["title"]),
        kind=kind.name,
        sector=sector,
        authority=listed.get("authority", checked["authority"]),
        basis=listed.get("basis"),
        consequences=Label(**listed["consequences"]) if "consequences" in listed else None,
    )
    return Definition(
        file=file,
        version=version,
        id=checked.get("id", f"{sector}/{file.stem}"),
        sector=sector,
        title=title,
        kind=kind.name,
        key=tuple(checked.get("key", source_schema.STANDARD_KEY)),
        pages=_pages(checked) if "pages" in checked else None,
        since=_since(checked["since"]) if "since" in checked else None,
        detail=Detail(**checked["detail"]) if "detail" in checked else None,
        private=frozenset(checked.get("private", ())),
        list=named,
        date_order=checked.get("dates", {}).get("order", "ymd"),
        period_months=checked.get("period", {}).get("months"),
        rules=checked.get("period", {}).get("rules"),
        expect_rows=(rows[0], rows[1]) if rows else None,
        within=expect.get("within", kind.within),
        fields=checked.get("columns", {}),
        ignore=frozenset(expect.get("ignore", ())),
        **{name: checked[name] for name in _AS_IS if name in checked},
    )


def _since(given: Checked) -> SinceDay | SinceNumber:
    return SinceDay(**given) if isinstance(given["first"], date) else SinceNumber(**given)


def _pages(checked: Checked) -> Pages:
    """Offsets are counted from 0, pages from 1."""
    given = checked["pages"]
    first = 0 if "{offset}" in f"{checked.get('url')} {checked.get('body')}" else 1
    return Pages(**{"first": first, **given})
