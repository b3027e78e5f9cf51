"""The language and the time zone of a request.

Language: the account's, else the address's (`/es/…`), else what the browser asks for, else the
default of the settings.
"""

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Flask, g, request
from flask_babel import Babel, format_datetime, format_timedelta

from app.tickets.moments import spoken
from app.web.request_context import current_account, now, settings

LOCALES = ("en", "es")
LOCALE_NAMES = {"en": "English", "es": "Español"}
PREFIX = "/<any(en, es):lang>"


def address_locale() -> str | None:
    """The language that the address names: that of the content shown, or of a page not found."""
    if request.url_rule is None:
        first = request.path.split("/", 2)[1]
        return first if first in LOCALES else None
    return cast("str | None", g.get("address_locale"))


def asked_locale() -> str:
    """What the browser prefers of what we speak, or the default."""
    best = request.accept_languages.best_match(LOCALES)
    return best or settings().default_locale


def content_locale() -> str:
    """The language of the content to show: the address's, else that of the interface."""
    return address_locale() or interface_locale()


def interface_locale() -> str:
    """The language that the interface speaks."""
    account = current_account()
    if account is not None and account.locale in LOCALES:
        return account.locale
    return address_locale() or asked_locale()


def reader_timezone() -> str:
    """The reader's zone: the account's, else the installation's."""
    account = current_account()
    return account.timezone if account is not None else settings().timezone


def format_moment(moment: datetime, style: str = "medium") -> str:
    """A moment in the reader's language and zone."""
    return cast("str", format_datetime(moment, style))


def format_ago(moment: datetime) -> str:
    """How long ago, or how soon: "3 weeks ago", "in 2 hours"."""
    return cast("str", format_timedelta(moment - now(), add_direction=True))


def weekday_time(moment: datetime) -> str:
    """A near moment as people say it, in the reader's language and zone.

    Without an account the zone is the installation's, and is named.
    """
    return spoken(
        moment,
        locale=interface_locale(),
        timezone=reader_timezone(),
        zone_named=current_account() is None,
    )


def install(app: Flask) -> None:
    """Set up Babel, and put the language into the addresses that want one."""
    Babel(
        app,
        default_locale=settings_locale(app),
        locale_selector=interface_locale,
        timezone_selector=reader_timezone,
        default_translation_directories="translations",
    )

    @app.url_value_preprocessor
    def _take(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        """Views do not see the language of their address."""
        if values is not None and "lang" in values:
            g.address_locale = values.pop("lang")

    @app.url_defaults
    def _give(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = content_locale()

    app.jinja_env.filters.update(moment=format_moment, ago=format_ago, weekday_time=weekday_time)
    app.jinja_env.globals.update(
        LOCALES=LOCALES,
        LOCALE_NAMES=LOCALE_NAMES,
        interface_locale=interface_locale,
        content_locale=content_locale,
        ZoneInfo=ZoneInfo,
    )


def settings_locale(app: Flask) -> str:
    """The default language of an installation."""
    return cast("str", app.extensions["antesala"].settings.default_locale)
