"""What is odd about rows that are stored all the same: told as warnings; codes of regions that changed."""

from collections.abc import Mapping

import pytest

from harvesters.formats import RawRow
from publisher.identifiers import uscc_check_character
from publisher.items import Draft, RowRef
from tests.fixtures.harvesting import HEADER, Desk, row
from tests.fixtures.store import code
from tests.harvesters.test_mapping import CODE, ROW, definition, draft, listed, mapper

MISFIT = "91460100MA5000011"
MISFIT += uscc_check_character(MISFIT)


def warnings(*cells: Mapping[str, str]) -> list[str]:
    """What is said of rows that all become drafts."""
    of = mapper(definition())
    for number, given in enumerate(cells, 2):
        assert isinstance(of.draft(RawRow(RowRef("rows.csv", number), ROW | given), b""), Draft)
    return of.doubts.sentences()


def test_nothing_is_said_of_a_good_row() -> None:
    assert warnings({}, {"行政相对人代码_3(组织机构代码)": CODE[8:17]}, {"地方编码": "460100"}) == []


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (
            {"行政相对人代码_1(统一社会信用代码)": MISFIT},
            "the organisation code inside the USCC has a wrong check character of its own",
        ),
        (
            {"行政相对人代码_3(组织机构代码)": code(1)[8:17]},
            "the organisation code is not the one inside the USCC",
        ),
        (
            {"罚款金额(万元)": "5000"},
            "an amount is ten thousand times another in the row's own text, so it was left out",
        ),
        (
            {"地方编码": "110000"},
            "the region is not in publisher/rules/regions.toml, so it was taken from the definition",
        ),
    ],
)
def test_odd_rows_are_counted_and_the_first_is_named(cells: Mapping[str, str], says: str) -> None:
    assert warnings({}, cells) == [f"1 row: {says}; first: rows.csv row 3."]
    assert warnings(cells, {}, cells) == [f"2 rows: {says}; first: rows.csv row 2."]


def test_a_run_tells_them_and_publishes_the_rows(desk: Desk) -> None:
    desk.write(row(1), row(2).replace(code(2), MISFIT), header=HEADER)
    outcome = desk.harvest()
    assert (outcome.counts.new, outcome.counts.refused) == (2, 0)
    assert [warning.split(":")[0] for warning in outcome.warnings] == ["1 row"]
    assert "rows.csv row 3" in outcome.warnings[0]
    with desk.platform.store.reading() as store:
        assert next(iter(store.harvests("tax/list", 1))).warnings == outcome.warnings


@pytest.mark.parametrize(
    ("region", "decided", "found"),
    [
        ("469025", "2007-12-31", "469021"),  # 定安
        ("469025", "2008-01-01", "469025"),  # 白沙
        ("469025000000", "2007-12-31", "469021"),
        ("469030", "2007-06-01", "469025"),
        ("469031", "2007-06-01", "469026"),  # 昌江
        ("469031", "2010-06-01", "460300"),  # 西沙群岛
        ("469003", "2010-06-01", "460400"),
        ("469003", "2020-06-01", "460400"),  # an old code, but it never meant another place
        ("白沙黎族自治县", "2007-06-01", "469025"),
    ],
)
def test_a_regions_code_is_read_as_of_the_day_of_the_decision(region: str, decided: str, found: str) -> None:
    assert draft(ROW | {"地方编码": region, "处罚决定日期": decided}).region == found


@pytest.mark.parametrize(("region", "decided"), [("469031", "2020-06-01"), ("469033", "2020-06-01")])
def test_a_code_that_could_mean_two_places_gives_none(region: str, decided: str) -> None:
    cells = {"地方编码": region, "处罚决定日期": decided}
    assert draft(ROW | cells).region is None
    assert "means different places at different times" in warnings(cells)[0]


def test_a_reused_code_without_a_day_gives_no_region() -> None:
    fields = {"subject": ("Name",), "region": ("Region",), "listed_on": ("Start",)}
    cells = {"Name": "Acme", "Region": "469025", "Start": ""}
    assert draft(cells, listed(fields=fields)).region is None
    assert draft(cells | {"Region": "469005"}, listed(fields=fields)).region == "469005"


def test_names_of_several_columns_are_put_together() -> None:
    fields = {"subject": ("Name",), "aliases": ("Alias", "Acronym")}
    cells = {"Name": "Acme Ltd", "Alias": "Acme; The Acme", "Acronym": "AC"}
    of = listed(fields=fields, split={"aliases": ";"})
    assert draft(cells, of).party.aliases == ("Acme", "The Acme", "AC")
    assert draft(cells | {"Alias": " "}, of).party.aliases == ("AC",)
    assert draft(cells, listed(fields=fields)).party.aliases == ("Acme; The Acme", "AC")
