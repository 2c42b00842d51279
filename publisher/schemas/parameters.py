"""The parameters of a search, as site, API and feeds read them from a URL."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from publisher.errors import GongshiError
from publisher.kinds import Registry

MAX_WORDS = 1000
MAX_VALUES = 100
MAX_LIMIT = 100
MAX_CHANGES = 1000
MAX_WAIT = 30


def mark(text: str) -> str:
    """Marks a text for translation; whoever shows it translates it."""
    return text


class BadParameter(NamedTuple):
    """One parameter that cannot be used: its name, why (a text to be translated) and, where they are few,
    what values it may have."""

    name: str
    reason: str
    allowed: tuple[str, ...] = ()


class BadParameters(GongshiError):
    """A request's parameters cannot be used; `problems` names each."""

    def __init__(self, problems: Sequence[BadParameter]) -> None:
        super().__init__("; ".join(f"{problem.name}: {problem.reason}" for problem in problems))
        self.problems = tuple(problems)


class Arguments(Protocol):
    """A query string, as werkzeug's MultiDict gives it."""

    def keys(self) -> Iterable[str]: ...
    def getlist(self, key: str) -> list[str]: ...


class ParameterSchema(Schema):
    """Refuses parameters that it does not name."""

    error_messages = {"unknown": mark("there is no such parameter here")}  # noqa: RUF012  # marshmallow's own shape

    class Meta:
        unknown = RAISE


class PeriodOfTime(ParameterSchema):
    """Adds the checks that take two parameters."""

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, parameters: Mapping[str, Any], **_: object) -> None:
        for low, high, name in (("since", "until", "to"), ("amount_min", "amount_max", "amount_max")):
            if low in parameters and high in parameters and parameters[low] > parameters[high]:
                raise ValidationError(mark("the upper end is below the lower"), name)


def search_parameters(registry: Registry, sorts: Sequence[str]) -> Schema:
    """The schema of a search's parameters; loads to the keyword arguments of a SearchRequest."""
    severities = registry.fields["severity"].choices or {}
    schema = PeriodOfTime.from_dict(
        {
            "q": _text(MAX_WORDS),
            "kind": _several(_choice(registry.kinds)),
            "list": _several(_text()),
            "sector": _several(_choice(registry.sectors)),
            "region": _several(_text()),
            "authority": _several(_text()),
            "source": _several(_text()),
            "severity": _several(_choice(severities)),
            "year": _several(_year()),
            "subject": _several(_text()),
            "since": _day(data_key="from"),
            "until": _day(data_key="to"),
            "amount_min": _amount(),
            "amount_max": _amount(),
            "valid_on": _day(),
            "sort": _choice(sorts),
            "page": _text(2000),
            "limit": _limit(),
        },
        name="SearchParameters",
    )
    return schema()


def feed_parameters() -> Schema:
    """The schema of a feed that is no search of its own."""
    return ParameterSchema.from_dict({"page": _text(2000), "limit": _limit()}, name="FeedParameters")()


def suggest_parameters() -> Schema:
    """The schema of `/api/v1/suggest`."""
    return ParameterSchema.from_dict({"q": _text(200), "limit": _limit()}, name="SuggestParameters")()


def changes_parameters() -> Schema:
    """The schema of `/api/v1/changes`."""
    return ParameterSchema.from_dict(
        {
            "since": _text(),
            "limit": _number(1, MAX_CHANGES, mark("it is not a number from 1 to 1000")),
            "wait": _number(0, MAX_WAIT, mark("it is not a number of seconds from 0 to 30")),
        },
        name="ChangesParameters",
    )()


def board_parameters(registry: Registry) -> Schema:
    """The schema of the board of punctuality."""
    return ParameterSchema.from_dict(
        {"sector": _several(_choice(registry.sectors)), "source": _several(_text())}, name="BoardParameters"
    )()


def no_parameters() -> Schema:
    """The schema of a page that takes none."""
    return ParameterSchema.from_dict({}, name="NoParameters")()


def read(schema: Schema, arguments: Arguments) -> dict[str, Any]:
    """The arguments as `schema` loads them, without `lang`, and blanks (empty fields of a form) as if they
    were not there. Raises BadParameters that names every wrong one."""
    by_key = {field.data_key or name: field for name, field in schema.fields.items()}
    given: dict[str, Any] = {}
    problems = []
    for key in arguments.keys():  # noqa: SIM118  # a protocol, not a mapping
        values = [value for text in arguments.getlist(key) if (value := text.strip())]
        if key == "lang" or (not values and key in by_key):
            continue
        if isinstance(by_key.get(key), fields.List):
            given[key] = tuple(dict.fromkeys(values))
        elif len(values) > 1:
            problems.append(BadParameter(key, mark("it is given more than once")))
        else:
            given[key] = values[0] if values else ""
    try:
        loaded: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        for name, reason in _reasons(error.messages):
            problems.append(BadParameter(name, reason, _allowed(by_key.get(name))))
    if problems:
        raise BadParameters(problems)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in loaded.items()}


def _reasons(messages: Any) -> Iterable[tuple[str, str]]:
    """Each wrong parameter once, with its first reason; a list's reasons stand one level deeper."""
    for name, found in messages.items():
        while not isinstance(found, str):
            found = next(iter(found.values())) if isinstance(found, dict) else found[0]
        yield name, found


def _allowed(field: fields.Field[Any] | None) -> tuple[str, ...]:
    inner = field.inner if isinstance(field, fields.List) else field
    for validator in inner.validators if inner else ():
        if isinstance(validator, validate.OneOf):
            return tuple(validator.choices)
    return ()


def _text(longest: int = 200) -> fields.String:
    return fields.String(validate=validate.Length(max=longest, error=mark("it is too long")))


def _choice(choices: Iterable[str]) -> fields.String:
    return fields.String(validate=validate.OneOf(tuple(choices), error=mark("this value is not known")))


def _year() -> fields.String:
    return fields.String(validate=validate.Regexp(r"[0-9]{4}\Z", error=mark("it is not a year such as 2026")))


def _several(inner: fields.String) -> fields.List[str]:
    return fields.List(inner, validate=validate.Length(max=MAX_VALUES, error=mark("it is given too often")))


class Day(fields.Date):
    """A day in ISO form, from year 1900 to 9999."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        day = super()._deserialize(value, attr, data, **kwargs)
        if day.year < 1900:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return day


def _day(data_key: str | None = None) -> Day:
    return Day(
        format="%Y-%m-%d",
        data_key=data_key,
        error_messages={"invalid": mark("it is not a day such as 2026-05-12")},
    )


def _amount() -> fields.Decimal:
    wrong = mark("it is not an amount in yuan such as 50000")
    return fields.Decimal(
        error_messages={"invalid": wrong, "special": wrong},
        validate=validate.Range(min=0, max=10**15, error=wrong),
    )


def _limit() -> fields.Integer:
    return _number(1, MAX_LIMIT, mark("it is not a number from 1 to 100"))


def _number(low: int, high: int, wrong: str) -> fields.Integer:
    return fields.Integer(
        error_messages={"invalid": wrong, "too_large": wrong},
        validate=validate.Range(low, high, error=wrong),
    )
