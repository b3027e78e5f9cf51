"""Articles, categories and people who write, for tests that need some."""

from datetime import UTC, datetime
from itertools import count
from typing import Self

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.models import Organisation, Role, User
from app.knowledge import service
from app.knowledge.models import Article, Category
from app.knowledge.service import ArticleText, Placement
from articles.lifecycle import Visibility

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_numbers = count(1)


def make_actor(
    session: Session, role: Role = Role.EDITOR, *, organisation: Organisation | None = None
) -> Actor:
    """A person of this role with an account."""
    number = next(_numbers)
    user = User(
        email=f"{role.value}{number}@example.org",
        name=f"{role.value.title()} {number}",
        role=role,
        organisation_id=organisation.id if organisation else None,
        email_confirmed_at=NOW,
        created_at=NOW,
    )
    session.add(user)
    session.commit()
    return Actor(user_id=user.id, role=role, email=user.email, organisation_id=user.organisation_id)


def make_organisation(session: Session, name: str = "") -> Organisation:
    organisation = Organisation(name=name or f"Organisation {next(_numbers)}", created_at=NOW)
    session.add(organisation)
    session.commit()
    return organisation


def make_category(session: Session, slug: str, **names: str) -> Category:
    found = session.scalar(select(Category).where(Category.slug == slug))
    if found is None:
        found = Category(slug=slug, names=names)
        session.add(found)
        session.commit()
    return found


def make_article(
    session: Session,
    *,
    title: str = "Reset your password",
    body: str = "## Steps\n\nOpen the page and follow the link.\n",
    summary: str = "",
    locale: str = "en",
    slug: str | None = None,
    category: str | None = None,
    tags: tuple[str, ...] = (),
    visibility: Visibility = Visibility.PUBLIC,
    organisation: Organisation | None = None,
    translation_of: Article | None = None,
    published: bool = True,
    actor: Actor | None = None,
    now: datetime = NOW,
) -> Article:
    """An article written by an editor, published unless told otherwise."""
    editor = actor or Actor(user_id=None, role=Role.EDITOR)
    article = service.create_draft(
        session,
        actor=editor,
        text=ArticleText(title=title, summary=summary, body=body, tags=tags),
        locale=locale,
        placement=Placement(
            slug=slug,
            category_id=make_category(session, category).id if category else None,
            visibility=visibility,
            organisation_id=organisation.id if organisation else None,
            translation_of_id=translation_of.id if translation_of else None,
        ),
        now=now,
    )
    if published:
        asked = session.scalar(select(Category.id).limit(1))
        service.publish(session, actor=editor, article_id=article.id, category_id=asked, now=now)
        if category is None and article.category_id is not None:
            article.category_id = None  # as an import may bring it
            session.commit()
    return article


class StatementCount:
    """Counts the SQL statements that an engine runs inside a `with`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.statements: list[str] = []

    def _saw(self, _conn, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            self.statements.append(statement)

    def __enter__(self) -> Self:
        event.listen(self._engine, "before_cursor_execute", self._saw)
        return self

    def __exit__(self, *_error) -> None:
        event.remove(self._engine, "before_cursor_execute", self._saw)

    @property
    def count(self) -> int:
        return len(self.statements)
