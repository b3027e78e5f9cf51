"""The writing half of an import: rows for new articles in batches, others one by one."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Organisation, User
from app.db.outbox import bump_index
from app.errors import ConflictError
from app.knowledge.exchange import Address, in_batches
from app.knowledge.files import register_assets
from app.knowledge.import_changes import Change, ChangeKind, find_translated
from app.knowledge.loading import STALE, get_article, next_number, readers_see_change
from app.knowledge.models import (
    Article,
    ArticleAsset,
    ArticleRedirect,
    ArticleRevision,
    ArticleTag,
    Category,
    RevisionAsset,
)
from app.knowledge.rendering import PreparedText
from app.knowledge.reviewing import hide, show
from app.knowledge.voting import hold
from app.knowledge.writing import add_revision
from articles.categories import CategoryNames
from articles.front_matter import FrontMatter
from articles.images import Asset
from articles.lifecycle import ArticleState

Prepared = tuple[Change, PreparedText]


class ImportWriter:
    """Writes changes into a session; the caller commits."""

    def __init__(self, session: Session, *, now: datetime) -> None:
        self._session = session
        self._now = now
        self._version: int | None = None
        self._categories = {
            category.slug: category for category in session.scalars(select(Category))
        }
        self._organisations: dict[str, int] = {}
        self._owners: dict[str, int] = {}
        self._assets: dict[str, int] = {}
        self._ids: dict[Address, int] = {}
        self._translations: list[tuple[int, FrontMatter]] = []

    def name_categories(self, categories: Mapping[str, CategoryNames]) -> None:
        """Give categories the names and the order of a `categories.yaml`."""
        for slug, given in categories.items():
            category = self._category(slug)
            if (dict(given.names), given.position) != (category.names, category.position):
                category.names = dict(given.names)
                category.position = given.position
        self._session.flush()

    def register(self, assets: Iterable[Asset]) -> None:
        """Make the rows of stored images."""
        for some in in_batches(assets):
            register_assets(self._session, {asset.name: asset for asset in some}, now=self._now)

    def hold(self, changes: Iterable[Change]) -> None:
        """Lock the articles that are there and change, before `write` takes the version."""
        ids = [
            each.stored.id
            for each in changes
            if each.stored is not None and each.kind is not ChangeKind.UNCHANGED
        ]
        for some in in_batches(sorted(ids)):
            hold(self._session, some)

    def write(self, prepared: Iterable[Prepared]) -> Iterator[int]:
        """Write every change; yields how many are done after each batch."""
        done = 0
        for batch in in_batches(prepared):
            if self._version is None:
                self._version = bump_index(self._session, now=self._now)
            self._look_up(batch)
            new = [(change, text) for change, text in batch if change.stored is None]
            if new:
                self._insert(new)
            for change, text in batch:
                if change.stored is not None:
                    self._change(change, text)
            self._session.flush()
            self._session.expunge_all()
            self._categories = {
                category.slug: category for category in self._session.scalars(select(Category))
            }
            done += len(batch)
            yield done
        self._translate()

    def _category(self, slug: str) -> Category:
        if slug not in self._categories:
            self._categories[slug] = Category(slug=slug, names={})
            self._session.add(self._categories[slug])
        return self._categories[slug]

    def _look_up(self, batch: list[Prepared]) -> None:
        """The ids of everything that a batch refers to; what may be made is made."""
        session = self._session
        metas = [change.front_matter for change, _ in batch]
        for meta in metas:
            self._category(meta.category)
        names = {meta.organisation for meta in metas if meta.organisation}
        names -= self._organisations.keys()
        if names:
            known = set(
                session.scalars(select(Organisation.name).where(Organisation.name.in_(names)))
            )
            session.add_all(
                Organisation(name=name, created_at=self._now) for name in sorted(names - known)
            )
        session.flush()
        if names:
            statement = select(Organisation).where(Organisation.name.in_(names))
            self._organisations |= {each.name: each.id for each in session.scalars(statement)}
        owners = {meta.owner for meta in metas if meta.owner} - self._owners.keys()
        if owners:
            people = select(User.email, User.id).where(User.email.in_(owners))
            self._owners |= {email: user_id for email, user_id in session.execute(people)}  # noqa: C416 - rows are no pairs to mypy
        images = {name for _, text in batch for name in text.assets} - self._assets.keys()
        if images:
            rows = select(ArticleAsset.name, ArticleAsset.id).where(ArticleAsset.name.in_(images))
            self._assets |= {name: asset_id for name, asset_id in session.execute(rows)}  # noqa: C416 - rows are no pairs to mypy

    def _place(self, meta: FrontMatter) -> dict[str, Any]:
        return {
            "visibility": meta.visibility,
            "organisation_id": self._organisations.get(meta.organisation or ""),
            "category_id": self._categories[meta.category].id,
            "owner_id": self._owners.get(meta.owner or ""),
            "verified_on": meta.verified_on,
        }

    def _insert(self, batch: list[Prepared]) -> None:
        session, now = self._session, self._now
        shown = [change.front_matter.state is ArticleState.PUBLISHED for change, _ in batch]
        # The databases return rows in any order, and one at a time when asked to keep it.
        made = session.execute(
            insert(Article).returning(Article.locale, Article.slug, Article.id),
            [
                {
                    "locale": change.front_matter.locale,
                    "slug": change.front_matter.slug,
                    "state": change.front_matter.state,
                    "created_at": now,
                    "updated_at": now,
                    "published_at": now if is_shown else None,
                    "index_version": self._version if is_shown else 0,
                    **self._place(change.front_matter),
                }
                for (change, _), is_shown in zip(batch, shown, strict=True)
            ],
        )
        by_address = {(locale, slug): article_id for locale, slug, article_id in made}
        ids = [by_address[change.address] for change, _ in batch]
        written = session.execute(
            insert(ArticleRevision).returning(ArticleRevision.article_id, ArticleRevision.id),
            [
                {
                    "article_id": article_id,
                    "number": 1,
                    "title": text.text.title,
                    "summary": text.text.summary,
                    "body": text.text.body,
                    "tags": list(text.text.tags),
                    "html": text.html,
                    "toc": [[str(level), anchor, title] for level, anchor, title in text.toc],
                    "sections": [[part.anchor, part.title, part.text] for part in text.sections],
                    "created_at": now,
                    "published_at": now if is_shown else None,
                }
                for article_id, (_, text), is_shown in zip(ids, batch, shown, strict=True)
            ],
        )
        by_article = {article_id: revision_id for article_id, revision_id in written}  # noqa: C416 - rows are no pairs to mypy
        revisions = [by_article[article_id] for article_id in ids]
        session.execute(
            update(Article),
            [
                {
                    "id": article_id,
                    "current_revision_id": revision_id,
                    "published_revision_id": revision_id if is_shown else None,
                }
                for article_id, revision_id, is_shown in zip(ids, revisions, shown, strict=True)
            ],
        )
        tags = [
            {"article_id": article_id, "tag": tag}
            for article_id, (_, text), is_shown in zip(ids, batch, shown, strict=True)
            if is_shown
            for tag in text.text.tags
        ]
        if tags:
            session.execute(insert(ArticleTag), tags)
        images = [
            {"revision_id": revision_id, "asset_id": self._assets[name]}
            for revision_id, (_, text) in zip(revisions, batch, strict=True)
            for name in sorted(text.assets & self._assets.keys())
        ]
        if images:
            session.execute(insert(RevisionAsset), images)
        for article_id, (change, _) in zip(ids, batch, strict=True):
            self._remember(article_id, change)

    def _remember(self, article_id: int, change: Change) -> None:
        self._ids[change.address] = article_id
        if change.front_matter.translation_of:
            self._translations.append((article_id, change.front_matter))
        self._session.add_all(
            ArticleRedirect(locale=change.front_matter.locale, slug=old, article_id=article_id)
            for old in change.redirects
        )

    def _change(self, change: Change, text: PreparedText) -> None:
        session, now, stored = self._session, self._now, change.stored
        if stored is None:
            return
        article = get_article(session, stored.id, for_change=True)
        if article.current_revision_id != stored.current_revision_id:
            raise ConflictError(STALE)
        self._remember(article.id, change)
        for name, value in self._place(change.front_matter).items():
            setattr(article, name, value)
        state = change.front_matter.state
        if change.new_text:
            revision = add_revision(
                session,
                article.id,
                text,
                number=next_number(session, article.id),
                author_id=None,
                now=now,
            )
            article.current_revision = revision
            article.state = state
            if state is ArticleState.PUBLISHED:
                show(session, article, revision, now=now, version=self._version)
        elif article.published_revision_id is None:
            article.state = state
        if state is ArticleState.ARCHIVED:
            article.state = state
            hide(session, article, now=now, version=self._version)
        if article.published_revision_id is not None:
            readers_see_change(session, article, now=now, version=self._version)
        article.updated_at = now

    def _translate(self) -> None:
        """Join translations, once everything that they may point to is there."""
        for some in in_batches(self._translations):
            slugs = {meta.translation_of for _, meta in some} - {None}
            rows = self._session.execute(
                select(Article.locale, Article.slug, Article.id).where(Article.slug.in_(slugs))
            )
            known = {(locale, slug): article_id for locale, slug, article_id in rows}
            found = [
                {"id": article_id, "translation_of_id": known[address]}
                for article_id, meta in some
                if (address := find_translated(meta, known)) is not None
            ]
            if found:
                self._session.execute(update(Article), found)
