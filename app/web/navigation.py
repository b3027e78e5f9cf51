"""What the header and the footer show: the rooms that this person may enter, and the languages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext as _

from app.accounts.actor import Actor
from app.web.request_context import current_account, current_actor, settings

_HOME = "help_home.home"
_ASK = "help_ask.form"
_TICKETS = "help_tickets.mine"
_EDIT = "studio_editor.edit"
_SET_LOCALE = "account_profile.set_locale"


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    url: str
    current: bool


def navigation() -> list[Entry]:
    """The header's entries for the person who asks."""
    return _entries(_places(current_actor()))


def footer_links() -> list[Entry]:
    """The footer's entries: the feed of the language shown and, in demo mode, the mail "sent"."""
    places = [(_("New articles (feed)"), "feeds.atom")]
    if settings().demo:
        places.append((_("Demo mail"), "demo_mail.inbox"))
    return _entries(places)


def home_address() -> str:
    """The address of the help centre's front page."""
    return url_for(_HOME) if _exists(_HOME) else "/"


def search_address() -> str | None:
    """Where a search form of any page leads; None before there is a search page."""
    return url_for("help_search.results") if _exists("help_search.results") else None


def ask_address(**carried: Any) -> str | None:
    """The form for writing to people, with what is carried along (`from`, `subject`)."""
    return url_for(_ASK, **carried) if _exists(_ASK) else None


def tickets_address() -> str | None:
    """The person's own tickets."""
    return url_for(_TICKETS) if _exists(_TICKETS) else None


def edit_address(article_id: int) -> str | None:
    """Where staff change an article; None for everybody else."""
    if not current_actor().is_staff or not _exists(_EDIT):
        return None
    return url_for(_EDIT, article_id=article_id)


def sign_in_address() -> str | None:
    """The sign-in page, without a way back: what was sent is not sent again."""
    return url_for("account_session.sign_in") if _exists("account_session.sign_in") else None


def _places(actor: Actor) -> Iterable[tuple[str, str]]:
    yield _("Help centre"), _HOME
    yield _("Ask us"), _ASK
    yield _("My tickets"), _TICKETS
    if actor.works_tickets:
        yield _("Desk"), "desk_queue.queue"
    if actor.is_staff:
        yield _("Studio"), "studio_inbox.inbox"
    if actor.is_signed_in:
        yield _("My account"), "account_profile.profile"
    else:
        yield _("Sign in"), "account_session.sign_in"


def _entries(places: Iterable[tuple[str, str]]) -> list[Entry]:
    return [
        Entry(label, url_for(endpoint), current=_is_current(endpoint))
        for label, endpoint in places
        if _exists(endpoint)
    ]


def _exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


_ROOMS: Mapping[str, frozenset[str]] = {
    "help_home": frozenset({"help_home", "help_articles", "help_search"}),
}
"""Rooms whose pages lie in more than one blueprint."""


def _is_current(endpoint: str) -> bool:
    """Whether the page is in the room of this entry; desk and studio are one room each."""
    here = request.blueprint or ""
    room = endpoint.partition(".")[0]
    for staff_room in ("desk_", "studio_"):
        if room.startswith(staff_room):
            return here.startswith(staff_room)
    return here in _ROOMS.get(room, frozenset({room}))


def offer_languages(addresses: Mapping[str, str]) -> None:
    """Say where this page is in each language, when its address does not follow from the rule.

    `addresses` are paths by locale; a language that is missing leads to its home page.
    """
    g.page_languages = dict(addresses)


def same_page(locale: str) -> str:
    """The address of this page in another language, or the home page where it has none."""
    if "page_languages" in g:
        return str(g.page_languages.get(locale) or url_for(_HOME, lang=locale))
    if request.endpoint and request.view_args is not None and _has_language():
        arguments = {**request.view_args, **request.args.to_dict(), "lang": locale}
        return url_for(request.endpoint, **arguments)
    return url_for(_HOME, lang=locale) if _exists(_HOME) else "/"


def locale_form() -> str | None:
    """Where a signed-in person's choice of language is kept; None for everybody else."""
    if current_account() is None or not _exists(_SET_LOCALE):
        return None
    return url_for(_SET_LOCALE)


def _has_language() -> bool:
    """Whether the page has an address for each language that a link can lead to."""
    rule = request.url_rule
    return rule is not None and "lang" in rule.arguments and "GET" in (rule.methods or ())


def install(app: Flask) -> None:
    """Give the templates what every page shows."""
    app.jinja_env.globals.update(
        navigation=navigation,
        footer_links=footer_links,
        home_address=home_address,
        ask_address=ask_address,
        tickets_address=tickets_address,
        edit_address=edit_address,
        search_address=search_address,
        sign_in_address=sign_in_address,
        same_page=same_page,
        locale_form=locale_form,
    )

    @app.context_processor
    def _everywhere() -> dict[str, object]:
        return {
            "site_name": settings().site_name,
            "public_url": settings().public_url,
            "account": current_account(),
            "actor": current_actor(),
        }
