"""Drafts in, items and changes out: how what sources say becomes what is public."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from publisher.harvests import Counts
from publisher.items import HELD, Content, Draft, Item, ItemState, What
from publisher.joining import Identity, resolve
from publisher.judging import Judge
from publisher.laws import Laws
from publisher.names import comparable
from publisher.periods import Period
from publisher.punctuality import Measure, tallied
from publisher.store import KnownSighting, NewChange, NewSighting, Reading, Writing, Written
from publisher.store.suppressions import Barred, Suppressed
from publisher.subjects import Party
from publisher.suppression import sort


@dataclass(frozen=True, slots=True)
class Desk:
    """What publishing needs to know. `authorities` names the keeper of each source: where several sources
    tell of one decision, the deciding authority's own wins. `laws` say until when it is public. `harvest` is
    the run that brings the rows, `measure` how to judge whether they are in time. `settled`: the source was
    read whole in the same way before, so what its rows say otherwise now is its own correction."""

    identity: Identity
    zone: tzinfo
    authorities: Mapping[str, str]
    laws: Laws
    harvest: int | None = None
    measure: Measure | None = None
    settled: bool = False


class Foreseen(NamedTuple):
    """What publishing rows comes to. By key: what is `known` of them, the `items` that those are about which
    say something new, and why others are `withheld`, for they tell of what must not come back. `counts` has
    rows as new, changed or unchanged by what they say; a row that is only written in another way is
    unchanged."""

    known: Mapping[str, KnownSighting]
    items: Mapping[str, str]
    withheld: Mapping[str, Suppressed]
    counts: Counts


def foreseen(store: Reading, given: Mapping[str, Written], identity: Identity) -> Foreseen:
    """What it would come to if these rows of one source, by their keys, were published now."""
    source = next((row.draft.source for row in given.values()), "")
    known = store.sightings_by_key(source, given.keys())
    told = [
        row.draft
        for key, row in given.items()
        if key not in known or known[key].fingerprint != row.fingerprint
    ]
    items, withheld = sort(store, identity, told, _identify(store, told, identity))
    if withheld:  # what is held and not erased is kept up to date: it may be restored
        held = store.items({items[key] for key in withheld})
        kept = {id for id, item in held.items() if item.state in HELD and not item.erased_at}
        withheld = {key: why for key, why in withheld.items() if items[key] not in kept}
    items = {key: item for key, item in items.items() if key not in withheld}
    new = len(items.keys() - known.keys())
    same = len(given) - len(told)
    counts = Counts(new=new, changed=len(items) - new, unchanged=same, suppressed=len(withheld))
    return Foreseen(known, items, withheld, counts)


def publish(store: Writing, rows: Iterable[Written], desk: Desk, now: datetime) -> Counts:
    """Stores the drafts of one source, all with different keys, and logs what they change; see `Foreseen` for
    what is counted."""
    given = {row.draft.key: row for row in rows}
    if not given:
        return Counts()
    store.lock_items()
    known, items, withheld, counts = foreseen(store, given, desk.identity)
    told = {key: given[key].draft for key in (*items, *withheld)}
    same = known.keys() - told.keys()
    store.rewrite_sightings({known[key].id: given[key].draft for key in same}, desk.harvest)
    source = next(iter(given.values())).draft.source
    touched = set(items.values()) | {known[key].item for key in told.keys() & known.keys()}
    before = store.sightings_of(touched)
    said = _said(before, source, told, items)
    if withheld:
        counts.outlasting = _withhold(store, [(told[key], why) for key, why in withheld.items()], desk, now)
        store.drop_sightings([known[key].id for key in withheld.keys() & known.keys()])
    new = [NewSighting(given[key], item) for key, item in items.items() if key not in known]
    changed = {known[key].id: NewSighting(given[key], items[key]) for key in items if key in known}
    store.add_sightings(new, desk.harvest, now)
    store.change_sightings(changed, desk.harvest, now)
    corrected = {row.item for row in changed.values()} if desk.settled else set()
    changes = settle(store, touched, said, desk, now, corrected)
    if desk.measure and new:
        back = {change.item for change in changes if change.what is What.RESTORED}
        fresh = _fresh(new, back, before)
        today = now.astimezone(desk.zone).date()
        store.add_punctuality(source, tallied(fresh, today, desk.measure))
    store.append_changes(changes, now)
    return counts


def _fresh(
    new: Iterable[NewSighting], back: Collection[str], before: Mapping[str, Sequence[Draft]]
) -> list[Content]:
    """What is said of items that their source tells of for the first time: not those that are `back`
    in the public, nor those that it told of under another key."""
    drafts = {item: row.draft for row, item in new if item not in back}
    return [
        draft.content
        for item, draft in drafts.items()
        if all(other.source != draft.source for other in before.get(item, ()))
    ]


def _said(
    before: Mapping[str, Sequence[Draft]], source: str, told: Mapping[str, Draft], items: Mapping[str, str]
) -> dict[str, list[Draft]]:
    """What is said of each item once what `source` has `told` stands in place of what it said before, as far
    as it is of `items`."""
    said: dict[str, list[Draft]] = defaultdict(list)
    for item, held in before.items():
        if kept := [draft for draft in held if draft.source != source or draft.key not in told]:
            said[item] = kept
    for key, item in items.items():
        said[item].append(told[key])
    return said


def _withhold(store: Writing, withheld: Sequence[tuple[Draft, Suppressed]], desk: Desk, now: datetime) -> int:
    """Has rows that tell of what must not come back not read any further; gives how many of them say that
    what had ended by time is still public. What has no date of its own says nothing of it."""
    judge, rows = desk.laws.judge(store), []
    for draft, why in withheld:
        ends = judge.period(draft, date.min).ends_at(desk.zone)
        longer = why.why is ItemState.EXPIRED and (ends is None or now < ends)
        rows.append(Barred(draft.row_hash, why.whole, longer))
    store.bar(withheld[0][0].source, rows, desk.harvest)
    return sum(row.longer for row in rows)


def unlist(
    store: Writing, sightings: Collection[int], items: Collection[str], desk: Desk, now: datetime
) -> int:
    """Forgets sightings whose source no longer lists them; items that no source lists any more leave the
    public. Gives the number of those."""
    store.lock_items()
    store.drop_sightings(sightings)
    changes = settle(store, set(items), store.sightings_of(items), desk, now)
    store.append_changes(changes, now)
    return sum(change.what is What.ENDED for change in changes)


def rejudge(store: Writing, ids: Collection[str], desk: Desk, now: datetime) -> int:
    """Gives items the period that the laws now give them; gives the number of changes. The caller has locked
    the items. What is not public for another reason than time stays so."""
    public = [id for id, item in store.items(ids).items() if item.state is ItemState.PUBLIC]
    changes = settle(store, public, store.sightings_of(public), desk, now)
    store.append_changes(changes, now)
    return len(changes)


def _identify(store: Reading, drafts: Sequence[Draft], identity: Identity) -> dict[str, str]:
    """The item of each draft, by the draft's key. A draft whose valid code, or person's number, contradicts
    that of the item with its identity is an item of its own."""
    items = {draft.key: identity.item(draft) for draft in drafts}
    codes = store.codes(set(items.values()))
    given: set[str] = set()  # items whose code a draft before gave
    for draft in drafts:
        base, code = items[draft.key], draft.party.own
        if not code:
            continue
        held = codes.get(base)
        if held and held != code and (base in given or not _only_source(store, base, draft)):
            items[draft.key] = identity.contradicting(base, code)
        else:
            codes[base] = code
            given.add(base)
    return items


def _only_source(store: Reading, item: str, draft: Draft) -> bool:
    """Whether nobody but the row itself, as it was before, gave the item its code."""
    others = store.sightings_of([item]).get(item, [])
    return all(
        (other.source, other.key) == (draft.source, draft.key) or not other.party.own for other in others
    )


def settle(
    store: Writing,
    ids: Collection[str],
    said: Mapping[str, Sequence[Draft]],
    desk: Desk,
    now: datetime,
    corrected: Collection[str] = (),
) -> list[NewChange]:
    """Makes the items what their sightings now say, and gives the changes, to be logged. Items that are HELD
    stay as they are. Of those in `corrected` their source has changed its row. The caller has locked the
    items."""
    if not ids:
        return []
    before, judge = store.items(ids), desk.laws.judge(store)
    held = {id for id, item in before.items() if item.state in HELD}
    changes: list[NewChange] = []
    written: list[tuple[Item, str]] = []
    for id in sorted(said.keys() - held):
        old = before.get(id)
        item = merge(id, said[id], desk, judge, old, now)
        change = _change(old, item, desk.zone, now)
        if id in corrected and change and change.what is What.CORRECTED:
            item = replace(item, corrected_at=now)
        if change or old is None or old.state is not ItemState.PUBLIC:
            written.append((item, comparable(item.party.name)))
        if change:
            changes.append(change)
    store.put_items(written, before.keys())
    public = {id for id, item in before.items() if item.state is ItemState.PUBLIC}
    ended = sorted(public.intersection(ids) - said.keys())
    changes += [NewChange(id, before[id].subject, What.ENDED, overtakes=True) for id in ended]
    store.set_states(ended, ItemState.UNLISTED)
    store.set_changed(ended, now)
    were = [before[id] for id in (*ended, *(item.id for item, _ in written)) if id in before]
    return changes + join(store, [*were, *(item for item, _ in written)], desk.identity, now)


def _change(old: Item | None, new: Item, zone: tzinfo, now: datetime) -> NewChange | None:
    """What happened between `old` and `new`, if anything that a reader must know."""
    if old is None:
        return NewChange(new.id, new.subject, What.PUBLISHED) if new.public_at(now, zone) else None
    if old.state is not ItemState.PUBLIC:
        return NewChange(new.id, new.subject, What.RESTORED) if new.public_at(now, zone) else None
    if _meaning(old) != _meaning(new):
        return NewChange(new.id, new.subject, What.CORRECTED, overtakes=_ends_earlier(old.period, new.period))
    return NewChange(new.id, new.subject, What.SIGHTED) if old.sources != new.sources else None


def _meaning(item: Item) -> tuple[object, ...]:
    """All that an item says; not who lists it, nor when we learned it."""
    return item.kind, item.list, item.sector, item.region, item.party, item.content, item.period


def _ends_earlier(old: Period, new: Period) -> bool:
    return new.last_day is not None and (old.last_day is None or new.last_day < old.last_day)


def join(store: Writing, items: Iterable[Item], identity: Identity, now: datetime) -> list[NewChange]:
    """Gives all items under the names of these, as they were and as they are, their right subject, and gives
    the changes: others may have been joined by a name that one has left. The caller has locked the items."""
    namesakes = store.namesakes({comparable(item.party.name) for item in items if not item.personal})
    right = resolve(namesakes, identity)
    moved = {entry.item: right[entry.item] for entry in namesakes if entry.subject != right[entry.item]}
    store.set_subjects(moved, now)
    # Both pages change: the subject that the item leaves and the one that it joins.
    return [
        NewChange(entry.item, subject, What.JOINED)
        for entry in namesakes
        if entry.item in moved
        for subject in (entry.subject, moved[entry.item])
    ]


def merge(
    id: str, sightings: Sequence[Draft], desk: Desk, judge: Judge, before: Item | None, now: datetime
) -> Item:
    """The item as its sightings together say it: the deciding authority's own source first, then by source
    and key; a field that one leaves blank comes from the next.

    Depends on the sightings, not on their order; where they have no date, on the day of first publication.
    """
    ranked = sightings
    if len(sightings) > 1:
        ranked = sorted(sightings, key=lambda draft: (not _own(draft, desk), draft.source, draft.key))
    first = ranked[0]
    party = _merge_parties([draft.party for draft in ranked])
    published_at = before.published_at if before else now
    return Item(
        id=id,
        kind=first.kind,
        list=first.list,
        sector=first.sector,
        region=next((draft.region for draft in ranked if draft.region), None),
        subject=before.subject if before and before.subject else desk.identity.subject(id, party, party.uscc),
        party=party,
        content={name: value for draft in reversed(ranked) for name, value in draft.content.items()},
        period=judge.merged(ranked, published_at.astimezone(desk.zone).date()),
        state=ItemState.PUBLIC,
        sources=tuple(sorted({draft.source for draft in ranked})),
        published_at=published_at,
        changed_at=now,
        corrected_at=before.corrected_at if before else None,
        objected_at=before.objected_at if before else None,
    )


def _own(draft: Draft, desk: Desk) -> bool:
    """Whether the source is the deciding authority's own."""
    return keeps(desk.authorities.get(draft.source), str(draft.content.get("authority", "")))


def keeps(keeper: str | None, authority: str) -> bool:
    """Whether the keeper of a source is this authority."""
    return bool(keeper) and comparable(keeper or "") == comparable(authority)


def _merge_parties(parties: Sequence[Party]) -> Party:
    first = parties[0]
    if len(parties) == 1 and len(first.aliases) < 2 and len(first.former_names) < 2:
        return first
    identifiers = {name: value for party in reversed(parties) for name, value in party.identifiers.items()}
    return replace(
        first,
        identifiers=identifiers,
        personal_number=next((p.personal_number for p in parties if p.personal_number), None),
        legal_representative=next((p.legal_representative for p in parties if p.legal_representative), None),
        aliases=tuple(sorted({alias for party in parties for alias in party.aliases})),
        former_names=tuple(sorted({name for party in parties for name in party.former_names})),
    )
