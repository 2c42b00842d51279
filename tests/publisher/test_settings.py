"""Settings for the sources that want to know who asks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher import settings
from publisher.errors import SettingsError


def test_a_token_or_a_whole_header_for_a_source(tmp_path: Path) -> None:
    given = {
        "GONGSHI_DATA": str(tmp_path),
        "GONGSHI_SOURCE_COURTS_TOKEN": "12345",
        "GONGSHI_SOURCE_TAX_2_HEADER": "X-Api-Key:  a b=",
    }
    read = settings.read(given)
    assert read.source_headers == {
        "COURTS": ("Authorization", "Bearer 12345"),
        "TAX_2": ("X-Api-Key", "a b="),
    }
    assert "12345" not in repr(read)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("GONGSHI_SOURCE_TAX_HEADER", "12345", "is no header; write it like X-Api-Key: 12345, in ASCII."),
        ("GONGSHI_SOURCE_TAX_HEADER", "X-Key: a\nX-Other: b", "is no header"),
        ("GONGSHI_SOURCE_TAX_TOKEN", "a\r\nb", "is no header"),
        ("GONGSHI_SOURCE_COURTS_HEADER", "X-Key: 1", "is one too many: give COURTS a token or a header."),
        ("GONGSHI_SOURCE_TAX_KEY", "1", "is no setting; the settings are listed in docs/settings.md."),
        ("GONGSHI_HARVESTS_AT_ONCE", "0", "is '0'; it must be a whole number from 1 to 64."),
        ("GONGSHI_PROXIES", "10.0.0.0/8, proxy", "has 'proxy', which is no address or network such as"),
        ("GONGSHI_HARVESTS_AT_ONCE", "65", "is '65'; it must be a whole number from 1 to 64."),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, name: str, value: str, says: str) -> None:
    given = {"GONGSHI_DATA": str(tmp_path), "GONGSHI_SOURCE_COURTS_TOKEN": "12345", name: value}
    with pytest.raises(SettingsError) as raised:
        settings.read(given)
    assert str(raised.value).startswith(f"{name} {says}")


def test_the_clock_begins_at_the_moment_that_is_given_and_runs_on(tmp_path: Path) -> None:
    given = {"GONGSHI_DATA": str(tmp_path), "GONGSHI_ENV": "development"}
    begin = datetime(2026, 11, 23, 23, 59, 50, tzinfo=UTC)
    clock = settings.read({**given, "GONGSHI_NOW": "2026-11-24T07:59:50+08:00"}).clock
    first, second = clock(), clock()
    assert begin <= first < second < begin + timedelta(minutes=1)
    assert settings.read(given).ahead == timedelta(0)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "is only for GONGSHI_ENV=development: a public site must not lie about the time."),
        ({"GONGSHI_ENV": "production"}, "is only for GONGSHI_ENV=development"),
        ({"GONGSHI_ENV": "development", "GONGSHI_NOW": "midnight"}, "is no moment such as 2026-11-23T12:00"),
        (
            {"GONGSHI_ENV": "development", "GONGSHI_NOW": "2026-11-23T12:00"},
            "has no time zone; write it like",
        ),
    ],
)
def test_a_site_that_is_public_does_not_lie_about_the_time(
    tmp_path: Path, given: dict[str, str], says: str
) -> None:
    with pytest.raises(SettingsError, match=f"^GONGSHI_NOW {says}"):
        settings.read({"GONGSHI_DATA": str(tmp_path), "GONGSHI_NOW": "2026-11-23T12:00:00+08:00", **given})
