"""A table of a rule file, which knows where it says what. Pure; stdlib only."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from publisher.errors import DefinitionError
from publisher.rulesets import MOST_DAYS, MOST_MONTHS, SEVERITIES

T = TypeVar("T")


def read(name: str, text: str) -> "Part":
    """The whole of a rule file; raises DefinitionError for what is not TOML."""
    try:
        return Part(name, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"{name}.toml: it is not valid TOML: {error}.") from None
    except RecursionError:
        raise DefinitionError(f"{name}.toml: it is nested too deeply to be read.") from None
    except ValueError:  # Python's own limit of digits
        raise DefinitionError(f"{name}.toml: it is not valid TOML: a number has too many digits.") from None


class Part:
    """A table of a file, which knows where it says what."""

    def __init__(self, name: str, text: str, given: Mapping[str, Any], path: str = "", nth: int = 0) -> None:
        self.given = given
        self._name, self._text, self._path, self._nth = name, text, path, nth

    def wrong(self, key: str | None, why: str, quoting: str = "") -> DefinitionError:
        """The error that `key` (None: the table itself) is wrong; at the line with `quoting`, where given."""
        line = self._line(key, quoting)
        return DefinitionError(f"{self._name}.toml{f', line {line}' if line else ''}: {why}.")

    def _line(self, key: str | None, quoting: str) -> int | None:
        """The line of a key of this table; else that of the table; None when it has no line of its own."""
        told = enumerate(self._text.splitlines(), 1)
        lines = [(n, line) for n, line in told if not line.lstrip().startswith("#")]
        if quoting:
            return next((n for n, line in lines if re.search(rf"\b{re.escape(quoting)}\b", line)), None)
        begin = 0
        if self._path:
            heads = [n for n, line in lines if re.match(rf"\s*\[+{re.escape(self._path)}\]", line)]
            if not heads:  # the table is written in one line
                above, _, own = self._path.rpartition(".")
                return Part(self._name, self._text, {}, above)._line(own, "")
            begin = heads[min(self._nth, len(heads) - 1)]
        if key is None:
            return begin
        for n, line in lines:
            if n <= begin:
                continue
            if self._path and line.lstrip().startswith("["):
                break
            if re.match(rf"\s*(\[+{re.escape(key)}[\].]|{re.escape(key)}\s*=)", line):
                return n
        return begin or None

    def only(self, known: Sequence[str], why: str = "not a known key") -> None:
        for key in self.given:
            if key not in known:
                raise self.wrong(key, f"{key} is {why}; known are {', '.join(sorted(known))}")

    def part(self, key: str, default: Mapping[str, Any] | None = None) -> "Part":
        table = self._of_type(key, dict, "a table", default)
        return Part(self._name, self._text, table, f"{self._path}.{key}" if self._path else key)

    def parts(self, key: str) -> list["Part"]:
        tables = self._of_type(key, list, f"tables, each under [[{key}]]", [])
        if not all(isinstance(table, dict) for table in tables):
            raise self.wrong(key, f"{key} must be tables, each under [[{key}]]")
        path = f"{self._path}.{key}" if self._path else key
        return [Part(self._name, self._text, table, path, nth) for nth, table in enumerate(tables)]

    def text(self, key: str) -> str:
        text = self._of_type(key, str, "text in quotes")
        if not text.strip():
            raise self.wrong(key, f"{key} must not be empty")
        return text

    def label(self, key: str) -> dict[str, str]:
        part = self.part(key)
        part.only(("zh", "en"))
        return {language: part.text(language) for language in ("zh", "en")}

    def day(self, key: str) -> date:
        day = self._of_type(key, date, "a day without quotes, such as 2026-04-01")
        if isinstance(day, datetime):
            raise self.wrong(key, f"{key} must be a day without a time")
        return day

    def months(self, key: str) -> int | None:
        """None where nothing is said."""
        return self.number(key, "months", MOST_MONTHS) if key in self.given else None

    def days(self, key: str) -> int:
        return self.number(key, "days", MOST_DAYS)

    def number(self, key: str, what: str, most: int) -> int:
        number = self._of_type(key, int, f"a whole number of {what}")
        if isinstance(number, bool) or not 0 <= number <= most:
            raise self.wrong(key, f"{key} must be a whole number of {what}, from 0 to {most}")
        return number

    def amount(self, key: str) -> Decimal:
        yuan = self._of_type(key, int, "a whole number of yuan")
        if isinstance(yuan, bool) or yuan < 0:
            raise self.wrong(key, f"{key} must be a whole number of yuan, not below 0")
        return Decimal(yuan)

    def words(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        words = self._of_type(key, list, "a list of texts", None if default is None else list(default))
        if not all(isinstance(word, str) and word for word in words):
            raise self.wrong(key, f"{key} must be a list of texts, none of them empty")
        return tuple(words)

    def flag(self, key: str) -> bool:
        return self._of_type(key, bool, "true or false", False)

    def one_of(self, key: str, known: Sequence[str], default: str | None = None) -> str:
        value = self._of_type(key, str, "text in quotes", default)
        if value not in known:
            why = "no severity" if set(SEVERITIES) <= set(known) else "not a known value"
            raise self.wrong(key, f"{value} is {why}; known are {', '.join(known)}")
        return value

    def _of_type(self, key: str, type: type[T], what: str, default: T | None = None) -> T:
        if key not in self.given:
            if default is None:
                raise self.wrong(None, f"{key} is missing")
            return default
        value = self.given[key]
        if not isinstance(value, type):
            raise self.wrong(key, f"{key} must be {what}")
        return value
