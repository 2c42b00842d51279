"""From a file nobody knows to a definition that harvests it, with at most three lines corrected."""

import json
import re
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import harvesters
from harvesters.archive import unpacked
from harvesters.drafting.draft import Drafted, Drafter, Wishes
from harvesters.expectation import expectation
from harvesters.formats import Fetched, RawRow, rows
from harvesters.mapping import Mapper
from harvesters.preview import Outcome, preview
from harvesters.source import Definition, load
from publisher.errors import GongshiError, Refused, SourceUnreadable
from publisher.items import Draft
from publisher.kinds import Registry
from publisher.outgoing import Outgoing
from tests.fixtures.harvesting import Desk
from tests.fixtures.http_server import Reply, WebServer
from tests.harvesters.drafting.other_formats import OTHER_FORMATS
from tests.harvesters.drafting.shapes import (
    ABNORMAL_XLSX,
    ENGLISH,
    ENTITY_JSON,
    MOBILE,
    PENALTIES_2018,
    PERSON,
    SHAPES,
    TELEPHONE,
    Shape,
    identity,
)

ZONE = ZoneInfo("Asia/Shanghai")
EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "sources"
SHIPPED = sorted(
    sample.with_name(sample.name.replace(f".sample.{format}", ".toml"))
    for format in ("csv", "xlsx", "xls", "json", "xml")
    for sample in (Path(harvesters.__file__).parent / "sources").glob(f"*/*.sample.{format}")
)
MOST_EDITS = 3


@pytest.fixture
def drafter(registry: Registry) -> Drafter:
    return Drafter(registry, Outgoing("test"), ZONE)


def drafted(shape: Shape, folder: Path, drafter: Drafter, **wishes: object) -> Drafted:
    file = folder / shape.file
    shape.write(file)
    return drafter.draft(str(file), Wishes(to=folder / "sources", name="drafted", **wishes))  # type: ignore[arg-type]


def corrected(made: Drafted, shape: Shape) -> None:
    """Makes the few edits that a person must make."""
    assert len(shape.edits) <= MOST_EDITS
    text = made.files.definition.read_text("utf-8")
    for old, new in shape.edits.items():
        assert text.count(f"\n{old}") == 1, f"{old} is not a line of:\n{text}"
        text = re.sub(f"\n{re.escape(old)}.*", f"\n{new}", text)
    made.files.definition.write_text(text, "utf-8")


def outcomes(definition: Definition, file: Path, registry: Registry) -> list[Outcome]:
    with TemporaryDirectory() as spool:
        files = unpacked(Fetched(file, file.name), definition, Path(spool))
        return list(preview(definition, files, registry, str.upper, ZONE))


@pytest.mark.parametrize("shape", [*SHAPES, *OTHER_FORMATS], ids=lambda shape: shape.file)
def test_a_file_of_any_shape_is_read_after_at_most_three_edits(
    shape: Shape, tmp_path: Path, drafter: Drafter, registry: Registry
) -> None:
    made = drafted(shape, tmp_path, drafter)
    corrected(made, shape)
    definition = load(made.files.definition, registry=registry, trusted=True)
    assert (definition.kind, definition.key) == (shape.kind, tuple(shape.key))
    assert (definition.standard is not None) == shape.standard
    found = outcomes(definition, tmp_path / shape.file, registry)
    drafts = [one for one in found if isinstance(one, Draft)]
    assert (len(found), len(drafts)) == (shape.drafts, shape.drafts)
    first = drafts[0]
    told = {name: str(value) for name, value in first.content.items()}
    assert first.party.name == shape.name
    assert told.items() >= shape.content.items()
    if shape.last_day:
        assert str(first.period.last_day) == shape.last_day
    assert len({draft.key for draft in drafts}) == len(drafts)


@pytest.mark.parametrize("shape", [*SHAPES, *OTHER_FORMATS], ids=lambda shape: shape.file)
def test_every_column_is_mapped_or_ignored_and_the_expectation_holds(
    shape: Shape, tmp_path: Path, drafter: Drafter, registry: Registry
) -> None:
    made = drafted(shape, tmp_path, drafter)
    definition = load(made.files.definition, registry=registry, trusted=True)
    mapper = Mapper(definition, registry, str.upper, ZONE)
    sample = list(rows(Fetched(made.files.sample, "sample"), definition))
    assert sample
    for row in sample:
        assert isinstance(row, RawRow)
        assert (mapper.row_fits(row.cells), mapper.unmapped(row.cells)) == ([], [])
    assert expectation(definition, registry, ZONE) == made.files.expected.read_text("utf-8")
    assert any(one["is"] == "draft" for one in json.loads(made.files.expected.read_text("utf-8")))


@pytest.mark.parametrize("shape", [*SHAPES, *OTHER_FORMATS], ids=lambda shape: shape.file)
def test_a_sample_tells_nothing_of_a_person(shape: Shape, tmp_path: Path, drafter: Drafter) -> None:
    made = drafted(shape, tmp_path, drafter)
    written = "".join(
        file.read_bytes().decode(encoding, "ignore")
        for file in made.files
        for encoding in ("utf-8", "gb18030")
    )
    if made.files.sample.suffix == ".xlsx":
        written += str([list(row) for row in openpyxl.load_workbook(made.files.sample).active.values])  # type: ignore[union-attr]
    secrets = [PERSON, TELEPHONE, MOBILE, *(identity(n) for n in range(12))]
    secrets += ["陈大文", "李建国", "王芳", "林志强", "周强", "John Roe", "海口市大同路"]
    assert [secret for secret in secrets if secret in written] == []


def test_a_person_stays_one_in_the_sample(tmp_path: Path, drafter: Drafter) -> None:
    made = drafted(PENALTIES_2018, tmp_path, drafter)
    told = json.loads(made.files.expected.read_text("utf-8"))
    persons = [one for one in told if one["party"]["type"] == "person"]
    assert [one["party"]["name"] for one in persons] == ["吴＊＊"]
    assert persons[0]["content"]["facts"] == "吴＊＊未按规定明码标价"


def test_what_was_unsure_says_so(tmp_path: Path, drafter: Drafter) -> None:
    text = drafted(ENGLISH, tmp_path, drafter).files.definition.read_text("utf-8")
    lines = dict(line.split("  # ", 1) for line in text.splitlines() if "  # " in line)
    assert lines['authority = "?"'] == "who keeps the list; nothing tells"
    assert lines['  "Contact person",'] == "personal"
    assert tomllib.loads(text)["dates"] == {"order": "dmy"}


def test_a_decision_s_day_and_that_of_its_disclosure_are_told_apart(tmp_path: Path, drafter: Drafter) -> None:
    file = tmp_path / "penalties.csv"
    file.write_text(
        "企业名称,处罚文号,发布日期,处罚日期\n甲有限公司,琼罚〔2026〕1号,2026-03-09,2026-03-01\n", "utf-8"
    )
    made = drafter.draft(str(file), Wishes(kind="penalty", sector="labour"))
    text = made.files.definition.read_text("utf-8")
    assert 'decided_on = "处罚日期"' in text
    assert 'disclosed_on = "发布日期"' in text


def test_alternatives_are_named(tmp_path: Path, drafter: Drafter, registry: Registry) -> None:
    file = tmp_path / "list.csv"
    file.write_text("企业名称,列入日期,公布日期,列入原因\n甲有限公司,2026-03-01,03/04/2026,欠薪\n", "utf-8")
    made = drafter.draft(str(file), Wishes(kind="blacklist", sector="labour"))
    text = made.files.definition.read_text("utf-8")
    assert 'listed_on = "列入日期"  # also possible: “公布日期”' in text
    assert '"公布日期",  # could be listed_on, which is “列入日期” already' in text


def test_dates_that_do_not_tell_their_order_are_a_guess(tmp_path: Path, drafter: Drafter) -> None:
    file = tmp_path / "list.csv"
    file.write_text("name,listed on,reason\nA Ltd.,03/04/2026,fraud\nB Ltd.,05/06/2026,fraud\n", "utf-8")
    made = drafter.draft(str(file), Wishes(kind="blacklist"))
    assert 'order = "mdy"  # no date in it tells' in made.files.definition.read_text("utf-8")


def test_yuan_under_a_header_of_wan_is_seen_in_the_decisions(tmp_path: Path, drafter: Drafter) -> None:
    file = tmp_path / "penalties.csv"
    PENALTIES_2018.write(file)
    file.write_text(file.read_text("utf-8-sig").replace(",2,2026", ",20000,2026"), "utf-8")
    made = drafter.draft(str(file), Wishes(name="p"))
    assert "[units]\nfine = 1  # so the decisions' own texts have it" in made.files.definition.read_text(
        "utf-8"
    )


def test_it_stands_beside_its_input(tmp_path: Path, drafter: Drafter, registry: Registry) -> None:
    folder = tmp_path / "environment"
    folder.mkdir()
    ENTITY_JSON.write(folder / "list.json")
    made = drafter.draft(str(folder / "list.json"), Wishes())
    assert made.files.definition == folder / "list.toml"
    assert load(made.files.definition, registry=registry, trusted=True).path == "list.json"
    ENTITY_JSON.write(tmp_path / "list.json")
    made = drafter.draft(str(tmp_path / "list.json"), Wishes(sector="tourism"))
    assert made.files.definition == tmp_path / "tourism" / "list.toml"
    assert load(made.files.definition, registry=registry, trusted=True).path == "../list.json"


def test_an_address_is_fetched_and_stands_in_the_definition(
    tmp_path: Path, drafter: Drafter, registry: Registry, http_server: WebServer
) -> None:
    ENTITY_JSON.write(tmp_path / "page")
    url = http_server.on("/open/list?page=1&size=50", Reply(body=(tmp_path / "page").read_bytes()))
    wishes = Wishes(to=tmp_path / "sources", allow_private=True)
    made = drafter.draft(url, wishes)
    assert made.files.definition == tmp_path / "sources" / "environment" / "list.toml"
    definition = load(made.files.definition, registry=registry, trusted=True)
    assert (definition.url, definition.allow_private) == (url, True)
    text = made.files.definition.read_text("utf-8")
    assert f'# url = "{http_server.url}/open/list?page={{page}}&size=50"  # all pages' in text


def test_an_address_is_asked_as_its_robots_txt_wants(
    tmp_path: Path, drafter: Drafter, http_server: WebServer
) -> None:
    ENTITY_JSON.write(tmp_path / "page")
    url = http_server.on("/list", Reply(body=(tmp_path / "page").read_bytes()))
    http_server.on("/robots.txt", Reply(200, b"User-agent: *\nDisallow: /list"))
    with pytest.raises(SourceUnreadable, match="does not allow it"):
        drafter.draft(url, Wishes(to=tmp_path / "sources", allow_private=True))
    assert http_server.asked == ["/robots.txt"]


def test_an_address_in_the_own_network_is_not_asked(
    tmp_path: Path, drafter: Drafter, http_server: WebServer
) -> None:
    with pytest.raises(SourceUnreadable, match=r"127\.0\.0\.1"):
        drafter.draft(http_server.url + "/list", Wishes(to=tmp_path))
    assert http_server.asked == []


def test_it_replaces_nothing_unless_told_to(tmp_path: Path, drafter: Drafter) -> None:
    made = drafted(ABNORMAL_XLSX, tmp_path, drafter)
    made.files.definition.write_text("mine", "utf-8")
    with pytest.raises(Refused, match="is there already; choose another --name, or say --force"):
        drafted(ABNORMAL_XLSX, tmp_path, drafter)
    assert made.files.definition.read_text("utf-8") == "mine"
    drafted(ABNORMAL_XLSX, tmp_path, drafter, force=True)
    assert made.files.definition.read_text("utf-8") != "mine"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "a.csv is empty."),
        ("a.csv", b"name,listed on\n", "has a header but no rows"),
        ("a.csv", b"%PDF-1.7 ...", "is no table"),
        ("a.zip", b"PK\x03\x04....", "is an archive"),
        ("a.csv", b"<!doctype html><title>Login</title>", 'inside a page ("Login")'),
        ("a.html", b"<!doctype html><title>Rows</title><p>x", 'page ("Rows") without a table of rows'),
        ("a.xml", b"<list><code>1</code></list>", "has no list of rows in it"),
        ("a.json", b'{"message": "no rows"}', "has no list of rows in it"),
        ("a.json", b'{"rows": [', "is cut off"),
    ],
)
def test_what_cannot_be_drafted_is_one_sentence(
    name: str, content: bytes, says: str, tmp_path: Path, drafter: Drafter
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(GongshiError, match=re.escape(says)) as caught:
        drafter.draft(str(tmp_path / name), Wishes())
    assert "\n" not in str(caught.value)
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        (Wishes(sector="taxes"), "There is no sector taxes"),
        (Wishes(kind="fines"), "There is no kind fines"),
    ],
)
def test_wishes_that_cannot_be_met(wishes: Wishes, says: str, tmp_path: Path, drafter: Drafter) -> None:
    with pytest.raises(GongshiError, match=says):
        drafter.draft(str(tmp_path / "x.csv"), wishes)


def test_a_drafted_source_is_harvested(desk: Desk, tmp_path: Path, drafter: Drafter) -> None:
    folder = tmp_path / "sources"
    file = tmp_path / PENALTIES_2018.file
    PENALTIES_2018.write(file)
    made = drafter.draft(str(file), Wishes(to=folder, name="market"))
    definition = load(made.files.definition, registry=desk.platform.registry, trusted=True)
    outcome = desk.platform.harvester(lambda _source, _counts: None).run(definition)
    assert (outcome.state, outcome.counts.new, outcome.warnings) == ("complete", 12, ())


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("education/us-section-1286", ()),
        ("procurement/us-1260h", ("program",)),  # a constant that a person knows
        ("foreign_trade/us-cuba-restricted", ("program", "country")),
    ],
)
def test_the_real_lists_come_out_as_good_definitions_read_them(
    name: str, lost: tuple[str, ...], shared_data: Path, tmp_path: Path, drafter: Drafter, registry: Registry
) -> None:
    good = load(EXAMPLES / f"{name}.toml", registry=registry, trusted=True)
    assert good.path is not None
    made = drafter.draft(str(shared_data / good.path), Wishes(to=tmp_path))
    definition = load(made.files.definition, registry=registry, trusted=True)
    assert (definition.sector, definition.kind, definition.key) == (good.sector, good.kind, good.key)
    pairs = zip(
        *(outcomes(each, shared_data / good.path, registry) for each in (good, definition)), strict=True
    )
    for expected, found in pairs:
        assert type(expected) is type(found)
        if isinstance(expected, Draft) and isinstance(found, Draft):
            ours = {field: value for field, value in expected.content.items() if field not in lost}
            assert {field: found.content.get(field) for field in ours if field != "authority"} == {
                field: value for field, value in ours.items() if field != "authority"
            }
            assert (found.key, found.party, found.period) == (expected.key, expected.party, expected.period)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_samples_of_shipped_sources_are_understood(
    file: Path, tmp_path: Path, drafter: Drafter, registry: Registry
) -> None:
    good = load(file, registry=registry, trusted=True)
    made = drafter.draft(str(good.sample_file), Wishes(to=tmp_path, name=file.stem))
    definition = load(made.files.definition, registry=registry, trusted=True)
    assert definition.kind == good.kind
    expected, found = (outcomes(each, good.sample_file, registry) for each in (good, definition))
    names = [one.party.identifiers for one in expected if isinstance(one, Draft)]
    assert [one.party.identifiers for one in found if isinstance(one, Draft)] == names


@settings(deadline=None)  # it writes and reads files
@example(rows=[{"": "a", "0": "b", ".": "c"}], kind=None)  # one name goes on where another ends
@given(
    rows=st.lists(
        st.dictionaries(st.text(max_size=12), st.text(max_size=20), min_size=1, max_size=5),
        min_size=1,
        max_size=4,
    ),
    kind=st.sampled_from((None, "penalty", "rating", "permit")),
)
def test_whatever_headers_a_file_has_its_definition_loads_or_one_sentence_says_why(
    rows: list[dict[str, str]], kind: str | None, registry: Registry
) -> None:
    drafter = Drafter(registry, Outgoing("test"), ZONE)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rows.json"
        file.write_text(json.dumps(rows), "utf-8")
        try:
            made = drafter.draft(str(file), Wishes(kind=kind, sector="other"))
        except SourceUnreadable:
            return
        assert load(made.files.definition, registry=registry, trusted=True).sample_file.is_file()
