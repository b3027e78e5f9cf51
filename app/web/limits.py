"""Rate limits: each is a setting, named by what it protects."""

from datetime import timedelta
from typing import Any, cast

from flask import Flask
from flask_babel import format_timedelta
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from app.web.limit_storage import MovingWindows
from app.web.request_context import now, settings

limiter = Limiter(key_func=get_remote_address, headers_enabled=True)


def sign_in_limit() -> str:
    """Sign-in, sign-up and password reset, an address."""
    return settings().rate_limit_sign_in


def tickets_limit() -> str:
    """Tickets and replies, an address."""
    return settings().rate_limit_tickets


def suggestions_limit() -> str:
    """Suggestions and verdicts, an address."""
    return settings().rate_limit_suggestions


def search_limit() -> str:
    """Searches, an address."""
    return settings().rate_limit_search


def retry_words() -> str:
    """When the limit that refused this request opens again: "in 40 seconds"; "" when unknown."""
    limit = limiter.current_limit
    if limit is None:
        return ""
    wait = timedelta(seconds=max(1.0, limit.reset_at - now().timestamp()))
    return cast("str", format_timedelta(wait, add_direction=True, threshold=1.5))


def configuration(storage: str, *, enabled: bool) -> dict[str, Any]:
    """Flask-Limiter's configuration."""
    own = storage == "memory://"
    return {
        "RATELIMIT_ENABLED": enabled,
        "RATELIMIT_STORAGE_URI": f"{MovingWindows.STORAGE_SCHEME[0]}://" if own else storage,
        "RATELIMIT_STRATEGY": "moving-window" if own else "fixed-window",
    }


def install(app: Flask) -> None:
    """Attach the limiter."""
    limiter.init_app(app)
