"""The web server."""

import os
import socket

from publisher.errors import GongshiError


def free(host: str, port: int) -> str:
    """The address that `host` means, when nobody listens there yet; granian itself would share the port
    with another site in silence. Raises GongshiError."""
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as trying:
            if os.name == "posix":  # elsewhere it would mean to share
                trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trying.bind(place)
    except OSError as error:
        raise GongshiError(
            f"The site cannot listen on {host}, port {port}: {error.strerror}. "
            "Stop what listens there, or name another --port or --host."
        ) from error
    return str(place[0])


def serve(host: str, port: int, workers: int) -> None:
    """Serves until it is told to stop. Each worker wires its own platform: see bootstrap.serving.

    Where no public address is set, links begin with the one that is listened on.
    """
    from granian import Granian  # takes long to load, and no other command needs it
    from granian.constants import Interfaces

    os.environ.setdefault("GONGSHI_BASE_URL", f"http://{f'[{host}]' if ':' in host else host}:{port}")
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
