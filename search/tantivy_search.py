"""Article search on tantivy, for more than some 10,000 articles."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from search import tantivy_index
from search.indexed_article import IndexedArticle
from search.reading import Reading
from search.stored_search import StoredArticleSearch
from search.tantivy_reading import TantivyReading


class TantivyEngine:
    """The Engine on tantivy."""

    name = "tantivy"

    def create(self, place: Path, articles: Iterable[IndexedArticle]) -> None:
        tantivy_index.create(place, articles)

    def change(
        self, place: Path, upserts: Sequence[IndexedArticle], removed_ids: Sequence[str]
    ) -> None:
        tantivy_index.change(place, upserts, removed_ids)

    def open(self, place: Path) -> Reading:
        return TantivyReading(place)


class TantivyArticleSearch(StoredArticleSearch):
    """An ArticleSearch in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, TantivyEngine())
