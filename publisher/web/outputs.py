"""What each route shows of what is public. The tests of the end of publication walk it, at every moment."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Shows(StrEnum):
    """What of the public an output shows, and so how a test walks it: outputs that show the same are walked
    alike, whatever their format."""

    OVERVIEW = "overview"  # the newest items, how many there are of each kind and on each list
    ITEM = "item"  # one item, by its id
    SUBJECT = "subject"  # one subject, by its id or code: how many items of each kind, and the newest
    LIST = "list"  # one named list, by its id: how many items, and the newest
    SOURCE = "source"  # one source, by its id: how many items, and with a page the newest
    OFFER = "offer"  # what one item is about, by its id, for an application
    LISTS = "lists"  # how many items are on each named list
    SOURCES = "sources"  # how many items come from each source
    SEARCH = "search"  # page by page all that a search finds, how many, and the facets of these
    EVERYTHING = "everything"  # page by page all items
    OF_SUBJECT = "of_subject"  # page by page all items of one subject
    OF_LIST = "of_list"  # page by page all items on one named list
    OF_KIND = "of_kind"  # page by page all items of one kind
    OF_SECTOR = "of_sector"  # page by page all items of one sector
    OF_REGION = "of_region"  # page by page all items of one region and of those that belong to it
    OF_SOURCE = "of_source"  # page by page all items that one source lists
    CHANGES = "changes"  # the change log: who applies it, and ends each item at its end, has all items
    FILE = "file"  # a bulk file: all items but those that became public or changed since it was made
    FILES = "files"  # which bulk files there are, and how many items are in each
    SUGGESTIONS = "suggestions"  # the subjects of a name
    CHECK = "check"  # whom names and codes mean, with counts by kind; which items are public


OUTPUTS: Mapping[str, Shows] = MappingProxyType(
    {
        "site.home": Shows.OVERVIEW,
        "site.search": Shows.SEARCH,
        "site.item": Shows.ITEM,
        "applying.commitment": Shows.OFFER,
        "applying.form": Shows.OFFER,
        "site.subject": Shows.SUBJECT,
        "site.lists": Shows.LISTS,
        "site.named_list": Shows.LIST,
        "site.sources": Shows.SOURCES,
        "site.source": Shows.SOURCE,
        "feeds.all": Shows.EVERYTHING,
        "feeds.search": Shows.SEARCH,
        "feeds.subject": Shows.OF_SUBJECT,
        "feeds.named_list": Shows.OF_LIST,
        "feeds.kind": Shows.OF_KIND,
        "feeds.sector": Shows.OF_SECTOR,
        "feeds.region": Shows.OF_REGION,
        "feeds.source": Shows.OF_SOURCE,
        "feeds.all_atom": Shows.EVERYTHING,
        "feeds.search_atom": Shows.SEARCH,
        "feeds.subject_atom": Shows.OF_SUBJECT,
        "feeds.named_list_atom": Shows.OF_LIST,
        "feeds.kind_atom": Shows.OF_KIND,
        "feeds.sector_atom": Shows.OF_SECTOR,
        "feeds.region_atom": Shows.OF_REGION,
        "feeds.source_atom": Shows.OF_SOURCE,
        "api.search": Shows.SEARCH,
        "api.item": Shows.ITEM,
        "api.subject": Shows.SUBJECT,
        "api.sources": Shows.SOURCES,
        "api.source": Shows.SOURCE,
        "api.suggest": Shows.SUGGESTIONS,
        "log.changes": Shows.CHANGES,
        "bulk.file": Shows.FILE,
        "bulk.manifest": Shows.FILES,
        "check.rows": Shows.CHECK,
    }
)
"""Every route, by its endpoint, that shows items or anything that follows from them."""

EXEMPT: Mapping[str, str] = MappingProxyType(
    {
        "static": "files of the site itself",
        "site.about": "the site's own words and the names of its sources",
        "quality.board": "how punctual authorities were, counted once as each decision came",
        "quality.table": "the same figures",
        "site.robots": "the same lines for everyone",
        "site.health": "whether the process answers",
        "tools.validate": "reads what the visitor sends, and nothing of the store",
        "tools.form": "empty forms",
        "applying.apply": "takes an application; a form that is shown again is `applying.form`",
        "following.case": "one case, for its applicant; of its item what the gate lets through",
        "following.certificate": "an item's id, its kind and when it ended, for the applicant",
        "following.answer": "takes an answer and shows the case",
        "following.withdraw": "takes an application back and shows the case",
        "following.review": "takes an application for review and shows the case",
        "decisions.all": "how many cases were decided, and nothing of their items",
        "decisions.table": "the same figures",
        "decisions.ask": "an empty form",
        "decisions.verify": "an item's id, its kind and when it ended, for whoever has the code",
        **dict.fromkeys(
            (
                *("console.sign_in", "console.enter", "console.sign_out", "console.own"),
                *("console.change", "console.end", "console.start", "console.sources", "console.harvest"),
                *("console.accept", "console.pause", "console.resume", "console.runs", "console.run"),
                *("console.quarantine", "console.refused", "console.export", "console.find"),
                *("console.item", "console.decide_item", "console.cases", "console.case"),
                *("console.decide", "console.paper", "console.trail"),
            ),
            "for operators and publishers, behind a sign-in",
        ),
    }
)
"""Every other route, and why nothing of an item can stand in its answers. Pages of errors are no routes: they
show an item's id, its kind and when it ended."""
