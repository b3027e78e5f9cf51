"""Every blueprint of the product, in one list."""

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect

from app.web import demo_mail, health, root
from app.web.account import session as account_session
from app.web.help import home as help_home
from app.web.locale import PREFIX

LOCALISED: tuple[Blueprint, ...] = (
    help_home.blueprint,
    account_session.blueprint,
)
"""Addresses that begin with the language: the help centre and the account."""

PLAIN: tuple[Blueprint, ...] = (
    root.blueprint,
    demo_mail.blueprint,
    health.blueprint,
)
"""Addresses without a language: staff rooms, health, feeds."""

PROGRAMS: tuple[Blueprint, ...] = ()
"""For programs: no cookies, so no CSRF token."""


def install(app: Flask, csrf: CSRFProtect) -> None:
    """Register them all."""
    for blueprint in LOCALISED:
        prefix = PREFIX + (blueprint.url_prefix or "")
        app.register_blueprint(blueprint, url_prefix=prefix)
    for blueprint in PLAIN:
        app.register_blueprint(blueprint)
    for blueprint in PROGRAMS:
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
