"""The web server."""

import os


def serve(host: str, port: int, workers: int) -> None:
    """Serves until it is told to stop. Each worker wires its own platform: see bootstrap.serving.

    Where no public address is set, links begin with the one that is listened on.
    """
    from granian import Granian  # takes long to load, and no other command needs it
    from granian.constants import Interfaces

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
