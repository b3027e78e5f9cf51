"""Whether the images that a text shows are there."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.knowledge.models import ArticleAsset
from app.knowledge.rendering import asset_name
from articles.resolving import is_outside


def missing_images(session: Session, sources: Iterable[str]) -> tuple[str, ...]:
    """Those of an article's image sources behind which there is no image. One statement.

    Images of other sites are links and not missing; what stands at other addresses of ours is
    not looked at.
    """
    wanted = {source: asset_name(source) for source in sources if not is_outside(source)}
    names = {name for name in wanted.values() if name is not None}
    known = set(session.scalars(select(ArticleAsset.name).where(ArticleAsset.name.in_(names))))
    return tuple(
        source for source, name in wanted.items() if name not in known and _is_ours(source, name)
    )


def _is_ours(source: str, name: str | None) -> bool:
    """Whether we would have to have it: an image of articles, or a file that lies nowhere."""
    return name is not None or source.startswith("/assets/") or not source.startswith("/")
