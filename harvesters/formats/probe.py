"""Reads a workbook once in a process of its own: exit 0 if it can be read here too.

The reader is Rust and keeps a whole sheet as one rectangle. Where a damaged or hostile file has it panic or
take all memory (one cell in the far corner is enough), the process is gone; so it had better be this one.
Run as a script, with the file and perhaps a sheet; imports nothing else of ours, to start quickly.
"""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MAX_MEMORY = 1 << 30
"""The most memory that reading a workbook may take, in bytes."""
MAX_SECONDS = 120


def readable(path: Path, sheet: str | None) -> bool:
    """Whether reading the workbook ends well; a file that is refused with an error does."""
    command = [sys.executable, "-I", __file__, str(path), *([sheet] if sheet is not None else [])]
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=MAX_SECONDS).returncode == 0  # noqa: S603 - our own script, no shell
    except subprocess.TimeoutExpired:
        return False


def visible(book: CalamineWorkbook) -> list[str]:
    """The names of the worksheets that are not hidden."""
    return [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]


def _read(path: str, *sheet: str) -> None:
    with suppress(ImportError):  # there is no such thing on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        _, most = resource.getrlimit(resource.RLIMIT_CPU)  # of who asks, where that has a bound
        bound = MAX_SECONDS if most == resource.RLIM_INFINITY else min(most, MAX_SECONDS)
        resource.setrlimit(resource.RLIMIT_CPU, (bound, bound))
    with suppress(CalamineError), open(path, "rb") as file, CalamineWorkbook.from_filelike(file) as book:
        for name in [*sheet, *visible(book)][:1]:
            for _ in book.get_sheet_by_name(name).iter_rows():
                pass


if __name__ == "__main__":
    _read(*sys.argv[1:])
