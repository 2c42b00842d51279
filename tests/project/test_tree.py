"""What holds for the tree as a whole: its packages, its sizes, its documents, its lock files."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project.files import ROOT, committed

PACKAGES = ("gongshi", "harvesters", "publisher", "search", "templates")
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return zipfile.Path(next(folder.glob("*.whl")))


@pytest.mark.parametrize("package", [name for name in PACKAGES if name != "templates"])
def test_packages_are_imported_from_this_checkout(package: str) -> None:
    """Their names are generic: another distribution could bring a `search` of its own."""
    origin = importlib.import_module(package).__file__
    assert origin is not None
    assert Path(origin).parent == ROOT / package


def test_the_wheel_has_every_file_of_the_packages(wheel: zipfile.Path) -> None:
    packaged = set(wheel.root.namelist())
    wanted = {file.relative_to(ROOT).as_posix() for file in committed() if file.is_relative_to(ROOT)}
    assert {name for name in wanted if name.split("/")[0] in PACKAGES} <= packaged
    assert {name.split("/")[0] for name in packaged if ".dist-info" not in name} <= set(PACKAGES)


@pytest.mark.parametrize(
    "kept", ["publisher/rules/kinds.toml", "publisher/web/static/", "harvesters/sources/"]
)
def test_the_wheel_has_rules_sources_and_static_files(wheel: zipfile.Path, kept: str) -> None:
    assert any(name.startswith(kept) and not name.endswith((".py", "/")) for name in wheel.root.namelist())


def test_the_wheel_cannot_be_published_by_mistake(wheel: zipfile.Path) -> None:
    metadata = next(name for name in wheel.root.namelist() if name.endswith("METADATA"))
    assert "Classifier: Private :: Do Not Upload" in wheel.root.read(metadata).decode()


def test_every_module_says_what_it_is_for() -> None:
    modules = [
        file for file in committed() if file.suffix == ".py" and file.relative_to(ROOT).parts[0] in PACKAGES
    ]
    assert modules
    silent = [
        str(file.relative_to(ROOT))
        for file in modules
        if (tree := ast.parse(file.read_text("utf-8"))).body and not ast.get_docstring(tree)
    ]
    assert silent == []


def test_no_module_is_too_long_to_read() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in committed()
        if file.suffix == ".py" and (lines := len(file.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}


def test_no_committed_file_is_over_a_mebibyte() -> None:
    assert [str(file) for file in committed() if file.stat().st_size > MIB] == []


def test_decisions_are_short_and_numbered_without_gaps() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [file.name[:4] for file in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
    assert [file.name for file in decisions if len(file.read_text("utf-8").splitlines()) > 40] == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for document in (file for file in committed() if file.suffix == ".md"):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text("utf-8")):
            if "://" not in target and not (document.parent / target).exists():
                broken.append(f"{document.relative_to(ROOT)}: {target}")
    assert broken == []


def test_the_changelog_is_open_for_the_next_release() -> None:
    assert re.search(r"^## Unreleased$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def _locked(name: str) -> dict[str, str]:
    pins = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in pins}


def _demanded() -> dict[str, list[Requirement]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    run = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["samples"]
    groups = project["dependency-groups"]
    dev = [one for one in groups["dev"] if isinstance(one, str)]
    demands = {
        "requirements-run.lock": run,
        "requirements-build.lock": groups["build"],
        "requirements.lock": run + groups["build"] + dev,
    }
    return {lock: [Requirement(one) for one in wanted] for lock, wanted in demands.items()}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-run.lock", "requirements-build.lock"])
def test_the_lock_holds_what_the_project_asks_for(lock: str) -> None:
    """A failure means that pyproject.toml was changed without `make lock`."""
    locked = _locked(lock)
    assert [
        str(one)
        for one in _demanded()[lock]
        if locked.get(canonicalize_name(one.name), "") not in one.specifier
    ] == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-run.lock", "requirements-build.lock"])
def test_every_locked_package_has_hashes_and_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    entries = re.split(r"\n(?=\w)", text.strip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_the_smaller_locks_are_parts_of_the_whole_one() -> None:
    whole = _locked("requirements.lock").items()
    assert _locked("requirements-run.lock").items() <= whole
    assert _locked("requirements-build.lock").items() <= whole
