"""Looks over an installation: what is well, what is not, and how to mend it."""

import os
import shutil
from collections.abc import Iterator
from typing import NamedTuple

from gongshi.bootstrap import Platform
from harvesters.stopping import INTERRUPTED
from publisher.errors import GongshiError
from publisher.harvests import paused_sentence
from publisher.indexing import drift
from publisher.laws import Laws
from publisher.trail import verify
from search.engine import SearchError

SCARCE = 1 << 30
"""Bytes of free disk below which an index cannot be rebuilt safely."""


SHORTEST_KEY = 16
"""Bytes that a key needs so that nobody tries them all."""


class Finding(NamedTuple):
    well: bool
    what: str


def examine(made: Platform) -> Iterator[Finding]:
    """All findings, the most basic first; without a store there is nothing to say of what stands on it."""
    free = shutil.disk_usage(made.settings.folder).free
    yield Finding(free > SCARCE, f"Disk: {free >> 20} MiB free under {made.settings.folder}.")
    yield from _key_files(made)
    yield from _definitions(made)
    try:
        made.store.prepare()
        with made.store.reading() as store:
            public = store.count_public(made.settings.clock())
    except GongshiError as error:
        yield Finding(False, f"Store: {error}")
        return
    yield Finding(True, f"Store: {made.store.name}, {public} public items.")
    yield _identity_key(made)
    yield _trail(made)
    yield from _paused(made)
    yield from _rules(made)
    yield from _sources(made)
    yield _index(made)


def _key_files(made: Platform) -> Iterator[Finding]:
    """Keys that are not only their owner's to read; where it cannot be seen, nothing."""
    for file in made.settings.folder.glob("*.key"):
        if os.name == "posix" and file.stat().st_mode & 0o077:
            yield Finding(False, f"Keys: others can read {file}; run `chmod 600 {file}`.")


def _identity_key(made: Platform) -> Finding:
    """Whether the key is strong, and the one by which what the store holds of persons is known."""
    if len(made.settings.identity_key) < SHORTEST_KEY:
        return Finding(
            False,
            f"Keys: GONGSHI_IDENTITY_KEY has fewer than {SHORTEST_KEY} bytes: it can be guessed, and "
            "identity numbers tried by it. A new key needs a new store.",
        )
    with made.store.reading() as store:
        public = store.public_ids(made.settings.clock())
        person = next((id for id, _subject, personal in public if personal), None)
        drafts = store.sightings_of([person])[person] if person else []
    if any(made.identity.item(draft) != person for draft in drafts):
        return Finding(
            False,
            "Keys: GONGSHI_IDENTITY_KEY is not the key that this store was filled with; persons' decisions "
            "would be published again beside themselves. Set the former one.",
        )
    return Finding(True, "Keys: the identity key is the store's.")


def _trail(made: Platform) -> Finding:
    with made.store.reading() as store:
        head, _, problem = verify(store.trail_links())
    if problem:
        return Finding(
            False, f"Audit trail: {problem} Somebody changed the database by hand; compare it with a backup."
        )
    return Finding(True, f"Audit trail: {head.number} entries, as they were recorded.")


def _definitions(made: Platform) -> Iterator[Finding]:
    for error in made.wrong_definitions:
        yield Finding(False, f"Definitions: {error}")
    yield Finding(True, f"Definitions: {len(made.definitions)} are right.")
    yield from _lapsed_laws(made)


def _lapsed_laws(made: Platform) -> Iterator[Finding]:
    """Definitions that name a law which is in force no more."""
    today = made.settings.clock().astimezone(made.zone).date()
    laws = made.registry.rules
    follows = {law.replaces: law.name for law in laws.values() if law.replaces}
    for definition in made.definitions:
        law = laws.get(definition.rules or "")
        if law and law.until and law.until < today:
            other = follows.get(law.name, "the one that is")
            yield Finding(
                False,
                f"Source {definition.id}: its rule set {law.name} was in force until {law.until}; name "
                f"{other} under [period] rules.",
            )


def _paused(made: Platform) -> Iterator[Finding]:
    with made.store.reading() as store:
        failing = [each.id for each in made.definitions if store.standing(each.id).failing]
    for id in failing:
        yield Finding(False, f"Source {id}: {paused_sentence(id)}")


def _sources(made: Platform) -> Iterator[Finding]:
    now = made.settings.clock()
    with made.store.reading() as store:
        records = {id: fresh for id, (_, fresh) in store.sources().items()}
        runs = {id: next(iter(store.harvests(id, 1)), None) for id in records}
    for id, fresh in records.items():
        if fresh.stale_at(now):
            yield Finding(
                False, f"Source {id}: not read whole for longer than it promises; gongshi harvest {id}"
            )
        elif (run := runs[id]) and run.message and run.message != INTERRUPTED:
            yield Finding(False, f"Source {id}: {run.message}")
    yield Finding(True, f"Sources: {len(records)} harvested.")


def _rules(made: Platform) -> Iterator[Finding]:
    with made.store.reading() as store:
        waiting = [standing for standing in Laws(made.registry).standings(store) if standing.waits]
    for name, state, _ in waiting:
        told = "an application of it was interrupted" if state == "unfinished" else f"{state}, not applied"
        remedy = f"`gongshi rules preview {name}`, then `gongshi rules apply {name}`"
        yield Finding(False, f"Rule set {name}: {told}; {remedy}.")
    if not waiting:
        yield Finding(True, f"Rule sets: {', '.join(made.registry.rules)}, all applied.")


def _index(made: Platform) -> Finding:
    try:
        found = drift(made.index)
    except SearchError as error:
        return Finding(False, f"Index: {error}")
    if found.position is None:
        return Finding(False, "Index: it is empty; run `gongshi index rebuild`.")
    if found.behind:
        return Finding(
            False, f"Index: {found.behind} changes behind; run `gongshi index sync`, or let the site run."
        )
    if not found.sound:
        return Finding(False, "Index: it differs from the store; run `gongshi index sync`.")
    return Finding(True, f"Index: {made.engine.name}, {found.documents} items, in step with the store.")
