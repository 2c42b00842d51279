"""Rule sets that change: what holds until they are applied, what a preview tells, what applying does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import resources

import pytest

from publisher.errors import DefinitionError, Refused
from publisher.items import Draft, Item, ItemState, What
from publisher.joining import Identity
from publisher.kinds import Registry, load_registry
from publisher.laws import FIRST, Laws
from publisher.leases import Lease
from publisher.periods import Period
from publisher.publish import Desk, publish
from publisher.rejudging import Effect, apply, preview
from publisher.ruleset_file import parse
from publisher.rulesets import RuleSet
from publisher.store import Store
from tests.fixtures.store import NOON, ZONE, draft

TEXT = (resources.files("publisher.rules.periods") / "cn-2026.toml").read_text("utf-8")
OTHER = TEXT.replace("longest = 12", "longest = 6").replace("longest = 36", "longest = 48")
DRAFTS = (
    draft("vanishes", rules="cn-2026", severity="general"),
    draft("changes", rules="cn-2026", severity="general", decided_on=date(2026, 7, 1)),
    draft("appears", rules="cn-2026", severity="serious", decided_on=date(2023, 6, 1), source="tax/a"),
    draft("longer", rules="cn-2026", severity="serious", decided_on=date(2026, 6, 1), source="tax/a"),
    draft("ended", rules="cn-2026", severity="minor", decided_on=date(2026, 1, 1)),
    draft("own end", rules="cn-2026", severity="serious", public_until=date(2027, 1, 1)),
    draft("no law", months=12),
    draft("other law", rules="cn-2023"),
)


def registry_with(text: str) -> Registry:
    """The registry once the file of cn-2026 says something else."""
    registry = load_registry()
    return replace(registry, rules={**registry.rules, "cn-2026": parse("cn-2026", text)})


class Office:
    """A store whose rule sets were applied as they are shipped, and drafts judged by them."""

    def __init__(self, store: Store, *drafts: Draft) -> None:
        self.store = store
        with store.writing() as writing:
            Laws(load_registry()).note_first(writing, NOON)
        self.publish(TEXT, *drafts)

    def desk(self, text: str) -> Desk:
        return Desk(Identity(b"key"), ZONE, {}, Laws(registry_with(text)))

    def publish(self, text: str, *drafts: Draft) -> None:
        for source in sorted({each.source for each in drafts}):
            rows = [self.store.contents.written(each) for each in drafts if each.source == source]
            with self.store.writing() as writing:
                publish(writing, rows, self.desk(text), NOON)

    def preview(self, text: str) -> Effect:
        return preview(self.store, self.desk(text), self._law(text), NOON)

    def apply(self, text: str, between: object = None, size: int = 500) -> int:
        lease = Lease(self.store, "rules", "application", lambda: datetime.now(UTC))
        with lease.held():
            (law,) = self._law(text).values()
            told = between if callable(between) else lambda _changes: None
            return apply(self.store, self.desk(text), law, "an operator", lambda: NOON, lease, told, size)

    def _law(self, text: str) -> dict[str, RuleSet]:
        return {"cn-2026": registry_with(text).rules["cn-2026"]}

    def state(self, text: str) -> str:
        with self.store.reading() as reading:
            standings = Laws(registry_with(text)).standings(reading)
        return next(standing.state for standing in standings if standing.name == "cn-2026")

    def items(self) -> dict[str, Item]:
        """Items by the key of their row."""
        with self.store.reading() as reading:
            sources = ("tourism/penalties", "tax/a")
            seen = {id for source in sources for _, id, _ in reading.sighting_ids(source)}
            return {
                str(item.content["document_number"]).removeprefix("琼旅罚〔2026〕").removesuffix("号"): item
                for item in reading.items(seen).values()
            }

    def periods(self) -> dict[str, Period]:
        return {key: item.period for key, item in self.items().items()}


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store, *DRAFTS)


def test_a_changed_file_judges_nothing_until_it_is_applied(office: Office) -> None:
    assert (office.state(TEXT), office.state(OTHER)) == ("applied", "changed")
    office.publish(OTHER, draft("new", rules="cn-2026", severity="general"))
    assert office.periods()["new"].last_day == date(2027, 5, 12)
    assert office.state(OTHER) == "changed"


def test_a_preview_counts_what_would_happen_and_changes_nothing(office: Office) -> None:
    before = office.periods()
    effect = office.preview(OTHER)
    assert effect.total == {"vanish": 1, "appear": 1, "change": 2}
    assert effect.parts == {
        ("penalty", "tourism/penalties"): {"vanish": 1, "change": 1},
        ("penalty", "tax/a"): {"appear": 1, "change": 1},
    }
    assert (office.periods(), office.state(OTHER)) == (before, "changed")


def test_applying_does_what_the_preview_told_and_nothing_a_second_time(office: Office) -> None:
    before, ended = office.periods(), office.items()["ended"]
    with office.store.reading() as reading:
        seq = reading.last_change()
    assert office.apply(OTHER) == 5
    after = office.periods()
    assert {key: after[key].last_day for key in after if after[key].last_day != before[key].last_day} == {
        "vanishes": date(2026, 11, 12),
        "changes": date(2027, 1, 1),
        "appears": date(2027, 6, 1),
        "longer": date(2030, 6, 1),
    }
    assert after["own end"].rule == "cn-2026/serious/12-48/public_until"
    with office.store.reading() as reading:
        changes = reading.changes(seq, 100)
        overtaking = reading.overtaking(seq, NOON, 100)
    assert {change.what for change in changes} == {What.CORRECTED}
    assert overtaking == {office.items()["vanishes"].id}
    assert office.items()["ended"] == ended
    assert (office.apply(OTHER), office.state(OTHER), office.preview(OTHER).total) == (0, "applied", {})


def test_who_applied_what_when_is_kept(office: Office) -> None:
    office.apply(OTHER)
    with office.store.reading() as reading:
        newest, *earlier = reading.applied_rules()
    assert (newest.name, newest.text, newest.by, newest.at) == ("cn-2026", OTHER, "an operator", NOON)
    assert {(row.name, row.by) for row in earlier} == {(name, FIRST) for name in load_registry().rules}


def test_an_interrupted_application_goes_on_and_ends_as_an_undisturbed_one(office: Office) -> None:
    rounds: Iterator[int] = iter(range(1, 4))

    def interrupt(_changes: int) -> None:
        if next(rounds, 0) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        office.apply(OTHER, interrupt, size=2)
    assert office.state(OTHER) == "unfinished"
    with office.store.reading() as reading:
        half = reading.last_change()
    assert office.apply(OTHER, size=2) > 0
    assert office.state(OTHER) == "applied"
    with office.store.reading() as reading:
        assert len(reading.applied_rules()) == 1 + len(load_registry().rules), "one application, in two goes"
        assert len({change.item for change in reading.changes(half, 100)}) < 4
    law = registry_with(OTHER).rules["cn-2026"]
    undisturbed = {
        each.key: law.judge(each.kind, each.content, each.sector, (), each.period, NOON.date())
        for each in DRAFTS
        if each.rules == "cn-2026"
    }
    assert {key: office.periods()[key] for key in undisturbed} == undisturbed


def test_what_is_harvested_meanwhile_is_judged_by_the_new_text(office: Office) -> None:
    late = draft("0 late", rules="cn-2026", severity="general", decided_on=date(2026, 7, 1))

    def harvest(_changes: int) -> None:
        office.publish(TEXT, late)

    office.apply(OTHER, harvest, size=2)
    assert office.periods()["0 late"].last_day == date(2027, 1, 1)


def test_what_was_withdrawn_stays_so(office: Office) -> None:
    id = office.items()["appears"].id
    with office.store.writing() as writing:
        writing.set_states([id], ItemState.WITHDRAWN)
    assert office.preview(OTHER).total["appear"] == 0
    office.apply(OTHER)
    assert office.items()["appears"].state is ItemState.WITHDRAWN


def test_two_cannot_apply_at_once(office: Office) -> None:
    def again(_changes: int) -> None:
        with pytest.raises(Refused, match="Another application is under way"):
            office.apply(OTHER)

    office.apply(OTHER, again)


def test_a_set_that_is_not_applied_judges_nothing(sqlite_store: Store) -> None:
    office = Office(sqlite_store)
    registry = load_registry()
    extra = replace(registry, rules={**registry.rules, "new": parse("new", TEXT)})
    desk = replace(office.desk(TEXT), laws=Laws(extra))
    rows = [sqlite_store.contents.written(draft("1", rules="new"))]
    with (
        pytest.raises(DefinitionError, match="rule set new is not applied yet; `gongshi rules preview new`"),
        sqlite_store.writing() as writing,
    ):
        publish(writing, rows, desk, NOON)
    with sqlite_store.reading() as reading:
        states = {standing.name: standing.state for standing in Laws(extra).standings(reading)}
    assert states["new"] == "new"


def test_a_text_that_this_program_does_not_understand_waits_for_its_file(sqlite_store: Store) -> None:
    office = Office(sqlite_store, *DRAFTS)
    with sqlite_store.writing() as writing:
        writing.add_applied("cn-2026", "from another time", "someone", NOON, done_at=NOON)
    with pytest.raises(DefinitionError, match="rule set cn-2026 is not applied yet"):
        office.publish(TEXT, draft("2", rules="cn-2026"))
    assert office.state(TEXT) == "changed"
    office.apply(TEXT)
    office.publish(TEXT, draft("2", rules="cn-2026"))


def test_the_items_that_a_set_judges_are_found_in_batches(office: Office) -> None:
    with office.store.reading() as reading:
        found: list[str] = []
        while batch := reading.judged_by(["cn-2026"], found[-1] if found else "", 4):
            found += batch
    assert found == sorted(
        item.id for key, item in office.items().items() if key not in ("no law", "other law")
    )


def test_a_set_that_no_longer_judges_a_kind_of_what_is_stored_is_not_applied(office: Office) -> None:
    before = office.periods()
    for attempt in (office.preview, office.apply):
        with pytest.raises(DefinitionError, match="cn-2026 does not judge the kind penalty; put it"):
            attempt(TEXT.replace('penalty = "derived"\n', ""))
    assert (office.state(TEXT), office.periods()) == ("applied", before)
