"""The fields of an embedded index, and conditions as tantivy looks them up."""

from collections.abc import Iterable

import tantivy
from tantivy import FieldType, Occur
from tantivy import Query as Lookup

from search.facets import combination
from search.model import Document, Like, Schema, Similar
from search.plan import (
    EDGE,
    NOTHING,
    All,
    Between,
    Condition,
    Layout,
    Phrase,
    Prefix,
    Some,
    Term,
    folded_fields,
    text_fields,
)
from search.text import sparse

FEW = 100
"""Up to so many terms are looked up one by one; of more the whole list of terms is searched, once."""

INTEGERS = (-(2**63), 2**63 - 1)


def fields(schema: Schema) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("position", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("collection", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("ends", indexed=True, fast=True)
    for name in ("all", *(f"text.{name}" for name in text_fields(schema))):
        builder.add_text_field(name, tokenizer_name="spaces", index_option="position")
    for name in schema.keywords:
        stored = name in schema.given
        builder.add_text_field(f"keyword.{name}", stored=stored, tokenizer_name="raw", index_option="basic")
    for number in range(len(schema.facets)):
        builder.add_text_field(facets(number), fast=True, tokenizer_name="raw", index_option="basic")
    for name in (f"folded.{name}" for name in folded_fields(schema)):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
        builder.add_text_field(_edge(name), tokenizer_name="edges", index_option="basic")
    for name in schema.numbers:
        builder.add_integer_field(f"number.{name}", indexed=True, fast=True)
    return builder.build()


def tokenizing(index: tantivy.Index) -> tantivy.Index:
    """tantivy forgets its tokenizers with every opening."""
    for name, tokenizer in (
        ("spaces", tantivy.Tokenizer.whitespace()),
        ("edges", tantivy.Tokenizer.ngram(1, EDGE, prefix_only=True)),
    ):
        index.register_tokenizer(name, tantivy.TextAnalyzerBuilder(tokenizer).build())
    return index


class EmbeddedLayout:
    """Turns documents into fields of the index."""

    def __init__(self, schema: Schema) -> None:
        self._layout = Layout(schema)
        self._edged = [(f"folded.{name}", _edge(f"folded.{name}")) for name in self._layout.folded]
        self._facets = [(facets(number), group) for number, group in enumerate(schema.facets)]

    def fields(self, document: Document) -> dict[str, str | int | list[str]]:
        """Raises ValueError for a document that does not fit the schema."""
        keywords = self._layout.keywords(document)
        found = self._layout.fields(document, keywords)
        found.update((edge, found[name]) for name, edge in self._edged if name in found)
        for facet, group in self._facets:
            found[facet] = combination(group, keywords)
        return found


def facets(number: int) -> str:
    """Where the values of a group of facets stand together."""
    return f"facets.{number}"


def _edge(folded: str) -> str:
    return folded.replace("folded.", "edge.")


class Lookups:
    """Conditions in tantivy's terms, on one state of the index."""

    def __init__(self, searcher: tantivy.Searcher, fields: tantivy.Schema) -> None:
        self._searcher, self._fields = searcher, fields

    def found(self, condition: Condition) -> bool:
        """False where one look at the index's terms shows that nothing fulfils the condition."""
        match condition:
            case Term(field, (value,)):
                return self._searcher.doc_freq(field, value) > 0
            case Prefix(field, text) if _has_edges(field, text):
                return self._searcher.doc_freq(_edge(field), text) > 0
        return condition != NOTHING

    def of(self, condition: Condition) -> Lookup:
        match condition:
            case Term(field, values):
                if len(values) > FEW:
                    return Lookup.term_set_query(self._fields, field, values)
                terms = (Lookup.term_query(self._fields, field, value) for value in values)
                return _boolean((Occur.Should, term) for term in terms)
            case Phrase(field, tokens):
                return Lookup.phrase_query(self._fields, field, [*sparse(tokens)])
            case Prefix(field, text):
                if _has_edges(field, text):
                    return Lookup.term_query(self._fields, _edge(field), text)
                return Lookup.fuzzy_term_query(self._fields, field, text, distance=0, prefix=True)
            case Between(field, low, high, few):
                if (low, high) == INTEGERS:
                    return Lookup.exists_query(field)
                return Lookup.range_query(
                    self._fields, field, FieldType.Integer, low, high, use_inverted_index=few
                )
            case Some(parts):
                return _boolean([(Occur.Should, self.of(part)) for part in parts if self.found(part)])
            case All(parts, exceptions):
                wanted = [(Occur.Must, self.of(part)) for part in parts]
                unwanted = [(Occur.MustNot, self.of(part)) for part in exceptions if self.found(part)]
                return _boolean([*(wanted or [(Occur.Must, Lookup.all_query())]), *unwanted])


def similar(searcher: tantivy.Searcher, fields: tantivy.Schema, asked: Similar) -> tuple[Like, ...]:
    """What is like something, the likest first."""
    if not asked.tokens:
        return ()
    terms = [
        (Occur.Should, Lookup.term_query(fields, f"text.{asked.field}", token)) for token in asked.tokens
    ]
    alike = Lookup.boolean_query(terms, minimum_number_should_match=max(asked.least, 1))
    ended = Lookup.range_query(fields, "ends", FieldType.Integer, None, asked.at, use_inverted_index=True)
    within = Lookup.const_score_query(Lookup.term_query(fields, "collection", asked.collection), 0.0)
    lookup = Lookup.boolean_query([(Occur.Must, within), (Occur.Must, alike), (Occur.MustNot, ended)])
    documents = [
        searcher.doc(address) for _, address in searcher.search(lookup, asked.limit, count=False).hits
    ]
    return tuple(Like(found["id"][0], tuple(found[f"keyword.{asked.giving}"])) for found in documents)


def _has_edges(field: str, text: str) -> bool:
    return field.startswith("folded.") and len(text) <= EDGE


def _boolean(clauses: Iterable[tuple[Occur, Lookup]]) -> Lookup:
    clauses = list(clauses)
    if not clauses:
        return Lookup.empty_query()
    return clauses[0][1] if len(clauses) == 1 else Lookup.boolean_query(clauses)


def count(searcher: tantivy.Searcher, lookup: Lookup) -> int:
    return int(searcher.aggregate(lookup, {"total": {"value_count": {"field": "ends"}}})["total"]["value"])
