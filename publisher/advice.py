"""What is wrong with a row and how to mend it, in words for those who fill in files. Pure.

A harvest says in a sentence of its own why it refuses a row. Here each is known again, so that it can be said
in the reader's language, with what to do about it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from publisher.schemas.parameters import mark

_DATE = mark("Write year, month and day, such as 2026-03-08.")
_AMOUNT = mark("Write the amount in digits, in the unit that the header names.")
_CODE = mark("Copy the code from the certificate, all 18 characters of it.")
_SAVE = mark("Save the file anew, as XLSX or as CSV in UTF-8.")
_FORM = mark("Use the form, and leave its headers as they are.")
_LESS = mark("Make it shorter.")
_QUOTES = mark('Write each quotation mark inside a cell twice (""), or save the file as XLSX.')

_RULES: tuple[tuple[str, str, str], ...] = (
    # Sentences of the mapping.
    (
        r"column .+ is blank; every row needs it\.",
        mark("the cell is blank"),
        mark("Fill it in: every row needs it."),
    ),
    (
        r"column .+ has (?P<length>\d+) characters; at most (?P<most>\d+) are stored\.",
        mark("it has %(length)s characters; at most %(most)s are kept"),
        _LESS,
    ),
    (
        r"row (?P<row>\d+).* has the same key and says something else",
        mark("row %(row)s has the same document number and the same name, and says something else"),
        mark("Keep one row for each decision, or correct the number of one of them."),
    ),
    (
        r"whether such rows are public is not known",
        mark("it is not known whether such rows are public"),
        mark("Write 1 for valid or 2 for invalid."),
    ),
    (
        r"known are (?P<known>.+)",
        mark("this value is not known; known are %(known)s"),
        mark("Write one of these."),
    ),
    # Dates.
    (r"the year (?P<year>\d+) is too early", mark("the year %(year)s is too early"), _DATE),
    (r"it is only a year or a month, not a day", mark("it is only a year or a month, not a day"), _DATE),
    (r"it is a number that is no date", mark("it is a number that is no date"), _DATE),
    (r"it is not a date", mark("it is not a date"), _DATE),
    (r"there is no such day", mark("there is no such day"), _DATE),
    (r"the order of day and month is not known.*", mark("day and month cannot be told apart"), _DATE),
    # Money.
    (
        r"its numerals cannot be read in one way only",
        mark("its numerals cannot be read in one way only"),
        _AMOUNT,
    ),
    (r"it is not an amount of money", mark("it is not an amount of money"), _AMOUNT),
    (r"an amount below zero", mark("the amount is below zero"), _AMOUNT),
    (r"no amount is that great", mark("no amount is that great"), _AMOUNT),
    # Codes.
    (
        r"a unified social credit code has 18 characters, this has (?P<length>\d+)",
        mark("a unified social credit code has 18 characters, this has %(length)s"),
        _CODE,
    ),
    (
        r"it holds characters that no unified .+",
        mark("it holds characters that no such code has in that place"),
        _CODE,
    ),
    (
        r"its check character is (?P<is>.) where (?P<right>.) is right",
        mark("the code is mistyped: its check character does not fit"),
        _CODE,
    ),
    # Sentences of the formats.
    (
        r"the row has (?P<cells>\d+) cells, the header (?P<header>\d+)",
        mark("the row has %(cells)s cells, the header %(header)s"),
        mark("Put cells that hold the delimiter in quotation marks, or save the file as XLSX."),
    ),
    (r"the (?:row is longer than|cell has) .+", mark("it is too long to be a cell"), _LESS),
    (r"a quotation mark .+", mark("a quotation mark is never closed, or not written twice"), _QUOTES),
    (
        r"the (?:row|cell) holds (?:bytes that are not .+|half a character)",
        mark("it holds characters that are damaged"),
        _SAVE,
    ),
    (r"the row is neither an object nor a list", mark("it is no row"), _SAVE),
    # Of the check itself.
    (
        r"the file has a header but no rows",
        mark("the file has no rows under its header"),
        mark("Fill in a row for each decision."),
    ),
    (r"the headers are not those of the form", mark("the headers are not those of the form"), _FORM),
    (
        r"the column is missing, and the standard demands it",
        mark("the column is missing, and the standard demands it"),
        _FORM,
    ),
    (
        r"the column is not known: nothing of it is published",
        mark("the column is not known: nothing of it is published"),
        mark("Delete it, or give it the form's header."),
    ),
    (
        r"the cell is blank, and the standard demands it",
        mark("the cell is blank, and the standard demands it"),
        mark("Fill it in."),
    ),
    (
        r"this is the example row of the form",
        mark("this is the example row of the form"),
        mark("Delete it before you send the file."),
    ),
    (
        r"the text names an amount ten thousand times .+",
        mark(
            "the text names an amount ten thousand times smaller or greater; this one would not be published"
        ),
        mark("See whether the column is in yuan or in 万元, and correct the amount."),
    ),
    (
        r"the organisation code inside the code is not valid by itself",
        mark("the organisation code inside the code is not valid by itself"),
        mark("Compare the code with the certificate."),
    ),
    (
        r"a number, an address or the like of a person stands in the text: it is masked",
        mark("a number, an address or the like of a person stands in the text; it would be masked"),
        mark("Delete it from the text."),
    ),
    # Of files as a whole.
    (r".* is empty\.", mark("the file is empty"), _FORM),
    (
        r".* is protected by a password\.",
        mark("the file is protected by a password"),
        mark("Save it without one."),
    ),
    (r".* is an? (?:HTML page|archive|XML).*", mark("the file is no table"), _SAVE),
    (r".* is no table.*", mark("the file is no table"), _SAVE),
)
_QUOTING = re.compile(
    r"column .+? has (?:“(?P<value>.*)”|a value) that cannot stand: (?P<why>.+)\.", re.DOTALL
)
_OF_ROW = (mark("the row cannot be read"), mark("Compare it with the example row of the form."))
_OF_FILE = (mark("the file cannot be read"), _SAVE)


@dataclass(frozen=True, slots=True)
class Advice:
    """`what` is wrong and how to `mend` it: texts to be translated, `values` to be filled into the first.
    `value` is the cell, where it may be shown."""

    what: str
    mend: str
    value: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def advice(reason: str, *, of_row: bool) -> Advice:
    """What to say of a finding's reason; of one that is not known only where it stands."""
    value = None
    if quoting := _QUOTING.fullmatch(reason):
        value, reason = quoting["value"], quoting["why"]
    for pattern, what, mend in _RULES:
        if found := re.fullmatch(pattern, reason, re.DOTALL):
            return Advice(what, mend, value, found.groupdict())
    what, mend = _OF_ROW if of_row else _OF_FILE
    return Advice(what, mend, value)
