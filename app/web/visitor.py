"""Tell visitors apart without knowing who they are.

A random cookie that scripts cannot read; what is stored of it is a keyed hash, so that the
database tells nothing of the cookie and the cookie nothing of the person.
"""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta
from typing import cast

from flask import Flask, Response, g, request

from app.web.request_context import settings, signing_key

COOKIE = "antesala_visitor"
LASTS = timedelta(days=365)
_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{22,64}\Z")


def visitor() -> str:
    """A keyed hash (64 characters) of this visitor's cookie; a new visitor is given one."""
    if "visitor" not in g:
        known = request.cookies.get(COOKIE, "")
        if not _WELL_FORMED.match(known):
            known = g.new_visitor = secrets.token_urlsafe(24)
        g.visitor = keyed_hash("visitor", known)
    return cast("str", g.visitor)


def keyed_hash(purpose: str, value: str) -> str:
    """HMAC-SHA256 of a value under the installation's key, in hexadecimal (64 characters).

    The same value under another purpose gives another hash.
    """
    key = signing_key().encode()
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def install(app: Flask) -> None:
    """Give new visitors their cookie with the response, when something asked who they are."""

    @app.after_request
    def _remember(response: Response) -> Response:
        new = g.get("new_visitor")
        if new is not None:
            response.set_cookie(
                COOKIE,
                new,
                max_age=LASTS,
                httponly=True,
                samesite="Lax",
                secure=settings().secure,
            )
        return response
