"""Pages that no format fits, read by a function beside their definition: `rows(page)` in `<name>.py`.

It is run as part of the harvest, so it is the operator's own code or ours; nothing of a source decides which.
"""

import runpy
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from harvesters.formats import table, text
from harvesters.formats.raw import MAX_EXCERPT, BadRow, Fetched, Layout, RawRow
from harvesters.formats.text import Encoding
from publisher import masking
from publisher.errors import SourceUnreadable
from publisher.items import RowRef

MAX_PAGE = 256 << 20
"""The largest file that is handed to a function, in bytes: it is given whole."""

_UTF_8 = Encoding("utf-8")


def rows(fetched: Fetched, definition: Layout) -> Iterator[RawRow | BadRow]:
    """What the function gives for the page, counted from 1. Whatever it raises is one SourceUnreadable that
    names its file and line."""
    script = definition.script
    size = fetched.path.stat().st_size
    if size > MAX_PAGE:
        raise SourceUnreadable(
            f"{fetched.name} is larger than {MAX_PAGE >> 20} MiB, too large for a function."
        )
    try:
        found = _function(script)(fetched.path.read_bytes())
        for number, row in enumerate(found, 1):
            yield _row(RowRef(fetched.name, number), row)
    except SourceUnreadable:
        raise
    except (Exception, SystemExit) as error:
        raise SourceUnreadable(f"{fetched.name} cannot be read: {_where(error, script)}.") from error


def _function(script: Path) -> Callable[[bytes], Iterable[object]]:
    function = runpy.run_path(str(script)).get("rows")
    if not callable(function):
        raise SourceUnreadable(f"{script} has no function rows(page).")
    return function  # type: ignore[no-any-return]


def _row(where: RowRef, row: object) -> RawRow | BadRow:
    if not isinstance(row, dict) or not all(isinstance(said, str) for pair in row.items() for said in pair):
        return BadRow(where, None, "the function gave no dict of text to text", repr(row)[:MAX_EXCERPT])
    cells = {
        text.without_surrogates(name): text.without_surrogates(text.without_controls(cell))
        for name, cell in row.items()
    }
    return table.checked(where, cells, _UTF_8)


def _where(error: BaseException, script: Path) -> str:
    """Where in the function it went wrong, and how, in one line."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == str(script) and frame.lineno
    ]
    if isinstance(error, SyntaxError) and error.lineno:
        lines = [error.lineno]
    place = f"{script}, line {lines[-1]}" if lines else str(script)
    said = masking.quoted(" ".join(str(error).split()))[:200]
    return f"{place}: {type(error).__name__}{f': {said}' if said else ''}".rstrip(".")
