"""XML: one element a row, streamed through expat, so that memory stays flat whatever the file's length.

Expat itself, rather than a tree built on it: it takes the text that our own recognition of encodings has
decoded (it knows no GB18030), never opens anything else, and leaves nothing to free behind a row.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import TextIO
from xml.parsers import expat

from harvesters.formats import instead, table, text
from harvesters.formats.barrier import IN_TEXT, Barrier
from harvesters.formats.raw import MAX_EXCERPT, BadRow, Fetched, Layout, RawRow
from publisher.errors import SourceUnreadable
from publisher.items import RowRef

MAX_ROW = 16 << 20
"""The most text that one row may hold, in characters."""
MAX_DEPTH = 50
MAX_CELLS = 10_000

_SEPARATOR = "; "
_OWN = "."
_SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_SAYS = frozenset({"message", "msg", "error", "errmsg", "errormessage", "detail", "title", "faultstring"})


def rows(fetched: Fetched, definition: Layout) -> Iterator[RawRow | BadRow]:
    """The elements at the path `rows`, counted from 1. Nested elements become "a/b", attributes "a/@b";
    several of one name are joined by "; ".
    """
    encoding = _encoding(fetched, definition)
    walk = _Rows(fetched.name, (definition.rows or "").split("/"), definition.namespaces, encoding)
    with fetched.path.open(encoding=encoding.name, errors=encoding.errors) as stream:
        for _ in walk.through(stream):
            yield from walk.drained()
    walk.check()


def pointer(fetched: Fetched, definition: Layout, place: str) -> str | None:
    """The text of the first element or attribute at a path from the outermost element on; None if blank."""
    encoding = _encoding(fetched, definition)
    walk = _Value(fetched.name, place.split("/"), definition.namespaces)
    with fetched.path.open(encoding=encoding.name, errors=encoding.errors) as stream:
        for _ in walk.through(stream):
            pass
    return walk.found


def outline(fetched: Fetched, definition: Layout) -> "Outline":
    """Which elements a document has, to see which of them are rows. Raises SourceUnreadable."""
    encoding = _encoding(fetched, definition)
    walk = Outline(fetched.name, definition.namespaces)
    with fetched.path.open(encoding=encoding.name, errors=encoding.errors) as stream:
        for _ in walk.through(stream):
            pass
    return walk


def _encoding(fetched: Fetched, definition: Layout) -> text.Encoding:
    with fetched.path.open("rb") as file:
        declared = _DECLARED.search(file.read(1024))
    said = declared[1].decode() if declared else fetched.encoding
    return text.recognise(fetched.path, fetched.name, definition.encoding, said)


class _Walk:
    """A way through a document, element by element. `path` has the names from the outermost one on."""

    def __init__(self, file: str, namespaces: Mapping[str, str]) -> None:
        self.file = file
        self.path: list[str] = []
        self._names: dict[str, str] = {}  # as expat has them → as definitions write them
        self._prefixes = {uri: prefix for prefix, uri in namespaces.items()}
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.words
        # HTML's names of characters are found in XML too; a document type that is not read lets them pass.
        parser.UseForeignDTD(True)
        parser.ExternalEntityRefHandler = lambda *_: 1
        parser.SkippedEntityHandler = lambda name, _: self.words(unescape(f"&{name};"))
        parser.EntityDeclHandler = self._refuse

    def through(self, stream: TextIO) -> Iterator[None]:
        """Walks on by a chunk each time. Raises SourceUnreadable."""
        head = stream.read(text.HEAD)
        instead.check(head, self.file, "XML")
        chunk = head.lstrip("\ufeff \r\n\t")
        try:
            while chunk:
                self._parser.Parse(text.without_surrogates(text.without_controls(chunk)), False)
                yield
                chunk = stream.read(text.CHUNK)
            self._parser.Parse("", True)
        except expat.ExpatError as error:
            raise SourceUnreadable(self._why(error)) from error
        yield

    def begin(self, attributes: Sequence[tuple[str, str]]) -> None:
        """An element begins; it is the last of `path`."""

    def end(self) -> None:
        """The last element of `path` ends."""

    def words(self, words: str) -> None:
        """Text in the last element of `path`."""

    def _start(self, name: str, attributes: list[str]) -> None:
        self.path.append(self._called(name))
        pairs = zip(attributes[::2], attributes[1::2], strict=True) if attributes else ()
        self.begin(
            [("@" + self._called(key), said) for key, said in pairs if not key.startswith(_SCHEMA_INSTANCE)]
        )

    def _end(self, _name: str) -> None:
        self.end()
        self.path.pop()

    def _called(self, name: str) -> str:
        """A name as definitions write it: with a prefix where they have one for its namespace."""
        called = self._names.get(name)
        if called is None:
            uri, _, local = name.rpartition(" ")
            called = f"{self._prefixes[uri]}:{local}" if uri in self._prefixes else local
            if len(self._names) < MAX_CELLS:
                self._names[name] = called
        return called

    def _refuse(self, *_: object) -> None:
        raise SourceUnreadable(
            f"{self.file} declares entities of its own, which are not read: ask its publisher for plain XML."
        )

    def _why(self, error: expat.ExpatError) -> str:
        if error.code in _CUT_OFF:
            ends = "before it begins" if error.code == _NOTHING and not self.path else "before its end"
            return f"{self.file} is cut off: its XML ends {ends}."
        what = expat.ErrorString(error.code)
        return f"{self.file} is not XML (line {error.lineno}, column {error.offset + 1}: {what})."


_NOTHING = expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]
_CUT_OFF = {
    expat.errors.codes[said]
    for said in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
}


@dataclass(slots=True)
class _Open:
    """An element that has begun: its name within its row, its own text, and whether it has neither elements
    nor attributes."""

    name: str = ""
    parts: list[str] = field(default_factory=list)
    leaf: bool = True


class _Value(_Walk):
    """Looks for one text."""

    def __init__(self, file: str, steps: list[str], namespaces: Mapping[str, str]) -> None:
        super().__init__(file, namespaces)
        self._steps = steps
        self._parts: list[str] | None = None
        self.found: str | None = None

    def begin(self, attributes: Sequence[tuple[str, str]]) -> None:
        if self.found is None and self.path == self._steps:
            self._parts = []
        elif self.found is None and self.path == self._steps[:-1]:
            self.found = dict(attributes).get(self._steps[-1], "").strip() or None

    def words(self, words: str) -> None:
        if self._parts is not None:
            self._parts.append(words)

    def end(self) -> None:
        if self._parts is not None and self.path == self._steps:
            self.found = "".join(self._parts).strip() or None
            self._parts = None


class Outline(_Walk):
    """How many elements stand at each path, and what they have: names of elements and attributes in them."""

    def __init__(self, file: str, namespaces: Mapping[str, str]) -> None:
        super().__init__(file, namespaces)
        self.counts: Counter[tuple[str, ...]] = Counter()
        self.parts: dict[tuple[str, ...], set[str]] = {}

    def begin(self, attributes: Sequence[tuple[str, str]]) -> None:
        path = tuple(self.path[:MAX_DEPTH])
        if path not in self.counts and len(self.counts) > MAX_CELLS:
            return
        self.counts[path] += 1
        self.parts.setdefault(path, set()).update(key for key, _ in attributes)
        self.parts.setdefault(path[:-1], set()).add(path[-1])


class _Rows(_Walk):
    """Gathers rows. What is wrong with one costs it alone, as long as the document is XML."""

    def __init__(
        self, file: str, steps: list[str], namespaces: Mapping[str, str], encoding: text.Encoding
    ) -> None:
        super().__init__(file, namespaces)
        self._steps, self._encoding = steps, encoding
        self._ready: list[RawRow | BadRow] = []
        self._count = 0
        self._around = len(steps) == 1  # whether what holds the rows was met
        self._outermost, self._said = "", ""
        self._cells: dict[str, list[str]] | None = None  # of the row being read
        self._open: list[_Open] = []  # elements of the row; outside of rows only the last one
        self._size, self._problem = 0, ""

    def drained(self) -> Iterator[RawRow | BadRow]:
        ready, self._ready = self._ready, []
        return iter(ready)

    def check(self) -> None:
        """Raises SourceUnreadable when nothing that could hold rows was met, Barrier for an error in their
        place."""
        barred = not self._count and IN_TEXT.search(self._said)
        if barred or (not self._around and not self._count):
            says = f'; it says "{self._said[:120]}"' if self._said else ""
            kind = Barrier if barred else SourceUnreadable
            raise kind(
                f'{self.file} has no rows at "{"/".join(self._steps)}": '
                f"its outermost element is {self._outermost}{says}."
            )

    def begin(self, attributes: Sequence[tuple[str, str]]) -> None:
        if self._cells is None:
            self._outside()
            name = ""
        else:
            self._open[-1].leaf = False
            name = self._name_within(self._open[-1].name)
        self._open.append(_Open(name, leaf=not attributes))
        if self._cells is not None:
            for key, value in attributes:
                self._add(f"{name}/{key}" if name else key, value)

    def _name_within(self, above: str) -> str:
        assert self._cells is not None
        if len(self._open) > MAX_DEPTH or len(self._cells) > MAX_CELLS:
            self._problem = "the row is nested too deeply, or has too many cells, to be read"
            return above  # so that names stay short
        return f"{above}/{self.path[-1]}" if above else self.path[-1]

    def _outside(self) -> None:
        """An element begins outside of rows; perhaps it is one."""
        if len(self.path) == 1:
            self._outermost = self.path[0]
        if self.path == self._steps:
            self._cells, self._open, self._size, self._problem = {}, [], 0, ""
        else:
            self._around |= self.path == self._steps[:-1]
            self._open = []

    def words(self, words: str) -> None:
        if not self._open:
            return
        parts = self._open[-1].parts
        if self._cells is None:
            if sum(map(len, parts)) < MAX_EXCERPT:
                parts.append(words[:MAX_EXCERPT])
            return
        self._size += len(words)
        if self._size <= MAX_ROW:
            parts.append(words)
        else:
            self._problem = f"the row is longer than {MAX_ROW:,} characters"

    def end(self) -> None:
        element = self._open.pop() if self._open else _Open()
        own = "".join(element.parts).strip()
        if self._cells is None:
            if own and not self._said and self.path[-1].lower() in _SAYS:
                self._said = " ".join(own.split())
            return
        row = not self._open
        if own or (element.leaf and not row):
            self._add(element.name or _OWN, own)
        if row:
            self._ready.append(self._row())
            self._cells = None

    def _add(self, name: str, value: str) -> None:
        assert self._cells is not None
        self._cells.setdefault(name, []).append(value.strip())

    def _row(self) -> RawRow | BadRow:
        assert self._cells is not None
        self._count += 1
        where = RowRef(self.file, self._count)
        cells = {
            name: parts[0] if len(parts) == 1 else _SEPARATOR.join(filter(None, parts))
            for name, parts in self._cells.items()
        }
        if self._problem:
            return BadRow(where, None, self._problem, " | ".join(cells.values())[:MAX_EXCERPT])
        return table.checked(where, cells, self._encoding)
