"""Who is signed in on this browser: the cookie's side of a session."""

from datetime import timedelta

from flask import Flask, Request, g, request, session
from flask import Response as FlaskResponse
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import login_user, logout_user

from app.web.request_context import SIGNED_IN, TICKETS_OPENED, Identity, settings

MOST_OPENED = 50
"""So many tickets a browser remembers to have filed or opened by their private link."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def begin(token: str) -> None:
    """Put a new session's id into the cookie, with a new CSRF secret.

    What the visitor had opened before (a draft's files, private links) stays.
    """
    session.pop("csrf_token", None)
    login_user(Identity(token))
    session.permanent = True
    forget_account()


def clear() -> None:
    """Leave nothing of the person in the cookie."""
    logout_user()
    session.clear()
    forget_account()


def remember_ticket(ticket_id: int) -> None:
    """Let this browser see a ticket from now on, without an account."""
    opened = [number for number in session.get(TICKETS_OPENED, []) if number != ticket_id]
    session[TICKETS_OPENED] = [*opened, ticket_id][-MOST_OPENED:]
    session.permanent = True


def token() -> str | None:
    """The id of this browser's session, whether it still holds or not."""
    found = session.get(SIGNED_IN)
    return found if isinstance(found, str) else None


def forget_account() -> None:
    """Ask the database again who this is: the session has changed in this request."""
    for name in ("_login_user", "actor"):
        g.pop(name, None)


def lasts() -> timedelta:
    """How long a session holds after its sign-in."""
    return timedelta(days=settings().session_days)


def browser() -> str:
    """What a person recognises this device by, such as "Firefox, Linux"; "" when unknown."""
    told = request.user_agent.string
    names = (
        next((name for mark, name in known if mark in told), "") for known in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(name for name in names if name)


class CookieSessions(SecureCookieSessionInterface):
    """Sessions in signed cookies, for people alone: programs of the API come without any."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the request's cookie; none for programs, whose cookies are not read."""
        if request.path.startswith("/api/"):
            return None
        return super().open_session(app, request)


def install(app: Flask) -> None:
    """Keep sessions in cookies; drop the id of one that has ended, so that it is not looked up."""
    app.session_interface = CookieSessions()

    @app.after_request
    def _drop_ended(response: FlaskResponse) -> FlaskResponse:
        asked = g.get("_login_user")
        if asked is not None and asked.is_anonymous:
            session.pop(SIGNED_IN, None)
        return response
