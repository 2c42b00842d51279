"""The web server."""

import os

from granian import Granian
from granian.constants import Interfaces


def serve(host: str, port: int, workers: int) -> None:
    """Serves until it is told to stop. Each worker wires its own platform: see bootstrap.serving.

    Where no public address is set, links begin with the one that is listened on.
    """
    os.environ.setdefault("GONGSHI_BASE_URL", f"http://{host}:{port}")
    Granian(
        "gongshi.bootstrap:serving",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        factory=True,
        websockets=False,
        log_access=False,
    ).serve()
