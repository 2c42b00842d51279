"""What is odd about rows that are stored all the same: counted, and told once as warnings of the run."""

from collections.abc import Mapping

from publisher.identifiers import organisation_code_fits
from publisher.items import RowRef

AMOUNT = "an amount is ten thousand times another in the row's own text, so it was left out"
DISCLOSED = "the day of its disclosure cannot be read, so it was left out"


class Doubts:
    """How many rows share an oddity, and the first of them. What is said holds nothing of a row's content."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, RowRef]] = {}

    def note(self, where: RowRef, *odd: str | None) -> None:
        """One more row, and all that is odd about it: sentences without their beginning; None for nothing."""
        for what in odd:
            if what:
                count, first = self._found.get(what, (0, where))
                self._found[what] = (count + 1, first)

    def sentences(self) -> list[str]:
        return [
            f"{count} {'row' if count == 1 else 'rows'}: {what}; first: {first.file} row {first.row}."
            for what, (count, first) in self._found.items()
        ]


def of_codes(identifiers: Mapping[str, str]) -> str | None:
    """What is odd about codes that are right each by itself: the nine characters of the organisation code
    inside a USCC have a check character of their own (GB 11714), and may stand in a column too."""
    code = identifiers.get("uscc")
    if code is None:
        return None
    if not organisation_code_fits(code):
        return "the organisation code inside the USCC has a wrong check character of its own"
    if identifiers.get("organisation_code", code[8:17]) != code[8:17]:
        return "the organisation code is not the one inside the USCC"
    return None
