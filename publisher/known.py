"""The subjects about whom something is public at a moment."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from publisher.finding import Finder
from publisher.indexing import NAMES_FROM, SUBJECTS
from publisher.joining import Identity, portrait
from publisher.names import core_tokens
from publisher.store import Reading
from publisher.subjects import Subject
from search.model import Like, Query, Similar
from search.plan import MOST_HITS


class KnownSubjects:
    """What is shown of them is read from the store; the finder only says whom to look at."""

    def __init__(self, store: Reading, finder: Finder, identity: Identity, now: datetime) -> None:
        self._store, self._finder, self._identity, self._now = store, finder, identity, now

    def subjects(self, ids: Collection[str]) -> Mapping[str, Subject]:
        """Those of them about whom something is public."""
        found = self._store.profiles(ids, self._now, NAMES_FROM)
        return {id: portrait(id, found[id].parties) for id in ids if id in found}

    def counts_of(self, subjects: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        """How many public items of each kind each of them has."""
        return self._store.counts_of(subjects, self._now)

    def alike(self, names: Sequence[str], most: int, shared: float) -> list[tuple[Like, ...]]:
        """For each name at most `most` subjects that share so much of it, and the names by which the index
        knows them. Natural persons are never among them."""
        asked = [self._similar(core_tokens(name), most, shared) for name in names]
        return self._finder.alike(asked)

    def with_codes(self, codes: Collection[str]) -> frozenset[str]:
        """Ids of those that may have one of these identifiers."""
        of_uscc = {self._identity.subject_of_code(code) for code in codes}
        return frozenset(self._of_other_codes(codes)) | of_uscc

    def _of_other_codes(self, codes: Collection[str]) -> Iterator[str]:
        query = Query(SUBJECTS, self._at, where={"code": frozenset(codes)}, limit=MOST_HITS)
        while codes:
            page = self._finder.find(query, self._store, self._now)
            yield from (hit.id for hit in page.hits)
            if page.next is None:
                return
            query = replace(query, after=page.next)

    def _similar(self, tokens: tuple[str, ...], most: int, shared: float) -> Similar:
        return Similar(SUBJECTS, self._at, "name", tokens, math.ceil(len(tokens) * shared), "called", most)

    @property
    def _at(self) -> int:
        return int(self._now.timestamp())
