"""What customers say of suggestions, and the page after "this solved it"."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.deflection import service
from app.deflection.attempts import get_attempt, state_of
from app.deflection.models import Attempt
from app.deflection.queries import find_solution
from app.deflection.states import Verdict
from app.errors import N_, InvalidError, NotFoundError
from app.tickets.drafts import checked_email
from app.web.access import Access, access
from app.web.forms import find_number
from app.web.help.ask_form import own_token
from app.web.limits import limiter, suggestions_limit
from app.web.request_context import current_actor, db, now

blueprint = Blueprint("help_attempts", __name__, url_prefix="/ask/attempts")


@blueprint.post("/<token>/verdicts")
@access(Access.PUBLIC)
@limiter.limit(suggestions_limit)
def judge(token: str) -> tuple[str, int]:
    """Record a verdict on one article that was shown."""
    verdict = request.form.get("verdict", "")
    if verdict not in set(Verdict):
        raise InvalidError("verdict", N_("Choose one of the three answers."))
    service.give_verdict(
        db(),
        token=_known(token),
        article_id=_article_id(),
        verdict=Verdict(verdict),
        email=_address(),
        now=now(),
    )
    return "", 204


@blueprint.post("/<token>/readings")
@access(Access.PUBLIC)
@limiter.limit(suggestions_limit)
def read(token: str) -> tuple[str, int]:
    """Record that a suggestion was opened, or closed after so many seconds."""
    try:
        seconds = float(request.form.get("seconds") or 0)
    except ValueError:
        raise InvalidError("seconds", N_("Write a number of seconds.")) from None
    service.record_reading(
        db(), token=_known(token), article_id=_article_id(), seconds=seconds, now=now()
    )
    return "", 204


@blueprint.get("/<token>/solved")
@access(Access.PUBLIC)
def solved(token: str) -> str | Response:
    """Thanks, a way back, and one question. An attempt that is not solved goes on in its form."""
    attempt = get_attempt(db(), _known(token))
    if not state_of(attempt).is_solved:
        return redirect(url_for("help_ask.form", attempt=token))
    return _thanks(attempt)


@blueprint.post("/<token>/undo")
@access(Access.PUBLIC)
@limiter.limit(suggestions_limit)
def undo(token: str) -> Response:
    """Back to the form with what was typed, as if nothing had been said."""
    service.undo(db(), token=_known(token), now=now())
    return redirect(url_for("help_ask.form", attempt=token), 303)


@blueprint.post("/<token>/feedback")
@access(Access.PUBLIC)
@limiter.limit(suggestions_limit)
def feedback(token: str) -> Response:
    """Keep the answer to the one question."""
    text = request.form.get("feedback", "")
    service.answer_question(db(), token=_known(token), text=text, now=now())
    if text.strip():
        flash(_("Thank you. It will help us write it better."), "good")
    return redirect(url_for("help_attempts.solved", token=token), 303)


def _thanks(attempt: Attempt) -> str:
    return render_template(
        "help/solved.html",
        attempt=attempt,
        article=find_solution(db(), current_actor(), attempt),
        most=service.MAX_FEEDBACK_CHARACTERS,
    )


def _known(token: str) -> str:
    """The token, which only this installation can have made."""
    if own_token(token) != token:
        raise NotFoundError("not a token of an attempt")
    return token


def _article_id() -> int:
    article = find_number(request.form.get("article", ""))
    if article is None:
        raise NotFoundError("no article named")
    return article


def _address() -> str | None:
    """Who it is, when the form that the verdict was given in knew it already."""
    try:
        return checked_email(request.form.get("email", ""))
    except InvalidError:
        return None
