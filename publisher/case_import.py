"""Repairs that an authority decided by itself, many at once, matched to items by number and subject."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import NamedTuple

from publisher import masking
from publisher.case_rules import CaseKind
from publisher.case_steps import Office, write
from publisher.cases import Act, Case, CaseState, Outcome
from publisher.casework import Clerk, Said, authority_of, decider, end_item, grant
from publisher.document_numbers import parse
from publisher.items import FINAL, HELD, Item
from publisher.joining import Identity
from publisher.names import comparable
from publisher.store import Reading, Store, Writing, chunks

BATCH = 20
"""Decisions carried out in one transaction: some 150 ms, for which nobody else publishes."""


class Decision(NamedTuple):
    """One row of an authority's list: it repaired what stands under `document_number` of the subject with
    this code, or name. `decided_on`: None where the list has no day. `headers`: our columns → the file's
    own."""

    row: int
    document_number: str
    code: str | None
    name: str
    decided_on: date | None
    reason: str
    headers: Mapping[str, str]


class Fault(NamedTuple):
    """A row that nothing is done for: its column in the file, why, and how to mend it."""

    row: int
    column: str | None
    reason: str


@dataclass(slots=True)
class Matched:
    """What a list comes to: items to repair with their rows, the number of rows whose items have left
    for good already, and rows of which nothing comes."""

    items: dict[str, Decision] = field(default_factory=dict)
    done: int = 0
    faults: list[Fault] = field(default_factory=list)


def match(store: Reading, decisions: Sequence[Decision], clerk: Clerk, office: Office) -> Matched:
    """Finds the item of each decision. Looks at every item once, however many decisions there are."""
    found, identity = Matched(), office.desk.identity
    seals = {_seal(identity, decision) for decision in decisions}
    imported = {seal for part in chunks(seals) for seal in store.imported(part)}
    known: dict[str, list[str]] = defaultdict(list)
    wanted = {_key(decision.document_number) for decision in decisions}
    for id, number in store.numbered_items():
        if (key := _key(number)) in wanted:
            known[key].append(id)
    for decision in decisions:
        if _seal(identity, decision) in imported:
            found.done += 1
            continue
        items = store.items(known[_key(decision.document_number)])
        told = _chosen(store, decision, list(items.values()), clerk)
        if isinstance(told, Fault):
            found.faults.append(told)
        elif told.state in FINAL or told.id in found.items:
            found.done += 1
        elif told.state in HELD:
            found.faults.append(_held(decision, told))
        else:
            found.items[told.id] = decision
    return found


def _chosen(store: Reading, decision: Decision, items: Sequence[Item], clerk: Clerk) -> Item | Fault:
    """The one item that a decision is about."""

    def fault(column: str, reason: str) -> Fault:
        return Fault(decision.row, decision.headers.get(column), reason)

    if not items:
        return fault(
            "document_number",
            "no item has this document number; compare it with the decision that was published",
        )
    whose = "uscc" if decision.code else "subject"
    own = [item for item in items if _is_of(item, decision)]
    if not own:
        return fault(
            whose, "the item with this document number is another subject's; correct number or subject"
        )
    if len(own) > 1:
        ids = ", ".join(sorted(item.id for item in own)[:5])
        return fault(
            "document_number", f"several items have this number and subject; repair them one by one: {ids}"
        )
    item = own[0]
    if clerk.source and decider(store, item, CaseKind.REPAIR) != clerk.source:
        return fault("document_number", "another authority decided on it; leave it to that")
    if decision.decided_on and item.day and decision.decided_on < item.day:
        return fault("repaired_on", f"it lies before the decision of {item.day} itself; correct the day")
    return item


def _held(decision: Decision, item: Item) -> Fault:
    reason = f"item {item.id} is {item.state} by another decision; have it restored first"
    return Fault(decision.row, decision.headers.get("document_number"), reason)


def _is_of(item: Item, decision: Decision) -> bool:
    """Whether an item is about the subject of a decision: by its code where both have one, else by its name,
    which stands masked where it is a person's."""
    if decision.code and item.party.uscc:
        return decision.code == item.party.uscc
    names = {decision.name, masking.person_name(decision.name)} if item.personal else {decision.name}
    own = {comparable(name) for name in (item.party.name, *item.party.former_names)}
    return bool(decision.name) and not own.isdisjoint(map(comparable, names))


def carry_out(
    store: Store,
    found: Matched,
    said: Said,
    office: Office,
    now: datetime,
    between: Callable[[int], None] = lambda _done: None,
) -> int:
    """Repairs the items that were matched; gives the number of those that were not repaired by then. What is
    done stays done: the same call goes on where an interrupted one stopped."""
    count = 0
    for batch in chunks(found.items.items(), BATCH):
        with store.writing() as writing:
            writing.lock_items()
            items = writing.items([id for id, _ in batch])
            left = [(items[id], told) for id, told in batch if items[id].state not in HELD]
            for item, decision in left:
                _repair(writing, item, decision, said, office, now)
        count += len(left)
        between(count)
    return count


def _repair(
    store: Writing, item: Item, decision: Decision, said: Said, office: Office, now: datetime
) -> None:
    """Grants the repair that is examined here for an item, else notes one that is decided already."""
    told = said._replace(note=decision.reason or said.note)
    for case in store.open_cases([item.id]).get(item.id, ()):
        if case.examined and case.about is CaseKind.REPAIR:
            grant(store, case.number, told, office, now)
            return
    day = decision.decided_on or office.today(now)
    moment = min(datetime.combine(day, time(), office.desk.zone), now)
    case = Case(
        id=0,
        kind=CaseKind.REPAIR,
        about=CaseKind.REPAIR,
        state=CaseState.GRANTED,
        item=item.id,
        item_kind=item.kind,
        source=decider(store, item, CaseKind.REPAIR),
        authority=authority_of(store, item),
        fields=(),
        review_of=None,
        language="zh",
        opened_at=moment,
        due=day,
        provisional=False,
        decided_at=moment,
        outcome=Outcome.REPAIRED,
    )
    case = replace(case, id=store.add_case(case, None, _seal(office.desk.identity, decision)))
    write(store, None, case, Act.GRANT, told.clerk.actor, told.note, now)
    end_item(store, case, told, office, now)


def _seal(identity: Identity, decision: Decision) -> str:
    """By what an imported decision is known again, also once its item's content is erased."""
    return identity.seal(f"{_key(decision.document_number)}\x1f{decision.code or comparable(decision.name)}")


def _key(number: str) -> str:
    return str(parse(number) or comparable(number))
