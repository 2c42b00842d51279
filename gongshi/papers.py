"""The command by which those who decide get the evidence of a case."""

import os
from pathlib import Path

import click

from gongshi import show
from gongshi.running import operator, platform
from publisher.casework import Clerk, seen
from publisher.errors import DiskError
from publisher.evidence import sent_as


@click.command()
@click.argument("number")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    help="The folder to write to; else where you are.",
)
def papers(number: str, into: Path) -> None:
    """Write the papers that came with a case into a folder, readable by you only.

    They were checked by content, but open them with care: a stranger made them.
    """
    with platform() as made:
        with made.store.reading() as store:
            files = store.evidence(seen(store, number, Clerk(operator())).id)
        for file in files:
            target = into / sent_as(file)
            _write(target, made.shelf.read(file.key))
            show.line(f"{target}  {file.name}")
        if not files:
            show.line("There are no papers.")


def _write(target: Path, content: bytes) -> None:
    """Raises DiskError, also where there is such a file already."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        raise DiskError(
            f"{target} cannot be written: {error.strerror}; name another folder with --into."
        ) from error
