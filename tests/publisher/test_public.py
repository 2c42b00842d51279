"""The gate: what the public sees at a moment, whatever the index knows."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from publisher.answers import SearchRequest
from publisher.errors import Ended, NotFound
from publisher.indexing import drift
from publisher.kinds import Label
from publisher.publish import unlist
from search.engine import SearchError
from tests.fixtures.store import NOON, ZONE, World, code, draft

COMPANY = "海南椰风旅行社有限公司"


def ids(world: World, **asked: object) -> list[str]:
    with world.public() as public:
        return [hit.item.id for hit in public.search(SearchRequest(**asked)).hits]  # type: ignore[arg-type]


def total(world: World, **asked: object) -> int:
    with world.public() as public:
        return public.search(SearchRequest(**asked)).total  # type: ignore[arg-type]


def suggested(world: World, text: str) -> list[str]:
    with world.public() as public:
        return [subject.name for subject in public.suggest(text)]


def end_all(world: World) -> None:
    with world.store.writing() as store:
        rows = list(store.sighting_ids("tourism/penalties"))
        unlist(store, [id for id, _, _ in rows], [item for _, item, _ in rows], world.desk, world.clock())


def test_an_item_is_gone_at_midnight_after_its_last_day_from_everything(world: World) -> None:
    world.add_source()
    world.publish(draft("1", public_until=date(2026, 12, 31)))
    (id,) = ids(world)
    world.clock.now = datetime(2026, 12, 31, 23, 59, 59, tzinfo=ZONE)
    with world.public() as public:
        assert public.item(id).id == id
        assert public.counts_by_kind()["penalty"] == 1
        assert public.subject(code(1)).counts["penalty"] == 1
        assert public.sources()[0].count == 1
        assert len(public.suggest("椰风")) == 1
    world.clock.tick(seconds=1)
    with world.public() as public:
        with pytest.raises(Ended) as ended:
            public.item(id)
        assert ended.value.moment == "2026-12-31T16:00:00+00:00"
        assert (ended.value.id, ended.value.kind) == (id, "penalty")
        assert public.counts_by_kind()["penalty"] == 0
        assert public.sources()[0].count == 0
        assert public.suggest("椰风") == ()
        assert public.newest(10) == ()
        with pytest.raises(NotFound):
            public.subject(code(1))
    assert ids(world) == []


def test_what_ends_is_gone_though_nobody_follows_the_log(world: World) -> None:
    world.add_source()
    world.publish(draft("1"), draft("2", uscc=code(2), name="三亚海风酒店有限公司", source="tourism/hotels"))
    end_all(world)
    with world.public() as public:
        results = public.search(SearchRequest())
        assert [hit.item.party.name for hit in results.hits] == ["三亚海风酒店有限公司"]
        assert results.total == 1
        assert [(value.value, value.count) for value in results.facets["kind"]] == [("penalty", 1)]


def test_an_earlier_end_counts_though_nobody_follows_the_log(world: World) -> None:
    world.publish(draft("1", public_until=date(2026, 12, 31)))
    world.publish(draft("1", public_until=date(2026, 11, 30)), follow=False)
    assert total(world) == 1
    world.clock.now = datetime(2026, 12, 1, tzinfo=ZONE)
    assert total(world) == 0


def test_an_index_of_another_database_is_not_asked(world: World) -> None:
    world.publish(draft("1"))
    with world.index.engine.writer() as writer:
        position = world.index.engine.position()
        assert position
        writer.commit(position._replace(epoch="another"))
    with pytest.raises(SearchError, match="another database"):
        total(world)


def test_a_rebuilt_index_answers_as_the_followed_one(world: World) -> None:
    drafts = [draft(str(number), uscc=code(number), name=f"海南第{number}旅行社") for number in range(30)]
    world.publish(*drafts)
    before = ids(world, q="旅行社", limit=100)
    assert len(before) == 30
    assert world.index.rebuild() == 30
    assert ids(world, q="旅行社", limit=100) == before
    assert drift(world.index).sound


def test_drift_names_what_is_missing(world: World) -> None:
    world.publish(draft("1"))
    (id,) = ids(world)
    with world.index.engine.writer() as writer:
        writer.remove("items", [id])
        position = world.index.engine.position()
        assert position
        writer.commit(position)
    found = drift(world.index)
    assert (found.sound, found.missing) == (False, (id,))
    world.index.rebuild()
    assert drift(world.index).sound


def test_a_code_and_an_exact_name_come_first(world: World) -> None:
    world.publish(
        draft("1", uscc=code(1), name="海南椰风旅行社有限公司"),
        draft("2", uscc=code(2), name="海南椰风旅行社有限公司三亚分公司"),
        draft("3", uscc=code(3), name="三亚海风酒店有限公司", facts="与海南椰风旅行社有限公司串通"),
    )
    with world.public() as public:
        by_name = public.search(SearchRequest(q="海南椰风旅行社有限公司"))
        assert [hit.tier for hit in by_name.hits] == ["exact_name", "name_prefix", "anything"]
        by_code = public.search(SearchRequest(q=code(2).lower()))
        assert [(hit.tier, hit.item.party.uscc) for hit in by_code.hits] == [("code", code(2))]


def test_either_script_finds_both(world: World) -> None:
    world.publish(draft("1", name="海南椰風旅行社有限公司"), draft("2", name=COMPANY, uscc=code(2)))
    assert total(world, q="椰风") == total(world, q="椰風") == 2


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"kind": ("penalty",)}, 2),
        ({"kind": ("permit",)}, 0),
        ({"kind": ("permit", "penalty")}, 2),
        ({"region": ("460000",)}, 2),
        ({"region": ("460200",)}, 1),
        ({"since": date(2026, 5, 1)}, 1),
        ({"until": date(2026, 4, 30)}, 1),
        ({"amount_min": Decimal(30000)}, 1),
        ({"amount_max": Decimal(30000)}, 1),
        ({"year": ("2026",)}, 2),
        ({"q": "旅罚", "region": ("460100",)}, 1),
    ],
)
def test_filters(world: World, asked: dict[str, object], count: int) -> None:
    world.publish(
        draft("1"),
        draft("2", uscc=code(2), region="460200", decided_on=date(2026, 4, 1), fine=Decimal(50000)),
    )
    assert total(world, **asked) == count


def test_pages_follow_each_other_without_gap_or_repeat(world: World) -> None:
    world.publish(*(draft(str(number), uscc=code(number), name=f"第{number}旅行社") for number in range(45)))
    found: list[str] = []
    page: str | None = None
    while True:
        with world.public() as public:
            results = public.search(SearchRequest(q="旅行社", page=page, limit=10))
        found += [hit.item.id for hit in results.hits]
        page = results.next
        if page is None:
            break
    assert len(found) == len(set(found)) == 45


def test_aliases_and_former_names_find_the_company(world: World) -> None:
    world.publish(draft("1", aliases=("Qihoo 360",)))
    assert total(world, q="qihoo") == 1
    with world.public() as public:
        (subject,) = public.suggest("Qihoo")
        assert (subject.name, subject.names) == (COMPANY, ("Qihoo 360",))


def test_a_name_leaves_with_the_item_that_alone_told_it(world: World) -> None:
    world.publish(
        draft("1", aliases=("椰风旅业",), public_until=date(2026, 11, 30)),
        draft("2", public_until=date(2026, 12, 31)),
    )
    with world.public() as public:
        assert public.subject(code(1)).subject.names == ("椰风旅业",)
    world.clock.now = datetime(2026, 12, 1, tzinfo=ZONE)
    with world.public() as public:
        assert public.subject(code(1)).subject.names == ()


def test_a_name_that_has_left_finds_its_subject_no_more(world: World) -> None:
    """Neither when its item ended, nor when it was taken back and nobody follows the log."""
    ended = draft("1", aliases=("椰风旅业",), public_until=date(2026, 11, 30))
    withdrawn = draft("2", aliases=("琼崖旅游",), source="tourism/hotels")
    world.publish(ended, withdrawn, draft("3", source="tourism/guides"))
    for at, names in ((NOON, {"椰风旅业", "琼崖旅游"}), (datetime(2026, 12, 1, tzinfo=ZONE), {"琼崖旅游"})):
        world.clock.now = at
        assert {name for name in ("椰风旅业", "琼崖旅游") if suggested(world, name)} == names
    with world.store.writing() as store:
        ((sighting, item, _),) = store.sighting_ids("tourism/hotels")
        unlist(store, [sighting], [item], world.desk, world.clock())
    assert suggested(world, "琼崖旅游") == []
    assert suggested(world, COMPANY) == [COMPANY]


def test_subjects_that_have_left_take_nobodys_place_among_the_suggestions(world: World) -> None:
    names = [f"第{number}旅行社" for number in range(1, 13)]
    gone = [draft(str(n), name=name, uscc=code(n)) for n, name in enumerate(names[:9], 1)]
    kept = [
        draft(str(n), name=name, uscc=code(n), source="tourism/city") for n, name in enumerate(names[9:], 10)
    ]
    world.publish(*gone, *kept)
    assert len(suggested(world, "旅行社")) == 8
    end_all(world)
    assert sorted(suggested(world, "旅行社")) == sorted(names[9:])


def test_lists_have_counts_and_a_day(world: World) -> None:
    world.add_list("tax-evasion", Label("重大税收违法失信主体", "Serious tax offenders"))
    world.add_source("tax/list", list="tax-evasion", kind="blacklist")
    world.publish(
        draft("1", kind="blacklist", list="tax-evasion", source="tax/list", listed_on=date(2026, 3, 1))
    )
    with world.store.writing() as store:
        store.set_complete("tax/list", b"", world.clock())
    with world.public() as public:
        record = public.named_list("tax-evasion")
        assert (record.count, record.as_of_day) == (1, date(2026, 11, 23))
        with pytest.raises(NotFound):
            public.named_list("other")


def test_a_source_is_stale_from_the_moment_that_the_store_has(world: World) -> None:
    world.add_source(stale_from=world.clock() + timedelta(hours=12))
    world.add_source("tax/list")
    world.publish(draft("1"))
    for seconds, stale in ((12 * 3600 - 1, ()), (1, ("tourism/penalties",))):
        world.clock.tick(seconds=seconds)
        with world.public() as public:
            assert tuple(source.id for source in public.search(SearchRequest()).stale) == stale
            assert tuple(source.id for source in public.subject(code(1)).stale) == stale
            assert [record.stale for record in public.sources()] == [False, bool(stale)]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"q": "旅行社"}, True),
        ({"source": ("tourism/penalties", "tax/list")}, True),
        ({"source": ("tax/list",)}, False),
        ({"kind": ("permit", "penalty"), "sector": ("tourism",)}, True),
        ({"kind": ("permit",)}, False),
        ({"sector": ("tax",)}, False),
        ({"list": ("tax-evasion",)}, False),
        ({"region": ("460105",)}, True),  # a district of its city
        ({"region": ("460000",)}, True),  # the province of its city
        ({"region": ("460200", "460000")}, True),
        ({"region": ("460200",)}, False),
        ({"authority": ("某局",)}, True),  # rows may name another authority than their source
        ({"until": date(2000, 1, 1)}, True),
    ],
)
def test_results_name_stale_sources_of_their_scope(
    world: World, asked: dict[str, object], told: bool
) -> None:
    world.add_source(region="460100", stale_from=world.clock())
    world.publish()
    with world.public() as public:
        stale = public.search(SearchRequest(**asked)).stale  # type: ignore[arg-type]
    assert [source.id for source in stale] == (["tourism/penalties"] if told else [])


def test_a_source_without_a_region_may_be_about_any(world: World) -> None:
    world.add_source(region=None, stale_from=world.clock())
    world.publish()
    with world.public() as public:
        assert public.search(SearchRequest(region=("460200",))).stale
