"""Writing every article out, in the form that an import reads."""

from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.knowledge.exchange import Written, read_everything
from app.knowledge.files import ArticleFiles, stored_assets
from app.knowledge.models import Category
from app.knowledge.rendering import assets_of
from articles.categories import CategoryNames
from articles.exporting import write_export

__all__ = ["ExportOutcome", "export_articles"]

ExportOutcome = tuple[int, int]
"""Articles and files written."""
_UNNAMED: Final = CategoryNames({})


def export_articles(session: Session, files: ArticleFiles, target: Path) -> ExportOutcome:
    """Write all articles, their images and the categories' names to a folder or `.zip`.

    Of an article, what readers see; of one that they do not see, the newest revision. Importing
    the export and exporting again gives the same bytes. Raises ExportError.
    """
    categories = {
        category.slug: CategoryNames(category.names, category.position)
        for category in session.scalars(select(Category))
    }
    named = {slug: each for slug, each in categories.items() if each != _UNNAMED}
    articles: list[Written] = [stored.exported for stored in read_everything(session)]
    names = {name for article in articles for name in assets_of(article.body)}
    assets = stored_assets(session, files, names)
    return len(articles), write_export(articles, assets, target, categories=named)
