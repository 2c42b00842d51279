"""A private folder for one run: it holds what may be personal, so nothing of it outlives the run for long."""

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import DiskError


@contextmanager
def private_folder(parent: Path) -> Iterator[Path]:
    """A fresh folder of mode 0700, deleted at the end of the block; folders of killed runs are deleted first.

    A lock on its folder tells a run that lives from one that was killed: the system frees it with the
    process. Raises DiskError for what the disk refuses within the block.
    """
    try:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(parent):  # nobody takes a folder for dead before it is locked
            _sweep(parent)
            folder = Path(tempfile.mkdtemp(dir=parent))
            lock = os.open(folder, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise DiskError(
            f"What a harvest reads cannot be kept under {parent}: {reason}. Is the disk full or read-only?"
        ) from error


def _sweep(parent: Path) -> None:
    for folder in parent.iterdir():
        try:
            with _locked(folder, fcntl.LOCK_NB):
                shutil.rmtree(folder, ignore_errors=True)
        except (BlockingIOError, FileNotFoundError):
            continue  # its run lives, or has just ended


@contextmanager
def _locked(folder: Path, also: int = 0) -> Iterator[None]:
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | also)
        yield
    finally:
        os.close(lock)
