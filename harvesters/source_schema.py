"""What a source definition may say, key by key. Internal to `harvesters.source`."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from harvesters import cron, values
from harvesters.source_layout import SINCE, Checked, Layout, Strict, flag, text, wrong_layout
from publisher.errors import DefinitionError
from publisher.kinds import Field, FieldType, Registry
from publisher.masking import NamePolicy
from publisher.subjects import IDENTIFIERS

MODES = ("full", "window", "incremental", "append")
STANDARDS = ("cn-double-disclosure",)
STANDARD_KEY = ("document_number", "subject")
SPLITTABLE = ("aliases", "former_names")
PARTY_FIELDS = (
    "subject",
    "subject_type",
    *IDENTIFIERS,
    "identity_number",
    "legal_representative",
    *SPLITTABLE,
)
ROW_FIELDS = ("scope_of_use", "state", "region")
NEEDS_PERIOD = ("penalty", "notice")

_UNKNOWN = "Unknown field."
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_WORDS = {
    "Missing data for required field.": "is missing",
    "Field may not be null.": "must not be empty",
    "Not a valid string.": "must be text in quotes",
    "Not a valid integer.": "must be a whole number",
    "Not a valid number.": "must be a number",
    "Not a valid list.": "must be a list in square brackets",
    "Not a valid mapping type.": "must be a table",
    "Invalid input type.": "must be a table",
    "Length must be 2.": "must have two entries: the least and the most",
}


def _every(value: object) -> timedelta:
    found = re.fullmatch(r"([1-9]\d{0,4})([mhd])", value) if isinstance(value, str) else None
    if not found:
        raise ValidationError('must be a number and a unit: "30m", "6h" or "1d"')
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _cron(value: object) -> str:
    if why := cron.wrong(value):
        raise ValidationError(why)
    return " ".join(str(value).split())


def _headers(value: object) -> tuple[str, ...]:
    headers = [value] if isinstance(value, str) else value
    if not isinstance(headers, list) or not headers or not all(isinstance(h, str) and h for h in headers):
        raise ValidationError("must be a column's header or a list of headers")
    return tuple(headers)


def _constant(value: object) -> str:
    if isinstance(value, bool | list | dict) or not str(value).strip():
        raise ValidationError("must be one value, not empty")
    return str(value)


def _factor(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise ValidationError("must be a number above zero: the yuan in one unit")
    return Decimal(str(value))


class _Label(Strict):
    zh = text(required=True)
    en = text(required=True)


class _List(Strict):
    id = fields.String(
        required=True,
        validate=validate.Regexp(
            r"[a-z0-9]+(?:[-_][a-z0-9]+)*\Z", error="must be small letters, digits and hyphens"
        ),
    )
    title = fields.Nested(_Label, required=True)
    authority = text()
    basis = text()
    consequences = fields.Nested(_Label)


class _Dates(Strict):
    order = fields.String(
        required=True, validate=validate.OneOf(("ymd", "mdy", "dmy"), error='must be "ymd", "mdy" or "dmy"')
    )


class _Period(Strict):
    months = fields.Integer(strict=True, validate=validate.Range(1, 1200, error="must be from 1 to 1200"))
    rules = text()


def _first_mark(value: object) -> date | int:
    number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if not number and (not isinstance(value, date) or isinstance(value, datetime)):
        raise ValidationError("must be a day without quotes, such as 2020-01-01, or a whole number")
    return cast("date | int", value)


def _overlap(value: object) -> timedelta | int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else _every(value)


class _Since(Strict):
    column = text(required=True)
    first = fields.Function(required=True, deserialize=_first_mark)
    overlap = fields.Function(deserialize=_overlap)
    format = fields.String(
        validate=validate.Regexp(r".*%Y.*\Z", error='must be a day\'s form such as "%Y-%m-%d" or "%Y%m%d"')
    )

    @validates_schema
    def _of_one_sort(self, given: Checked, **_: Any) -> None:
        numbers = isinstance(given.get("first"), int)
        if "overlap" in given and isinstance(given["overlap"], int) != numbers:
            wanted = "a whole number, as first is" if numbers else 'a number and a unit: "30m", "6h" or "1d"'
            raise ValidationError(f"must be {wanted}", "overlap")
        if numbers and "format" in given:
            raise ValidationError("is for days, and first is a number", "format")


class _Expect(Strict):
    rows = fields.List(fields.Integer(strict=True), validate=validate.Length(equal=2))
    ignore = fields.List(text())
    within = fields.Integer(strict=True, validate=validate.Range(1, 250, error="must be from 1 to 250"))

    @validates_schema
    def _ascending(self, given: Checked, **_: Any) -> None:
        if "rows" in given and not 0 <= given["rows"][0] <= given["rows"][1]:
            raise ValidationError("must be the least and the most, in this order", "rows")


class _Definition(Layout):
    id = fields.String(
        validate=validate.Regexp(
            r"[a-z0-9]+(?:[-_/][a-z0-9]+)*\Z", error="must be small letters and digits with - _ / between"
        )
    )
    title = fields.Nested(_Label, required=True)
    authority = text(required=True)
    kind = fields.String(required=True)
    region = fields.String()
    every = fields.Function(deserialize=_every)
    cron = fields.Function(deserialize=_cron)
    mode = fields.String(validate=validate.OneOf(MODES, error=f"must be one of {', '.join(MODES)}"))
    since = fields.Nested(_Since)
    standard = fields.String(
        validate=validate.OneOf(STANDARDS, error=f"must be {' or '.join(STANDARDS)}, or be left out")
    )
    key = fields.List(text(), validate=validate.Length(min=1, error="must name at least one field"))
    licence = text()
    sample = fields.Function(deserialize=flag)
    persons = fields.Enum(
        NamePolicy, by_value=True, error_messages={"unknown": f"must be one of {', '.join(NamePolicy)}"}
    )
    allow_private = fields.Function(deserialize=flag)
    private = fields.List(text())
    constants = fields.Dict(keys=fields.String(), values=fields.Function(deserialize=_constant))
    split = fields.Dict(keys=fields.String(), values=fields.String(validate=validate.Length(min=1)))
    units = fields.Dict(keys=fields.String(), values=fields.Function(deserialize=_factor))
    dates = fields.Nested(_Dates)
    period = fields.Nested(_Period)
    expect = fields.Nested(_Expect)
    # Named apart because these words mean something else in this class.
    columns = fields.Dict(
        data_key="fields", keys=fields.String(), values=fields.Function(deserialize=_headers)
    )
    named_list = fields.Nested(_List, data_key="list")


def check(file: Path, given: Mapping[str, Any], sector: str, registry: Registry, *, trusted: bool) -> Checked:
    """What the file says, with every type and name checked; raises DefinitionError for the first mistake."""
    schema = _Definition()
    try:
        checked: Checked = schema.load(given)
    except ValidationError as error:
        path, message = _first(cast("dict[Any, Any]", error.messages))
        raise DefinitionError(f"{file}: {'.'.join(path)} {_in_words(schema, path, message)}.") from None
    for key, message in _wrong(checked, sector, registry, trusted=trusted):
        raise DefinitionError(f"{file}: {key} {message}.")
    return checked


def _first(messages: Mapping[Any, Any]) -> tuple[tuple[str, ...], str]:
    """The first key that is wrong, as a path, and marshmallow's words on it; misspelt keys go first."""
    found = list(_flat(messages, ()))
    return next((mistake for mistake in found if mistake[1] == _UNKNOWN), found[0])


def _flat(messages: Mapping[Any, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, value in messages.items():
        path = (
            above if len(above) > 1 and key in ("key", "value") else (*above, str(key))
        )  # of a table's entry
        if isinstance(value, dict):
            yield from _flat(value, path)
        else:
            yield path, value[0]


def _in_words(schema: Schema, path: tuple[str, ...], message: str) -> str:
    if message != _UNKNOWN:
        return _WORDS.get(message, message).rstrip(".")
    for step in path[:-1]:
        found = next(f for name, f in schema.fields.items() if (f.data_key or name) == step)
        assert isinstance(found, fields.Nested)
        schema = found.schema
    known = sorted(f.data_key or name for name, f in schema.fields.items())
    nearest = get_close_matches(path[-1], known, 1)
    perhaps = f" (do you mean {nearest[0]}?)" if nearest else ""
    return f"is not a known key{perhaps}; known are {', '.join(known)}"


def _wrong(given: Checked, sector: str, registry: Registry, *, trusted: bool) -> Iterator[tuple[str, str]]:
    """Key and complaint for all that types alone cannot tell, in the order of reading."""
    if sector not in registry.sectors:
        yield "sector", f"(the folder) is {sector}, which is not in publisher/rules/sectors.toml"
    if (kind := given["kind"]) not in registry.kinds:
        yield "kind", f"is {kind}; known are {', '.join(registry.kinds)}"
        return
    if given.get("region", next(iter(registry.regions))) not in registry.regions:
        yield "region", f"is {given['region']}, which is not in publisher/rules/regions.toml"
    listed = registry.kinds[kind].shape == "list"
    if listed and "named_list" not in given:
        yield "list", f"is missing; the kind {kind} is a list and needs the table [list] with id and title"
    if not listed and "named_list" in given:
        yield "list", f"is only for kinds of lists, and {kind} is none"
    if listed and "within" in given.get("expect", {}):
        yield "expect.within", f"is only for kinds of decisions, and {kind} is a list"
    yield from _wrong_period(given, registry)
    yield from _wrong_mode(given)
    if "every" in given and "cron" in given:
        yield "cron", "and every say the same thing; keep one of the two"
    if given.get("allow_private") and not trusted:
        yield "allow_private", "is only for definitions in the folder of GONGSHI_SOURCES"
    yield from wrong_layout(given)
    yield from _wrong_fields(given, registry)


def _wrong_period(given: Checked, registry: Registry) -> Iterator[tuple[str, str]]:
    """A period is so many months, or what one law says."""
    kind, period = given["kind"], given.get("period", {})
    if not period and ("period" in given or kind in NEEDS_PERIOD):
        yield "period.months", f"is missing; the kind {kind} needs to know how long its rows are public"
    elif not period and given.get("mode", "full") != "full" and registry.kinds[kind].shape == "list":
        yield "period", f'is missing; mode = "{given["mode"]}" never tells which rows have left the list'
    if len(period) > 1:
        yield "period", "has both months and rules; a law or the definition says how long, keep one"
    if (rules := period.get("rules")) is None:
        return
    if rules not in registry.rules:
        yield "period.rules", f"is {rules}; known are {', '.join(registry.rules)}"
    elif kind not in (judged := registry.rules[rules].kinds):
        yield "period.rules", f"is {rules}, which judges {', '.join(judged)}, and not the kind {kind}"


def _wrong_mode(given: Checked) -> Iterator[tuple[str, str]]:
    """Complaints about how much of a source one run reads."""
    mode = given.get("mode", "full")
    if mode == "window" and "pages" not in given:
        yield "pages", 'is missing; mode = "window" reads the newest pages, so say with pages.last how many'
    has_place = SINCE in f"{given.get('url')} {given.get('body')}"
    if mode == "incremental" and not ("since" in given and has_place):
        yield "since", f'is missing; mode = "incremental" needs the table [since], and {SINCE} in url or body'
    if mode != "incremental" and ("since" in given or has_place):
        yield "since", f'and {SINCE} are only for mode = "incremental"'


def _wrong_fields(given: Checked, registry: Registry) -> Iterator[tuple[str, str]]:
    """Complaints about our fields: names that are not known, keys that nothing fills."""
    known = {*registry.fields, *PARTY_FIELDS, *ROW_FIELDS}
    columns, constants, standard = given.get("columns", {}), given.get("constants", {}), "standard" in given
    tables: tuple[tuple[str, Any, Any], ...] = (
        ("fields", columns, known),
        ("constants", constants, known - {"identity_number"}),
        ("private", given.get("private", ()), set(registry.fields)),
        ("split", given.get("split", {}), SPLITTABLE),
        (
            "units",
            given.get("units", {}),
            [n for n, f in registry.fields.items() if f.type is FieldType.MONEY],
        ),
        ("key", given.get("key", ()), known),
    )
    for table, names, allowed in tables:
        for name in names:
            if name not in allowed:
                yield (
                    f"{table}.{name}",
                    f"is not a field that can stand here; known are {', '.join(sorted(allowed))}",
                )
    if not standard and "subject" not in columns:
        yield "fields.subject", "is missing; say which column has the subject's name"
    if not standard and "key" not in given:
        yield "key", "is missing; name the fields that together tell one row from all others"
    for name, value in constants.items():
        if name in registry.fields and (why := _wrong_constant(registry.fields[name], value)):
            yield f"constants.{name}", f"is {value}, but {why}"
    for name in given.get("key", ()):
        if not standard and name not in columns and name not in constants:
            yield f"key.{name}", "is not among [fields]; say which column it is in"


def _wrong_constant(field: Field, value: str) -> str | None:
    """Why a constant cannot be a value of the field."""
    try:
        if field.type is FieldType.DATE:
            values.day(value, UTC)
        elif field.type is FieldType.MONEY:
            values.yuan(value)
    except values.BadValue as error:
        return str(error)
    if field.choices and value not in field.choices:
        return f"known are {', '.join(field.choices)}"
    return None
