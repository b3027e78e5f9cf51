"""Every blueprint of the product, in one list."""

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import IntegerConverter, Map

from app.web import attachments, demo_mail, health, root
from app.web.account import password as account_password
from app.web.account import profile as account_profile
from app.web.account import registration as account_registration
from app.web.account import session as account_session
from app.web.api import endpoints as api
from app.web.desk import actions as desk_actions
from app.web.desk import queue as desk_queue
from app.web.desk import ticket as desk_ticket
from app.web.forms import LARGEST
from app.web.help import articles as help_articles
from app.web.help import ask as help_ask
from app.web.help import assets as help_assets
from app.web.help import attempts as help_attempts
from app.web.help import feeds
from app.web.help import home as help_home
from app.web.help import search as help_search
from app.web.help import tickets as help_tickets
from app.web.locale import PREFIX
from app.web.studio import articles as studio_articles
from app.web.studio import editor as studio_editor
from app.web.studio import inbox as studio_inbox
from app.web.studio import organisations as studio_organisations
from app.web.studio import people as studio_people
from app.web.studio import review as studio_review
from app.web.studio import search_quality as studio_search_quality
from app.web.studio import undelivered as studio_undelivered

LOCALISED: tuple[Blueprint, ...] = (
    help_home.blueprint,
    help_articles.blueprint,
    help_ask.blueprint,
    help_attempts.blueprint,
    help_search.blueprint,
    help_tickets.blueprint,
    attachments.drafts,
    account_session.blueprint,
    account_registration.blueprint,
    account_password.blueprint,
    account_profile.blueprint,
)
"""Addresses that begin with the language: the help centre and the account."""

PLAIN: tuple[Blueprint, ...] = (
    root.blueprint,
    desk_queue.blueprint,
    desk_ticket.blueprint,
    desk_actions.blueprint,
    studio_inbox.blueprint,
    studio_articles.blueprint,
    studio_editor.blueprint,
    studio_review.blueprint,
    studio_people.blueprint,
    studio_organisations.blueprint,
    studio_search_quality.blueprint,
    studio_undelivered.blueprint,
    feeds.blueprint,
    help_assets.blueprint,
    attachments.blueprint,
    demo_mail.blueprint,
    health.blueprint,
)
"""Addresses without a language: staff rooms, health, feeds."""

PROGRAMS: tuple[Blueprint, ...] = (api.blueprint,)
"""For programs: no cookies, so no CSRF token."""


class _WholeNumber(IntegerConverter):
    """Numbers in addresses, as large as a column holds; there is nothing at a larger one."""

    regex = r"\d{1,10}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST)


def install(app: Flask, csrf: CSRFProtect) -> None:
    """Register them all."""
    app.url_map.converters["int"] = _WholeNumber
    for blueprint in LOCALISED:
        prefix = PREFIX + (blueprint.url_prefix or "")
        app.register_blueprint(blueprint, url_prefix=prefix)
    for blueprint in PLAIN:
        app.register_blueprint(blueprint)
    studio_undelivered.install(app)
    for blueprint in PROGRAMS:
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
