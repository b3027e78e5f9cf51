"""THE visibility policy of articles: pages, search, suggestions, feeds, mail and counts ask it.

An article is on show while it has a published revision and is not archived; its visibility then
says to whom. `visible_articles` says it to SQL, `may_read` about one row, and `audiences` with
`audience_of` in the labels that the text engine keeps.
"""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_

from app.accounts.actor import Actor
from app.errors import ForbiddenError
from app.knowledge.models import Article
from articles.lifecycle import ArticleState, RoleFlags, Visibility

PUBLIC: Final = "public"
CUSTOMERS: Final = "customers"
AGENTS: Final = "agents"


def audiences(actor: Actor, *, organisations: Iterable[int] = ()) -> frozenset[str]:
    """The labels whose documents this person may find.

    `organisations` are those whose articles a member of staff looks at, too (all that have any:
    `queries.audiences`; or that of a ticket's customer); for anybody else they are ignored.
    """
    labels = {PUBLIC}
    if actor.is_signed_in:
        labels.add(CUSTOMERS)
    if actor.is_staff:
        labels |= {AGENTS, *map(_organisation, organisations)}
    if actor.organisation_id is not None and actor.is_signed_in:
        labels.add(_organisation(actor.organisation_id))
    return frozenset(labels)


def audience_of(visibility: Visibility, organisation_id: int | None) -> str:
    """The label under which the text engine keeps an article."""
    match visibility:
        case Visibility.PUBLIC:
            return PUBLIC
        case Visibility.CUSTOMERS:
            return CUSTOMERS
        case Visibility.ORGANISATION if organisation_id is not None:
            return _organisation(organisation_id)
        case _:
            return AGENTS


def _organisation(organisation_id: int) -> str:
    return f"organisation:{organisation_id}"


def visible_articles(actor: Actor, article: Any = Article) -> ColumnElement[bool]:
    """The SQL condition on `article` (the table, or an alias) for what this person may read."""
    on_show = and_(
        article.published_revision_id.is_not(None), article.state != ArticleState.ARCHIVED
    )
    if actor.is_staff:
        return on_show
    allowed = article.visibility == Visibility.PUBLIC
    if actor.is_signed_in:
        allowed = or_(allowed, article.visibility == Visibility.CUSTOMERS)
        if actor.organisation_id is not None:
            allowed = or_(
                allowed,
                and_(
                    article.visibility == Visibility.ORGANISATION,
                    article.organisation_id == actor.organisation_id,
                ),
            )
    return and_(on_show, allowed)


def may_read(actor: Actor, article: Article) -> bool:
    """Whether this person may read the published revision."""
    return (
        article.published_revision_id is not None
        and article.state is not ArticleState.ARCHIVED
        and is_addressed(actor, article)
    )


def is_addressed(actor: Actor, article: Article) -> bool:
    """Whether this person belongs to those the article is for, whatever its state."""
    if actor.is_staff:
        return True
    return audience_of(article.visibility, article.organisation_id) in audiences(actor)


def role_flags(actor: Actor) -> RoleFlags:
    """What the lifecycle needs to know of a person."""
    return RoleFlags(agent=actor.is_staff, editor=actor.curates)


def may_edit(actor: Actor, article: Article) -> bool:
    """Whether this person may write the next revision.

    Editors any. An agent their own draft, or a new draft beside a published article.
    """
    if actor.curates:
        return True
    if not actor.is_staff:
        return False
    if article.state is ArticleState.PUBLISHED:
        return True
    return article.state is ArticleState.DRAFT and is_author(actor, article)


def is_author(actor: Actor, article: Article) -> bool:
    """Whether this person owns the article or wrote its newest revision."""
    revision = article.current_revision
    return actor.user_id is not None and (
        article.owner_id == actor.user_id
        or (revision is not None and revision.author_id == actor.user_id)
    )


def require_staff(actor: Actor) -> None:
    """Raise ForbiddenError unless the person is an agent, editor or admin."""
    if not actor.is_staff:
        raise ForbiddenError("only staff may write articles")


def require_editor(actor: Actor) -> None:
    """Raise ForbiddenError unless the person curates the content."""
    if not actor.curates:
        raise ForbiddenError("only editors may do this")
