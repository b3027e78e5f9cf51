"""What the header shows: the rooms that this person may enter."""

from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_babel import gettext as _

from app.web.request_context import current_account, current_actor, settings


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    url: str
    current: bool


def navigation() -> list[Entry]:
    """The header's entries for the person who asks."""
    actor = current_actor()
    places = [(_("Help centre"), "help_home.home"), (_("Ask us"), "help_ask.form")]
    if actor.is_signed_in:
        places.append((_("My tickets"), "help_tickets.mine"))
    if actor.works_tickets:
        places.append((_("Desk"), "desk_queue.queue"))
    if actor.is_staff:
        places.append((_("Studio"), "studio_inbox.inbox"))
    places.append(
        (_("My account"), "account_profile.profile")
        if actor.is_signed_in
        else (_("Sign in"), "account_session.sign_in")
    )
    return [
        Entry(label, url_for(endpoint), current=_is_current(endpoint)) for label, endpoint in places
    ]


def _is_current(endpoint: str) -> bool:
    return request.blueprint == endpoint.partition(".")[0]


def same_page(locale: str) -> str:
    """The address of this page in another language, or the home page where it has none."""
    if request.endpoint and request.view_args is not None and _has_language():
        arguments = {**request.view_args, **request.args.to_dict(), "lang": locale}
        return url_for(request.endpoint, **arguments)
    return url_for("help_home.home", lang=locale)


def _has_language() -> bool:
    return request.url_rule is not None and "lang" in request.url_rule.arguments


def install(app: Flask) -> None:
    """Give the templates what every page shows."""
    app.jinja_env.globals.update(navigation=navigation, same_page=same_page)

    @app.context_processor
    def _everywhere() -> dict[str, object]:
        return {
            "site_name": settings().site_name,
            "account": current_account(),
            "actor": current_actor(),
        }
