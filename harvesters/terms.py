"""Whether and on what terms a run of a source may begin."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """Whether a run may take out whatever its source no longer lists; the newest of the requests that it
    answers, None if it was not asked for."""

    accept_removals: bool = False
    answers: int | None = None


def role(source: str) -> str:
    """The name of the lease that the one run of a source has which is under way."""
    return f"harvest:{source}"
