"""The web server."""

from granian import Granian
from granian.constants import Interfaces


def serve(host: str, port: int, workers: int) -> None:
    """Serves until it is told to stop. Each worker wires its own platform: see bootstrap.serving."""
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
