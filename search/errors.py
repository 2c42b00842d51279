"""What can go wrong with a search; the text of each error is one sentence for a person."""


class SearchError(Exception):
    """The engine cannot answer; the text is one sentence that says why."""


class BadQuery(SearchError):
    """The question cannot be asked: too long, too deep, an unknown field, a cursor of another query."""


class WriterBusy(SearchError):
    """Another process or thread holds the writer."""
