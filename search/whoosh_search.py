"""Article search on Whoosh, for up to some 10,000 articles."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from search import whoosh_index
from search.indexed_article import IndexedArticle
from search.reading import Reading
from search.stored_search import StoredArticleSearch
from search.whoosh_reading import WhooshReading


class WhooshEngine:
    """The Engine on Whoosh."""

    name = "whoosh"

    def create(self, place: Path, articles: Iterable[IndexedArticle]) -> None:
        whoosh_index.create(place, articles)

    def change(
        self, place: Path, upserts: Sequence[IndexedArticle], removed_ids: Sequence[str]
    ) -> None:
        whoosh_index.change(place, upserts, removed_ids)

    def open(self, place: Path) -> Reading:
        return WhooshReading(place)


class WhooshArticleSearch(StoredArticleSearch):
    """An ArticleSearch in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, WhooshEngine())
