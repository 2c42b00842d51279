"""What all commands share: the platform that they run on, exit codes, errors as one sentence."""

import errno
import gc
import os
import pwd
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Thread

import click

from gongshi import show
from gongshi.bootstrap import Platform, build, read_settings
from harvesters.source import Definition
from publisher import masking
from publisher.errors import GongshiError, Refused
from publisher.store import Reading
from publisher.trail import Actor, ActorKind
from search.engine import SearchError, WriterBusy

_OF_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)

FAILED, REFUSED = 1, 3
INTERRUPTED = "Interrupted; what was done stays, and the same command goes on from there."

NUMBER = click.IntRange(1, 2**31 - 1)
"""How many, or which run: no more than any store can hold."""

LONGEST_NAME = 100
"""Characters of the name of who decides something."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line, for machines.")


@contextmanager
def told_to_stop(ask: Callable[[], None]) -> Iterator[None]:
    """Within the block, SIGINT and SIGTERM call `ask` and do nothing else: what is under way ends by itself
    where that is clean. Elsewhere in a command they interrupt it.

    `ask` is called in a thread of its own: a signal's handler comes between any two steps of the main thread,
    also while that holds a lock which `ask` would wait for.
    """
    told, tell = os.pipe()

    def listen() -> None:
        while os.read(told, 1):
            ask()

    listener = Thread(target=listen, name="told to stop", daemon=True)
    listener.start()
    stops = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: os.write(tell, b"!")) for number in stops}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(tell)
        listener.join()
        os.close(told)


@contextmanager
def platform(*, prepared: bool = True) -> Iterator[Platform]:
    """The platform for one command; turns what a user can cause into one sentence and an exit code."""
    try:
        made = build(read_settings())
        gc.freeze()  # what is loaded by now stays: the collector need not look at it over and over
        try:
            if prepared:
                made.store.prepare()
            yield made
        finally:
            made.close()
    except Refused as error:
        show.problem(str(error))
        raise SystemExit(REFUSED) from error
    except WriterBusy as error:
        show.problem(f"{error} Wait for the other process to end, or stop it.")
        raise SystemExit(REFUSED) from error
    except (GongshiError, SearchError) as error:
        show.problem(str(error))
        raise SystemExit(FAILED) from error
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        what = error.filename or "A file"
        advice = " Is the disk full or read-only?" if error.errno in _OF_DISK else ""
        show.problem(f"{what} cannot be used: {error.strerror or error}.{advice}")
        raise SystemExit(FAILED) from error
    except KeyboardInterrupt as error:
        show.problem(INTERRUPTED)
        raise SystemExit(FAILED) from error


def operator() -> str:
    """Who runs this command, as the system knows them."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _login(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    name = text.strip()
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable() and masking.quoted(name) == name):
        raise click.BadParameter(
            f"write a login of at most {LONGEST_NAME} characters and no person's number: it is kept for ever."
        )
    return name


by = click.option(
    "--by",
    default=operator,
    callback=_login,
    help="Who decides it, for the audit trail; else your login name.",
)


def acting(by: str | None = None) -> Actor:
    """Who runs this command, for the audit trail; `by` is who they say they are."""
    return Actor(ActorKind.OPERATOR, by or operator())


def named(made: Platform, names: Sequence[str]) -> list[Definition]:
    """The definitions of these names. Raises UsageError for one that there is none of."""
    known = {definition.id: definition for definition in made.definitions}
    if unknown := [name for name in names if name not in known]:
        raise click.UsageError(f"There is no source {unknown[0]}; `gongshi sources list` names them.")
    return [known[name] for name in names]


def check_harvested(store: Reading, source: str | None) -> None:
    """Raises UsageError for a source that was named and never harvested, so that it is not passed over."""
    if source and source not in store.sources():
        raise click.UsageError(f"No source {source} has been harvested; `gongshi sources list` names them.")
