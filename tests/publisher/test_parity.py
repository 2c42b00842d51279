"""The same samples on both engines: the same ids in the same order, totals, facets, pages and suggestions."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest

from gongshi.bootstrap import Platform, build
from harvesters.samples import generate
from publisher import settings
from publisher.answers import SearchRequest
from publisher.indexing import SCHEMA, Index, drift
from publisher.public import FACETS
from search.engine import BadQuery, Engine
from search.engines.elasticsearch import ElasticsearchEngine

WORDS = (
    "",
    "行政處罰",
    "行政处罚",
    "海南",
    "有限公司",
    "旅游",
    "酒店",
    "黑名单",
    "A级",
    "罚款",
    "罚",
    "三亚 酒店",
    "海南 -旅游",
    "海南 OR 三亚",
    '"有限公司"',
    "琼",
    "2026",
    "号",
    "食品安全",
    "失信被执行人",
    "税务",
)
FILTERS: tuple[dict[str, object], ...] = (
    {},
    {"kind": ("penalty",)},
    {"kind": ("permit", "blacklist"), "region": ("460000",)},
    {"region": ("460100", "460200")},
    {"year": ("2026",), "sector": ("market",)},
    {"since": date(2026, 1, 1), "until": date(2026, 6, 30)},
)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, scale: int) -> Iterator[Platform]:
    """The sample sources, harvested, on the embedded engine."""
    folder = tmp_path_factory.mktemp("parity")
    environment = {"GONGSHI_ENV": "development", "GONGSHI_NOW": "2026-11-23T12:00:00+08:00"}
    made = build(settings.read({**environment, "GONGSHI_DATA": str(folder)}))
    made.store.prepare()
    generate(made.samples, date(2026, 11, 23), items=1500 * scale)
    harvester = made.harvester(lambda _source, _counts: None)
    for definition in made.definitions:
        assert harvester.run(definition).message is None
    yield made
    made.close()


@pytest.fixture(scope="module")
def elasticsearch(platform: Platform, elasticsearch_url: str) -> Iterator[ElasticsearchEngine]:
    """The same store, indexed by Elasticsearch."""
    engine = ElasticsearchEngine(elasticsearch_url, SCHEMA, f"parity-{uuid4().hex}")
    index = Index(platform.store, engine, platform.registry, platform.zone, platform.settings.clock)
    assert index.rebuild() > 1000
    assert drift(index).sound
    yield engine
    engine.close()


def answers(platform: Platform, engine: Engine, request: SearchRequest) -> object:
    with platform.public(engine) as public:
        try:
            results = public.search(request)
        except BadQuery as error:
            return str(error)
        hits = [(hit.item.id, hit.tier) for hit in results.hits]
        return hits, results.total, {name: results.facets[name] for name in FACETS}, results.next


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "amount"])
def test_both_engines_give_the_same(
    platform: Platform, elasticsearch: ElasticsearchEngine, filters: dict[str, object], sort: str
) -> None:
    some = False
    for words in WORDS:
        request = SearchRequest(q=words, sort=sort, limit=50, **filters)  # type: ignore[arg-type]
        embedded = answers(platform, platform.engine, request)
        assert embedded == answers(platform, elasticsearch, request), words
        some = some or bool(embedded[0])  # type: ignore[index]
    assert some


def test_every_page_is_the_same(platform: Platform, elasticsearch: ElasticsearchEngine) -> None:
    page, pages = None, 0
    while True:
        request = SearchRequest(q="海南", page=page, limit=100)
        embedded = answers(platform, platform.engine, request)
        assert embedded == answers(platform, elasticsearch, request)
        page, pages = embedded[3], pages + 1  # type: ignore[index]
        if page is None:
            break
    assert pages > 2


def test_suggestions_are_the_same(platform: Platform, elasticsearch: ElasticsearchEngine) -> None:
    found = 0
    for text in ("海南", "三亚", "91460", "有限公司", "酒店", "椰"):
        told = []
        for engine in (platform.engine, elasticsearch):
            with platform.public(engine) as public:
                told.append([subject.id for subject in public.suggest(text)])
        assert told[0] == told[1]
        found += len(told[0])
    assert found > 10
