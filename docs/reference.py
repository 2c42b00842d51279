"""Writes the reference pages from the code: `make docs`. A test fails when they have fallen behind."""

from collections.abc import Iterator
from pathlib import Path

import click

from gongshi.cli import main
from publisher.settings import DESCRIBED

HERE = Path(__file__).resolve().parent


def pages() -> dict[Path, str]:
    """Each generated page and what it must say."""
    return {HERE / "settings.md": settings(), HERE / "commands.md": commands()}


def settings() -> str:
    """The table of settings."""
    lines = [
        "# Settings",
        "",
        "All of them are environment variables, all have a default, and an unknown `GONGSHI_…` is refused.",
        "",
        "| setting | default | what it is for |",
        "|---|---|---|",
        *(f"| `{one.name}` | {one.default} | {one.help} |" for one in DESCRIBED),
    ]
    return "\n".join(lines) + "\n"


def commands() -> str:
    """Every command, its arguments and options."""
    lines = [
        "# Commands",
        "",
        "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused for safety until an operator decides.",
    ]
    for path, command in _walk("gongshi", main):
        lines += ["", f"## `{path}{_arguments(command)}`", "", _sentence(command)]
        if options := [one for one in command.params if isinstance(one, click.Option) and not one.hidden]:
            lines += ["", "| option | what it does |", "|---|---|"]
            lines += [f"| `{_spelling(one)}` | {_effect(one)} |" for one in options]
    return "\n".join(lines) + "\n"


def _walk(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _walk(f"{path} {name}", command.commands[name])
    elif not command.hidden:
        yield path, command


def _arguments(command: click.Command) -> str:
    context = click.Context(command)
    given = [one.make_metavar(context) for one in command.params if isinstance(one, click.Argument)]
    return "".join(f" {metavar}" for metavar in given)


def _sentence(command: click.Command) -> str:
    return " ".join((command.help or "").split())


def _spelling(option: click.Option) -> str:
    names = ", ".join(option.opts + option.secondary_opts)
    if option.is_flag:
        return names
    metavar = option.make_metavar(click.Context(click.Command("any")))
    return f"{names} {metavar.removesuffix(' RANGE')}"


def _effect(option: click.Option) -> str:
    default = option.default
    shown = isinstance(default, int | str) and not isinstance(default, bool) and default != ""
    return f"{option.help or ''}{f' Default: {default}.' if shown else ''}"


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text, "utf-8")
