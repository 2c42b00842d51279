"""What is public, and what an index can find, in plain Python: rows of sources, days, and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from publisher.items import Draft
from tests.fixtures.store import ZONE, code, draft

AUTHORITY = "海南省旅游和文化广电体育厅"
LIST = "tax-evasion"
KINDS = {
    "tourism/penalties": "penalty",
    "tourism/city": "penalty",
    "tax/evasion": "blacklist",
    "food_drug/permits": "permit",
}
"""The sources, and the kind of each."""


@dataclass(frozen=True)
class Row:
    """What a source says of a decision: `last_day` is the last day in public, `how` what says so. A
    correction is a row with the next version, which stands in all its texts."""

    source: str
    number: int
    company: int | None  # None: about a natural person
    last_day: date | None
    how: str
    version: int = 1

    @property
    def key(self) -> tuple[str, int]:
        return self.source, self.number

    @property
    def kind(self) -> str:
        return KINDS[self.source]

    @property
    def marker(self) -> str:
        return f"第k{self.number:04d}v{self.version}z号"

    @property
    def region(self) -> str:
        return "460200" if self.number % 3 == 0 else "460100"

    @property
    def day(self) -> date:
        """The day of the decision or listing."""
        if self.how == "months" and self.last_day:
            return self.last_day.replace(year=self.last_day.year - 1)
        return date(2024 + self.number % 2, 1 + self.number % 9, 1 + self.number % 28)

    def draft(self) -> Draft:
        said: dict[str, object] = {}
        if self.last_day and self.how == "removed_on":
            said["removed_on"] = self.last_day + timedelta(days=1)
        elif self.last_day and self.how != "months":
            said[self.how] = self.last_day
        if self.kind == "blacklist":
            said |= {
                "list": LIST,
                "listed_on": self.day,
                "listing_reason": f"虚开发票 {self.marker}",
                "title": None,
            }
        else:
            said |= {"decided_on": self.day, "title": f"行政决定 {self.marker}"}
        if self.company is None:
            said |= {"name": "张*", "type": "person", "uscc": None, "personal_key": f"p{self.number}"}
        else:
            said |= {
                "name": company_name(self.company),
                "uscc": code(self.company),
                "aliases": (self.marker,),
            }
        return draft(
            f"{self.number}",
            source=self.source,
            kind=self.kind,
            region=self.region,
            document_number=f"琼罚〔2026〕第k{self.number:04d}z号",
            facts=f"事实 {self.marker}",
            months=12 if self.how == "months" else None,
            **said,
        )


def company_name(company: int) -> str:
    return f"海南c{company:03d}z贸易有限公司"


@dataclass(frozen=True)
class Said:
    """What all sources together say of a decision."""

    rows: tuple[Row, ...]

    @property
    def company(self) -> int | None:
        return self.rows[0].company

    @property
    def kind(self) -> str:
        return self.rows[0].kind

    @property
    def day(self) -> date:
        return self.rows[0].day

    @cached_property
    def markers(self) -> set[str]:
        return {row.marker for row in self.rows}

    def lasts(self, day: date) -> bool:
        """The earliest end that a source states counts."""
        return all(row.last_day is None or day <= row.last_day for row in self.rows)

    @cached_property
    def fields(self) -> Mapping[str, frozenset[str]]:
        """What searches filter by and facets count."""
        row = self.rows[0]
        return {
            "kind": frozenset({row.kind}),
            "list": frozenset({LIST} if row.kind == "blacklist" else ()),
            "sector": frozenset({row.source.split("/")[0]}),
            "region": frozenset({"460000", row.region}),
            "authority": frozenset({AUTHORITY}),
            "source": frozenset(row.source for row in self.rows),
            "severity": frozenset(),
            "year": frozenset({str(self.day.year)}),
        }


@dataclass
class Oracle:
    """`said` is what the sources say now, `index` what they said when an index last followed. Whatever they
    say, `held` are not public; to `objected` somebody has objected. `turn` counts what happened: two looks in
    the same turn differ in nothing but the time."""

    said: dict[int, Said] = field(default_factory=dict)
    known: dict[int, Row] = field(default_factory=dict)
    index: dict[int, Said] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    objected: set[int] = field(default_factory=set)
    turn: int = 0

    def say(self, rows: Iterable[Row]) -> None:
        for row in rows:
            others = [other for other in self._rows(row.number) if other.source != row.source]
            self.said[row.number] = Said(tuple(sorted([*others, row], key=lambda one: one.source)))
            self.known[row.number] = row
        self.turn += 1

    def drop(self, rows: Iterable[Row]) -> None:
        for row in rows:
            left = tuple(other for other in self._rows(row.number) if other.source != row.source)
            self.said.pop(row.number)
            if left:
                self.said[row.number] = Said(left)
        self.turn += 1

    def decide(self, *, ended: Iterable[int] = (), restored: Iterable[int] = ()) -> None:
        self.held = (self.held | set(ended)) - set(restored)
        self.turn += 1

    def object(self, number: int) -> bool:
        """Somebody objects to it, or what was objected is decided; tells which."""
        self.objected ^= {number}
        self.turn += 1
        return number in self.objected

    def _rows(self, number: int) -> tuple[Row, ...]:
        return self.said[number].rows if number in self.said else ()

    def follow(self, moment: datetime) -> None:
        """An index has applied all that happened."""
        self.index = At(self, moment).public
        self.turn += 1


class At:
    """What there is to see at a moment."""

    def __init__(self, oracle: Oracle, moment: datetime) -> None:
        self._oracle = oracle
        self.day = moment.astimezone(ZONE).date()

    @cached_property
    def public(self) -> dict[int, Said]:
        """By number, what may be shown."""
        return {number: said for number, said in self._lasting.items() if number not in self._oracle.held}

    @property
    def withheld(self) -> set[int]:
        """What would be public if it were for the sources alone."""
        return self._lasting.keys() & self._oracle.held

    @cached_property
    def _lasting(self) -> dict[int, Said]:
        return {number: said for number, said in self._oracle.said.items() if said.lasts(self.day)}

    @cached_property
    def found(self) -> dict[int, Said]:
        """What of it the index finds, as it knows it."""
        index = self._oracle.index
        return {
            number: said for number, said in index.items() if number in self.public and said.lasts(self.day)
        }

    def named(self, marker: str) -> set[int]:
        """The companies that an item, public now and known so to the index, calls by its marker."""
        number = int(marker[2:6])
        both = [items[number] for items in (self.public, self._oracle.index) if number in items]
        told = len(both) == 2 and all(marker in said.markers for said in both)
        return self.companies & {both[0].company} if told else set()

    @cached_property
    def companies(self) -> set[int | None]:
        """The companies about which something is public, and about which the index believes so too."""
        indexed = {said.company for said in self._oracle.index.values() if said.lasts(self.day)}
        return ({said.company for said in self.public.values()} & indexed) - {None}
