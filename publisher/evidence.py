"""Files that people hand in with an application: checked by content, kept apart from all that is public."""

import os
import secrets
import shutil
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, NamedTuple

from publisher import masking
from publisher.cases import Evidence, NotAllowed
from publisher.errors import DiskError
from publisher.evidence_types import SUFFIXES, media_type
from publisher.schemas.parameters import mark

MIB = 1 << 20
MOST_BYTES, MOST_FILES = 10 * MIB, 5
"""Bytes of one file, and files that are handed in at a time."""
MOST_AT_A_TIME = 25 * MIB
"""Bytes of all that is handed in at a time."""
SPARED = 256 * MIB
"""Bytes of the disk that are left to the rest of the installation."""
UNCLAIMED = timedelta(hours=1)
"""A file of no case is deleted when it is older: its application is still being written, or never was."""

_LONGEST_NAME = 120


class BadEvidence(NotAllowed):
    """A file that is not taken."""


class Upload(NamedTuple):
    """A file as it comes: what its sender calls it, and its content from the start."""

    name: str
    stream: IO[bytes]


class EvidenceShelf:
    """The folder of all evidence, readable by this user only. It holds `most` bytes altogether.

    A file appears whole or not at all, under a random key that says nothing of it.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self._folder, self._most = folder, most

    def take(self, uploads: Sequence[Upload]) -> list[Evidence]:
        """Keeps files that are handed in together, all or none of them. Raises BadEvidence."""
        if len(uploads) > MOST_FILES:
            raise BadEvidence(mark("At most %(most)s files are taken at a time."), most=MOST_FILES)
        room = self._room() if uploads else 0
        taken: list[Evidence] = []
        try:
            for upload in uploads:
                taken.append(self._keep(upload, room - sum(file.size for file in taken)))
            if sum(file.size for file in taken) > MOST_AT_A_TIME:
                raise BadEvidence(
                    mark("The files have more than %(most)s MiB together."), most=MOST_AT_A_TIME // MIB
                )
        except BaseException:
            self.drop([file.key for file in taken])
            raise
        return taken

    def _keep(self, upload: Upload, room: int) -> Evidence:
        name = file_name(upload.name)
        content = upload.stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise BadEvidence(mark("%(name)s has more than %(most)s MiB."), name=name, most=MOST_BYTES // MIB)
        type = media_type(content)
        if type is None:
            raise BadEvidence(
                mark(
                    "%(name)s is no whole PDF, JPEG or PNG, or a PDF that is locked or runs something; "
                    "scan or print it as a plain PDF."
                ),
                name=name,
            )
        if len(content) > room:
            raise _full()
        key = secrets.token_hex(16)
        try:
            self._write(key, content)
        except OSError as error:
            raise _full() from error
        return Evidence(key, name, type, len(content))

    def _write(self, key: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f"{key}.part"
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.rename(self._folder / key)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def _room(self) -> int:
        """How many more bytes are taken."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            free = shutil.disk_usage(self._folder).free - SPARED
            with os.scandir(self._folder) as files:
                held = sum(file.stat().st_size for file in files)
        except OSError as error:
            raise _full() from error
        return min(free, self._most - held)

    def read(self, key: str) -> bytes:
        """A file's content. Raises DiskError."""
        try:
            return self._file(key).read_bytes()
        except OSError as error:
            raise DiskError(f"Evidence {key} cannot be read: {error.strerror}.") from error

    def drop(self, keys: Iterable[str]) -> None:
        """Deletes files; those that are gone already are passed over."""
        for key in keys:
            self._file(key).unlink(missing_ok=True)

    def sweep(self, known: Collection[str], now: datetime) -> int:
        """Deletes what is of no case, once it is UNCLAIMED; gives how many. `now` is the real time."""
        count = 0
        for file in list(self._folder.iterdir()) if self._folder.is_dir() else ():
            with suppress(FileNotFoundError):
                old = file.stat().st_mtime < (now - UNCLAIMED).timestamp()
                if old and file.name not in known:
                    file.unlink()
                    count += 1
        return count

    def _file(self, key: str) -> Path:
        if not (len(key) == 32 and set(key) <= set("0123456789abcdef")):
            raise DiskError("There is no evidence under this key.")
        return self._folder / key


def file_name(text: str) -> str:
    """What a sender calls a file, as one short line without a path, with numbers of persons masked."""
    last = text.replace("\\", "/").rsplit("/", 1)[-1]
    line = " ".join("".join(sign for sign in word if sign.isprintable()) for word in last.split())
    return masking.text(line, of_person=True)[-_LONGEST_NAME:] or "?"


def sent_as(file: Evidence) -> str:
    """The name under which a file is handed on: plain ASCII, with the ending of what it is."""
    return f"{file.key[:8]}.{SUFFIXES[file.media_type]}"


def _full() -> BadEvidence:
    return BadEvidence(
        mark("No more files can be taken just now; apply without them, and hand them in later.")
    )
