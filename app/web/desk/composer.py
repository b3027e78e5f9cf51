"""The composer of the desk: a reply or a note, with what must be asked before it goes out."""

from enum import StrEnum

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from app.deflection.queries import rejected_articles
from app.knowledge.cards import ArticleCard
from app.knowledge.queries import published_by_ids
from app.tickets.mentions import mentioned_articles
from app.tickets.models import Ticket, TicketState
from app.web.forms import find_number, options, written
from app.web.request_context import current_actor, settings
from app.web.ticket_words import STATES

INSERT = "insert:"
"""The button that puts an article into the text is named by this and the article's id."""


class Mode(StrEnum):
    REPLY = "reply"
    NOTE = "note"


class ComposerForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """What an agent writes, to whom, and whose turn it is afterwards."""

    mode = RadioField(
        _l("What you write"),
        choices=options([(Mode.REPLY, _l("Public reply")), (Mode.NOTE, _l("Internal note"))]),
        default=Mode.REPLY.value,
    )
    body = TextAreaField(_l("Your text"))
    then = SelectField(
        _l("Then the ticket is"),
        choices=options(
            (state.value, STATES[state])
            for state in (TicketState.WAITING, TicketState.OPEN, TicketState.RESOLVED)
        ),
        default=TicketState.WAITING.value,
    )
    find = StringField(_l("Find an article"))
    seen = HiddenField()

    @property
    def is_note(self) -> bool:
        return bool(self.mode.data == Mode.NOTE)

    @property
    def last_seen(self) -> int | None:
        """The id of the last entry that stood on the page."""
        return find_number(written(self.seen))


def chosen_article() -> int | None:
    """The article whose *insert* button sent the form."""
    action = request.form.get("action", "")
    return find_number(action.removeprefix(INSERT)) if action.startswith(INSERT) else None


def insertion(card: ArticleCard) -> str:
    """What stands in a reply for an article: its title, as a link that the customer can open."""
    title = card.title.replace("\\", "").replace("[", "(").replace("]", ")")
    return f"[{title}]({settings().public_url}{card.path})"


def with_article(text: str, card: ArticleCard) -> str:
    """The text with an article at its end; where the cursor stands only a script can know."""
    return f"{text.rstrip()}\n\n{insertion(card)}\n".lstrip()


def already_rejected(reading: Session, ticket: Ticket, text: str) -> list[ArticleCard]:
    """The articles in this text of which the customer said that they did not help."""
    rejected = rejected_articles(reading, ticket.attempt_id)
    if not rejected:
        return []
    sent = {article.id for article in mentioned_articles(reading, text, settings().public_url)}
    found = published_by_ids(reading, current_actor(), sent & rejected)
    return sorted(found.values(), key=lambda card: card.title)
