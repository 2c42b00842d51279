"""Definitions that are read anew when their files change, without a restart."""

import logging
from collections.abc import Sequence
from pathlib import Path

from harvesters.source import Definition, load_all
from publisher.kinds import Registry

log = logging.getLogger("gongshi.sources")

Folders = Sequence[tuple[Path, bool]]


class Shelf:
    """The definitions of `folders` (see `load_all`), as of the last look.

    One that has become wrong stays as it last was right, one whose file is gone goes. What is wrong is
    logged once.
    """

    def __init__(self, folders: Folders, registry: Registry) -> None:
        self._folders, self._registry = folders, registry
        self._files: frozenset[tuple[Path, int, int]] | None = None
        self._told: set[str] = set()
        self.definitions: list[Definition] = []
        self.look()

    def look(self) -> None:
        """Reads the definitions anew if any file beside them is another than at the last look."""
        files = frozenset(_files(self._folders))
        if files == self._files:
            return
        right, wrong = load_all(self._folders, self._registry)
        found = {definition.id: definition for definition in right}
        read = {definition.file for definition in right}
        for earlier in self.definitions:
            if earlier.file not in read and earlier.file.is_file():
                found.setdefault(earlier.id, earlier)
        if self._files is not None:
            self._tell_changes(found)
        for text in {str(error) for error in wrong} - self._told:
            log.error("%s", text)
        self._told = {str(error) for error in wrong}
        self._files, self.definitions = files, [found[id] for id in sorted(found)]

    def _tell_changes(self, found: dict[str, Definition]) -> None:
        before = {definition.id: definition.version for definition in self.definitions}
        after = {id: definition.version for id, definition in found.items()}
        for id in sorted(before.keys() | after.keys()):
            if before.get(id) != after.get(id):
                what = "added" if id not in before else "removed" if id not in after else "changed"
                log.info("%s: definition %s", id, what)


def _files(folders: Folders) -> list[tuple[Path, int, int]]:
    found = []
    for folder, _ in folders:
        for file in folder.glob("*/*"):
            try:
                is_now = file.stat()
            except FileNotFoundError:  # gone since it was listed
                continue
            found.append((file, is_now.st_mtime_ns, is_now.st_size))
    return found
