"""CSV: any usual delimiter, quoted line breaks, and files whose quoting is broken somewhere."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import StringIO
from typing import TextIO

from harvesters.formats import instead, table, text
from harvesters.formats.raw import MAX_EXCERPT, BadRow, Fetched, Layout, RawRow
from harvesters.formats.table import Line
from publisher.items import RowRef

DELIMITERS = (",", "\t", ";", "|")
MAX_RECORD = 16 << 20
"""The longest row that is looked at, in characters; an open quotation mark is given up there."""
_SMALLEST_WINDOW = 64 << 10
_SNIFFED = 100
_SEP = re.compile(r"sep=(.)\r?\n?", re.I)


def rows(fetched: Fetched, definition: Layout) -> Iterator[RawRow | BadRow]:
    """The rows of a CSV file; memory stays flat whatever its length."""
    encoding = text.recognise(fetched.path, fetched.name, definition.encoding, fetched.encoding)
    with fetched.path.open(encoding=encoding.name, errors=encoding.errors, newline="") as stream:
        head = stream.read(text.HEAD)
        instead.check(head, fetched.name, "CSV")
        stream.seek(0)
        yield from table.read(fetched.name, _Records(fetched.name, stream, encoding))


class _Unclosed(Exception):
    """A row went on for too long."""


class _Lines:
    """The lines of a file, with a way back: those of the row being read are kept and can be given again.

    Iterating ends with the lines held, unless a row is being read; `refill` holds the next ones.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.number = 0  # of the last line given
        self.taken: list[str] = []
        self.window = MAX_RECORD
        self._held: list[str] = []  # last one first
        self._size = 0

    def refill(self) -> bool:
        """Holds the next lines of the file if none are held; False at the file's end."""
        if not self._held:
            part = self.stream.read(text.HEAD) + self.stream.readline(MAX_RECORD)
            self._held = list(StringIO(text.without_controls(part), newline=""))[::-1]
        return bool(self._held)

    def ahead(self, count: int) -> list[str]:
        """The next lines, as far as they are held, up to `count`."""
        self.refill()
        return self._held[: -count - 1 : -1]

    def plain(self) -> list[str] | None:
        """All the lines held, when no row among them can take more than one; None otherwise."""
        if any('"' in line or len(line) >= MAX_RECORD for line in self._held):
            return None
        lines, self._held = self._held[::-1], []
        self.number += len(lines)
        return lines

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self._held and not (self.taken and self.refill()):
            raise StopIteration
        line = self._held.pop()
        self.number += 1
        self.taken.append(line)
        self._size += len(line)
        if len(line) >= MAX_RECORD and len(self.taken) == 1:
            while line and not line.endswith(("\n", "\r")):
                line = self.stream.readline(MAX_RECORD)
            raise _Unclosed
        if self._size > self.window and len(self.taken) > 1:
            raise _Unclosed
        return line

    def begin(self) -> None:
        """A new row begins with the next line."""
        self.taken.clear()
        self._size = 0

    def again(self, count: int) -> None:
        """The last `count` lines are to be read once more."""
        if count:
            self._held += reversed(self.taken[-count:])
            self.number -= count
        self.begin()


class _Records:
    """A file's lines as cells. A row that cannot be read costs its own line only."""

    def __init__(self, file: str, stream: TextIO, encoding: text.Encoding) -> None:
        self.file = file
        self.encoding = encoding
        self.lines = _Lines(stream)
        self.delimiter = self._sniff()
        self.width = 0  # of the last row that took one line

    def __iter__(self) -> Iterator[Line | BadRow]:
        # A cell beyond the standard library's limit of 128 KiB must be one bad row, not the end of the file.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_RECORD))
        lines = self.lines
        while lines.refill():
            if not self.encoding.damaged and (plain := lines.plain()) is not None:
                yield from enumerate(self._reader(plain), lines.number - len(plain) + 1)
                continue
            try:
                for cells in self._reader(lines):
                    yield self._line(cells)
                    lines.begin()
            except (csv.Error, _Unclosed) as error:
                yield self._give_up(error)

    def _reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self.delimiter, strict=True)

    def _sniff(self) -> str:
        start = self.lines.ahead(_SNIFFED)
        if start and (named := _SEP.fullmatch(start[0])):
            next(self.lines)
            self.lines.begin()
            return named[1]
        return delimiter_of(start)

    def _line(self, cells: list[str]) -> Line | BadRow:
        taken = self.lines.taken
        number = self.lines.number - len(taken) + 1
        if len(taken) == 1:
            self.width = len(cells)
        elif len(cells) != self.width and self._width_of(taken[1]) == self.width:
            # What looks like the inside of a cell is a row: the quotation mark was never closed.
            return self._give_up(_Unclosed())
        if self.encoding.damaged and self.encoding.bad("".join(taken)):
            reason = f"the row holds bytes that are not {self.encoding.name}"
            return BadRow(RowRef(self.file, number), None, reason, self._excerpt())
        return number, cells

    def _give_up(self, error: Exception) -> BadRow:
        lines = self.lines
        where = RowRef(self.file, lines.number - len(lines.taken) + 1)
        if len(lines.taken) == 1 and isinstance(error, _Unclosed):
            reason = f"the row is longer than {MAX_RECORD:,} characters"
        elif isinstance(error, _Unclosed) or "unexpected end" in str(error):
            reason = "a quotation mark is never closed"
            lines.window = max(lines.window // 2, _SMALLEST_WINDOW)
        else:
            reason = "a quotation mark inside a quoted cell is not doubled, or one is never closed"
        bad = BadRow(where, None, reason, self._excerpt())
        lines.again(len(lines.taken) - 1)
        return bad

    def _width_of(self, line: str) -> int:
        return len(next(csv.reader([line], delimiter=self.delimiter), []))

    def _excerpt(self) -> str:
        shown = self.lines.taken[0][:MAX_EXCERPT].rstrip("\r\n")
        return shown.encode("utf-8", "replace").decode()


def delimiter_of(lines: list[str]) -> str:
    """The delimiter that cuts the most of a file's first lines into equally many cells."""
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[int, int]:
    widths: Counter[int] = Counter()
    with suppress(csv.Error):
        widths.update(len(cells) for cells in csv.reader(lines, delimiter=delimiter) if len(cells) > 1)
    return max(((count, width) for width, count in widths.items()), default=(0, 0))
