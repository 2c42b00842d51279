"""Sources go on listing what was repaired or has expired and was erased: it stays gone, and they cost nothing
more."""

from datetime import timedelta

from harvesters.harvest import Outcome
from publisher.ending import end
from publisher.erasing import erase_due, readmit
from publisher.harvests import Counts, RunState
from publisher.items import ItemState
from publisher.laws import Laws
from publisher.publish import Desk as PublishingDesk
from publisher.trail import Actor, ActorKind
from tests.fixtures.harvesting import Desk, row
from tests.fixtures.store import ZONE

NAME = "海南第2贸易有限公司"
OPERATOR = Actor(ActorKind.OPERATOR, "somebody")


def publishing_desk(desk: Desk) -> PublishingDesk:
    return PublishingDesk(desk.platform.identity, ZONE, {}, Laws(desk.platform.registry))


def repaired(desk: Desk) -> str:
    """Has the item of the second row be repaired and erased; gives its id."""
    platform, now = desk.platform, desk.platform.settings.clock()
    publishing = publishing_desk(desk)
    with platform.store.writing() as store:
        (id,) = [item.id for page in store.each_public_item(now) for item in page if item.party.name == NAME]
        end(store, [id], ItemState.REPAIRED, OPERATOR, "修复", publishing, now)
    assert erase_due(platform.store, publishing, platform.settings.clock) == {ItemState.REPAIRED: 1}
    return id


def other(desk: Desk, **given: str) -> Outcome:
    """A run of another source of the same list, which writes the rows in another way."""
    file = desk.file.parent / "other.csv"
    header = "纳税人名称,统一社会信用代码,文号,列入原因,列入日期,移出日期"
    rows = [row(number, reason="偷税", **given) for number in (1, 2, 3)]
    file.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    desk.define(more='id = "tax/other"', where='path = "other.csv"')
    return desk.harvest()


def test_a_repaired_item_stays_gone_whoever_is_harvested(desk: Desk) -> None:
    rows = [row(number) for number in (1, 2, 3)]
    desk.write(*rows)
    desk.harvest()
    repaired(desk)
    assert NAME not in desk.names()
    for _ in range(2):
        outcome = desk.harvest()
        assert (outcome.state, outcome.warnings) == (RunState.COMPLETE, ())
        assert outcome.counts == Counts(seen=3, unchanged=2, suppressed=1)
    desk.write(rows[0], row(2, reason="又一原因"), rows[2])
    assert desk.harvest().counts == Counts(seen=3, unchanged=2, suppressed=1)
    assert desk.harvest().counts == Counts(seen=3, unchanged=2, suppressed=1)
    assert other(desk).counts == Counts(seen=3, new=2, suppressed=1)
    assert other(desk).counts == Counts(seen=3, unchanged=2, suppressed=1)
    assert desk.names() == ["海南第1贸易有限公司", "海南第3贸易有限公司"]
    with desk.platform.store.reading() as store:
        assert store.refusals() == []


def test_a_dry_run_foresees_it(desk: Desk) -> None:
    desk.write(row(1), row(2))
    desk.harvest()
    repaired(desk)
    desk.write(row(1), row(2, reason="又一原因"), row(3))
    definition = desk.definition("tax/list")
    outcome = desk.platform.harvester(lambda _source, _counts: None).dry_run(definition)
    assert outcome.counts == Counts(seen=3, new=1, unchanged=1, suppressed=1)


def test_rows_that_a_full_list_lacks_are_forgotten(desk: Desk) -> None:
    desk.write(row(1), row(2), row(3))
    desk.harvest()
    repaired(desk)

    def barred() -> int:
        with desk.platform.store.reading() as store:
            return len(store._connection.exec_driver_sql("SELECT * FROM barred").all())

    desk.harvest()
    assert barred() == 1
    desk.write(row(1), row(2, reason="又一原因"), row(3))
    desk.harvest()
    assert barred() == 1
    desk.write(row(1), row(3))
    desk.harvest()
    assert barred() == 0


def test_a_row_that_is_public_longer_is_told_once_and_comes_back_when_let_in(desk: Desk) -> None:
    platform = desk.platform
    now = platform.settings.clock()
    desk.write(row(1), row(2, removed="2026-10-01"), row(3))
    desk.harvest()
    erased = erase_due(platform.store, publishing_desk(desk), lambda: now + timedelta(days=31))
    assert erased == {ItemState.EXPIRED: 1}
    desk.write(row(1), row(2), row(3))
    outcome = desk.harvest()
    assert outcome.counts == Counts(seen=3, unchanged=2, suppressed=1, outlasting=1)
    assert "gongshi items readmit" in outcome.warnings[0]
    outcome = desk.harvest()
    assert (outcome.counts, outcome.warnings) == (Counts(seen=3, unchanged=2, suppressed=1), ())
    with platform.store.writing() as store:
        (id,) = store.erased_ids()
        readmit(store, platform.identity, [id], OPERATOR, "更正", now)
    assert desk.harvest().counts == Counts(seen=3, new=1, unchanged=2)
    assert len(desk.names()) == 3
