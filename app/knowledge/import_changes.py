"""What an import would change: each article to be against what is stored. Decides, never writes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.knowledge.exchange import Address, StoredArticle, in_batches, read_addresses
from app.knowledge.models import Article, ArticleRedirect
from articles.front_matter import LOCALES, FrontMatter, canonical, normalise_body
from articles.import_plan import ImportedArticle, Refusal
from articles.lifecycle import ArticleState


class ChangeKind(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """What an import does with one article.

    `front_matter` is what will hold: canonical, with what is stored where the file is silent.
    `redirects` are the addresses to add.
    """

    kind: ChangeKind
    path: str
    front_matter: FrontMatter
    body: str
    stored: StoredArticle | None = None
    new_text: bool = False
    new_place: bool = False
    redirects: tuple[str, ...] = ()

    @property
    def address(self) -> Address:
        return self.front_matter.locale, self.front_matter.slug


def changes_of(
    session: Session, articles: Iterable[ImportedArticle]
) -> tuple[list[Change], list[Refusal]]:
    """Every article's change in their order, and notes on what could not be kept.

    Notes tell of owners without an account and translations of articles that are not there.
    """
    incoming = [(each.source_path, canonical(each.front_matter), each.body) for each in articles]
    addresses = [(meta.locale, meta.slug) for _, meta, _ in incoming]
    stored = dict(read_addresses(session, addresses))
    known = _Known(
        owners=_known_owners(session, (meta.owner for _, meta, _ in incoming)),
        articles=set(addresses) | _known_articles(session, (meta for _, meta, _ in incoming)),
        redirects=set(addresses) | _known_redirects(session, (meta for _, meta, _ in incoming)),
    )
    changes: list[Change] = []
    notes: list[Refusal] = []
    for path, meta, body in incoming:
        present = stored.get((meta.locale, meta.slug))
        kept, problems = known.keep(meta)
        notes += [Refusal(path, None, problem) for problem in problems]
        changes.append(change_of(path, kept, normalise_body(body), present, known.redirects))
        known.redirects |= {(meta.locale, old) for old in changes[-1].redirects}
    return changes, notes


def change_of(
    path: str,
    meta: FrontMatter,
    body: str,
    stored: StoredArticle | None,
    taken: set[Address],
) -> Change:
    """One article's change. `taken` are the addresses that lead somewhere already."""
    redirects = tuple(
        old for old in meta.redirects_from if old != meta.slug and (meta.locale, old) not in taken
    )
    if stored is None:
        return Change(
            ChangeKind.CREATED, path, meta, body, None, new_text=True, redirects=redirects
        )
    present = stored.published if meta.state is ArticleState.PUBLISHED else stored.current
    old = stored.current.front_matter
    meta = replace(
        meta,
        owner=meta.owner or old.owner,
        verified_on=meta.verified_on or old.verified_on,
        translation_of=meta.translation_of or old.translation_of,
    )
    new_text = present is None or _text(meta, body) != _text(present.front_matter, present.body)
    new_place = _place(meta) != _place(old) or _changes_state(meta.state, stored)
    kind = ChangeKind.UPDATED if new_text or new_place or redirects else ChangeKind.UNCHANGED
    return Change(
        kind,
        path,
        meta,
        body,
        stored,
        new_text=new_text,
        new_place=new_place,
        redirects=redirects,
    )


def _changes_state(state: ArticleState, stored: StoredArticle) -> bool:
    """Whether the state alone differs. A file that says draft takes nothing from readers."""
    if state is ArticleState.PUBLISHED:
        return False  # `present` has told: it is on show with this text, or it is a new text
    if state is ArticleState.ARCHIVED:
        return stored.state is not ArticleState.ARCHIVED
    return stored.published is None and stored.state is not state


def _text(meta: FrontMatter, body: str) -> tuple[object, ...]:
    return meta.title, meta.summary, meta.tags, normalise_body(body)


def _place(meta: FrontMatter) -> tuple[object, ...]:
    return (
        meta.category,
        meta.visibility,
        meta.organisation,
        meta.owner,
        meta.verified_on,
        meta.translation_of,
    )


@dataclass(slots=True)
class _Known:
    """What the front matter may refer to."""

    owners: set[str]
    articles: set[Address]
    redirects: set[Address]

    def keep(self, meta: FrontMatter) -> tuple[FrontMatter, list[str]]:
        """The front matter without what leads nowhere, and what that was."""
        problems: list[str] = []
        if meta.owner and meta.owner.lower() not in self.owners:
            problems.append(f"owner {meta.owner} has no account here; the article has no owner")
            meta = replace(meta, owner=None)
        elif meta.owner:
            meta = replace(meta, owner=meta.owner.lower())
        if meta.translation_of and find_translated(meta, self.articles) is None:
            problems.append(
                f"translation_of {meta.translation_of}: there is no such article in the other "
                "language"
            )
            meta = replace(meta, translation_of=None)
        return meta, problems


def find_translated(
    meta: FrontMatter, articles: Mapping[Address, object] | set[Address]
) -> Address | None:
    """The address among `articles` of which this one is a translation."""
    if meta.translation_of is None:
        return None
    candidates = ((locale, meta.translation_of) for locale in LOCALES if locale != meta.locale)
    return next((address for address in candidates if address in articles), None)


def _known_owners(session: Session, owners: Iterable[str | None]) -> set[str]:
    found: set[str] = set()
    for some in in_batches({owner.lower() for owner in owners if owner}):
        found |= set(session.scalars(select(User.email).where(User.email.in_(some))))
    return found


def _known_articles(session: Session, metas: Iterable[FrontMatter]) -> set[Address]:
    found: set[Address] = set()
    for some in in_batches({meta.translation_of for meta in metas if meta.translation_of}):
        statement = select(Article.locale, Article.slug).where(Article.slug.in_(some))
        found |= {(locale, slug) for locale, slug in session.execute(statement)}
    return found


def _known_redirects(session: Session, metas: Iterable[FrontMatter]) -> set[Address]:
    """Old addresses that lead somewhere, and those where an article stands."""
    found: set[Address] = set()
    for some in in_batches({old for meta in metas for old in meta.redirects_from}):
        for table in (ArticleRedirect, Article):
            statement = select(table.locale, table.slug).where(table.slug.in_(some))
            found |= {(locale, slug) for locale, slug in session.execute(statement)}
    return found
