"""A private folder for one run: it holds what may be personal, so nothing of it outlives the run for long."""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harvesters.stopping import Stopped
from publisher.errors import DiskError

PAGES = "pages"
RESUMABLE = 1800.0
"""For so many seconds what a killed run has fetched is left for the next run of its source."""


@contextmanager
def private_folder(parent: Path, role: str) -> Iterator[Path]:
    """A fresh folder of mode 0700, deleted at the end of the block; folders of killed runs are deleted first.
    Its subfolder PAGES is that of the last run in the same role, if that was killed or told to stop not long
    ago.

    A lock on its folder tells a run that lives from one that was killed: the system frees it with the
    process. Raises DiskError for what the disk refuses within the block.
    """
    try:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(parent):  # nobody takes a folder for dead before it is locked
            folder = Path(tempfile.mkdtemp(prefix=_prefix(role), dir=parent))
            lock = os.open(folder, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            _sweep(parent, role, folder)
        stopped = False
        try:
            yield folder
        except Stopped:
            stopped = True
            raise
        finally:
            _delete(folder, but_pages=stopped)
            os.close(lock)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise DiskError(
            f"What a harvest reads cannot be kept under {parent}: {reason}. Is the disk full or read-only?"
        ) from error


def _delete(folder: Path, *, but_pages: bool) -> None:
    if not but_pages or not (folder / PAGES).exists():
        shutil.rmtree(folder, ignore_errors=True)
        return
    for each in folder.iterdir():
        if each.is_file():
            each.unlink()
        elif each.name != PAGES:
            shutil.rmtree(each, ignore_errors=True)


def _prefix(role: str) -> str:
    return f"{hashlib.sha256(role.encode()).hexdigest()[:12]}-"


def _sweep(parent: Path, role: str, heir: Path) -> None:
    """Deletes the folders of killed runs; the pages of the last one in this role go to the `heir`."""
    for folder in sorted(parent.iterdir(), key=_age):
        try:
            with _locked(folder, fcntl.LOCK_NB):
                if _age(folder) < RESUMABLE:
                    if not folder.name.startswith(_prefix(role)):
                        continue  # the next run in its role may go on with it
                    if not (heir / PAGES).exists():
                        (folder / PAGES).rename(heir / PAGES)
                shutil.rmtree(folder, ignore_errors=True)
        except (BlockingIOError, FileNotFoundError):
            continue  # its run lives, or has just ended


def _age(folder: Path) -> float:
    """Seconds since a run fetched its last page; endless where it has none."""
    try:
        return time.time() - (folder / PAGES).stat().st_mtime
    except (FileNotFoundError, NotADirectoryError):
        return float("inf")


@contextmanager
def _locked(folder: Path, also: int = 0) -> Iterator[None]:
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | also)
        yield
    finally:
        os.close(lock)
