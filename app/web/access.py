"""Who may call a route: declared beside it, enforced in one place.

A route without a declaration answers nobody; the authorisation matrix test fails for it.
Access to *things* (this ticket, that article) is decided by the policies of their topics.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from flask import Flask, current_app, redirect, request, url_for
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response

from app.accounts.actor import Actor
from app.web.request_context import current_actor

View = TypeVar("View", bound=Callable[..., object])


class Access(StrEnum):
    PUBLIC = "public"  # anybody
    SIGNED_IN = "signed_in"  # any account
    STAFF = "staff"  # agents, editors, admins
    TICKETS = "tickets"  # who works tickets: agents, admins
    CURATION = "curation"  # who publishes: editors, admins
    ADMIN = "admin"


_GRANTS: dict[Access, Callable[[Actor], bool]] = {
    Access.PUBLIC: lambda _actor: True,
    Access.SIGNED_IN: lambda actor: actor.is_signed_in,
    Access.STAFF: lambda actor: actor.is_staff,
    Access.TICKETS: lambda actor: actor.works_tickets,
    Access.CURATION: lambda actor: actor.curates,
    Access.ADMIN: lambda actor: actor.is_admin,
}


def access(level: Access) -> Callable[[View], View]:
    """Declare who may call this view."""

    def declare(view: View) -> View:
        view.__dict__["access"] = level
        return view

    return declare


def declared_access(app: Flask, endpoint: str) -> Access | None:
    """The declaration of an endpoint's view, or None when it has none."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return Access.PUBLIC
    found = app.view_functions[endpoint].__dict__.get("access")
    return found if isinstance(found, Access) else None


def grants(level: Access, actor: Actor) -> bool:
    """Whether a person may call views of this level."""
    return _GRANTS[level](actor)


def enforce_access() -> Response | None:
    """Run before each request: sign-in for the unknown, 403 for the known without the right."""
    if request.endpoint is None:
        return None  # routing has failed; the error page follows
    level = declared_access(current_app, request.endpoint)
    if level is None:
        raise Forbidden
    if level is Access.PUBLIC:
        return None
    actor = current_actor()
    if grants(level, actor):
        return None
    if actor.is_signed_in:
        raise Forbidden
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("account_session.sign_in", next=request.full_path.rstrip("?")))
    raise Unauthorized
