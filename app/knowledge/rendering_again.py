"""Render what is stored once more, after an upgrade has changed how Markdown is shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.db.database import Database
from app.errors import InvalidError
from app.knowledge.exchange import in_batches
from app.knowledge.loading import readers_see_change
from app.knowledge.models import Article, ArticleRevision
from app.knowledge.rendering import PreparedText, article_path, prepare
from app.knowledge.writing import put_rendering, text_of

BATCH = 50


@dataclass(slots=True)
class RenderedAgain:
    """How many revisions look different now and how many the same; what was left as it is."""

    changed: int = 0
    same: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    """The article's address, and why its text cannot be rendered."""


def render_again(
    database: Database,
    *,
    video_hosts: Sequence[str] = (),
    now: datetime,
    on_progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> RenderedAgain:
    """Render the newest and the published revision of every article; one commit a batch.

    No word changes: what is kept beside a text is made of it again. Nothing is rendered while
    others wait to write. A repeat changes nothing.
    """
    outcome = RenderedAgain()
    with database.reading() as session:
        ids = session.scalars(
            select(ArticleRevision.id)
            .join(Article, Article.id == ArticleRevision.article_id)
            .where(
                or_(
                    ArticleRevision.id == Article.current_revision_id,
                    ArticleRevision.id == Article.published_revision_id,
                )
            )
            .order_by(ArticleRevision.id)
        ).all()
    done = 0
    for batch in in_batches(ids, BATCH):
        with database.reading() as session:
            changed = _changed(session, batch, video_hosts, outcome)
        if changed:
            with database.writing() as session:
                _write(session, changed, now=now)
        done += len(batch)
        on_progress(done, len(ids))
    return outcome


def _changed(
    session: Session, ids: Sequence[int], video_hosts: Sequence[str], outcome: RenderedAgain
) -> dict[int, PreparedText]:
    """What is to be written, by the revision's id."""
    found = {}
    rows = session.execute(
        select(ArticleRevision, Article.locale, Article.slug)
        .join(Article, Article.id == ArticleRevision.article_id)
        .where(ArticleRevision.id.in_(ids))
    ).all()
    for revision, locale, slug in rows:
        try:
            prepared = prepare(text_of(revision), locale=locale, video_hosts=video_hosts)
        except InvalidError as error:
            outcome.refused.append((article_path(locale, slug), str(error)))
            continue
        if prepared.html == revision.html:
            outcome.same += 1
        else:
            outcome.changed += 1
            found[revision.id] = prepared
    return found


def _write(session: Session, changed: Mapping[int, PreparedText], *, now: datetime) -> None:
    for revision in session.scalars(select(ArticleRevision).where(ArticleRevision.id.in_(changed))):
        put_rendering(revision, changed[revision.id])
    shown = select(Article).where(Article.published_revision_id.in_(changed)).order_by(Article.id)
    for article in session.scalars(shown.with_for_update()).all():
        readers_see_change(session, article, now=now)
    session.commit()
