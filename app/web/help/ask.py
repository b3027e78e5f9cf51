"""Ask us: the form that answers itself while it is typed, and what follows when it is sent."""

import structlog
from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.deflection import rules, service
from app.deflection.attempts import find_attempt, state_of
from app.deflection.service import Handover, Origin, Shown
from app.deflection.states import Channel, Verdict
from app.errors import N_, InvalidError, NotFoundError
from app.knowledge.cards import ArticleCard
from app.knowledge.queries import (
    PublishedArticle,
    find_published,
    published_articles,
    published_by_ids,
)
from app.tickets.drafts import SUBJECT_MAX
from app.tickets.queries import find_by_secret
from app.tickets.service import link_of
from app.web import sessions
from app.web.access import Access, access
from app.web.attachments import draft_key, incoming, keep_files, waiting_files
from app.web.forms import find_number, show, written
from app.web.help.answer_html import answer_html
from app.web.help.ask_form import (
    AskForm,
    chosen_verdict,
    fresh_token,
    own_token,
)
from app.web.limits import limiter, suggestions_limit, tickets_limit
from app.web.locale import content_locale
from app.web.request_context import (
    current_account,
    current_actor,
    db,
    looking,
    now,
    product,
    ranking_policy,
    settings,
)
from app.web.visitor import keyed_hash, visitor

blueprint = Blueprint("help_ask", __name__, url_prefix="/ask")
MAX_SLUG_CHARACTERS = 160
log = structlog.get_logger()


@blueprint.get("")
@access(Access.PUBLIC)
def form() -> str:
    """The form, empty or with what was carried along: `q`, `from` (an article), `attempt`."""
    visitor()
    blank = AskForm()
    blank.subject.data = _one_line(request.args.get("subject") or request.args.get("q") or "")
    card = _find_card(request.args.get("from", ""))
    blank.came_from.data = str(card.id) if card else ""
    _take_up(blank, request.args.get("attempt", ""))
    return _page(blank)


@blueprint.post("")
@access(Access.PUBLIC)
@limiter.limit(tickets_limit, exempt_when=lambda: chosen_verdict() is not None)
@limiter.limit(suggestions_limit)
def send() -> str | Response | tuple[str, int]:
    """Send it to a person; before that, without a script, show once what may solve it."""
    filled = AskForm()
    request_id = filled.request_id(incoming())
    if not _keep_files(filled):
        return _page(filled), 422
    verdict = chosen_verdict()
    if verdict is not None:
        return _judged(filled, *verdict)
    if "edit" in request.form:
        return _page(filled)
    if not filled.validate():
        return _page(filled), 422
    if not written(filled.seen):
        shown = _suggestions(filled, goes_on=False)
        if shown.suggestions and not shown.repeated:
            return _suggestions_page(filled, shown)
    return _hand_over(filled, request_id)


@blueprint.post("/suggestions")
@access(Access.PUBLIC)
@limiter.limit(suggestions_limit)
def suggestions() -> str:
    """What may solve the draft, as a fragment of the page. Nothing is sent by it."""
    filled = AskForm()
    shown = _suggestions(filled)
    return render_template("help/suggestions_list.html", shown=shown, answers=_answers(shown))


@blueprint.get("/sent/<secret>")
@access(Access.PUBLIC)
def sent(secret: str) -> str:
    """The reference, what happens next and by when, and the link that needs no account.

    Whoever has this page has the link: their browser lists the ticket among their own.
    """
    ticket = find_by_secret(db(), secret)
    if ticket is None:
        raise NotFoundError("no ticket with this link")
    sessions.remember_ticket(ticket.id)
    return render_template("help/sent.html", ticket=ticket, link=link_of(ticket, settings()))


def _judged(filled: AskForm, verdict: str, article_id: int) -> str | Response:
    """A verdict given without a script: on to the thanks, or the same page again."""
    if verdict not in set(Verdict):
        raise InvalidError("verdict", N_("Choose one of the three answers."))
    token = written(filled.attempt)
    service.give_verdict(
        db(), token=token, article_id=article_id, verdict=Verdict(verdict), now=now()
    )
    if verdict == Verdict.SOLVED:
        return redirect(url_for("help_attempts.solved", token=token), 303)
    return _suggestions_page(filled, _suggestions(filled), noted=verdict)


def _hand_over(filled: AskForm, request_id: str) -> Response | tuple[str, int]:
    """File the ticket, once for each form and its words, and go where a reload does no harm."""
    try:
        sent = service.send_to_person(
            db(),
            origin=_origin(),
            handover=Handover(
                draft=filled.draft,
                token=written(filled.attempt),
                request_id=request_id,
                draft_key=draft_key(filled.own_id),
                from_article_id=_card_id(filled),
            ),
            new_token=fresh_token,
            settings=settings(),
            now=now(),
        )
    except InvalidError as error:
        show(error, filled)
        return _page(filled), 422
    return redirect(url_for("help_ask.sent", secret=sent.filed.secret), 303)


def _suggestions(filled: AskForm, *, goes_on: bool = True) -> Shown:
    """What may solve it. Whatever goes wrong with that, the form goes on without.

    Typing after the attempt has ended begins another one, unless it is not to go on: a form
    that is sent twice is asked about once.
    """
    token = written(filled.attempt)
    try:
        return service.suggest(
            db(),
            product().indexes.suggestions(),
            origin=_origin(),
            token=token,
            new_token=fresh_token if goes_on else None,
            typed=filled.typed(_card_id(filled)),
            policy=ranking_policy(),
            now=now(),
        )
    except Exception:
        log.exception("suggestions.failed")
        db().rollback()
        return Shown(token)


def _keep_files(filled: AskForm) -> bool:
    """Let the files of this request wait with the draft, and take off those left out."""
    try:
        keep_files(filled.own_id)
    except InvalidError as error:
        db().rollback()
        filled.validate()
        show(error, filled)
        return False
    return True


def _take_up(blank: AskForm, token: str) -> None:
    """Put back what was typed in an attempt that goes on, for who typed it."""
    if own_token(token) != token:
        return
    attempt = find_attempt(db(), token)
    if attempt is None or not rules.goes_on(state_of(attempt)):
        return
    account = current_account()
    if attempt.visitor != visitor() and (account is None or attempt.user_id != account.id):
        return
    blank.form_id.data = blank.attempt.data = token
    blank.subject.data, blank.body.data = attempt.subject, attempt.body
    blank.came_from.data = str(attempt.from_article_id or "")
    if account is None:
        blank.email.data = attempt.email


def _page(filled: AskForm) -> str:
    return render_template(
        "help/ask.html",
        form=filled,
        files=waiting_files(filled.own_id),
        came_from=_find_card(written(filled.came_from)),
        draft_owner=_draft_owner(),
        signed_in=current_account() is not None,
        fresh=request.method == "GET" and not written(filled.body),
    )


def _suggestions_page(filled: AskForm, shown: Shown, *, noted: str = "") -> str:
    filled.attempt.data = shown.token
    return render_template(
        "help/suggestions.html",
        form=filled,
        files=waiting_files(filled.own_id),
        shown=shown,
        answers=_answers(shown),
        noted=noted,
    )


def _answers(shown: Shown) -> dict[int, Markup]:
    """The sections that answer, by article id, where they can be read beside the form."""
    ids = [each.article.id for each in shown.suggestions]
    with looking() as reading:
        articles = published_articles(reading, current_actor(), ids)
    answers = {
        each.article.id: answer_html(
            articles[each.article.id].html, each.section_anchor, each.article.path
        )
        for each in shown.suggestions
        if each.article.id in articles
    }
    return {number: answer for number, answer in answers.items() if answer is not None}


def _origin() -> Origin:
    return Origin(current_actor(), Channel.WEB, visitor=visitor())


def _draft_owner() -> str:
    """Whose draft a browser keeps: a draft of somebody else's account is not put back."""
    account = current_account()
    return keyed_hash("draft owner", str(account.id))[:16] if account is not None else "visitor"


def _card_id(filled: AskForm) -> int | None:
    card = _find_card(written(filled.came_from))
    return card.id if card else None


def _find_card(reference: str) -> ArticleCard | None:
    """The article that the customer comes from, by id or slug, if they may read it."""
    reference = rules.kept(reference)
    if not reference or len(reference) > MAX_SLUG_CHARACTERS:
        return None
    with looking() as reading:
        number = find_number(reference)
        if number is not None:
            return published_by_ids(reading, current_actor(), [number]).get(number)
        found = find_published(reading, current_actor(), content_locale(), reference)
    return found.card if isinstance(found, PublishedArticle) else None


def _one_line(text: str) -> str:
    return " ".join(text.split())[:SUBJECT_MAX]
