"""The commands as people run them: what they print, and their exit codes."""

import json
import socket
from pathlib import Path

import pytest

from gongshi.running import operator
from publisher.laws import Laws
from publisher.publish import Desk as Office
from publisher.publish import publish
from publisher.store import Writing
from tests.fixtures.commands import Installation
from tests.fixtures.faults import Make
from tests.fixtures.harvesting import Desk, row
from tests.fixtures.store import NOON, ZONE, draft


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, scale: int) -> Installation:
    """A platform with a small demo in it."""
    run = Installation(tmp_path_factory.mktemp("demo") / "data")
    done = run("demo", "--no-serve", "--items", str(1500 * scale))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(": complete, ") == 21
    return run


@pytest.fixture
def gongshi(desk: Desk) -> Installation:
    """A platform with the one source of `desk`, beside the shipped ones."""
    settings = desk.platform.settings
    return Installation(settings.folder, GONGSHI_SOURCES=str(settings.sources))


def test_a_second_harvest_has_nothing_new_and_nothing_changed(demo: Installation) -> None:
    before = demo("doctor", "--checksum").stdout
    again = demo("harvest", "--all")
    assert again.returncode == 0
    assert [line for line in again.stdout.splitlines() if "complete, 0 new, 0 changed, " not in line] == []
    assert demo("doctor", "--checksum").stdout == before
    assert int(before.split()[0]) > 900


def test_the_doctor_finds_a_demo_well_and_its_index_in_step(demo: Installation) -> None:
    told = demo("doctor")
    assert (told.returncode, "PROBLEM" in told.stdout) == (0, False)
    status = json.loads(demo("index", "status", "--json").stdout)
    assert (status["behind"], status["sound"]) == (0, "yes")


def test_a_rebuilt_index_is_in_step(demo: Installation) -> None:
    assert demo("index", "rebuild").returncode == 0
    assert demo("index", "status").returncode == 0


def test_refused_rows_are_listed_with_file_row_and_reason(demo: Installation) -> None:
    rows = [json.loads(line) for line in demo("quarantine", "list", "--json").stdout.splitlines()]
    assert len(rows) > 10
    assert all(row["file"] and row["row"] and row["reason"] for row in rows)


def test_an_item_can_be_looked_at(demo: Installation) -> None:
    assert demo("items", "show", "nosuchitem").returncode == 1
    assert "There is no item nosuchitem." in demo("items", "show", "nosuchitem").stderr


def test_an_item_is_shown_in_no_words_of_the_program(gongshi: Installation, desk: Desk) -> None:
    desk.write(row(1))
    desk.harvest()
    with desk.platform.store.reading() as store:
        id = store.changes(0, 1)[0].item
    shown = gongshi("items", "show", id).stdout
    assert '"listed_on": "2026-03-01"' in shown
    assert not [word for word in ("datetime.", "Decimal(", "<PartyType", "PosixPath") if word in shown]


def test_sources_are_listed_and_tried(demo: Installation, tmp_path: Path) -> None:
    listed = [json.loads(line) for line in demo("sources", "list", "--json").stdout.splitlines()]
    assert {source["last run"] for source in listed} == {"complete"}
    assert demo("sources", "check").stdout == "21 definitions are right, 0 are wrong.\n"
    wrong = tmp_path / "tax" / "wrong.toml"
    wrong.parent.mkdir()
    wrong.write_text('kind = "penalti"\n')
    told = demo("sources", "check", str(wrong))
    assert told.returncode == 1
    assert "wrong.toml" in told.stderr


def test_a_definition_is_tried_without_storing_anything(gongshi: Installation, desk: Desk) -> None:
    desk.write(row(1), row(2).replace("2026-03-01", "2026-02-30"))
    told = gongshi("sources", "try", str(desk.file.with_name("list.toml")))
    assert told.returncode == 0
    assert "海南第1贸易有限公司" in told.stdout
    assert "refused" in told.stdout
    with desk.platform.store.reading() as store:
        assert store.last_change() == 0


def test_a_try_asks_for_no_more_pages_than_it_shows(faulty: Make) -> None:
    source = faulty(paged=True)
    settings = source.desk.platform.settings
    gongshi = Installation(settings.folder, GONGSHI_SOURCES=str(settings.sources))
    told = gongshi("sources", "try", str(source.desk.file.with_name("list.toml")), "--rows", "25")
    assert (told.returncode, told.stderr, told.stdout.count("海南第")) == (0, "", 25)
    assert source.server.pages == ["/list?page=1", "/list?page=2"]


def test_a_definition_is_drafted_tried_and_harvested(gongshi: Installation, desk: Desk) -> None:
    desk.write(*(row(number) for number in range(1, 9)))
    sources = desk.platform.settings.sources
    drafted = gongshi("sources", "new", str(desk.file), "--to", str(sources), "--name", "drafted")
    assert (drafted.returncode, drafted.stderr) == (0, "")
    definition = f"{sources}/tax/drafted.toml"
    assert drafted.stdout.splitlines()[-1].endswith(f"gongshi sources try {definition}")
    assert gongshi("sources", "try", definition).stdout.count("海南第") == 8
    assert "8 new" in gongshi("harvest", "tax/drafted").stdout
    again = gongshi("sources", "new", str(desk.file), "--to", str(sources), "--name", "drafted")
    assert again.returncode == 3
    assert "is there already" in again.stderr
    assert gongshi("sources", "new", "nowhere.csv").returncode == 1


def test_a_form_is_checked_before_it_is_sent(gongshi: Installation, desk: Desk, tmp_path: Path) -> None:
    form = tmp_path / "form.csv"
    good = "海南甲有限公司,琼罚〔2026〕1号,2026-03-08"
    form.write_text(f"行政相对人名称,行政处罚决定书文号,处罚决定日期\n{good}\n", "utf-8")
    right = gongshi("sources", "validate", str(form))
    assert (right.returncode, right.stderr) == (0, "")
    assert "1 rows, 1 would be published, 0 faults" in right.stdout
    form.write_text(form.read_text("utf-8").replace("03-08", "02-30"), "utf-8")
    wrong = gongshi("sources", "validate", str(form))
    assert wrong.returncode == 1
    assert "there is no such day" in wrong.stdout
    told = json.loads(gongshi("sources", "validate", str(form), "--json").stdout)
    assert (told["faults"][0]["row"], told["faults"][0]["column"]) == (2, "处罚决定日期")
    assert gongshi("sources", "validate", str(tmp_path / "none.csv")).returncode == 2


def test_exit_codes_of_a_harvest(gongshi: Installation, desk: Desk) -> None:
    assert gongshi("harvest").returncode == 2
    assert gongshi("harvest", "tax/nothing").returncode == 2
    assert gongshi("harvest", "tax/list").returncode == 1  # the file is missing
    desk.write(*(row(number) for number in range(40)))
    assert gongshi("harvest", "tax/list").returncode == 0
    desk.write(*(row(number) for number in range(15)))
    refused = gongshi("harvest", "tax/list")
    assert refused.returncode == 3
    assert "gongshi harvest tax/list --accept-removals" in refused.stderr
    assert gongshi("harvest", "tax/list", "--accept-removals").returncode == 0


def test_samples_that_no_demo_invented_are_not_among_all_sources(gongshi: Installation, desk: Desk) -> None:
    desk.write(row(1))
    told = gongshi("harvest", "--all")
    assert (told.returncode, told.stderr) == (0, "")
    assert [line.split(":")[0] for line in told.stdout.splitlines()] == ["tax/list"]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"GONGSHI_TIMEZONE": "Hainan"}, "GONGSHI_TIMEZONE"),
        ({"GONGSHI_SEARCH_URL": "http://127.0.0.1"}, "GONGSHI_SEARCH_URL"),
        ({"GONGSHI_SEARCH_URL": "elasticsearch+http://127.0.0.1:99999"}, "GONGSHI_SEARCH_URL"),
        ({"GONGSHI_BASE_URL": "http://[gongshi"}, "GONGSHI_BASE_URL"),
        ({"GONGSHI_LANGUAGES": "zh,fr"}, "known are zh, en"),
        ({"GONGSHI_DATABASE_URL": "mysql://a:secret@127.0.0.1/b"}, "GONGSHI_DATABASE_URL"),
        ({"GONGSHI_DATA": "/dev/null"}, "GONGSHI_DATA"),
        ({"GONGSHI_SOURCES": "/nowhere"}, "GONGSHI_SOURCES"),
        ({"GONGSHI_DATABASE_URL": "postgresql+psycopg://a:secret@127.0.0.1:1/b"}, "127.0.0.1"),
        ({"GONGSHI_ENV": "production"}, "GONGSHI_NOW"),
        ({"GONGSHI_TYPO": "1"}, "GONGSHI_TYPO"),
    ],
)
def test_a_wrong_setting_is_one_sentence(gongshi: Installation, settings: dict[str, str], says: str) -> None:
    told = gongshi("index", "status", **settings)
    assert told.returncode == 1
    assert says in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert "secret" not in told.stderr


def test_a_port_is_not_shared_with_whoever_listens_there(gongshi: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in (["serve", "--port", port], ["demo", "--port", port]):
            told = gongshi(*command)
            assert told.returncode == 1
            assert f"cannot listen on 127.0.0.1, port {port}" in told.stderr
            assert (told.stdout, len(told.stderr.splitlines())) == ("", 1)
    assert gongshi("serve", "--host", "nowhere.invalid").returncode == 1
    assert gongshi("serve", "--port", "65536").returncode == 2


def test_a_demo_of_few_items_fails_nowhere(gongshi: Installation) -> None:
    done = gongshi("demo", "--no-serve", "--items", "50")
    assert (done.returncode, done.stderr) == (0, "")
    assert gongshi("demo", "--no-serve", "--items", "0").returncode == 2


def test_a_demo_can_be_repeated_on_another_day_with_another_number_of_items(gongshi: Installation) -> None:
    for day, items in (("2026-11-23", "60"), ("2026-12-24", "60"), ("2026-12-24", "25")):
        told = gongshi("demo", "--no-serve", "--items", items, GONGSHI_NOW=f"{day}T12:00:00+08:00")
        assert (told.returncode, told.stderr) == (0, "")
        found = json.loads(gongshi("index", "status", "--json").stdout)
        assert int(items) * 0.5 < found["public items"] <= int(items)


def test_rule_sets_are_listed_and_shown(gongshi: Installation) -> None:
    listed = [json.loads(row) for row in gongshi("rules", "list", "--json").stdout.splitlines()]
    assert [(law["rules"], law["to"], law["general"]) for law in listed] == [
        ("cn-2023", "2026-03-31", "3-36"),
        ("cn-2026", None, "3-12"),
        ("cn-courts", None, "0-24"),
        ("fixed-end", None, "36"),
        ("permit-lasting", None, ""),
    ]
    assert "[terms.general]" in gongshi("rules", "show", "cn-2026").stdout
    told = gongshi("rules", "show", "cn-1999")
    assert told.returncode == 2
    assert "There is no rule set cn-1999; known are cn-2023, cn-2026, " in told.stderr


def test_a_changed_rule_set_waits_for_an_operator(gongshi: Installation, desk: Desk) -> None:
    desk.write(row(1))
    assert gongshi("harvest", "tax/list").returncode == 0
    assert (
        "Rule sets: cn-2023, cn-2026, cn-courts, fixed-end, permit-lasting, all applied."
        in gongshi("doctor").stdout
    )
    assert gongshi("rules", "apply").stdout == "There is nothing to apply.\n"
    with desk.platform.store.writing() as store:
        held = next(each for each in store.applied_rules() if each.name == "cn-2026")
        another = held.text.replace("longest = 12", "longest = 6")
        store.add_applied("cn-2026", another, "someone", held.at, done_at=held.at)
        publish_penalty(store, desk, rules="cn-2026", severity="general")
    told = gongshi("doctor")
    assert told.returncode == 1
    assert "PROBLEM  Rule set cn-2026: changed, not applied; `gongshi rules preview cn-2026`" in told.stdout
    assert '"state": "changed, not applied"' in gongshi("rules", "list", "--json").stdout
    (counts,) = gongshi("rules", "preview", "--json").stdout.splitlines()
    assert json.loads(counts) == {
        "kind": "penalty",
        "source": "tourism/penalties",
        "appear": 1,
        "vanish": 0,
        "change": 0,
    }
    assert "To apply: cn-2026. 1 items would appear, 0 vanish, 0 end on another day." in (
        gongshi("rules", "preview", "cn-2026").stdout
    )
    assert gongshi("rules", "apply", "cn-2026", "--by", "审核员").stdout == "cn-2026 is applied: 1 changes.\n"
    assert json.loads(gongshi("index", "status", "--json").stdout)["public items"] == 2
    listed = json.loads(gongshi("rules", "list", "--json").stdout.splitlines()[1])
    assert (listed["state"], listed["applied"]) == ("applied", "2026-11-23 12:00+08:00 by 审核员")
    assert gongshi("doctor").returncode == 0


def test_who_applies_a_rule_set_is_who_the_system_says(gongshi: Installation, desk: Desk) -> None:
    desk.write(row(1))
    desk.harvest()
    with desk.platform.store.writing() as store:
        held = next(each for each in store.applied_rules() if each.name == "cn-2026")
        store.add_applied("cn-2026", held.text + "\n", "someone", held.at, done_at=held.at)
    assert gongshi("rules", "apply", LOGNAME="somebody-else").returncode == 0
    with desk.platform.store.reading() as store:
        assert store.applied_rules()[0].by == operator()


def publish_penalty(store: Writing, desk: Desk, **given: object) -> None:
    """One item that no harvest brought."""
    laws, written = Laws(desk.platform.registry), desk.platform.store.contents.written(draft(**given))
    publish(store, [written], Office(desk.platform.identity, ZONE, {}, laws), NOON)


def test_refused_rows_of_an_unknown_source_are_not_passed_over_as_none(gongshi: Installation) -> None:
    told = gongshi("quarantine", "list", "tax/nothing")
    assert told.returncode == 2
    assert "No source tax/nothing has been harvested" in told.stderr


def test_an_engine_out_of_reach_loses_nothing(gongshi: Installation, desk: Desk) -> None:
    desk.write(row(1))
    away = {"GONGSHI_SEARCH_URL": "elasticsearch+http://127.0.0.1:1"}
    told = gongshi("harvest", "tax/list", **away)
    assert told.returncode == 0
    assert "not yet searchable" in told.stderr
    assert gongshi("index", "status").returncode == 1
    assert gongshi("index", "sync").returncode == 0
    assert desk.names() == ["海南第1贸易有限公司"]
