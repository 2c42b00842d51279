"""Which kind of disclosure a file holds, and in which sector and region. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from harvesters.drafting.words import Words
from harvesters.standard import DROPPED, Standard, spelling
from publisher.kinds import Registry

DEFAULT = "blacklist"
_MOST_HEADERS = 3
_TITLE = 3
_FEWEST, _SHARE = 5, 0.6


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, and the others that had something for them, best first."""

    chosen: str
    others: tuple[str, ...] = ()
    sure: bool = True

    @property
    def note(self) -> str:
        """For a comment; empty when there was no doubt."""
        if self.sure and not self.others:
            return ""
        others = f"also possible: {', '.join(self.others)}" if self.others else "nothing in the file tells"
        return others if self.sure else f"a guess; {others}"


def kind_of(headers: Collection[str], titles: Sequence[str], words: Words) -> Choice:
    """The kind that most clues speak for: in headers, and in titles and names, which count more."""
    scores: dict[str, int] = {}
    for kind, clues in words.kinds.items():
        spoken = sum(bool(clues.headers.search(spelling(header))) for header in headers)
        score = min(spoken, _MOST_HEADERS) + _TITLE * any(clues.titles.search(title) for title in titles)
        if score:
            scores[kind] = score
    ranked = sorted(scores, key=lambda kind: -scores[kind])
    if not ranked:
        return Choice(DEFAULT, sure=False)
    close = tuple(kind for kind in ranked[1:4] if 2 * scores[kind] >= scores[ranked[0]])
    return Choice(ranked[0], close, sure=scores[ranked[0]] > 1)


def follows_standard(headers: Collection[str], standard: Standard) -> bool:
    """Whether the headers are those of the national standard: a subject, a decision, and few others."""
    known = standard.fields(headers)
    fields = set(known.values()) - {DROPPED}
    return (
        "subject" in fields
        and bool(fields & {"document_number", "decided_on"})
        and len(fields) >= _FEWEST
        and len(known) >= _SHARE * len(headers)
        and standard.generation(headers) is not None
    )


def standard_kind(headers: Collection[str]) -> str:
    """Permit or penalty: what more of a standard file's headers speak of."""
    told = [spelling(header) for header in headers]
    permits = sum("许可" in text or text.startswith("xk") for text in told)
    penalties = sum("处罚" in text or text.startswith("cf") for text in told)
    return "permit" if permits > penalties else "penalty"


def sector_of(titles: Sequence[str], words: Words) -> str | None:
    """The sector that a title, a name or an authority speaks of."""
    for title in titles:
        for sector, pattern in words.sectors.items():
            if pattern.search(title):
                return sector
    return None


def region_of(texts: Sequence[str], registry: Registry) -> str | None:
    """The code of the smallest region that a text names."""
    named: Mapping[str, str] = {region.label.zh: code for code, region in registry.regions.items()}
    for text in texts:
        found = [name for name in named if name in text]
        if found:
            return named[max(found, key=lambda name: (text.index(name), len(name)))]
    return None
