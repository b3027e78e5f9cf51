"""Answer a draft, and keep what was answered: one transaction, a fixed number of statements."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.db.database import relaxed
from app.deflection import recording, rules
from app.deflection.ranking import Ranked, Ranker, RankingPolicy, ask
from app.deflection.recording import Standing
from app.deflection.states import Channel, Verdict
from app.knowledge.links import ArticleLink, published_links
from app.knowledge.policy import audiences
from search.showing import Source
from search.suggestions import Draft

MAX_TERMS_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody has typed so far, and where they came from."""

    subject: str
    body: str
    locale: str
    from_article_id: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Who types, as far as it is known, and by which way.

    `visitor` is a keyed hash of the browser's cookie; `email` an address in its common form.
    """

    actor: Actor
    channel: Channel
    visitor: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class ShownSuggestion:
    """One suggestion as the customer sees it, checked against SQL a moment ago."""

    article: ArticleLink
    section_anchor: str
    section_title: str
    excerpt: str
    score: float
    confidence: float
    terms: tuple[str, ...]
    sources: tuple[Source, ...] = ()
    """What made the score, most first."""
    earlier_tickets: int = 0
    """How many tickets near the draft the article solved; more than three count as three."""
    verdict: Verdict | None = None

    @property
    def telling_terms(self) -> tuple[str, ...]:
        """The words to name as the reason: five at most, and no single letters."""
        return tuple(term for term in self.terms if len(term) > 1)[:MAX_TERMS_NAMED]


@dataclass(frozen=True, slots=True)
class Shown:
    """The answer to a draft. `token` is that of the attempt which it belongs to from now on."""

    token: str
    suggestions: tuple[ShownSuggestion, ...] = ()
    language: str | None = None
    is_cut: bool = False
    """Whether the draft is too long to be read whole: its end changes nothing."""
    repeated: bool = field(default=False)
    """Whether this attempt had been answered before."""


def suggest(
    session: Session,
    ranker: Ranker | None,
    *,
    origin: Origin,
    token: str,
    new_token: Callable[[], str] | None,
    typed: Typed,
    policy: RankingPolicy,
    now: datetime,
    is_new: bool = False,
) -> Shown:
    """The articles that may solve what somebody types; often none.

    `token` is that of the attempt, begun already or not; when that attempt has ended, the answer
    belongs to another one under `new_token()`, or, without, there is none. `is_new` says that the
    token was made for this request, so that nobody can have begun its attempt. Nothing is kept of
    fewer than 12 characters. The ranker works before the transaction begins.

    What is kept is committed, and seen by every process, before this returns; but the commit does
    not wait for the disk (see `relaxed`), for the answer to a half-written draft promises nothing.
    """
    if not rules.is_long_enough(typed.subject, typed.body):
        return Shown(token)
    draft = Draft(typed.subject, typed.body, typed.locale)
    ranked = ask(ranker, draft, audiences=audiences(origin.actor), policy=policy)
    connection = relaxed(session)
    standing = None if is_new else recording.find_standing(connection, token)
    if standing is not None and not rules.goes_on(standing.state):
        if new_token is None:
            session.rollback()
            return Shown(token)
        token, standing, is_new = new_token(), None, True
    row = _row(origin, typed, ranked, now)
    begun = standing is None
    if standing is None:
        first = row | {
            "token": token,
            "channel": origin.channel,
            "created_at": now,
        }
        if is_new:
            standing = recording.begin(connection, first)
        else:
            standing, begun = recording.begin_or_find(session, first)
    if not begun:
        recording.go_on(connection, standing, row)
    suggestions = _checked(connection, standing, typed, ranked, origin.actor, policy.limit)
    recording.keep_impressions(connection, standing, [_impression(s) for s in suggestions], now=now)
    recording.keep_answer(connection, standing.id, _answer(row, suggestions), first=begun)
    session.commit()
    return Shown(
        token, suggestions, ranked.language, is_cut=ranked.is_cut, repeated=bool(standing.shown)
    )


def _row(origin: Origin, typed: Typed, ranked: Ranked, now: datetime) -> dict[str, Any]:
    """What every answer puts into its attempt; who somebody is only when that is known."""
    known = {
        "from_article_id": typed.from_article_id,
        "user_id": origin.actor.user_id,
        "visitor": origin.visitor,
        "email": origin.email,
    }
    return {
        "subject": rules.kept(typed.subject)[: rules.MAX_SUBJECT_CHARACTERS],
        "body": rules.kept(typed.body),
        "locale": typed.locale,
        "language": ranked.language,
        "index_version": ranked.index_version,
        "parameters": ranked.parameters,
        "updated_at": now,
        **{name: value for name, value in known.items() if value},
    }


def _checked(
    connection: Connection,
    standing: Standing,
    typed: Typed,
    ranked: Ranked,
    actor: Actor,
    limit: int,
) -> tuple[ShownSuggestion, ...]:
    """What the ranker gave, as far as SQL shows it to this person now: one statement."""
    found = [each.document_id for each in ranked.found.articles]
    articles = published_links(connection, actor, found)
    verdicts = standing.verdicts
    ordered = rules.in_order(
        [(int(each), each) for each in found if int(each) in articles],
        verdicts=verdicts,
        already_read=typed.from_article_id or standing.from_article_id,
        limit=limit,
    )
    return tuple(
        ShownSuggestion(
            article=articles[int(each.document_id)],
            section_anchor=each.section_anchor,
            section_title=each.section_title,
            excerpt=each.excerpt,
            score=each.score,
            confidence=each.confidence,
            terms=each.terms,
            sources=each.sources,
            earlier_tickets=len(each.tickets),
            verdict=verdicts.get(int(each.document_id)),
        )
        for each in ranked.shown(ordered)
    )


def _impression(each: ShownSuggestion) -> dict[str, Any]:
    return {
        "article_id": each.article.id,
        "revision_id": each.article.revision_id,
        "section_anchor": each.section_anchor,
        "score": each.score,
        "confidence": each.confidence,
        "terms": list(each.terms),
    }


def _answer(row: dict[str, Any], suggestions: tuple[ShownSuggestion, ...]) -> dict[str, Any]:
    kept = ("subject", "body", "language", "locale", "index_version", "parameters")
    return {
        **{name: row[name] for name in kept},
        "shown": [
            [each.article.id, each.section_anchor, each.score, each.confidence]
            for each in suggestions
        ],
        "created_at": row["updated_at"],
    }
