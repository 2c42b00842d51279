"""Looks at every output of the registry, and compares what stands there with what the oracle says."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from itertools import cycle, islice
from json import dumps

import orjson

from publisher.joining import Identity
from publisher.web.outputs import OUTPUTS, Shows
from tests.fixtures.store import code
from tests.public_only.follower import Follower
from tests.public_only.history import COMPANIES
from tests.public_only.oracle import KINDS, LIST, At, Oracle, Said, company_name
from tests.public_only.reading import MARKER, Answer
from tests.public_only.visitor import Visitor

QUESTIONS: tuple[dict[str, str], ...] = (
    {"q": "贸易", "source": "tourism/penalties"},
    {"kind": "permit"},
    {"list": LIST, "sort": "oldest"},
    {"q": "行政决定", "region": "460200"},
    {"source": "tourism/city", "sort": "amount"},
    {"q": "贸易", "year": "2025", "kind": "penalty"},
)
"""Searches that are asked in turn: (parameters of the address)."""

Subset = Mapping[int, Said]


class Walk:
    """Walks through one history's outputs. `seen` counts what was compared."""

    def __init__(
        self,
        oracle: Oracle,
        visitor: Visitor,
        identity: Identity,
        build: Callable[[], object],
        seen: Counter[str],
    ) -> None:
        self._oracle, self._visitor, self._identity, self.seen = oracle, visitor, identity, seen
        self._build = build
        self._ids: dict[int, str] = {}
        self._turn = -1
        self._looks = 0
        self._before: set[int] = set()
        self._follower = Follower(visitor.clock)
        self._walks: dict[Shows, Callable[[str], None]] = {
            shows: getattr(self, f"_{shows.value}") for shows in Shows
        }

    def look(self, moment: datetime) -> None:
        """All outputs at one moment; now and then bulk files are made before."""
        if self._looks % 5 == 0:
            self._build()
            self._visitor.forget()  # the new files, too, may be told a minute late
        if self._oracle.turn != self._turn:
            self._visitor.forget()
        crossing = self._before if self._oracle.turn == self._turn else set()
        self._turn, self._looks = self._oracle.turn, self._looks + 1
        self._at = At(self._oracle, moment)
        for number in self._oracle.known.keys() - self._ids.keys():
            self._ids[number] = self._identity.item(self._oracle.known[number].draft())
        self._subjects = {
            self._identity.subject_of_code(code(company)): company
            for company in {said.company for said in self._at.public.values()} - {None}
        }
        self._ended = sorted(crossing - self._at.public.keys())
        self._of_ended = [self._oracle.said[number] for number in self._ended]
        self._before = set(self._at.public)
        for endpoint, shows in OUTPUTS.items():
            self._walks[shows](endpoint)
            self.seen[endpoint] += 1
        self.seen["pairs"] += len(self._oracle.known)
        self.seen["ends"] += len(self._ended)
        self.seen["withheld"] += len(self._at.withheld)

    # one walk for each of Shows

    def _item(self, endpoint: str) -> None:
        for number, answer in self._some(endpoint):
            if number in self._at.public and answer.json is None:
                assert answer.objected[""] == (number in self._oracle.objected), answer.address

    def _offer(self, endpoint: str) -> None:
        for _ in self._some(endpoint, kind="objection"):
            pass

    def _some(self, endpoint: str, **more: str) -> Iterator[tuple[int, Answer]]:
        """Items that ended just now, and some others. A route has the id in its path, or in `item`."""
        start = self._looks * 7
        some = islice(cycle(self._oracle.known), start, start + 2)
        for number in {*self._ended[:2], *some}:
            public = number in self._at.public
            id = self._ids[number]
            answer = self._get(
                200 if public else 410, endpoint, id=id, **({"item": id, **more} if more else {})
            )
            assert answer.numbers == ({number} if public else set()), answer.address
            yield number, answer

    def _subject(self, endpoint: str) -> None:
        company = self._company()
        expected = _of(self._at.public, company)
        answer = self._get(200 if expected else 404, endpoint, ref=code(company))
        if expected:
            assert answer.numbers == set(expected), answer.address
            assert answer.markers == {mark for said in expected.values() for mark in said.markers}
            assert answer.by_kind() == _count(expected, "kind"), answer.address

    def _overview(self, endpoint: str) -> None:
        answer = self._get(200, endpoint)
        self._newest(answer, self._at.found, 10)
        assert answer.by_kind() == _count(self._at.found, "kind"), answer.address
        assert answer.by_list() == _count(self._at.found, "list"), answer.address

    def _lists(self, endpoint: str) -> None:
        answer = self._get(200, endpoint)
        assert answer.by_list() == _count(self._at.found, "list"), answer.address

    def _list(self, endpoint: str) -> None:
        answer = self._get(200, endpoint, id=LIST)
        expected = _with(self._at.found, "list", LIST)
        self._newest(answer, expected, 20)
        assert answer.of_list() == len(expected), answer.address

    def _sources(self, endpoint: str) -> None:
        answer = self._get(200, endpoint)
        assert answer.by_source() == _count(self._at.found, "source"), answer.address

    def _source(self, endpoint: str) -> None:
        source = ("tourism/penalties", "tax/evasion", "tourism/city")[self._looks % 3]
        answer = self._get(200, endpoint, id=source)
        expected = _with(self._at.found, "source", source)
        assert answer.of_source() == len(expected), answer.address
        if answer.json is None:
            self._newest(answer, expected, 20)

    def _search(self, endpoint: str) -> None:
        asked = QUESTIONS[self._looks % len(QUESTIONS)]
        expected = _matching(self._at.found, asked)
        first = self._pages(expected, endpoint, **asked, limit=20)
        if first.total() is None:
            return  # a feed, which says no numbers
        assert first.total() == len(expected), first.address
        for name, counts in first.facets().items():
            right = _count(_matching(self._at.found, asked, but=name), name)
            offered = right if first.json else {value: right[value] for value in counts}
            assert counts == offered, (first.address, name)
        if first.json is None and "q" in asked:
            self._some_of(first, 3, self._at.companies if asked["q"] == "贸易" else set())

    def _everything(self, endpoint: str) -> None:
        self._pages(self._at.found, endpoint, limit=100)

    def _of_subject(self, endpoint: str) -> None:
        company = self._company()
        if not _of(self._at.public, company):
            self._get(404, endpoint, ref=code(company))
        else:
            self._pages(_of(self._at.found, company), endpoint, ref=code(company), limit=3)

    def _of_list(self, endpoint: str) -> None:
        expected = _with(self._at.found, "list", LIST)
        self._pages(expected, endpoint, id=LIST, limit=25)

    def _changes(self, endpoint: str) -> None:
        """One who has followed from the first look on, and one who begins now."""
        self._follow(self._follower, endpoint)
        if self._looks % 4 == 0:
            self._follow(Follower(self._visitor.clock), endpoint)

    def _files(self, endpoint: str) -> None:
        """Each file holds as many items as are told."""
        answer = self._get(200, endpoint)
        for file in answer.json["files"]:
            name, format, _ = file["url"].rsplit("/", 1)[1].split(".")
            if self._looks % 3 == 0 or name == "items":
                told = self._get(200, "bulk.file", name=name, format=format)
                assert len(told.items) == file["items"], told.address

    def _file(self, endpoint: str) -> None:
        """Somebody takes the files, and follows the log from there on."""
        cursor = self._get(200, "bulk.manifest").json["changes"]
        table = self._get(200, endpoint, name="items", format="csv")
        lines = self._get(200, endpoint, name="items", format="ndjson")
        assert table.items == lines.items
        follower = Follower(self._visitor.clock)
        follower.begin(map(orjson.loads, lines.text.splitlines()), cursor)
        self._follow(follower, "log.changes")
        kind = tuple(KINDS.values())[self._looks % len(KINDS)]
        of_kind = self._get(200, endpoint, name=kind, format="ndjson")
        items = {item["id"] for item in map(orjson.loads, lines.text.splitlines()) if item["kind"] == kind}
        assert of_kind.items == items, of_kind.address

    def _follow(self, follower: Follower, endpoint: str) -> None:
        more = True
        while more:
            since = {"since": follower.cursor} if follower.cursor else {}
            answer = self._get(200, endpoint, limit=100, **since)
            follower.apply(answer.json)
            more = answer.json["meta"]["more"]
        shown = follower.public()
        assert shown.keys() == {self._ids[number] for number in self._at.public}, endpoint
        for number, said in self._at.public.items():
            texts = set(MARKER.findall(str(shown[self._ids[number]])))
            # A person's item has the texts of one of its sources; a company's has them all, as its names.
            expected = said.markers if said.company is not None else said.markers & texts
            assert texts == expected, (endpoint, number)

    def _of_kind(self, endpoint: str) -> None:
        self._of_value(endpoint, "kind", ("penalty", "permit", "blacklist"))

    def _of_sector(self, endpoint: str) -> None:
        self._of_value(endpoint, "sector", ("tourism", "tax"))

    def _of_region(self, endpoint: str) -> None:
        self._of_value(endpoint, "region", ("460000", "460200"))

    def _of_source(self, endpoint: str) -> None:
        self._of_value(endpoint, "source", tuple(KINDS))

    def _of_value(self, endpoint: str, name: str, values: Sequence[str]) -> None:
        value = values[self._looks % len(values)]
        self._pages(_with(self._at.found, name, value), endpoint, id=value, limit=100)

    def _suggestions(self, endpoint: str) -> None:
        self._some_of(self._get(200, endpoint, q="贸易", limit=8), 8, self._at.companies)
        company = self._company()
        of_name = self._at.companies & {company}
        self._some_of(self._get(200, endpoint, q=company_name(company)), 8, of_name)
        for said in (*self._of_ended[:1], *islice(self._at.public.values(), self._looks * 7 % 50, None, 999)):
            for marker in said.markers:
                self._some_of(self._get(200, endpoint, q=marker), 8, self._at.named(marker))

    def _check(self, endpoint: str) -> None:
        """By code, by name, and by the ids of what has just ended and of what may be public."""
        companies = [self._company(), (self._looks * 11 + 1) % COMPANIES]
        numbers = [*self._ended[:3], *islice(self._at.public, 3)]
        body = {
            "names": [company_name(company) for company in companies],
            "codes": [code(company) for company in companies],
            "items": [self._ids[number] for number in numbers],
        }
        answer = self._visitor.post(endpoint, body)
        assert answer.status == 200, answer.address
        told = answer.json["data"]
        by_name, by_code = told["rows"][: len(companies)], told["rows"][len(companies) :]
        for row, company in zip(by_code, companies, strict=True):
            public = _of(self._at.public, company)
            assert row["verdict"] == ("match" if public else "none"), (row, company)
            counts = [Counter(each["counts"]) for each in row["candidates"]]
            assert counts == ([_count(public, "kind")] if public else []), row
        for row, company in zip(by_name, companies, strict=True):
            assert {each["subject"]["id"] for each in row["candidates"]} <= self._subjects.keys(), row
            if company in self._at.companies:
                assert row["candidates"][0]["subject"]["name"] == company_name(company), row
        assert [item["state"] for item in told["items"]] == [
            "public" if number in self._at.public else "ended" for number in numbers
        ]
        for row in told["rows"]:
            row["name"] = None  # what was asked
        self._only_public(
            Answer(answer.address, answer.status, dumps(told, ensure_ascii=False), "application/json")
        )

    # comparing

    def _get(self, status: int, endpoint: str, **values: object) -> Answer:
        answer = self._visitor.get(
            endpoint,
            **values,
            **({} if endpoint.startswith(("api.", "log.", "bulk.")) else {"lang": self._language}),
        )
        assert answer.status == status, (answer.address, answer.status, status)
        return self._only_public(answer)

    @property
    def _language(self) -> str:
        return "zh" if self._looks // 3 % 2 else "en"  # the same for the moments around one end

    def _only_public(self, answer: Answer) -> Answer:
        """Whatever it is, nothing stands in it that is not public now."""
        public = self._at.public
        assert answer.numbers <= public.keys(), (answer.address, answer.numbers - public.keys())
        assert answer.markers <= {mark for said in public.values() for mark in said.markers}, answer.address
        assert answer.companies <= set(self._subjects.values()), answer.address
        if answer.status == 200:
            assert answer.items <= {self._ids[number] for number in public}, answer.address
        if answer.json is not None:
            marked = {self._ids[number] for number in self._oracle.objected}
            assert {id for id, is_so in answer.objected.items() if is_so} == answer.objected.keys() & marked
            self.seen["objected"] += len(answer.objected.keys() & marked)
        self.seen["answers"] += 1
        self.seen["shown"] += len(answer.numbers)
        return answer

    def _pages(self, expected: Subset, endpoint: str, **values: object) -> Answer:
        """All pages together hold what is expected, each once."""
        first = answer = self._get(200, endpoint, **values)
        found = sorted(answer.items)
        while answer.next:
            answer = self._only_public(self._visitor.follow(answer.next))
            assert answer.status == 200, answer.address
            found += sorted(answer.items)
        assert sorted(found) == sorted(self._ids[number] for number in expected), first.address
        return first

    def _newest(self, answer: Answer, expected: Subset, most: int) -> None:
        shown = [expected[number].day for number in answer.numbers if number in expected]
        assert len(shown) == len(answer.numbers), answer.address
        assert sorted(shown) == sorted(said.day for said in expected.values())[-most:], answer.address

    def _some_of(self, answer: Answer, most: int, expected: Set[int | None]) -> None:
        """As many of the companies as there is room for."""
        found = answer.suggested()
        assert {self._subjects.get(id) for id in found} <= expected, answer.address
        assert len(found) == len(set(found)) == min(most, len(expected)), answer.address

    def _company(self) -> int:
        """One of an item that ended just now, else any."""
        ended = (said.company for said in self._of_ended if said.company is not None)
        return next(ended, self._looks * 5 % COMPANIES)


def _count(items: Subset, name: str) -> Counter[str]:
    """How many of the items have each value of a field."""
    return Counter(value for said in items.values() for value in said.fields[name])


def _with(items: Subset, name: str, value: str) -> Subset:
    return {number: said for number, said in items.items() if value in said.fields[name]}


def _of(items: Subset, company: int) -> Subset:
    return {number: said for number, said in items.items() if said.company == company}


def _matching(items: Subset, asked: Mapping[str, str], but: str = "") -> Subset:
    def matches(said: Said) -> bool:
        words = asked.get("q")
        holds = not words or (said.company is not None if words == "贸易" else said.kind != "blacklist")
        filters = ((name, value) for name, value in asked.items() if name not in ("q", "sort", but))
        return holds and all(value in said.fields[name] for name, value in filters)

    return {number: said for number, said in items.items() if matches(said)}
