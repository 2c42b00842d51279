"""Definitions: what they say is read, and every mistake in them is one sentence with file and key."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from harvesters.source import Definition, Pages, load, load_all
from publisher.errors import DefinitionError
from publisher.kinds import Label, Registry, load_registry
from publisher.masking import NamePolicy
from publisher.sources import NamedList

WHOLE = """
id = "tourism/hainan-penalties"
title = { zh = "旅游黑名单", en = "Tourism blacklist" }
authority = "海南省旅游和文化广电体育厅"
kind = "blacklist"
region = "460000"
url = "https://example.org/list?page={page}"
format = "json"
rows = "data.list[].entity"
pages = { first = 1, last = 50 }
every = "6h"
mode = "append"
standard = "cn-double-disclosure"
key = ["document_number", "subject"]
licence = "CC0-1.0"
persons = "full"
private = ["remark"]
[list]
id = "tourism-blacklist"
title = { zh = "旅游市场黑名单", en = "Tourism blacklist" }
basis = "《旅游法》"
consequences = { zh = "限制", en = "Restrictions" }
[fields]
document_number = "决定书文号"
aliases = ["Alias", "Other names"]
[constants]
program = "Section 1260H"
[split]
aliases = ";"
[units]
fine = 10000
[dates]
order = "dmy"
[period]
months = 12
[expect]
rows = [1, 5000]
ignore = ["序号"]
"""
PENALTY = """
title = { zh = "处罚", en = "Penalties" }
authority = "局"
kind = "penalty"
path = "rows.csv"
format = "csv"
key = ["subject"]
[fields]
subject = "名称"
[period]
months = 12
"""

Write = Callable[..., Path]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(
        text: str, name: str = "penalties", sector: str = "tourism", sample: str | None = "csv"
    ) -> Path:
        file = tmp_path / sector / f"{name}.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        if sample:
            (file.parent / f"{name}.sample.{sample}").write_text("")
        return file

    return _write


def test_everything_a_definition_says(write: Write, registry: Registry) -> None:
    file = write(WHOLE, sample="json")
    definition = load(file, registry=registry, trusted=False)
    named = NamedList(
        "tourism-blacklist",
        Label("旅游市场黑名单", "Tourism blacklist"),
        "blacklist",
        "tourism",
        "海南省旅游和文化广电体育厅",
        "《旅游法》",
        Label("限制", "Restrictions"),
    )
    assert definition == Definition(
        file=file,
        version=definition.version,
        id="tourism/hainan-penalties",
        sector="tourism",
        title=Label("旅游黑名单", "Tourism blacklist"),
        authority="海南省旅游和文化广电体育厅",
        kind="blacklist",
        format="json",
        key=("document_number", "subject"),
        region="460000",
        url="https://example.org/list?page={page}",
        rows="data.list[].entity",
        pages=definition.pages,
        every=timedelta(hours=6),
        mode="append",
        standard="cn-double-disclosure",
        licence="CC0-1.0",
        persons=NamePolicy.FULL,
        private=frozenset({"remark"}),
        list=named,
        fields={"document_number": ("决定书文号",), "aliases": ("Alias", "Other names")},
        constants={"program": "Section 1260H"},
        split={"aliases": ";"},
        units={"fine": Decimal(10000)},
        date_order="dmy",
        period_months=12,
        expect_rows=(1, 5000),
        ignore=frozenset({"序号"}),
    )
    assert definition.pages == Pages(1, 50)
    assert definition.named_list() == named
    source = definition.source()
    assert (source.id, source.list, source.every) == (definition.id, "tourism-blacklist", timedelta(hours=6))
    assert definition.sample_file.name == "penalties.sample.json"
    assert definition.expected_file.name == "penalties.expected.json"


def test_what_is_left_out_has_a_default(write: Write, registry: Registry, tmp_path: Path) -> None:
    definition = load(write(PENALTY), registry=registry, trusted=False)
    assert (definition.id, definition.sector, definition.mode) == ("tourism/penalties", "tourism", "full")
    assert definition.named_list() is None
    assert definition.path == "rows.csv"
    assert definition.folder(Path("samples")) / definition.path == tmp_path / "tourism" / "rows.csv"


def test_generated_samples_are_elsewhere(write: Write, registry: Registry) -> None:
    definition = load(write("sample = true\n" + PENALTY), registry=registry, trusted=False)
    assert definition.path == "rows.csv"
    assert definition.folder(Path("samples")) / definition.path == Path("samples/rows.csv")


def test_every_character_is_part_of_the_version(write: Write, registry: Registry) -> None:
    first = load(write(PENALTY), registry=registry, trusted=False)
    second = load(write(PENALTY + "# one more\n"), registry=registry, trusted=False)
    assert first.version != second.version


def test_a_file_elsewhere_can_be_given_its_sector(write: Write, registry: Registry) -> None:
    file = write(PENALTY, sector="drafts")
    assert load(file, "tax", registry=registry, trusted=True).id == "tax/penalties"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("format", "colour = 1\nformat", "colour is not a known key; known are allow_private, auth, auth"),
        ("zh =", "fr = 'x', zh =", "title.fr is not a known key; known are en, zh."),
        ("format", 'mode = "window"\nformat', 'pages is missing; mode = "window" reads the newest pages'),
        ("format", 'mode = "incremental"\nformat', 'since is missing; mode = "incremental" needs the table'),
        (
            "format",
            'since = { column = "x", first = 2020-01-01 }\nformat',
            "since and {since} are only for mode",
        ),
        ("format", 'since = { column = "x", first = "2020" }\nformat', "since.first must be a day without"),
        ("format", 'since = { column = "x", first = -1 }\nformat', "since.first must be a day without"),
        (
            "format",
            'since = { column = "x", first = 1, overlap = "1d" }\nformat',
            "since.overlap must be a whole number, as first is",
        ),
        (
            "format",
            'since = { column = "x", first = 2020-01-01, overlap = 3 }\nformat',
            "since.overlap must be a number and a unit",
        ),
        (
            "format",
            'since = { column = "x", first = 1, format = "%Y" }\nformat',
            "since.format is for days, and first is a number",
        ),
        (
            "format",
            'since = { column = "x", first = 2020-01-01T00:00:00 }\nformat',
            "since.first must be a day without",
        ),
        ('authority = "局"\n', "", "authority is missing."),
        ('authority = "局"', 'authority = ""', "authority must not be empty."),
        ('authority = "局"', "authority = 3", "authority must be text in quotes."),
        ('kind = "penalty"', 'kind = "fine"', "kind is fine; known are permit, penalty, blacklist, "),
        (
            'kind = "penalty"',
            'kind = "blacklist"',
            "list is missing; the kind blacklist is a list and needs the table",
        ),
        (
            "[period]",
            "[list]\nid = 'x'\ntitle = { zh = 'x', en = 'x' }\n[period]",
            "list is only for kinds of lists",
        ),
        ("[period]\nmonths = 12\n", "", "period.months is missing; the kind penalty needs to know how long"),
        ("months = 12", "", "period.months is missing; the kind penalty needs to know how long"),
        ("months = 12", "months = '12'", "period.months must be a whole number."),
        ("months = 12", "months = 0", "period.months must be from 1 to 1200."),
        ("months = 12", "years = 1", "period.years is not a known key; known are months, rules."),
        ("months = 12", "rules = 'cn-1999'", "period.rules is cn-1999; known are cn-2023, cn-2026"),
        (
            "months = 12",
            "rules = 'cn-courts'",
            "period.rules is cn-courts, which judges judgment_debtor, and not the kind penalty.",
        ),
        ("months = 12", "months = 12\nrules = 'cn-2026'", "period has both months and rules; a law or"),
        (
            "months = 12",
            "month = 1",
            "period.month is not a known key (do you mean months?); known are months, rules.",
        ),
        (
            "path",
            "region = '999999'\npath",
            "region is 999999, which is not in publisher/rules/regions.toml.",
        ),
        ('path = "rows.csv"\n', "", "url or path must be given, one of the two."),
        ("path", "url = 'https://example.org'\npath", "url or path must be given, one of the two."),
        ('path = "rows.csv"', "url = 'ftp://example.org'", "url must begin with http:// or https://."),
        ("path", "every = '6x'\npath", 'every must be a number and a unit: "30m", "6h" or "1d".'),
        ("path", "cron = '0 6 * *'\npath", "cron must be five fields, minute hour day month weekday, with"),
        ("path", "cron = '0 6 * * 1'\npath", "cron must be five fields"),
        ("path", "cron = '60 6 * * *'\npath", "cron must be five fields"),
        ("path", "cron = '0 6 30 2 *'\npath", "cron must be five fields"),
        ("path", "cron = 6\npath", "cron must be five fields"),
        (
            "path",
            "every = '6h'\ncron = '0 6 * * *'\npath",
            "cron and every say the same thing; keep one of the two.",
        ),
        ("path", "mode = 'some'\npath", "mode must be one of full, window, incremental, append."),
        ("path", "standard = 'x'\npath", "standard must be cn-double-disclosure, or be left out."),
        ("path", "sample = 'yes'\npath", "sample must be true or false."),
        (
            "path",
            "allow_private = true\npath",
            "allow_private is only for definitions in the folder of GONGSHI_SOURCES.",
        ),
        (
            "path",
            "private = ['colour']\npath",
            "private.colour is not a field that can stand here; known are ",
        ),
        ("path", "id = 'A B'\npath", "id must be small letters and digits with - _ / between."),
        (
            "subject =",
            "colour = 'x'\nsubject =",
            "fields.colour is not a field that can stand here; known are ",
        ),
        ('"名称"', "3", "fields.subject must be a column's header or a list of headers."),
        ("subject =", "title =", "fields.subject is missing; say which column has the subject's name."),
        (
            'key = ["subject"]\n',
            "",
            "key is missing; name the fields that together tell one row from all others.",
        ),
        ('["subject"]', '["colour"]', "key.colour is not a field that can stand here; known are "),
        (
            '["subject"]',
            '["document_number"]',
            "key.document_number is not among [fields]; say which column it is in.",
        ),
        ('["subject"]', "[]", "key must name at least one field."),
        (
            "[period]",
            "[constants]\nidentity_number = 'x'\n[period]",
            "constants.identity_number is not a field",
        ),
        (
            "[period]",
            "[constants]\ndecided_on = '2026-02-30'\n[period]",
            "constants.decided_on is 2026-02-30, but there is no such day.",
        ),
        (
            "[period]",
            "[split]\ntitle = ';'\n[period]",
            "split.title is not a field that can stand here; known are a",
        ),
        (
            "[period]",
            "[units]\ntitle = 2\n[period]",
            "units.title is not a field that can stand here; known are a",
        ),
        (
            "[period]",
            "[units]\nfine = 0\n[period]",
            "units.fine must be a number above zero: the yuan in one unit.",
        ),
        ("[period]", "[dates]\norder = 'ydm'\n[period]", 'dates.order must be "ymd", "mdy" or "dmy".'),
        (
            "[period]",
            "[expect]\nrows = [5, 1]\n[period]",
            "expect.rows must be the least and the most, in this order.",
        ),
        (
            "[period]",
            "[expect]\nrows = [1]\n[period]",
            "expect.rows must have two entries: the least and the most.",
        ),
        ("[period]", "[expect]\nwithin = 0\n[period]", "expect.within must be from 1 to 250."),
        (
            'kind = "penalty"',
            'kind = "rating"\nlist = { id = "a", title = { zh = "甲", en = "A" } }\nexpect = { within = 7 }',
            "expect.within is only for kinds of decisions, and rating is a list.",
        ),
        ("[period]", "[period", "it is not valid TOML: "),
        (
            "subject =",
            "文号 = 'x'\nsubject =",
            "it is not valid TOML: Invalid statement (at line 9, column 1); names that are not plain ASCII",
        ),
    ],
)
def test_a_mistake_is_one_sentence(write: Write, registry: Registry, old: str, new: str, says: str) -> None:
    file = write(PENALTY.replace(old, new, 1))
    with pytest.raises(DefinitionError) as raised:
        load(file, registry=registry, trusted=False)
    text = str(raised.value)
    assert text.startswith(f"{file}: {says}")
    assert re.fullmatch(r"[^\n]+[.]", text)


def test_a_sector_is_one_of_the_registry(write: Write, registry: Registry) -> None:
    file = write(PENALTY, sector="colours")
    with pytest.raises(DefinitionError) as raised:
        load(file, registry=registry, trusted=False)
    says = "sector (the folder) is colours, which is not in publisher/rules/sectors.toml."
    assert str(raised.value) == f"{file}: {says}"


def test_a_source_without_a_sample_is_refused(write: Write, registry: Registry) -> None:
    file = write(PENALTY, sample=None)
    with pytest.raises(DefinitionError) as raised:
        load(file, registry=registry, trusted=False)
    says = "the sample penalties.sample.csv is missing; put some of its rows there."
    assert str(raised.value) == f"{file}: {says}"


def test_a_file_that_is_not_there_or_no_text(write: Write, registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(
        DefinitionError, match=r"none\.toml: it cannot be read \(No such file or directory\)\.$"
    ):
        load(tmp_path / "none.toml", registry=registry, trusted=False)
    file = write(PENALTY)
    file.write_bytes(PENALTY.encode("gb18030"))
    with pytest.raises(DefinitionError, match=r"it is not UTF-8 text; save it as UTF-8\.$"):
        load(file, registry=registry, trusted=False)


def test_the_operators_own_files_may_ask_for_private_addresses(write: Write, registry: Registry) -> None:
    file = write("allow_private = true\n" + PENALTY)
    assert load(file, registry=registry, trusted=True).allow_private


def test_a_bad_definition_hides_no_good_one(write: Write, registry: Registry, tmp_path: Path) -> None:
    write(PENALTY, "b")
    write(PENALTY, "a", sector="tax")
    write("", "c")
    found, errors = load_all([(tmp_path, False)], registry)
    assert [definition.id for definition in found] == ["tax/a", "tourism/b"]
    assert [str(error).split(": ")[0].rsplit("/", 1)[1] for error in errors] == ["c.toml"]


def test_an_id_belongs_to_one_file(write: Write, registry: Registry, tmp_path: Path) -> None:
    first = write('id = "same"\n' + PENALTY, "a")
    second = write('id = "same"\n' + PENALTY, "b")
    found, errors = load_all([(tmp_path, False)], registry)
    assert [definition.file for definition in found] == [first]
    assert [str(error) for error in errors] == [f"{second}: id same is already that of {first}; change one."]


def test_a_list_that_never_tells_what_has_left_it_needs_a_period(write: Write, registry: Registry) -> None:
    listed = PENALTY.replace('kind = "penalty"', 'kind = "watchlist"').replace("[period]\nmonths = 12\n", "")
    listed += "[list]\nid = 'x'\ntitle = { zh = 'x', en = 'x' }\n"
    assert load(write(listed), "tax", registry=registry, trusted=True).rules is None
    says = 'period is missing; mode = "append" never tells which rows have left the list.'
    with pytest.raises(DefinitionError, match=re.escape(says)):
        load(write(f'mode = "append"\n{listed}'), "tax", registry=registry, trusted=True)
    ruled = f'mode = "append"\n{listed}[period]\nrules = "fixed-end"\n'
    assert load(write(ruled), "tax", registry=registry, trusted=True).rules == "fixed-end"
