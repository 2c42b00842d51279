"""What stands where a table or a document was due: a page, or an error as JSON or as one line of text."""

from harvesters.formats import barrier, tree
from publisher import masking
from publisher.errors import SourceUnreadable

_SHOWN = 120
_ERROR_KEYS = 4
"""An object of more keys is a row, whatever it says."""


def check(head: str, file: str, due: str) -> None:
    """Raises Barrier, or SourceUnreadable where it is the definition that is wrong.

    `head` is the file's beginning, all of it if it is short; `due` is what it should be, for the sentence.
    """
    barrier.check_html(head, file, due)
    words = head.lstrip("\ufeff \r\n\t")
    if words[:1] in ("{", "["):
        _check_json(words, file, due)
    else:
        _check_text(words, file, due)


def check_line(head: str, file: str, due: str) -> None:
    """As `check`, where rows themselves are lines of JSON."""
    barrier.check_html(head, file, due)
    page = _parsed(head)
    said = tree.says(page)
    if isinstance(page, dict) and len(page) <= _ERROR_KEYS and barrier.IN_TEXT.search(said):
        raise barrier.Barrier(f"{file} is an error where {due} was due{said}.")
    _check_text(head, file, due)


def _check_text(words: str, file: str, due: str) -> None:
    if barrier.in_line(words):
        line = masking.text(" ".join(words.split()))[:_SHOWN]
        raise barrier.Barrier(f'{file} is one line of text where {due} was due: "{line}".')


def _parsed(words: str) -> tree.Json:
    """What a text is as JSON; None if it is none, whatever it is its own reader says."""
    try:
        return tree.loads(words)
    except (ValueError, RecursionError):
        return None


def _check_json(words: str, file: str, due: str) -> None:
    page = _parsed(words)
    said = tree.says(page)
    if barrier.in_json(page, said):
        raise barrier.Barrier(f"{file} is an error as JSON where {due} was due{said}.")
    if isinstance(page, dict) or (isinstance(page, list) and any(isinstance(row, dict) for row in page)):
        raise SourceUnreadable(
            f'{file} is JSON where {due} was due{said}: if it has the rows, say format = "json".'
        )
