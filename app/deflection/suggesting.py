"""Answer a draft, and keep what was answered: one transaction, a fixed number of statements."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.deflection import rules
from app.deflection.attempts import (
    begin_attempt,
    find_attempt,
    put_state,
    state_of,
    verdicts_of,
)
from app.deflection.models import Answer, Attempt, Impression
from app.deflection.ranking import Ranked, Ranker, RankingPolicy, ask
from app.deflection.states import Channel, Verdict
from app.knowledge.policy import audiences
from app.knowledge.queries import PublishedArticle, published_articles
from search.analysis import MAX_DRAFT_CHARACTERS
from search.suggestions import Draft, Suggestion

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

    article: PublishedArticle
    section_anchor: str
    section_title: str
    excerpt: str
    score: float
    confidence: float
    terms: tuple[str, ...]
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
) -> Shown:
    """The articles that may solve what somebody types; often none.

    `token` is that of the attempt, begun already or not; when that attempt has ended, the answer
    belongs to another one under `new_token()`, or, without, there is none. Nothing is kept of
    fewer than 12 characters. The ranker works before the transaction begins.
    """
    if not rules.is_long_enough(typed.subject, typed.body):
        return Shown(token)
    draft = Draft(typed.subject, typed.body, typed.locale)
    ranked = ask(ranker, draft, audiences=audiences(origin.actor), policy=policy)
    attempt = _open_attempt(
        session, origin=origin, token=token, new_token=new_token, typed=typed, now=now
    )
    if attempt is None:
        session.rollback()
        return Shown(token)
    repeated = bool(attempt.impressions)
    attempt.language = ranked.language
    attempt.index_version = ranked.index_version
    attempt.parameters = ranked.parameters
    suggestions = _checked(session, attempt, ranked, origin.actor, policy.limit)
    _keep_impressions(session, attempt, suggestions, now)
    _keep_answer(session, attempt, suggestions, now)
    session.commit()
    return Shown(attempt.token, suggestions, ranked.language, repeated)


def _open_attempt(
    session: Session,
    *,
    origin: Origin,
    token: str,
    new_token: Callable[[], str] | None,
    typed: Typed,
    now: datetime,
) -> Attempt | None:
    """The attempt that this typing belongs to, with what was typed; begun when need be."""
    attempt = find_attempt(session, token, change=True)
    if attempt is not None and not rules.goes_on(state_of(attempt)):
        if new_token is None:
            return None
        token, attempt = new_token(), None
    if attempt is None:
        attempt = begin_attempt(
            session,
            Attempt(
                token=token,
                channel=origin.channel,
                locale=typed.locale,
                created_at=now,
                updated_at=now,
                impressions=[],
            ),
        )
    put_state(session, attempt, rules.after_typing(state_of(attempt)), now=now)
    attempt.subject = rules.kept(typed.subject)[: rules.MAX_SUBJECT_CHARACTERS]
    attempt.body = rules.kept(typed.body)
    attempt.locale = typed.locale
    attempt.from_article_id = typed.from_article_id or attempt.from_article_id
    attempt.user_id = origin.actor.user_id or attempt.user_id
    attempt.visitor = origin.visitor or attempt.visitor
    attempt.email = origin.email or attempt.email
    return attempt


def _checked(
    session: Session, attempt: Attempt, ranked: Ranked, actor: Actor, limit: int
) -> tuple[ShownSuggestion, ...]:
    """What the ranker gave, as far as SQL shows it to this person now: one statement."""
    articles = published_articles(
        session, actor, [suggestion.document_id for suggestion in ranked.suggestions]
    )
    verdicts = verdicts_of(attempt)
    on_show: list[tuple[int, Suggestion]] = [
        (int(suggestion.document_id), suggestion)
        for suggestion in ranked.suggestions
        if int(suggestion.document_id) in articles
    ]
    ordered = rules.in_order(
        on_show, verdicts=verdicts, already_read=attempt.from_article_id, limit=limit
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
            verdict=verdicts.get(int(each.document_id)),
        )
        for each in ordered
    )


def _keep_impressions(
    session: Session, attempt: Attempt, suggestions: tuple[ShownSuggestion, ...], now: datetime
) -> None:
    known = {each.article_id: each for each in attempt.impressions}
    for rank, each in enumerate(suggestions, start=1):
        card = each.article.card
        impression = known.get(card.id)
        if impression is None:
            impression = Impression(
                attempt_id=attempt.id,
                article_id=card.id,
                rank=rank,
                shown_count=0,
                shown_at=now,
                open_seconds=0.0,
            )
            session.add(impression)
        impression.revision_id = card.revision_id
        impression.section_anchor = each.section_anchor
        impression.rank = min(impression.rank, rank)
        impression.score = each.score
        impression.confidence = each.confidence
        impression.terms = list(each.terms)
        impression.shown_count += 1


def _keep_answer(
    session: Session, attempt: Attempt, suggestions: tuple[ShownSuggestion, ...], now: datetime
) -> None:
    shown: list[list[Any]] = [
        [each.article.card.id, each.section_anchor, each.score, each.confidence]
        for each in suggestions
    ]
    last = session.scalar(
        select(Answer).where(Answer.attempt_id == attempt.id).order_by(Answer.id.desc()).limit(1)
    )
    if last is None or not _repeats(last, shown, attempt.index_version):
        last = Answer(attempt_id=attempt.id)
        session.add(last)
    last.subject = attempt.subject
    last.body = attempt.body[:MAX_DRAFT_CHARACTERS]
    last.language = attempt.language
    last.locale = attempt.locale
    last.index_version = attempt.index_version
    last.parameters = attempt.parameters
    last.shown = shown
    last.created_at = now


def _repeats(last: Answer, shown: list[list[Any]], index_version: int) -> bool:
    same_articles = [row[:2] for row in last.shown] == [row[:2] for row in shown]
    return same_articles and last.index_version == index_version
