"""Items as operators see them, and what they decide of them."""

import json

import pytest

from gongshi.running import operator
from tests.fixtures.commands import Installation
from tests.fixtures.harvesting import Desk, row

PERSON_NUMBER = "11010519491231002X"


@pytest.fixture
def gongshi(desk: Desk) -> Installation:
    """A platform with three items of the one source of `desk`."""
    settings = desk.platform.settings
    gongshi = Installation(settings.folder, GONGSHI_SOURCES=str(settings.sources))
    desk.write(row(1), row(2), row(3))
    assert gongshi("harvest", "tax/list").returncode == 0
    return gongshi


def items(gongshi: Installation) -> list[str]:
    """The ids of all items, in order of their rows."""
    return [str(id) for (id,) in gongshi.asks("SELECT item_id FROM sighting ORDER BY row")]


def public_items(gongshi: Installation) -> int:
    return int(gongshi("doctor", "--checksum").stdout.split()[0])


def shown(gongshi: Installation, id: str) -> dict[str, object]:
    told: dict[str, object] = json.loads(gongshi("items", "show", id, "--json").stdout)
    return told


def test_items_leave_for_good_and_their_source_does_not_bring_them_back(
    gongshi: Installation, desk: Desk
) -> None:
    first, second, _ = items(gongshi)
    done = gongshi("items", "withdraw", first, "nosuchitem", second, "--why", "wrong company", "--by", "anna")
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        f"{first} is withdrawn.\n{second} is withdrawn.\n",
        "There is no item nosuchitem.\n",
    )
    desk.write(row(1, "another reason"), row(2), row(3))
    assert gongshi("harvest", "tax/list").returncode == 0
    assert public_items(gongshi) == 1
    assert gongshi("index", "status").returncode == 0
    assert shown(gongshi, first)["because"] == (
        "It was withdrawn on 2026-11-23 12:00 by operator anna: wrong company"
    )


def test_what_is_ended_already_is_said_to_be(gongshi: Installation) -> None:
    first, *_ = items(gongshi)
    assert gongshi("items", "repair", first, "--why", "信用修复").stdout == f"{first} is repaired.\n"
    for command in ("repair", "withdraw", "suspend", "revoke"):
        again = gongshi("items", command, first, "--why", "twice")
        assert (again.returncode, again.stdout) == (0, f"{first} is repaired already, and stays so.\n")


def test_what_was_suspended_comes_back_and_what_is_for_good_only_if_that_is_said(
    gongshi: Installation,
) -> None:
    first, second, third = items(gongshi)
    gongshi("items", "suspend", first, "--why", "reorganisation")
    gongshi("items", "revoke", second, "--why", "annulled by court")
    assert public_items(gongshi) == 1
    back = gongshi("items", "restore", first, second, third, "--why", "over")
    assert (back.returncode, back.stdout) == (
        3,
        f"{first} is public.\n{third} is public already, and stays so.\n",
    )
    assert back.stderr == f"{second} is revoked, which is for good; if it should not have been: --final\n"
    assert (
        gongshi("items", "restore", second, "--final", "--why", "mistaken").stdout == f"{second} is public.\n"
    )
    assert public_items(gongshi) == 3


@pytest.mark.parametrize("given", [(), ("--why", "x"), ("ID",), ("ID", "--why", " ")])
def test_an_end_needs_an_item_and_a_reason(gongshi: Installation, given: tuple[str, ...]) -> None:
    assert gongshi("items", "withdraw", *given).returncode == 2


@pytest.mark.parametrize("by", [" ", "x" * 101, f"李{PERSON_NUMBER}", "anna\nbert"])
def test_who_decides_is_no_number_of_a_person_for_it_is_never_erased(gongshi: Installation, by: str) -> None:
    first, *_ = items(gongshi)
    refused = gongshi("items", "withdraw", first, "--why", "x", "--by", by)
    assert (refused.returncode, "write a login of at most 100" in refused.stderr) == (2, True)
    assert public_items(gongshi) == 3
    assert gongshi("items", "withdraw", first, "--why", "\udcff", "--by", "x" * 100).returncode == 0
    assert (
        shown(gongshi, first)["because"] == f"It was withdrawn on 2026-11-23 12:00 by operator {'x' * 100}: ?"
    )


def test_a_history_tells_all_in_order_and_nothing_of_persons(gongshi: Installation, desk: Desk) -> None:
    first, *_ = items(gongshi)
    later = {"GONGSHI_NOW": "2026-11-24T12:00:00+08:00"}
    desk.write(row(1, "another reason"), row(2), row(3))
    assert gongshi("harvest", "tax/list", **later).returncode == 0
    later = {"GONGSHI_NOW": "2026-11-25T12:00:00+08:00"}
    why = f"身份证号{PERSON_NUMBER}的申请"
    assert gongshi("items", "withdraw", first, "--why", why, **later).returncode == 0
    told = gongshi("items", "history", first, "--json").stdout
    events = [json.loads(line) for line in told.splitlines()]
    assert [(each["at"][:10], each["what"], each["by"]) for each in events] == [
        ("2026-11-23", "source told", "source tax/list"),
        ("2026-11-23", "public: published", ""),
        ("2026-11-24", "source corrected", "source tax/list"),
        ("2026-11-24", "public: corrected", ""),
        ("2026-11-25", "public: ended", ""),
        ("2026-11-25", "item.withdrawn", f"operator {operator()}"),
    ]
    assert [each["tells"]["says"]["listing_reason"] for each in events[:3:2]] == [
        "虚开增值税专用发票",
        "another reason",
    ]
    assert PERSON_NUMBER not in told + gongshi("items", "show", first).stdout
    assert gongshi("items", "history", "nosuchitem").returncode == 1


def test_why_an_item_is_not_public_is_one_sentence(gongshi: Installation, desk: Desk) -> None:
    first, second, third = items(gongshi)
    assert ("because" in shown(gongshi, first)) is False
    desk.write(row(1), row(2, removed="2026-11-20"))
    assert gongshi("harvest", "tax/list", "--accept-removals").returncode == 0
    assert str(shown(gongshi, second)["because"]).endswith(" was over with 2026-11-19.")
    assert shown(gongshi, third)["because"] == "No source lists it any more, since 2026-11-23 12:00."
