"""Bulk files of all that is public: made now and then, and free at every moment of what has ended since.

A file is made of members: gzip files of at most MOST items of a kind, those that end first in front, which
stand one after the other as one gzip file. Whoever asks for a file has first those members made anew in which
an item has ended or changed: midnight takes the first ones of each kind, a repair one. What became public
since a dump was made is not in it: the change log tells, from the dump's cursor on.
"""

import fcntl
import gzip
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import blake2b, sha256
from pathlib import Path

import orjson

from publisher.bulk import Bulk
from publisher.errors import NotFound, Refused
from publisher.items import Item
from publisher.mirroring import Cursor
from publisher.public import Public
from publisher.schemas.lines import Lines

SCHEMA = 1
"""The version of what stands in the files; it rises when fields or columns go or mean something else."""

MOST = 2000
"""Items in a member: so many are read and packed anew when one of them ends."""

FORMATS = ("ndjson", "csv")
LEVEL = 6


@dataclass(frozen=True, slots=True)
class Member:
    """Some items of a kind. `name` is a digest of its content, `until` the first moment at which one of them
    ends, `sizes` are its bytes in each format."""

    name: str
    kind: str
    count: int
    until: datetime | None
    sizes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Dump:
    """All that was public when the log of `epoch` stood at `seq`, less what has ended since. It was made at
    `made_at`, in `folder`; its members are right up to the log's number `through`."""

    folder: str
    epoch: str
    seq: int
    through: int
    made_at: datetime
    members: tuple[Member, ...]

    @property
    def cursor(self) -> str:
        """From where the change log tells what this does not hold."""
        return Cursor(self.epoch, self.seq).text()

    def of(self, kind: str | None) -> tuple[Member, ...]:
        """The members of a kind; None: of all."""
        return tuple(member for member in self.members if kind in (None, member.kind))


class Dumps:
    """The dump that is kept in `folder`. `open_public` opens what is public at that moment; `most` items
    stand in a member."""

    def __init__(
        self,
        folder: Path,
        open_public: Callable[[], AbstractContextManager[Public]],
        lines: Lines,
        most: int = MOST,
    ) -> None:
        self._folder, self._open, self._lines, self._most = folder, open_public, lines, most
        self._heads = {"ndjson": _packed(b""), "csv": _packed(lines.header())}
        self._sums: dict[str, str] = {}

    # --- making

    def build(self, check: Callable[[], None] = lambda: None) -> Dump:
        """Makes a new one and puts it in the place of the old. Raises Refused while another does so. `check`
        is called now and then, and may raise to end it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._locked("build.lock", wait=False):
            made = self._made(Path(tempfile.mkdtemp(prefix="dump-", dir=self._folder)), check)
            with self._locked("lock"):
                self._keep(made)
            for folder in self._folder.glob("dump-*"):  # the old one, and what died in the making
                if folder.name != made.folder:
                    shutil.rmtree(folder)
        return made

    def _made(self, folder: Path, check: Callable[[], None]) -> Dump:
        members = []
        with self._open() as public:
            bulk = public.bulk
            epoch, seq = bulk.log()
            for kind, items in bulk.in_order(self._most):
                members.append(self._write(folder, kind, items))
                check()
            return Dump(folder.name, epoch, seq, seq, bulk.now, tuple(members))

    def _write(self, folder: Path, kind: str, items: Sequence[Item]) -> Member:
        """Writes a member's files, and beside them the ids of its items."""
        packed = {"ndjson": _packed(self._lines.ndjson(items)), "csv": _packed(self._lines.csv(items))}
        name = blake2b(b"".join(packed.values()), digest_size=16).hexdigest()
        for format, part in packed.items():
            (folder / f"{name}.{format}.gz").write_bytes(part)
        (folder / f"{name}.ids").write_text(" ".join(item.id for item in items))
        ends = [end for item in items if (end := self._lines.until(item))]
        sizes = {format: len(part) for format, part in packed.items()}
        return Member(name, kind, len(items), min(ends, default=None), sizes)

    # --- keeping it right

    def now(self) -> Dump:
        """The dump, free of what has ended by now. Raises NotFound while there is none of this log."""
        if self._folder.is_dir():
            # Whoever mends must see all that those before have seen: it opens the store within the lock.
            with self._locked("lock"), self._open() as public:
                dump, bulk = self._kept(), public.bulk
                if dump and dump.epoch == bulk.log()[0]:
                    return self._mended(dump, bulk)
        raise NotFound("There is no dump yet.")

    def _mended(self, dump: Dump, bulk: Bulk) -> Dump:
        through, wrong = self._wrong(dump, bulk)
        if through == dump.through and not wrong:
            return dump
        folder = self._folder / dump.folder
        members: list[Member] = []
        for member in dump.members:
            if member.name not in wrong:
                members.append(member)
            elif items := bulk.items(self._ids(dump, member)):
                members.append(self._write(folder, member.kind, items))
        mended = replace(dump, through=through, members=tuple(members))
        self._keep(mended)
        for name in wrong - {member.name for member in members}:
            for file in folder.glob(f"{name}.*"):
                file.unlink()
        return mended

    def _wrong(self, dump: Dump, bulk: Bulk) -> tuple[int, set[str]]:
        """How far the log goes, and the names of the members that are not right any more."""
        through = dump.through
        wrong = {member.name for member in dump.members if member.until and member.until <= bulk.now}
        for last, changed in bulk.changed(dump.through):
            through = last
            right = [member for member in dump.members if member.name not in wrong]
            wrong.update(member.name for member in right if changed & set(self._ids(dump, member)))
        return through, wrong

    def _ids(self, dump: Dump, member: Member) -> list[str]:
        return (self._folder / dump.folder / f"{member.name}.ids").read_text().split()

    # --- giving it

    def file(self, kind: str | None, format: str) -> "File":
        """All items of a kind, or of every kind, as they are now. Raises NotFound."""
        return File(self, self.now().of(kind), format, self._heads[format])

    def part(self, name: str, format: str) -> bytes:
        """A member's file. Raises NotFound for a member that was replaced, as it held what ended."""
        dump = self.now()
        if all(member.name != name for member in dump.members):
            raise NotFound("This part of the dump was replaced meanwhile; ask for the whole anew.")
        return (self._folder / dump.folder / f"{name}.{format}.gz").read_bytes()

    def digest(self, file: "File") -> str:
        """The SHA-256 of a file; kept, for it costs reading the whole of it."""
        if file.tag not in self._sums:
            found = sha256()
            for part in file.after(0):
                found.update(part)
            latest = list(self._sums.items())[-100:]
            self._sums = {**dict(latest), file.tag: found.hexdigest()}
        return self._sums[file.tag]

    # --- its place

    def _kept(self) -> Dump | None:
        try:
            spec = orjson.loads((self._folder / "dump.json").read_bytes())
        except FileNotFoundError:
            return None
        members = tuple(Member(**{**one, "until": _moment(one["until"])}) for one in spec["members"])
        return Dump(**{**spec, "made_at": _moment(spec["made_at"]), "members": members})

    def _keep(self, dump: Dump) -> None:
        aside = self._folder / "dump.json.new"
        aside.write_bytes(orjson.dumps(asdict(dump)))
        aside.replace(self._folder / "dump.json")

    @contextmanager
    def _locked(self, name: str, *, wait: bool = True) -> Iterator[None]:
        """Keeps other threads and processes out."""
        with (self._folder / name).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError as error:
                raise Refused("Another process makes the bulk files just now; wait for its end.") from error
            yield


@dataclass(frozen=True, slots=True)
class File:
    """A file of a dump. A part of it is read when its turn comes, and only if all in it is public then."""

    dumps: Dumps
    members: tuple[Member, ...]
    format: str
    head: bytes

    @property
    def size(self) -> int:
        return len(self.head) + sum(member.sizes[self.format] for member in self.members)

    @property
    def count(self) -> int:
        """How many items are in it."""
        return sum(member.count for member in self.members)

    @property
    def tag(self) -> str:
        """The same for the same bytes."""
        names = "".join(member.name for member in self.members)
        return blake2b(f"{self.format}{names}".encode(), digest_size=16).hexdigest()

    def after(self, start: int) -> Iterator[bytes]:
        """Its bytes from the one at `start` on. Raises NotFound where an item ended before its turn came."""
        if start < len(self.head):
            yield self.head[start:]
        start = max(start - len(self.head), 0)
        for member in self.members:
            size = member.sizes[self.format]
            if start < size:
                yield self.dumps.part(member.name, self.format)[start:]
            start = max(start - size, 0)


def _packed(text: bytes) -> bytes:
    return gzip.compress(text, LEVEL, mtime=0)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
