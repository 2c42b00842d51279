"""Pages that a run has fetched, so that the next one goes on from there if it is killed."""

import hashlib
from dataclasses import asdict
from pathlib import Path

import orjson

from harvesters.folder import PAGES
from harvesters.formats import Fetched
from publisher.outgoing import Ask


class KeptPages:
    """The pages in the folder of a run; those that a killed one left there are found by what was asked, if it
    was to read them in the same way. Only whole pages are: each is noted once it is there."""

    def __init__(self, folder: Path, reading: bytes) -> None:
        self.folder = folder / PAGES
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._list, self._reading = self.folder / "pages.ndjson", reading.hex()
        self._found: dict[str, Fetched] = {}
        self.count = 0
        for line in self._list.read_bytes().splitlines() if self._list.exists() else ():
            self.count += 1
            self._load(line)

    def find(self, ask: Ask) -> Fetched | None:
        return self._found.get(_asked(ask))

    def keep(self, ask: Ask, fetched: Fetched) -> None:
        given = {**asdict(fetched), "path": fetched.path.name}
        with self._list.open("ab") as file:
            file.write(orjson.dumps({"reading": self._reading, "asked": _asked(ask), "page": given}) + b"\n")

    def _load(self, line: bytes) -> None:
        try:
            said = orjson.loads(line)
        except orjson.JSONDecodeError:
            return  # it was killed while it wrote this
        if said["reading"] != self._reading:
            return
        fetched = Fetched(**{**said["page"], "path": self.folder / said["page"]["path"]})
        if _digest(fetched.path) == fetched.digest:
            self._found[said["asked"]] = fetched


def _asked(ask: Ask) -> str:
    return hashlib.sha256(ask.url.encode() + b"\n" + (ask.body or b"")).hexdigest()


def _digest(file: Path) -> str | None:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:
        return None
