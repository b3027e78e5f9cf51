"""Make the application from its settings."""

from datetime import timedelta

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli
from app.db.database import Database
from app.deflection import learning
from app.deflection.threshold import SuggestionThreshold
from app.knowledge.index_host import IndexHost
from app.settings import Settings, load_settings
from app.web import (
    access,
    blueprints,
    errors,
    limits,
    locale,
    navigation,
    request_context,
    request_log,
    security,
    sessions,
    ticket_words,
    visitor,
)
from search.ear import installed_ear

csrf = CSRFProtect()


def create_app(settings: Settings | None = None) -> Flask:
    """Build the product; without settings, from the environment.

    Raises SettingsError when the environment does not describe a runnable product.
    """
    settings = settings or load_settings()
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    app = Flask(__name__)
    app.config.update(_flask_configuration(settings))
    app.extensions["antesala"] = product = _product(settings)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]  # as Flask documents it
    request_log.configure(settings.log_level)
    request_log.install(app)
    request_context.install(app)
    security.install(app)
    sessions.install(app)
    visitor.install(app)
    locale.install(app)
    navigation.install(app)
    ticket_words.install(app)
    app.before_request(access.enforce_access)
    limits.install(app)
    csrf.init_app(app)
    Bootstrap5(app)
    errors.install(app)
    blueprints.install(app, csrf)
    cli.install(app)

    @app.before_request
    def _keep_indexes_fresh() -> None:
        # A thread of the process that answers requests: not of its parent, not of a command.
        if not app.testing:
            product.indexes.watch()

    return app


def _product(settings: Settings) -> request_context.Product:
    database = Database(settings.database)
    indexes = IndexHost(
        settings.data / "index",
        database,
        learning=learning,
        engine=settings.article_search,
        ear=installed_ear() if settings.semantic == "on" else None,
    )
    threshold = SuggestionThreshold(database, settings.suggestion_threshold)
    return request_context.Product(settings, database, indexes, threshold)


def _flask_configuration(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.key(),
        "MAX_CONTENT_LENGTH": settings.max_request_bytes,
        "MAX_FORM_PARTS": settings.max_form_parts,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "SESSION_COOKIE_NAME": "antesala",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=settings.session_days),
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,  # Referrer-Policy is same-origin; the token decides
        "BOOTSTRAP_SERVE_LOCAL": True,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(hours=1),
        "JSON_SORT_KEYS": False,
        **limits.configuration(settings.rate_limit_storage, enabled=settings.rate_limits == "on"),
    }
