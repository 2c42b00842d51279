"""Definitions that are no TOML at all."""

from pathlib import Path

import pytest

from harvesters.source import load
from publisher.errors import DefinitionError
from publisher.kinds import Registry


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("x = " + "9" * 5000, r"it is not valid TOML: a number in it has too many digits\.$"),
        ("x = " + "[" * 5000, r"it is nested too deeply to be read\.$"),
    ],
)
def test_a_file_that_toml_gives_up_on_is_one_sentence(
    registry: Registry, tmp_path: Path, said: str, says: str
) -> None:
    file = tmp_path / "list.toml"
    file.write_text(said)
    with pytest.raises(DefinitionError, match=says):
        load(file, "tax", registry=registry, trusted=True)
