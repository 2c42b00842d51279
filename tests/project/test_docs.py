"""The documents say what the code does: settings and commands cannot be undocumented."""

import re
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import click
import pytest
import yaml

from gongshi.cli import main
from publisher.settings import DESCRIBED
from tests.project.files import ROOT

README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", ["settings.md", "commands.md"])
def test_reference_pages_are_those_that_the_code_writes(name: str) -> None:
    """A failure means that settings or commands were changed without `make docs`."""
    reference = runpy.run_path(str(ROOT / "docs" / "reference.py"))
    pages = cast(Callable[[], dict[Path, str]], reference["pages"])()
    page = ROOT / "docs" / name
    assert page.read_text("utf-8") == pages[page]


def test_every_command_and_setting_has_a_sentence() -> None:
    assert [path for path, command in _commands("gongshi", main) if not command.help] == []
    options = [
        f"{path} {option.opts[0]}"
        for path, command in _commands("gongshi", main)
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert options == []
    assert [setting.name for setting in DESCRIBED if not setting.help.endswith(".")] == []


def test_the_readme_names_every_command_and_no_other() -> None:
    known = dict(_commands("gongshi", main))
    assert [path for path in known if path not in README] == []
    invented = [
        said
        for said in re.findall(r"\bgongshi ([a-z]+(?: [a-z]+)?)", _code(README))
        if f"gongshi {said}" not in known and f"gongshi {said.split()[0]}" not in known
    ]
    assert invented == []


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "Makefile", "docker-compose.yml", "Dockerfile"]
)
def test_no_document_names_a_setting_that_does_not_exist(name: str) -> None:
    said = set(re.findall(r"GONGSHI_[A-Z_]+", (ROOT / name).read_text("utf-8")))
    assert said <= {setting.name for setting in DESCRIBED}


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_no_document_names_a_make_target_that_does_not_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", _code((ROOT / name).read_text("utf-8")))) <= targets


def test_the_containers_run_commands_that_exist() -> None:
    known = dict(_commands("gongshi", main))
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    for service in (service for service in services.values() if service.get("build")):
        words = service["command"]
        line = words[0] if "entrypoint" in service else "gongshi " + " ".join(words)
        said = re.findall(r"gongshi [a-z]+(?: [a-z]+)?", line)
        assert said
        assert all(path in known or path.rsplit(" ", 1)[0] in known for path in said), line


def _commands(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name in command.commands:
            yield from _commands(f"{path} {name}", command.commands[name])
    else:
        yield path, command


def _code(document: str) -> str:
    """The parts of a document that are set as code."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", document, re.DOTALL))
