"""Somebody else's copy of all that is public, kept by the change log and by the end that each item tells."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.fixtures.store import Clock


class Follower:
    """Applies what it is told, entry after entry. It asks nobody when an item ends: it knows."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._items: dict[str, dict[str, Any]] = {}
        self.cursor: str | None = None

    def begin(self, items: Iterable[dict[str, Any]], cursor: str) -> None:
        """With a bulk file, and the cursor that is told with it."""
        self._items, self.cursor = {item["id"]: item for item in items}, cursor

    def apply(self, answer: dict[str, Any]) -> None:
        for entry in answer["data"]:
            self._items.pop(entry["id"], None)
            if "item" in entry:
                self._items[entry["id"]] = entry["item"]
        self.cursor = answer["meta"]["next"]

    def public(self) -> dict[str, dict[str, Any]]:
        """The items that it shows now, by id."""
        return {id: item for id, item in self._items.items() if not self._ended(item["public_until"])}

    def _ended(self, until: str | None) -> bool:
        return until is not None and datetime.fromisoformat(until) <= self._clock()
