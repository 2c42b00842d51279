"""A guess as a definition for people to read and correct: TOML with a comment where it is not sure. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harvesters.drafting.guess import STANDARD, Guess
from harvesters.formats import PATHS
from harvesters.source_schema import PARTY_FIELDS, ROW_FIELDS
from publisher.kinds import Registry

_LEAST, _MOST = 2, 3
_UNKNOWN = "?"
_PAGE = re.compile(r"([?&](?:page|pageno|pagenum|pagenumber|pageindex|curpage|p)=)\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the definition's rows come from, and what it is called: `name` without its ending; one of `url`
    and `path`."""

    sector: str
    name: str
    url: str | None = None
    path: str | None = None
    allow_private: bool = False


def definition_text(guess: Guess, place: Place, registry: Registry) -> str:
    """The definition, which `harvesters.source.load` accepts as it is."""
    return "\n".join(_lines(guess, place, registry)) + "\n"


def title_of(guess: Guess, place: Place, registry: Registry) -> tuple[str, str]:
    """What the source is called, in Chinese and in English."""
    kind = registry.kinds[guess.kind.chosen].plural
    zh = guess.title or f"{kind.zh}：{place.name}"
    return zh, zh if zh.isascii() else f"{kind.en}: {place.name}"


def _lines(guess: Guess, place: Place, registry: Registry) -> Iterator[str]:
    kind = registry.kinds[guess.kind.chosen]
    zh, en = title_of(guess, place, registry)
    yield f"# Drafted by `gongshi sources new` from {guess.count} rows. What it was not sure of says so."
    yield f"title = {_label(zh, en)}" + _comment("" if guess.title else "no title was found in it")
    yield _line(
        "authority",
        guess.authority or _UNKNOWN,
        guess.notes.get("authority", "") if guess.authority else "who keeps the list; nothing tells",
    )
    yield _line("kind", guess.kind.chosen, guess.kind.note)
    if guess.region:
        yield _line(
            "region", guess.region, f"{registry.regions[guess.region].label.zh}, as the authority's name says"
        )
    yield _line("url", place.url, "") if place.url else _line("path", place.path, _moved(place))
    yield _line("format", guess.look.format, "")
    for name in ("rows", "files", "sheet", "encoding"):
        if value := getattr(guess.look, name):
            yield _line(name, value, guess.notes.get(name, ""))
    if place.url:
        yield from _fetching(place.url, place.allow_private, paged=guess.look.format in PATHS)
    if guess.look.format == "feed":
        yield _line("mode", "append", "a feed holds its newest entries only")
    if "identity_number" in guess.meaning.fields:
        yield '# persons = "full"  # only where the law has natural persons\' names published in full'
    if guess.standard:
        yield _line("standard", STANDARD, "knows most columns by themselves")
    if not guess.standard or guess.key.fields != ("document_number", "subject"):
        yield _line("key", list(guess.key.fields), guess.key.note)
    yield from _ends(guess, registry)
    if kind.shape == "list":
        yield "[list]"
        yield _line(
            "id",
            place.name,
            "its address on the site; sources may share it",
        )
        yield f"title = {_label(zh, en)}"
        yield '# basis = "…"  # the rule that provides for the list'
        yield '# consequences = { zh = "…", en = "…" }  # what follows from standing on it'
    yield from _fields(guess, registry)
    yield from _tables(guess)
    yield from _expected(guess)


def _fetching(url: str, allow_private: bool, *, paged: bool) -> Iterator[str]:
    if paged and _PAGE.search(url):
        pages = _PAGE.sub(r"\g<1>{page}", url)
        yield f"# url = {_value(pages)}  # all pages instead of this one, with:"
        yield "# pages = { last = 100 }"
    if allow_private:
        yield "allow_private = true"
    yield '# every = "1d"  # how often the source is read; without it only when asked to'


def _moved(place: Place) -> str:
    return (
        "or put the file beside this one, and write its name only"
        if Path(place.path or "").is_absolute()
        else ""
    )


def _fields(guess: Guess, registry: Registry) -> Iterator[str]:
    if not guess.meaning.fields:
        return
    order = [*PARTY_FIELDS, *registry.fields, *ROW_FIELDS]
    yield "[fields]"
    for name in sorted(guess.meaning.fields, key=order.index):
        headers = guess.meaning.fields[name]
        value: object = headers[0] if len(headers) == 1 else list(headers)
        yield _line(name, value, guess.notes.get(f"fields.{name}", ""))
    if line := _missing(guess, registry):
        yield line


def _missing(guess: Guess, registry: Registry) -> str | None:
    """The date that every decision needs, where no column was found for it."""
    kind = registry.kinds[guess.kind.chosen]
    found = guess.meaning.fields.keys() | guess.constants.keys()
    if kind.shape == "list" or guess.standard or found & set(kind.dated_by):
        return None
    return f'# {kind.dated_by[0]} = "…"  # every row needs its day, and no column looks like it'


def _tables(guess: Guess) -> Iterator[str]:
    tables: tuple[tuple[str, Mapping[str, object]], ...] = (
        ("constants", guess.constants),
        ("split", guess.split),
        ("units", guess.units),
        ("dates", {"order": guess.order} if guess.order else {}),
    )
    for table, values in tables:
        if values:
            yield f"[{table}]"
        for name, value in values.items():
            yield _line(name, value, guess.notes.get(f"{table}.{name}", _said(table, value)))


def _said(table: str, value: object) -> str:
    if table == "constants":
        return "as the title says"
    if table == "units":
        return "the amounts are in 万元" if value == 10_000 else "the amounts are in yuan"
    return ""


def _ends(guess: Guess, registry: Registry) -> Iterator[str]:
    """How long rows are public, where they do not say it."""
    kind = registry.kinds[guess.kind.chosen]
    if guess.months:
        note = "of rows that name no end; 3 to 12 for general penalties, to 36 for serious ones"
        yield f"period = {{ months = {guess.months} }}{_comment(note)}"
    elif guess.look.format == "feed" and kind.shape == "list":
        yield "period = { months = 36 }  # its law's own: a feed never says what has left the list"
    elif not guess.standard and not any(name in guess.meaning.fields for name in kind.ends_by):
        yield "# period = { months = 36 }  # no column says when a row ends; else when its source drops it"


def _expected(guess: Guess) -> Iterator[str]:
    yield "[expect]"
    least, most = max(1, guess.count // _LEAST), max(10, guess.count * _MOST)
    yield _line(
        "rows", [least, most], f"it has {guess.count} now; with fewer than the least nothing is published"
    )
    personal, ignored = guess.meaning.personal, guess.meaning.ignored
    if personal or ignored:
        yield "ignore = ["
        for header, why in (*personal.items(), *ignored.items()):
            yield f"  {_value(header)},{_comment(why)}"
        yield "]"


def _line(key: str, value: object, note: str) -> str:
    return f"{key} = {_value(value)}{_comment(note)}"


def _label(zh: str, en: str) -> str:
    return f"{{ zh = {_value(zh)}, en = {_value(en)} }}"


def _value(value: object) -> str:
    """TOML for text, numbers and lists of them: in these JSON is the same."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(note: str) -> str:
    """A note as a comment: on one line, without what TOML forbids there."""
    told = "".join(character if character.isprintable() else " " for character in note)
    return f"  # {' '.join(told.split())}" if told.strip() else ""
