"""What operators have the scheduler do with a source: use cases inside the caller's transaction, each told in
the audit trail. The console and the commands call the same ones."""

from datetime import datetime

from publisher.store import Writing
from publisher.trail import Actor, Entry


def pause(store: Writing, source: str, by: Actor, now: datetime) -> bool:
    """Has the scheduler leave a source alone until it is resumed; False where somebody has paused it."""
    if store.standing(source).held_since:
        return False
    store.hold(source, now)
    store.record([Entry(by, "source.paused", "", after={"source": source})], now)
    return True


def resume(store: Writing, source: str, by: Actor, now: datetime) -> bool:
    """Has the scheduler read a source again, next, its failures counted anew; False where it was not
    paused."""
    if not store.standing(source).paused:
        store.resume(source)
        return False
    store.resume(source)
    store.ask_for(source, by.name, now)
    store.record([Entry(by, "source.resumed", "", after={"source": source})], now)
    return True


def ask_for(store: Writing, source: str, by: Actor, now: datetime, *, accept_removals: bool = False) -> None:
    """Has the scheduler read a source next, even if it is paused. `accept_removals`: that the run take out
    what the source no longer lists, however much it is."""
    store.ask_for(source, by.name, now, accept_removals=accept_removals)
    after = {"source": source, "accept_removals": accept_removals}
    store.record([Entry(by, "harvest.requested", "", after=after)], now)
