"""The web server."""

import os
import signal
import socket
from threading import Event, Thread

from publisher.errors import GongshiError

THREADS = 4
"""Requests that a worker answers at the same time."""


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


def told_to_stop() -> Event:
    """Set as soon as this process is told to end; for its main thread to call, once.

    The web server has the signals for itself, and then waits for the requests that are under way: those that
    wait for something must be told by another way. The interpreter writes each signal to the descriptor too.
    """
    stop, (reads, writes) = Event(), socket.socketpair()
    writes.setblocking(False)
    signal.set_wakeup_fd(writes.detach())

    def wait() -> None:
        with reads:
            reads.recv(1)
        stop.set()

    Thread(target=wait, name="signals", daemon=True).start()
    return stop


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
        blocking_threads=THREADS,
        factory=True,
        websockets=False,
        log_access=False,
    ).serve()
