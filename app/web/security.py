"""Headers and limits that hold for every response."""

from flask import Flask, Response, abort, request

from app.settings import Settings
from app.web.request_context import Product
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
    product: Product = app.extensions["antesala"]
    hosts = product.settings.hosts
    own = _headers_of(product.settings)

    @app.before_request
    def _known_host() -> None:
        # Health checks come from the machine itself, by whatever name.
        if request.path in {"/healthz", "/readyz"}:
            return
        name = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
        if name.lower() not in hosts:
            abort(400)

    @app.before_request
    def _storable_address() -> None:
        # Nothing has NUL in its address, and PostgreSQL refuses to look for it.
        if "\x00" in request.path:
            abort(404)

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        set_already = {name.lower() for name, _ in headers}
        for name, value in own:
            if name.lower() not in set_already:
                headers.add(name, value)
        if request.endpoint != "static" and "cache-control" not in set_already:
            headers.add("Cache-Control", "no-store")
        return response


def _headers_of(settings: Settings) -> list[tuple[str, str]]:
    """The headers of every response, unless its route says something else."""
    videos = " ".join(f"https://{host}" for host in sorted(embed_hosts(settings.video_hosts)))
    policy = CONTENT_SECURITY_POLICY + (f"; frame-src {videos}" if videos else "")
    headers = [
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", PERMISSIONS_POLICY),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
    if settings.secure:
        lasts = f"max-age={ONE_YEAR_SECONDS}; includeSubDomains"
        headers.append(("Strict-Transport-Security", lasts))
    return headers
