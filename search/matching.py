"""Whether a query finds a document, without an index: for what an index may know only as it was."""

from collections.abc import Mapping, Sequence

from search.model import Document, Query, Schema
from search.plan import All, Between, Condition, Layout, Phrase, Prefix, Some, Term, plan

Fields = Mapping[str, str | int | list[str]]


def finds(query: Query, document: Document, schema: Schema) -> bool:
    """Whether an engine that holds the document finds it, on whatever page. Raises BadQuery."""
    asked, layout = plan(query, schema), Layout(schema)
    fields = layout.fields(document, layout.keywords(document))
    return _holds(All((asked.matching(), *asked.filtered())), fields)


def _holds(condition: Condition, fields: Fields) -> bool:
    match condition:
        case All(parts, exceptions):
            return all(_holds(part, fields) for part in parts) and not any(
                _holds(part, fields) for part in exceptions
            )
        case Some(parts):
            return any(_holds(part, fields) for part in parts)
        case Between(field, low, high):
            number = fields.get(field)
            return (
                isinstance(number, int)
                and (low is None or number >= low)
                and (high is None or number <= high)
            )
        case Term(field, values):
            return not set(values).isdisjoint(_terms(fields, field))
        case Prefix(field, text):
            return any(term.startswith(text) for term in _terms(fields, field))
        case Phrase(field, tokens):
            terms, size = _terms(fields, field), len(tokens)
            return any(tuple(terms[at : at + size]) == tokens for at in range(len(terms) - size + 1))


def _terms(fields: Fields, name: str) -> Sequence[str]:
    """What stands in a field: tokens in order, or whole values."""
    value = fields.get(name, [])
    if isinstance(value, str):
        return value.split() if name == "all" or name.startswith("text.") else [value]
    return value if isinstance(value, list) else []
