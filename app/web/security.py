"""Headers and limits that hold for every response."""

from flask import Flask, Response, abort, request

from app.web.request_context import settings
from articles.videos import embed_hosts

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; manifest-src 'self'"
)
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
ONE_YEAR_SECONDS = 365 * 24 * 3600


def install(app: Flask) -> None:
    """Refuse unknown hosts before anything else; add the headers after everything else."""

    @app.before_request
    def _known_host() -> None:
        # Health checks come from the machine itself, by whatever name.
        if request.path in {"/healthz", "/readyz"}:
            return
        name = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
        if name.lower() not in settings().hosts:
            abort(400)

    @app.before_request
    def _storable_address() -> None:
        # Nothing has NUL in its address, and PostgreSQL refuses to look for it.
        if "\x00" in request.path:
            abort(404)

    @app.after_request
    def _headers(response: Response) -> Response:
        videos = " ".join(f"https://{host}" for host in sorted(embed_hosts(settings().video_hosts)))
        policy = CONTENT_SECURITY_POLICY + (f"; frame-src {videos}" if videos else "")
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if settings().secure:
            headers.setdefault(
                "Strict-Transport-Security", f"max-age={ONE_YEAR_SECONDS}; includeSubDomains"
            )
        if request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-store")
        return response
