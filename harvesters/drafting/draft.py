"""`gongshi sources new`: looks at an input, and writes a definition, a sample and what the sample becomes."""

import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from harvesters import standard
from harvesters.archive import sizes, unpacked
from harvesters.columns import are_cells
from harvesters.drafting import words
from harvesters.drafting.guess import Guess, Guesser
from harvesters.drafting.looks import Look, layout, look
from harvesters.drafting.sample import Disguise, chosen, write
from harvesters.drafting.text import Place, definition_text
from harvesters.expectation import expectation
from harvesters.formats import SUFFIXES, BadRow, Fetched, RawRow, rows
from harvesters.local import fits
from harvesters.manners import Manners
from harvesters.mapping import Mapper
from harvesters.preview import Outcome, mapped
from harvesters.source import Definition, load
from publisher.errors import GongshiError, Refused, SourceUnreadable
from publisher.joining import Identity
from publisher.kinds import Registry
from publisher.outgoing import Ask, Outgoing

LOOKED_AT = 5_000
"""Rows that guesses are made from; all others are only counted."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user says, so that it need not be guessed. `to` is a folder of sources. `allow_private`: the
    address may lead into the own network."""

    to: Path | None = None
    sector: str | None = None
    kind: str | None = None
    name: str | None = None
    force: bool = False
    allow_private: bool = False


class Files(NamedTuple):
    """A definition and what stands beside it."""

    definition: Path
    sample: Path
    expected: Path

    @classmethod
    def of(cls, folder: Path, place: Place, format: str) -> "Files":
        """As `harvesters.source.Definition` names them."""
        start, name = folder / place.sector, place.name
        sample = start / f"{name}.sample{SUFFIXES[format][0]}"
        return cls(start / f"{name}.toml", sample, start / f"{name}.expected.json")


@dataclass(frozen=True, slots=True)
class Drafted:
    """What was written, and what it was made from."""

    files: Files
    guess: Guess
    sector: str


@dataclass(frozen=True, slots=True)
class Drafter:
    """Drafts definitions with this installation's rules; fetches through its guarded `outgoing`."""

    registry: Registry
    outgoing: Outgoing
    zone: tzinfo
    _standard: standard.Standard = field(default_factory=standard.load)

    def draft(self, input: str, wishes: Wishes) -> Drafted:
        """Looks at a file or an address and writes what it makes of it.

        Raises SourceUnreadable, Refused where something stands in the way already, GongshiError for wishes
        that cannot be met. Then nothing is written.
        """
        self._check(wishes)
        with tempfile.TemporaryDirectory() as folder:
            private = Path(folder)
            fetched = self._fetched(input, private, wishes)
            members = _members(fetched, private)
            found = _looked_at(fetched, members)
            kept, count = _read(members, found)
            guesser = Guesser(words.load(), self._standard, self.registry)
            name = _name(input, wishes.name)
            guess = guesser.guess(found, kept, count, [name, _stem(input)], wishes.kind)
            if not guess.standard and "subject" not in guess.meaning.fields:
                raise SourceUnreadable(f"{fetched.name} has no column that could name whom a row is about.")
            to, place = self._place(input, name, guess, wishes)
            files = Files.of(to, place, found.format)
            if not wishes.force and (there := next((file for file in files if file.exists()), None)):
                raise Refused(
                    f"{there} is there already; choose another --name, or say --force to replace it."
                )
            text = definition_text(guess, place, self.registry)
            made = self._made(text, private, place, guess, kept)
            to.joinpath(place.sector).mkdir(parents=True, exist_ok=True)
            for temporary, file in zip(made, files, strict=True):
                shutil.move(temporary, file)
        return Drafted(files, guess, place.sector)

    def _check(self, wishes: Wishes) -> None:
        if wishes.sector and wishes.sector not in self.registry.sectors:
            known = ", ".join(self.registry.sectors)
            raise GongshiError(f"There is no sector {wishes.sector}; known are {known}.")
        if wishes.kind and wishes.kind not in self.registry.kinds:
            raise GongshiError(f"There is no kind {wishes.kind}; known are {', '.join(self.registry.kinds)}.")

    def _fetched(self, input: str, folder: Path, wishes: Wishes) -> Fetched:
        if not _is_url(input):
            file = Path(input)
            if not file.is_file():
                raise SourceUnreadable(
                    f"{file} is no file; give a file, or an address that begins with https://."
                )
            return Fetched(file, file.name)
        to = folder / "fetched"
        try:
            private = urlsplit(input).hostname if wishes.allow_private else None
        except ValueError:
            raise SourceUnreadable(f"{input} is not an address that can be fetched.") from None
        answer = Manners(self.outgoing, folder, private=private).get(Ask(input), to)
        return Fetched(to, _name(input, None), answer.charset, answer.url)

    def _place(self, input: str, name: str, guess: Guess, wishes: Wishes) -> tuple[Path, Place]:
        """The folder of sources, and where in it the definition stands.

        Beside the input means in its own folder if that is named as a sector, else in a new one beside it.
        """
        url = input if _is_url(input) else None
        beside = Path.cwd() if url else _folder(input)
        own = beside.name if not url and beside.name in self.registry.sectors else None
        if wishes.to is None and own and wishes.sector in (None, own):
            return beside.parent, Place(own, name, path=Path(input).name)
        to = (wishes.to or beside).resolve()
        sector = wishes.sector or guess.sector or "other"
        if url:
            return to, Place(sector, name, url=url, allow_private=wishes.allow_private)
        file = Path(input).resolve()
        inside = file.is_relative_to(to)
        path = Path(os.path.relpath(file, to / sector)) if inside else file
        return to, Place(sector, name, path=path.as_posix())

    def _made(self, text: str, folder: Path, place: Place, guess: Guess, kept: Sequence[RawRow]) -> Files:
        """The three files in a private folder, tried out there."""
        files = Files.of(folder, place, guess.look.format)
        files.sample.parent.mkdir()
        files.definition.write_text(text, "utf-8")
        files.sample.touch()
        definition = load(files.definition, place.sector, registry=self.registry, trusted=True)
        disguise = Disguise(definition, self._standard, guess.meaning.personal)
        picked = chosen(self._outcomes(definition, kept))
        write([disguise.row(row) for row in picked], guess.look, files.sample)
        files.expected.write_text(expectation(definition, self.registry, self.zone), "utf-8")
        return files

    def _outcomes(self, definition: Definition, kept: Sequence[RawRow]) -> Iterator[tuple[RawRow, Outcome]]:
        mapper = Mapper(definition, self.registry, Identity(os.urandom(32)).seal, self.zone)
        for row in kept:
            yield row, mapped(mapper, row)


def _members(fetched: Fetched, spool: Path) -> list[Fetched]:
    """The files of an archive that have its rows: those of the ending that has most. Others as they are."""
    endings: Counter[str] = Counter()
    for name, size in sizes(fetched).items():
        if fits(PurePosixPath(name).name, "", "*"):
            endings[PurePosixPath(name).suffix.lower()] += size
    if not endings:
        return [fetched]
    ending = endings.most_common(1)[0][0]
    as_if = layout(fetched.path, Look("xlsx" if ending in (".xlsx", ".xls") else "csv"))
    return unpacked(fetched, replace(as_if, files=f"*{ending}"), spool)


def _looked_at(fetched: Fetched, members: Sequence[Fetched]) -> Look:
    """How the files are read: as the first of them. Where their ending is another than usual, it is named."""
    found, name = look(members[0]), PurePosixPath(members[0].name)
    usual = members[0] is fetched or fits(name.name, found.format, None)
    return found if usual else replace(found, files=f"*{name.suffix}")


def _read(files: Sequence[Fetched], found: Look) -> tuple[list[RawRow], int]:
    """The first rows, and how many there are in all."""
    kept: list[RawRow] = []
    count = 0
    for row in (row for file in files for row in rows(file, layout(file.path, found))):
        count += 1
        if len(kept) < LOOKED_AT and not isinstance(row, BadRow):
            kept.append(row)
    if not kept:
        raise SourceUnreadable(f"{files[0].name} has a header but no rows: give a file with some.")
    if are_cells(kept[0].cells):
        raise SourceUnreadable(
            f"{files[0].name} has numbers of persons where its header is due: give a file with a header."
        )
    return kept, count


def _is_url(input: str) -> bool:
    return input.lower().startswith(("http://", "https://"))


def _folder(input: str) -> Path:
    return Path(input).resolve().parent


def _name(input: str, wished: str | None) -> str:
    """A file name of small letters, digits and hyphens, after the input's own name."""
    stem = _stem(input) or urlsplit(input).hostname or ""
    plain = re.sub(r"[^a-z0-9]+", "-", (wished or stem).casefold()).strip("-")
    return plain or "source"


def _stem(input: str) -> str:
    """The input's own name, without folders and ending."""
    return Path(unquote(urlsplit(input).path) if _is_url(input) else input).stem
