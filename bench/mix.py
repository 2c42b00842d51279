"""The published mix of queries: half what people type about companies, half words and filters.

The names, codes and numbers are those of items spread evenly over the index; the words are fixed.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from publisher.answers import SearchRequest
from publisher.items import Item

FIXED = (
    SearchRequest(),
    SearchRequest(kind=("penalty",)),
    SearchRequest(region=("460100",), sort="newest"),
    SearchRequest(sort="amount"),
    SearchRequest(q="有限公司"),
    SearchRequest(q="海口"),
    SearchRequest(q="海"),
    SearchRequest(q="海口 罚款"),
    SearchRequest(q="行政處罰"),
    SearchRequest(q="消防", kind=("penalty",)),
    SearchRequest(q="食品", sector=("market",)),
    SearchRequest(q="旅游", since=date(2025, 1, 1)),
    SearchRequest(q="虛假宣傳"),
    SearchRequest(q="许可 -食品"),
    SearchRequest(q="旅行社 OR 酒店"),
    SearchRequest(q="“市场监督管理局”", year=("2026", "2025")),
    SearchRequest(q="警告", region=("460200",)),
    SearchRequest(q="安全", sort="oldest"),
    SearchRequest(q="没有这样的词语"),
    SearchRequest(q="罚款", kind=("penalty", "blacklist"), sector=("market", "tourism")),
)


def queries(items: Sequence[Item]) -> list[SearchRequest]:
    """The fixed ones, and as many about the items: names, their parts, codes, document numbers, in turn."""
    return [*FIXED, *(_about(item, turn) for turn, item in enumerate(items[: len(FIXED)]))]


def _about(item: Item, turn: int) -> SearchRequest:
    name = item.party.name
    number = str(item.content.get("document_number", name))
    about = SearchRequest(q=name)
    return (
        about,
        replace(about, q=name[2:6]),
        replace(about, q=item.party.uscc or name),
        replace(about, q=number),
        replace(about, q=f"“{name[:4]}”", kind=(item.kind,)),
    )[turn % 5]
