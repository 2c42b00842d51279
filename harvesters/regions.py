"""A row's region, by code or name; a code that meant another place once, by the row's day. Pure."""

from collections.abc import Mapping
from datetime import date

from publisher.kinds import Region

UNKNOWN = "the region is not in publisher/rules/regions.toml, so it was taken from the definition"
AMBIGUOUS = "the region's code means different places at different times, so no region was taken from it"


class Regions:
    """Finds regions of the registry."""

    def __init__(self, known: Mapping[str, Region]) -> None:
        self._now = {name: code for code, region in known.items() for name in (code, region.label.zh)}
        self._once: dict[str, list[tuple[date, date, str]]] = {}
        for region in known.values():
            for former in region.formerly:
                meant = (former.since, former.until, region.code)
                self._once.setdefault(former.code, []).append(meant)

    def find(self, text: str, day: date | None, otherwise: str | None) -> tuple[str | None, str | None]:
        """The region's code, and what is doubtful about it. `otherwise`: where the row says none, or one
        that is not known. A code of twelve digits with six zeros at its end is one of six."""
        name = text[:12].removesuffix("000000")
        if not name:
            return otherwise, None
        if name not in self._once:
            known = self._now.get(name)
            return known or otherwise, None if known else UNKNOWN
        meant = self._meant(name, day)
        return meant, None if meant else AMBIGUOUS

    def _meant(self, code: str, day: date | None) -> str | None:
        """The one region that a reused code can mean on the day, or at all; None if it can be several."""
        once, now = self._once[code], self._now.get(code)
        if day is not None:
            for since, until, region in once:
                if since <= day < until:
                    return region
            if now:
                return now
        could = {region for _, _, region in once} | ({now} if now else set())
        return could.pop() if len(could) == 1 else None
