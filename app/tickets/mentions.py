"""Which articles a message sends: told by the addresses that stand in its text."""

import re
from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.knowledge.models import Article
from app.knowledge.rendering import article_path

_SLUG = r"[A-Za-z0-9._-]{1,160}"
MOST = 50
"""More addresses than that in one message are not looked up."""


def mentioned(text: str, public_url: str) -> tuple[tuple[str, str], ...]:
    """Locale and slug of each of our articles whose address stands in the text, in order."""
    path = re.escape(article_path("LOCALE", "SLUG"))
    pattern = re.escape(public_url) + path.replace("LOCALE", "(en|es)").replace(
        "SLUG", f"({_SLUG})"
    )
    found = ((locale, slug.rstrip(".")) for locale, slug in re.findall(pattern, text))
    return tuple(dict.fromkeys(found))[:MOST]


def mentioned_articles(session: Session, text: str, public_url: str) -> Sequence[Article]:
    """The articles whose address stands in the text. One statement, or none."""
    places = mentioned(text, public_url)
    if not places:
        return ()
    return session.scalars(
        select(Article).where(tuple_(Article.locale, Article.slug).in_(places)).order_by(Article.id)
    ).all()
