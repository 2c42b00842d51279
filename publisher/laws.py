"""Which rule sets hold in a store: those that were applied, whatever their files say by now."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from publisher.errors import DefinitionError
from publisher.judging import Judge
from publisher.kinds import Registry
from publisher.ruleset_file import parse
from publisher.rulesets import RuleSet
from publisher.store import Reading, Writing
from publisher.store.applied import Applied

FIRST = "first harvest"
"""Who applied the sets of a store that had none."""


class Standing(NamedTuple):
    """How a rule set stands: "applied", "unfinished" (not all items are judged by it yet), "changed" or "new"
    (its file is not applied), "no file" (what was applied holds). `applied` is what holds."""

    name: str
    state: str
    applied: Applied | None

    @property
    def waits(self) -> bool:
        """Whether there is something to apply."""
        return self.state in ("unfinished", "changed", "new")


class Laws:
    """The rule sets that hold in a store. Until its first harvest notes them, those of the registry."""

    def __init__(self, registry: Registry) -> None:
        self._files, self._above = registry.rules, registry.with_ancestors
        self._known: tuple[int, Judge] | None = None

    def judge(self, store: Reading) -> Judge:
        """Judges by what holds at this moment of the store; costs one short query when that is known."""
        number = store.last_applied()
        if self._known is None or self._known[0] != number:
            self._known = number, Judge(self._holding(store), self._above)
        return self._known[1]

    def judge_with(self, store: Reading, sets: Mapping[str, RuleSet]) -> Judge:
        """Judges by these sets, and by what holds for the others."""
        return Judge({**self._holding(store), **sets}, self._above)

    def standings(self, store: Reading) -> list[Standing]:
        """How each set stands, by name."""
        applied = _newest(store)
        names = sorted({*self._files, *applied})
        return [Standing(name, self._state(name, applied), applied.get(name)) for name in names]

    def note_first(self, store: Writing, now: datetime) -> None:
        """Writes down the sets of the registry as those that hold, in a store that has applied none: nothing
        in it can be changed by them."""
        if store.last_applied():
            return
        store.lock_items()
        if not store.last_applied():
            for law in self._files.values():
                store.add_applied(law.name, law.raw, FIRST, now, done_at=now)

    def _holding(self, store: Reading) -> Mapping[str, RuleSet]:
        applied = _newest(store)
        if not applied:
            return self._files
        read = {name: _read(row) for name, row in applied.items()}
        return {name: law for name, law in read.items() if law}

    def _state(self, name: str, applied: Mapping[str, Applied]) -> str:
        law, held = self._files.get(name), applied.get(name)
        if law is None:
            return "no file"
        if held is None:
            return "new" if applied else "applied"
        if held.text != law.raw:
            return "changed"
        return "applied" if held.done_at else "unfinished"


def _newest(store: Reading) -> dict[str, Applied]:
    """The last application of each set."""
    return {row.name: row for row in reversed(store.applied_rules())}


def _read(applied: Applied) -> RuleSet | None:
    """None for a text that an older version of this program had applied, and this one does not understand:
    nothing is judged by it until its file is applied."""
    try:
        return parse(applied.name, applied.text)
    except DefinitionError:
        return None
