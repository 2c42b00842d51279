"""What is wrong with a rule set's file: one sentence, with the line."""

import re
from datetime import date
from importlib import resources

import pytest

from publisher.errors import DefinitionError
from publisher.kinds import load_registry
from publisher.ruleset_file import check_names, check_succession, load_rule_sets, parse

TEXT = (resources.files("publisher.rules.periods") / "cn-2026.toml").read_text("utf-8")
THRESHOLD = """
[[thresholds]]
sector = "tourism"
from = 2026-01-01
general = 5000
serious = 200000
"""
EXCEPTION = """
[[exceptions]]
sectors = ["food_drug"]
shortest = 12
"""
STAYS = """
[unfulfilled]
sectors = ["labour"]
field = "performance"
words = ["未履行"]
"""
ALL = f"{TEXT}{EXCEPTION}{THRESHOLD}{THRESHOLD}{STAYS}"


def line_of(text: str, words: str, nth: int = 0) -> int:
    """The line, from 1, in which the words stand for the nth time."""
    return [n for n, line in enumerate(text.splitlines(), 1) if words in line][nth]


@pytest.mark.parametrize(
    ("old", "new", "said", "at"),
    [
        (
            "[terms.serious]\nshortest = 12\nlongest = 36\n",
            "",
            "[terms] says nothing of serious",
            "[terms.minor]",
        ),
        ("longest = 36", "longest = 6", "the longest period of serious ends before its", "[terms.serious]"),
        (
            "shortest = 12\nlongest = 36",
            "shortest = 1\nlongest = 6",
            "serious is public for less long",
            "[terms.serious]",
        ),
        (
            "longest = 36",
            "shortest2 = 6",
            "shortest2 is not a known key; known are longest, shortest",
            "shortest2",
        ),
        (
            'default = "general"',
            'default = "grave"',
            "grave is no severity; known are minor, general",
            "default",
        ),
        ('default = "general"', "default = 1", "default must be text in quotes", "default"),
        ('grave = "general"', 'grave = "heavy"', "heavy is no severity", "counts_as"),
        (
            'counts_as = { grave = "general" }',
            'counts_as = "general"',
            "counts_as must be a table",
            "counts_as",
        ),
        ("[terms.minor]", "[terms.mild]", "mild is no severity", "[terms.mild]"),
        ("longest = 12", "longest = '12'", "longest must be a whole number of months", "longest = '12'"),
        (
            "longest = 12",
            "longest = true",
            "longest must be a whole number of months, from 0",
            "longest = true",
        ),
        (
            "longest = 12",
            "longest = 1201",
            "longest must be a whole number of months, from 0 to 1200",
            "1201",
        ),
        ("longest = 12", "longest = -1", "longest must be a whole number of months", "longest = -1"),
        ("from = 2026-04-01\n", "from = 2026-04-01\nto = 2026-01-01\n", "to is before from", "to ="),
        ("from = 2026-04-01", "from = '2026-04-01'", "from must be a day without quotes", "from ="),
        ("from = 2026-04-01", "from = 2026-04-01T00:00:00", "from must be a day without a time", "from ="),
        ("from = 2026-04-01\n", "", "from is missing", None),
        ('source = "', 'sauce = "', "sauce is not a known key", "sauce"),
        (
            'title = { zh = "《信用修复管理办法》", en =',
            "title = { zh = 5, en =",
            "zh must be text in quotes",
            "title",
        ),
        ('title = { zh = "《信用修复管理办法》", ', "title = { ", "zh is missing", "title"),
        (
            'source = "国家发展和改革委员会令第36号（2025年）"',
            'source = " "',
            "source must not be empty",
            "source",
        ),
        ("[terms.minor]", "[terms.minor", "it is not valid TOML", None),
        (
            'penalty = "derived"',
            'penalty = "hard"',
            "hard is no severity; known are derived, minor",
            "penalty",
        ),
        ('penalty = "derived"\nblacklist = "serious"', "", "[kinds] is empty", "[kinds]"),
        ('minor = ["警告", "通报批评"]', 'minor = "警告"', "minor must be a list of texts", "minor = "),
        ('minor = ["警告", "通报批评"]', "minor = [1]", "minor must be a list of texts", "minor = "),
        ('minor = ["警告", "通报批评"]', "", "[words] says nothing of minor", "[words]"),
        ('sectors = ["food_drug"]\n', "", "an exception names sectors or words", "[[exceptions]]"),
        ("shortest = 12\n\n[[thr", "\n\n[[thr", "shortest is missing", "[[exceptions]]"),
        (
            'sectors = ["labour"]',
            "sectors = 'labour'",
            "sectors must be a list of texts",
            "sectors = 'labour'",
        ),
        ('field = "performance"\n', "", "field is missing", "[unfulfilled]"),
        (
            EXCEPTION,
            "\n[exceptions]\nshortest = 1\n",
            "exceptions must be tables, each under",
            "[exceptions]",
        ),
        (
            'replaces = "cn-2023"',
            'counts_from = "birth"',
            "birth is not a known value; known are decision",
            "counts",
        ),
        ('replaces = "cn-2023"', "ended_stay = 1", "ended_stay must be true or false", "ended_stay"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, said: str, at: str | None) -> None:
    assert old in ALL
    text = ALL.replace(old, new, 1)
    with pytest.raises(DefinitionError, match=re.escape(said)) as error:
        parse("cn-2026", text)
    line = f", line {line_of(text, at)}" if at else ""
    assert str(error.value).startswith(f"cn-2026.toml{line}: ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "said", "at"),
    [
        ("general = 5000", "general = 'much'", "general must be a whole number of yuan", "general = 'much'"),
        (
            "general = 5000",
            "general = -5",
            "general must be a whole number of yuan, not below 0",
            "general = -5",
        ),
        ("general = 5000", "general = 5.5", "general must be a whole number of yuan", "general = 5.5"),
        (
            "serious = 200000",
            "serious = 1",
            "the serious fine of tourism is below its general one",
            "serious = 1",
        ),
        ("from = 2026-01-01", "from = 2026", "from must be a day without quotes", "from = 2026"),
        ('sector = "tourism"\n', "", "sector is missing", "[[thresholds]]"),
        (
            'sector = "tourism"',
            'sector = "tourism"\nregion = 460000',
            "region must be text in quotes",
            "region = ",
        ),
        ('sector = "tourism"', 'sektor = "tourism"', "sektor is not a known key", "sektor"),
    ],
)
def test_of_several_thresholds_the_wrong_one_is_named(old: str, new: str, said: str, at: str) -> None:
    text = f"{TEXT}{THRESHOLD}{THRESHOLD.replace(old, new, 1)}"
    with pytest.raises(DefinitionError, match=re.escape(said)) as error:
        parse("cn-2026", text)
    line = line_of(text, at, -1)
    assert str(error.value).startswith(f"cn-2026.toml, line {line}: ")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('blacklist = "serious"', 'blackmail = "serious"', "blackmail is not a known kind, sector or region"),
        ('sectors = ["food_drug"]', 'sectors = ["food"]', "food is not a known kind"),
        ('sectors = ["labour"]', 'sectors = ["toil"]', "toil is not a known kind"),
        ('\nsector = "tourism"', '\nsector = "travel"', "travel is not a known kind"),
        ('\nsector = "tourism"', '\nsector = "tourism"\nregion = "990000"', "990000 is not a known kind"),
    ],
)
def test_names_that_nobody_knows_are_said_with_their_line(old: str, new: str, said: str) -> None:
    registry, text = load_registry(), ALL.replace(old, new, 1)
    check_names(parse("cn-2026", ALL), registry.kinds, registry.sectors, registry.regions)
    with pytest.raises(DefinitionError, match=said) as error:
        check_names(parse("cn-2026", text), registry.kinds, registry.sectors, registry.regions)
    assert str(error.value).startswith(f"cn-2026.toml, line {line_of(text, said.split()[0])}: ")


@pytest.mark.parametrize(
    ("since", "replaces", "said"),
    [
        (date(2026, 4, 2), "cn-2023", "line 5: cn-2023 ends on 2026-03-31; on the days between neither"),
        (date(2026, 3, 31), "cn-2023", "line 5: cn-2023 ends on 2026-03-31; on the days between both"),
        (date(2026, 4, 1), "cn-1999", "line 6: cn-1999 is no other rule set; known are"),
        (date(2026, 4, 1), "fixed-end", "line 6: fixed-end has no to, so that both laws hold at once"),
    ],
)
def test_a_law_begins_where_the_one_that_it_replaces_ends(since: date, replaces: str, said: str) -> None:
    text = "# a line\n" + TEXT.replace("from = 2026-04-01", f"from = {since}")
    text = text.replace('replaces = "cn-2023"', f'replaces = "{replaces}"')
    with pytest.raises(DefinitionError, match=re.escape(said)):
        check_succession({**load_rule_sets(), "cn-2026": parse("cn-2026", text)})


def test_a_name_that_cannot_stand_in_a_rule_is_said() -> None:
    with pytest.raises(DefinitionError, match="name is 1 to 16 of a-z, 0-9 and -; rename the file"):
        parse("CN 2026", TEXT)
