"""Local files of a source: one, or those of a folder that others put files into."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import unquote, urlsplit

from harvesters import formats
from harvesters.formats import Fetched
from harvesters.source import Definition
from publisher.errors import SourceUnreadable

SETTLE = 1.0
"""Seconds between two looks at a folder; what has changed by then is still being written."""
LOOKS = 10


def local(
    base: Path, definition: Definition, *, sleep: Callable[[float], None] = time.sleep
) -> list[Fetched]:
    """The file that `path` names, or the fitting files of that folder, sorted by name; not those in folders
    of it, hidden ones, or half-written ones under another name. `base` is what `path` is relative to.

    Raises SourceUnreadable, also when somebody goes on writing: half a file would look like lost rows.
    """
    assert definition.path is not None
    place = base / definition.path
    with _telling_why(place):
        return _found(place, definition.path, definition, sleep)


def _found(place: Path, path: str, definition: Definition, sleep: Callable[[float], None]) -> list[Fetched]:
    if not place.exists():
        raise SourceUnreadable(
            f"{place} does not exist; correct `path` in the definition, or put the file there."
        )
    if place.is_file():
        return [opened(place, path, definition)]
    if not place.is_dir():
        raise SourceUnreadable(f"{place} is neither a file nor a folder.")
    files = _fitting(place, definition) if definition.sample else _settled(place, definition, sleep)
    if not files:
        wanted = definition.files or " or ".join(formats.SUFFIXES[definition.format])
        raise SourceUnreadable(f"{place} has no {wanted} files.")
    return [opened(file, f"{path.rstrip('/')}/{file.name}", definition) for file in files]


@contextmanager
def _telling_why(place: Path) -> Iterator[None]:
    """Tells a file that the system does not give from a fault of our own disk."""
    try:
        yield
    except OSError as error:
        why = f"{error.filename or place} cannot be read: {error.strerror or error}"
        leave = (
            "; give the account that harvests leave to read it" if isinstance(error, PermissionError) else ""
        )
        raise SourceUnreadable(f"{why}{leave}.") from error


def opened(file: Path, name: str, definition: Definition) -> Fetched:
    """A file of a source, with those pages of its rows that stand beside it, or in folders there."""
    with _telling_why(file), file.open("rb") as stream:
        stream.read(1)
    fetched = Fetched(file, name)
    links = formats.links(fetched, definition)
    return replace(fetched, details={link: _beside(file, own.address) for link, own in links.items()})


def _beside(file: Path, address: str) -> Fetched | str:
    try:
        name = unquote(urlsplit(address).path)
    except ValueError:
        return "its link is no address"
    place = (file.parent / name).resolve()
    if not place.is_relative_to(file.parent.resolve()) or not place.is_file():
        return f"its own page {name} is not beside {file.name}"
    return Fetched(place, name)


def _settled(place: Path, definition: Definition, sleep: Callable[[float], None]) -> list[Path]:
    """The files, once nobody writes to them."""
    before: dict[Path, tuple[int, int]] | None = None
    for _ in range(LOOKS):
        files = _fitting(place, definition)
        now = dict(_states(files))
        if now == before and len(now) == len(files):
            return files
        before = now
        sleep(SETTLE)
    raise SourceUnreadable(
        f"{place} is still being written to; write a file under another name, and rename it when it is whole."
    )


def _states(files: list[Path]) -> Iterator[tuple[Path, tuple[int, int]]]:
    for file in files:
        with suppress(FileNotFoundError):  # renamed since it was listed
            state = file.stat()
            yield file, (state.st_size, state.st_mtime_ns)


def _fitting(place: Path, definition: Definition) -> list[Path]:
    return sorted(
        file
        for file in place.iterdir()
        if (fits(file.name, definition.format, definition.files) or fits(file.name, "", "*.zip"))
        and file.is_file()
    )


def fits(name: str, format: str, files: str | None) -> bool:
    """Whether a file of this name, without its folder, is one of the source's: `files` is a pattern such as
    "*2026*.csv", else the format's suffix counts. Hidden files and those that Office has open never are."""
    if name.startswith((".", "~$")):
        return False
    name = name.lower()
    return fnmatchcase(name, files.lower()) if files else name.endswith(formats.SUFFIXES[format])
