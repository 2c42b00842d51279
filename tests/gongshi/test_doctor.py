"""What the doctor says of the keys, and of the last runs."""

from pathlib import Path

import pytest

from harvesters.stopping import Stop
from publisher.harvests import RunState
from tests.fixtures.commands import Installation
from tests.fixtures.harvesting import PENALTIES, PENALTIES_HEADER, Desk, penalty, row

PERSON = "李四,,琼税列〔2026〕77号,虚开发票,2026-03-01,"


@pytest.fixture
def gongshi(desk: Desk) -> Installation:
    """An installation with a natural person among its items."""
    desk.write(row(1), PERSON)
    desk.harvest()
    settings = desk.platform.settings
    return Installation(settings.folder, GONGSHI_SOURCES=str(settings.sources))


def test_the_key_is_made_once_for_its_owner_alone(gongshi: Installation) -> None:
    file = gongshi.folder / "identity.key"
    assert (file.stat().st_mode & 0o777, len(file.read_text()) >= 40) == (0o600, True)
    assert "Keys: the identity key is the store's." in gongshi("doctor").stdout


def test_a_key_that_others_can_read_is_found(gongshi: Installation) -> None:
    file: Path = gongshi.folder / "identity.key"
    file.chmod(0o640)
    told = gongshi("doctor")
    assert f"others can read {file}; run `chmod 600 {file}`" in told.stdout
    assert told.returncode == 1


def test_a_key_other_than_the_stores_is_found(gongshi: Installation) -> None:
    told = gongshi("doctor", GONGSHI_IDENTITY_KEY="another key, long enough")
    assert "is not the key that this store was filled with" in told.stdout
    assert told.returncode == 1
    assert "fewer than 16 bytes" in gongshi("doctor", GONGSHI_IDENTITY_KEY="short").stdout


def test_a_run_that_was_told_to_stop_is_no_problem(gongshi: Installation, desk: Desk) -> None:
    stop = Stop()
    stop.ask()
    assert desk.harvest(check=stop.check).state is RunState.INTERRUPTED
    told = gongshi("doctor")
    assert (told.returncode, "tax/list" in told.stdout) == (0, False)


def test_a_definition_that_names_a_law_no_longer_in_force_is_found(gongshi: Installation, desk: Desk) -> None:
    assert "in force" not in gongshi("doctor").stdout
    given = PENALTIES.format(where='path = "rows.csv"', format='format = "csv"', more="")
    file = desk.file.with_name("old.toml")
    file.with_name("old.sample.csv").write_text(f"{PENALTIES_HEADER}\n{penalty(1, '2026-03-01')}\n", "utf-8")
    file.write_text(given.replace("months = 12", 'rules = "cn-2023"'), "utf-8")
    told = gongshi("doctor")
    assert "Source tax/old: its rule set cn-2023 was in force until 2026-03-31; name cn-2026" in told.stdout
    assert told.returncode == 1
