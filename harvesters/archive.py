"""ZIP archives: the files inside that are the source's, unpacked into the spool."""

import os
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from zlib import error as ZlibError

from harvesters import formats
from harvesters.formats import Fetched
from harvesters.local import fits
from harvesters.source import Definition
from publisher.errors import SourceUnreadable

MAX_FILES = 1000
MAX_UNPACKED = 1 << 30
"""The most that all files of one archive may unpack to, in bytes."""
MAX_RATIO = 200
"""How many times larger than packed a file may be, beyond the first MiB: no table packs that well."""
MAX_DIRECTORY = 16 << 20
"""The longest list of contents that is read, in bytes."""

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_END = b"PK\x05\x06"
_WORKBOOKS = ("xlsx", "xls")
_CHUNK = 1 << 20


def unpacked(fetched: Fetched, definition: Definition, spool: Path) -> list[Fetched]:
    """The files of an archive in the order of their names; what is no archive, as it is.

    They go to `spool`, whatever they call themselves. Raises SourceUnreadable for what is damaged, protected,
    inside another archive, or unpacks to more than any table would.
    """
    try:
        with fetched.path.open("rb") as file:
            if file.read(4) not in _MAGIC:
                return [fetched]
        _check_directory(fetched)
        with zipfile.ZipFile(fetched.path) as archive:
            if definition.format in _WORKBOOKS and "[Content_Types].xml" in archive.namelist():
                return [fetched]
            return list(_members(archive, fetched, definition, spool))
    except (zipfile.BadZipFile, ZlibError, EOFError) as error:
        if definition.format in _WORKBOOKS:
            return [fetched]  # whose reader says what is wrong with it
        raise SourceUnreadable(f"{fetched.name} is an archive that is cut off or damaged.") from error
    except (NotImplementedError, RuntimeError) as error:
        raise SourceUnreadable(
            f"{fetched.name} is packed in a way that cannot be read: ask its publisher for plain ZIP."
        ) from error


def sizes(fetched: Fetched) -> dict[str, int]:
    """How long each file of an archive says it is, by its name; nothing for a workbook or what is no archive.
    Raises SourceUnreadable."""
    try:
        with fetched.path.open("rb") as file:
            if file.read(4) not in _MAGIC:
                return {}
        _check_directory(fetched)
        with zipfile.ZipFile(fetched.path) as archive:
            if "[Content_Types].xml" in archive.namelist():
                return {}
            return {_name(info): info.file_size for info in archive.infolist() if not info.is_dir()}
    except (zipfile.BadZipFile, EOFError) as error:
        raise SourceUnreadable(f"{fetched.name} is an archive that is cut off or damaged.") from error


def _members(
    archive: zipfile.ZipFile, fetched: Fetched, definition: Definition, spool: Path
) -> Iterator[Fetched]:
    named = sorted(
        ((_name(info), info) for info in archive.infolist() if not info.is_dir()), key=lambda pair: pair[0]
    )
    wanted = [(name, info) for name, info in named if _is_wanted(name, definition)]
    if definition.files is None:
        for name, _ in named:
            if name.lower().endswith(".zip"):
                raise _nested(fetched, name)
    if not wanted:
        said = definition.files or " or ".join(formats.SUFFIXES[definition.format])
        has = ", ".join(name for name, _ in named[:5]) or "nothing"
        raise SourceUnreadable(f"{fetched.name} has no {said} files; it has {has}.")
    if len(wanted) > MAX_FILES:
        raise SourceUnreadable(f"{fetched.name} has {len(wanted):,} files, more than {MAX_FILES:,}.")
    left = MAX_UNPACKED
    for name, info in wanted:
        member = f"{fetched.name}/{name}"
        if info.flag_bits & 1:
            raise SourceUnreadable(f"{member} is protected by a password.")
        path = _unpack(archive, info, member, left, spool)
        left -= path.stat().st_size
        with path.open("rb") as file:
            if file.read(4) in _MAGIC and definition.format not in _WORKBOOKS:
                raise _nested(fetched, name)
        yield replace(fetched, path=path, name=member, encoding=None)


def _nested(fetched: Fetched, name: str) -> SourceUnreadable:
    return SourceUnreadable(f"{fetched.name} holds another archive, {name}: unpack that one first.")


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, left: int, spool: Path) -> Path:
    """One file, counted as it unpacks: what an archive says of its sizes may be anything."""
    most = min(left, MAX_RATIO * info.compress_size + _CHUNK)
    handle, path = tempfile.mkstemp(dir=spool, suffix=PurePosixPath(info.filename).suffix[:10])
    with os.fdopen(handle, "wb") as to, archive.open(info) as packed:
        while chunk := packed.read(_CHUNK):
            most -= len(chunk)
            if most < 0:
                raise SourceUnreadable(f"{name} unpacks to more than any table would; it is not read.")
            to.write(chunk)
    return Path(path)


def _name(info: zipfile.ZipInfo) -> str:
    """A file's name, in whichever encoding its archive has it."""
    if info.flag_bits & 0x800:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return info.filename.encode("cp437").decode(encoding)
        except UnicodeError:
            continue
    return info.filename


def _is_wanted(name: str, definition: Definition) -> bool:
    path = PurePosixPath(name)
    return "__MACOSX" not in path.parts and fits(path.name, definition.format, definition.files)


def _check_directory(fetched: Fetched) -> None:
    """Raises SourceUnreadable for a list of contents that would take all memory."""
    with fetched.path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 65_557))
        tail = file.read()
    place = tail.rfind(_END)
    if place >= 0 and len(tail) >= place + 16:
        (size,) = struct.unpack_from("<L", tail, place + 12)
        if size > MAX_DIRECTORY:
            raise SourceUnreadable(f"{fetched.name} lists far too many files; it is not read.")
