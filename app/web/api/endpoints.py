"""For other programs: suggestions, verdicts, tickets. Without cookies; see openapi.py.

Callers are nobody in particular: they find what is public. No CORS headers are sent, so a page
of another origin cannot call this from a browser yet; a server can.
"""

from flask import Blueprint, Response, jsonify
from flask_babel import gettext as _

from app.accounts.actor import ANYBODY
from app.deflection import service
from app.deflection.service import Handover, Origin, Typed
from app.deflection.states import Channel
from app.deflection.suggesting import ShownSuggestion
from app.deflection.tokens import is_token, new_token
from app.errors import NotFoundError
from app.tickets.drafts import TicketDraft
from app.web.access import Access, access
from app.web.api import schemas
from app.web.api.openapi import document
from app.web.api.requests import idempotency_key, read_json, refuse_member
from app.web.limits import limiter, suggestions_limit, tickets_limit
from app.web.locale import asked_locale
from app.web.request_context import db, now, product, ranking_policy, settings, signing_key

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

_ORIGIN = Origin(ANYBODY, Channel.API)


@blueprint.get("/openapi.json")
@access(Access.PUBLIC)
def openapi() -> Response:
    """What this interface takes and gives, as OpenAPI 3.1."""
    return jsonify(document(settings().public_url, settings().site_name))


@blueprint.post("/suggestions")
@access(Access.PUBLIC)
@limiter.limit(suggestions_limit)
def suggestions() -> Response:
    """What may solve a draft."""
    asked = read_json(schemas.SuggestionsRequest)
    shown = service.suggest(
        db(),
        product().indexes.suggestions(),
        origin=_ORIGIN,
        token=_own(asked.attempt),
        is_new=asked.attempt is None,
        new_token=_fresh,
        typed=Typed(asked.subject, asked.body, asked.locale or asked_locale()),
        policy=ranking_policy(),
        now=now(),
    )
    answer = schemas.SuggestionsAnswer(
        attempt=shown.token,
        suggestions=[_suggestion(each) for each in shown.suggestions],
        is_cut=shown.is_cut,
    )
    return Response(answer.model_dump_json(), mimetype="application/json")


@blueprint.post("/attempts/<token>/verdicts")
@access(Access.PUBLIC)
@limiter.limit(suggestions_limit)
def verdicts(token: str) -> tuple[str, int]:
    """What the customer says of one of them."""
    said = read_json(schemas.VerdictRequest)
    if not is_token(signing_key(), token):
        raise NotFoundError("not a token of an attempt")
    service.give_verdict_on_slug(
        db(), token=token, slug=said.article, verdict=said.verdict, now=now()
    )
    return "", 204


@blueprint.post("/tickets")
@access(Access.PUBLIC)
@limiter.limit(tickets_limit)
def tickets() -> tuple[Response, int, dict[str, str]]:
    """Send a draft to a person, once for each Idempotency-Key."""
    key = idempotency_key()
    asked = read_json(schemas.TicketRequest)
    sent = service.send_to_person(
        db(),
        origin=_ORIGIN,
        handover=Handover(
            draft=TicketDraft(
                subject=asked.subject,
                body=asked.body,
                email=asked.email,
                name=asked.name,
                kind=asked.kind,
                locale=asked.locale or asked_locale(),
            ),
            token=_own(asked.attempt),
            request_id=f"api {key}",
        ),
        new_token=_fresh,
        settings=settings(),
        now=now(),
    )
    answer = schemas.TicketAnswer(reference=sent.filed.ticket.reference, url=sent.filed.link)
    return jsonify(answer.model_dump()), 201, {"Location": sent.filed.link}


def _own(given: str | None) -> str:
    if given is None:
        return _fresh()
    if not is_token(signing_key(), given):
        refuse_member("attempt", _("There is no such attempt."))
    return given


def _fresh() -> str:
    return new_token(signing_key())


def _suggestion(each: ShownSuggestion) -> schemas.Suggestion:
    link = each.article
    return schemas.Suggestion(
        article=schemas.ArticleReference(
            slug=link.slug,
            title=link.title,
            locale="es" if link.locale == "es" else "en",
            url=f"{settings().public_url}{link.path}",
        ),
        section=schemas.SectionReference(title=each.section_title, anchor=each.section_anchor),
        excerpt=each.excerpt,
        confidence=round(each.confidence, 6),
        terms=list(each.terms),
        sources=list(each.sources),
        earlier_tickets=each.earlier_tickets,
    )
