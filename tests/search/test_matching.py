"""Whether a query finds one document must be what the engines say of all of them."""

from hypothesis import given, settings

from search.matching import finds
from search.model import Query
from tests.search import oracle
from tests.search.conftest import corpus
from tests.search.test_contract import queries


@settings(deadline=None)
@given(query=queries)
def test_a_query_finds_the_documents_that_a_naive_search_does(query: Query) -> None:
    some = corpus()[::8]
    found = {document.id for document in some if finds(query, document, oracle.SCHEMA)}
    assert found == {hit.id for hit in oracle.hits(some, query)}
