"""Which engine stands behind the search page."""

from pathlib import Path
from typing import Literal

from search.article_search import ArticleSearch

EngineName = Literal["whoosh", "tantivy"]


def article_search(engine: EngineName, folder: Path) -> ArticleSearch:
    """The engine of that name in `folder`. What another engine left there counts as no index."""
    # Only the one that is used is imported.
    if engine == "tantivy":
        from search.tantivy_search import TantivyArticleSearch

        return TantivyArticleSearch(folder)
    from search.whoosh_search import WhooshArticleSearch

    return WhooshArticleSearch(folder)
