"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from collections.abc import Iterable
from dataclasses import dataclass

from publisher.items import Item
from publisher.kinds import Registry
from publisher.schemas.output import ItemSchema, moment

VERSION = "https://jsonfeed.org/version/1.1"


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed is about and where it stands; `next_url` is its next page, `stale` the ids of sources that
    are later than they promise."""

    title: str
    description: str
    home_page_url: str
    feed_url: str
    language: str
    next_url: str | None = None
    stale: tuple[str, ...] = ()


def json_feed(
    channel: Channel, items: Iterable[Item], registry: Registry, schema: ItemSchema
) -> dict[str, object]:
    """The feed, ready to be serialised; its words in the channel's language. `_gongshi` of an item is the
    item as the API gives it, that of the feed what the API says in its meta."""
    feed: dict[str, object] = {
        "version": VERSION,
        "title": channel.title,
        "description": channel.description,
        "home_page_url": channel.home_page_url,
        "feed_url": channel.feed_url,
        "language": channel.language,
        "_gongshi": {"stale": list(channel.stale)},
    }
    if channel.next_url:
        feed["next_url"] = channel.next_url
    feed["items"] = [_entry(item, schema.dump(item), channel.language, registry) for item in items]
    return feed


def _entry(item: Item, dumped: dict[str, object], language: str, registry: Registry) -> dict[str, object]:
    kind = registry.kinds[item.kind]
    tags = [kind.label.get(language)]
    if sector := registry.sectors.get(item.sector):
        tags.append(sector.get(language))
    if item.region and (region := registry.regions.get(item.region)):
        tags.append(region.label.get(language))
    entry: dict[str, object] = {
        "id": dumped["url"],
        "url": dumped["url"],
        "title": f"{item.party.name}: {item.title}" if item.title != item.party.name else item.title,
        "content_text": _text(item, dumped["content"], language, registry),
        "date_published": moment(item.published_at),
        "date_modified": moment(item.changed_at),
        "tags": tags,
        "_gongshi": dumped,
    }
    if authority := item.content.get("authority"):
        entry["authors"] = [{"name": str(authority)}]
    return entry


def _text(item: Item, content: object, language: str, registry: Registry) -> str:
    """One line a field, in the order of the kind; the subject's name when there is none."""
    assert isinstance(content, dict)
    lines = [
        f"{registry.fields[name].label.get(language)}: {content[name]}"
        for name in registry.kinds[item.kind].fields
        if content.get(name)
    ]
    return "\n".join(lines) or item.party.name
