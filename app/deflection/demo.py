"""Demo attempts: customers who were shown articles, said what they thought, and went on or not.

They are made the way that people make them, so every figure of them is real.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import ANYBODY
from app.deflection.filing import Handover, send_to_person
from app.deflection.models import Attempt, Channel
from app.deflection.ranking import RankingPolicy
from app.deflection.service import give_verdict, record_reading
from app.deflection.states import Verdict
from app.deflection.suggesting import Origin, Shown, Typed, suggest
from app.deflection.threshold import decided
from app.deflection.tokens import new_token
from app.settings import Settings
from app.tickets.drafts import TicketDraft
from search.suggestions import SuggestionIndex

TYPING = timedelta(minutes=2)
"""From the first suggestion to the ticket."""


@dataclass(frozen=True, slots=True)
class _Story:
    """A draft, and the verdicts on the articles it was shown, the first article's first."""

    locale: str
    subject: str
    body: str
    verdicts: tuple[Verdict | None, ...]
    seconds_open: float
    email: str = ""
    name: str = ""
    ago: timedelta = timedelta(hours=1)


_STORIES = (
    _Story(
        locale="en",
        subject="My file will not upload",
        body="I try to attach a video of the fault and the form says that it is too large. I made "
        "it shorter once, it is 14 MB now. How do I get it to you?",
        verdicts=(Verdict.TRIED, Verdict.UNRELATED),
        seconds_open=48,
        email="nora@example.net",
        name="Nora Lind",
        ago=timedelta(hours=2),
    ),
    _Story(
        locale="es",
        subject="No puedo entrar en mi cuenta",
        body="Cambié la contraseña ayer y hoy la página me dice que el correo o la contraseña no "
        "son correctos. El enlace para recuperarla ya no funciona.",
        verdicts=(Verdict.TRIED, Verdict.TRIED),
        seconds_open=73,
        email="paula@example.com",
        name="Paula Rey",
        ago=timedelta(minutes=50),
    ),
    _Story(
        locale="en",
        subject="Where is my ticket?",
        body="I wrote to you last week and cannot find the page of my ticket any more. I have no "
        "account.",
        verdicts=(Verdict.SOLVED,),
        seconds_open=31,
        ago=timedelta(hours=5),
    ),
    _Story(
        locale="es",
        subject="Reabrir un ticket",
        body="Mi ticket aparece como resuelto pero el problema ha vuelto esta mañana.",
        verdicts=(Verdict.SOLVED,),
        seconds_open=22,
        ago=timedelta(hours=3),
    ),
)


def ensure_demo_attempts(
    session: Session, index: SuggestionIndex | None, settings: Settings, now: datetime
) -> None:
    """Play the stories once; nothing happens outside demo mode or without an index."""
    if not settings.demo or index is None or session.scalar(select(Attempt.id).limit(1)):
        return
    for story in _STORIES:
        _play(session, index, settings, story, now - story.ago)


def _play(
    session: Session, index: SuggestionIndex, settings: Settings, story: _Story, now: datetime
) -> None:
    origin = Origin(ANYBODY, Channel.WEB, email=story.email or None)
    chosen = decided(session)
    shown = suggest(
        session,
        index,
        origin=origin,
        token=new_token(settings.key()),
        new_token=None,
        typed=Typed(story.subject, story.body, story.locale),
        policy=RankingPolicy(
            settings.suggestion_limit,
            settings.suggestion_threshold if chosen is None else chosen,
        ),
        now=now,
    )
    _judge(session, story, shown, now + TYPING)
    if story.email:
        draft = TicketDraft(
            subject=story.subject,
            body=story.body,
            email=story.email,
            name=story.name,
            locale=story.locale,
        )
        send_to_person(
            session,
            origin=origin,
            handover=Handover(draft, shown.token, request_id=shown.token),
            new_token=lambda: new_token(settings.key()),
            settings=settings,
            now=now + TYPING,
        )


def _judge(session: Session, story: _Story, shown: Shown, now: datetime) -> None:
    for suggestion, verdict in zip(shown.suggestions, story.verdicts, strict=False):
        article = suggestion.article.id
        if verdict is not Verdict.UNRELATED:
            record_reading(
                session, token=shown.token, article_id=article, seconds=story.seconds_open, now=now
            )
        if verdict is not None:
            give_verdict(session, token=shown.token, article_id=article, verdict=verdict, now=now)
