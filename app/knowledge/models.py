"""Articles with their revisions, what belongs to them, and readers' votes."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, User
from app.db.base import Base, by_value
from articles.lifecycle import ArticleState, Visibility


class Category(Base):
    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """Name by locale: {"en": "Billing", "es": "Facturación"}; `name(locale)` falls back."""
    position: Mapped[int] = mapped_column(default=0)

    def name(self, locale: str) -> str:
        """The name in this locale, or in any other, or the slug made readable."""
        spoken = self.slug.replace("-", " ").capitalize()
        return self.names.get(locale) or next(iter(self.names.values()), spoken)


class SynonymEntry(Base):
    """Phrases of one language that mean the same to those who search and ask."""

    __tablename__ = "synonym_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    locale: Mapped[str] = mapped_column(String(8))
    phrases: Mapped[list[str]] = mapped_column(JSON)
    changed_at: Mapped[datetime]


class Article(Base):
    """An article in one language. What readers see is `published_revision`."""

    __tablename__ = "article"
    __table_args__ = (
        UniqueConstraint("locale", "slug"),
        Index("ix_article_listing", "state", "visibility", "locale", "category_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    locale: Mapped[str] = mapped_column(String(8))
    slug: Mapped[str] = mapped_column(String(160))
    state: Mapped[ArticleState] = mapped_column(by_value(ArticleState), default=ArticleState.DRAFT)
    """State of the newest revision; a published article with a newer draft keeps its
    `published_revision_id` while `state` tells of the draft."""
    visibility: Mapped[Visibility] = mapped_column(by_value(Visibility), default=Visibility.PUBLIC)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    translation_of_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"), index=True)
    verified_on: Mapped[date | None]
    current_revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("article_revision.id", use_alter=True)
    )
    published_revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("article_revision.id", use_alter=True), index=True
    )
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    """When it was first published; kept when it is withdrawn."""
    index_version: Mapped[int] = mapped_column(default=0, index=True)
    """The content's version (see `db.outbox.bump_index`) of the last change that readers see."""
    taught_version: Mapped[int] = mapped_column(default=0, index=True)
    """The same of the last change of what solved tickets and drafts teach about it."""
    helpful_count: Mapped[int] = mapped_column(default=0)
    unhelpful_count: Mapped[int] = mapped_column(default=0)
    solved_count: Mapped[int] = mapped_column(default=0)
    worked_count: Mapped[int] = mapped_column(default=0)
    """How many people said of this article, when it was suggested, that it solved their problem."""
    failed_count: Mapped[int] = mapped_column(default=0)
    """How many said that they tried it and that it did not help."""
    """Drafts and tickets that it solved. With the votes it orders articles by usefulness."""

    category: Mapped[Category | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    owner: Mapped[User | None] = relationship()
    translation_of: Mapped["Article | None"] = relationship(remote_side=[id])
    current_revision: Mapped["ArticleRevision | None"] = relationship(
        foreign_keys=[current_revision_id], post_update=True
    )
    published_revision: Mapped["ArticleRevision | None"] = relationship(
        foreign_keys=[published_revision_id], post_update=True
    )


class ArticleRevision(Base):
    """What an article said at one time; never changed once it was published."""

    __tablename__ = "article_revision"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str] = mapped_column(String(1000), default="")
    body: Mapped[str] = mapped_column(Text)
    """Markdown."""
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    html: Mapped[str] = mapped_column(Text, default="")
    """The body rendered and sanitised, cached by revision."""
    toc: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    """[level, anchor, title] of each heading."""
    sections: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    """[anchor, title, plain text] of each headed part: what the text engine indexes."""
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    """When readers first saw it; from then on it is never changed."""

    author: Mapped[User | None] = relationship()


class ArticleTag(Base):
    """A tag of an article's published revision, for filters and for related articles."""

    __tablename__ = "article_tag"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(80), primary_key=True, index=True)


DRAFT_DROPPED: Final = "drop_draft"
"""What a review note says when the newer draft of a published article was dropped."""


class ReviewNote(Base):
    """What was said while an article went through review."""

    __tablename__ = "review_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    action: Mapped[str] = mapped_column(String(20))
    """The lifecycle action it accompanies: submit, send_back, publish, withdraw, restore; or
    DRAFT_DROPPED."""
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]

    author: Mapped[User | None] = relationship()


class ArticleRedirect(Base):
    """An address that an article once had."""

    __tablename__ = "article_redirect"
    __table_args__ = (UniqueConstraint("locale", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    locale: Mapped[str] = mapped_column(String(8))
    slug: Mapped[str] = mapped_column(String(160))
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)


class ArticleAsset(Base):
    """An image that articles show, stored by its content's SHA-256 in the files folder."""

    __tablename__ = "article_asset"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    """What Markdown calls it (`asset:<name>`) and its address: see `articles.images`."""
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    filename: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    created_at: Mapped[datetime]


class RevisionAsset(Base):
    """That a revision shows an image: who may read it when published may see the image."""

    __tablename__ = "revision_asset"

    revision_id: Mapped[int] = mapped_column(ForeignKey("article_revision.id"), primary_key=True)
    asset_id: Mapped[int] = mapped_column(
        ForeignKey("article_asset.id"), primary_key=True, index=True
    )


class ArticleVote(Base):
    """Whether an article helped a reader; one a reader and revision."""

    __tablename__ = "article_vote"
    __table_args__ = (UniqueConstraint("article_id", "revision_id", "voter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("article_revision.id"))
    voter: Mapped[str] = mapped_column(String(64))
    """A keyed hash of the account or of the visitor's cookie; no address."""
    helpful: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime]
