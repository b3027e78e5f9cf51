"""Everything that the text engine raises on purpose."""


class SearchError(Exception):
    """The text engine cannot do what it was asked."""


class SnapshotError(SearchError):
    """A saved index is missing, damaged or of another format: build it again."""


class EvaluationError(SearchError):
    """A labelled set cannot be read: the message names file and line."""
