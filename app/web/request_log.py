"""One structured line a request, with a request id and without personal data.

The route is logged, not the address: addresses hold references, tokens and search words.
"""

import logging
import sys
import time
import uuid

import structlog
import structlog.typing
from flask import Flask, Response, g, request

log = structlog.get_logger()
REQUEST_ID = "X-Request-Id"


def configure(level: str) -> None:
    """Write JSON lines to standard error, for our events and for the libraries'."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level.upper()),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [
        kept for kept in root.handlers if not isinstance(kept, logging.StreamHandler)
    ] + [handler]
    root.setLevel(level.upper())
    for talkative in ("alembic", "huey"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


def install(app: Flask) -> None:
    """Log every request but those for static files."""

    @app.before_request
    def _begin() -> None:
        g.request_started = time.perf_counter()
        g.request_id = uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def _end(response: Response) -> Response:
        response.headers[REQUEST_ID] = g.get("request_id", "")
        if request.endpoint != "static":
            log.info(
                "request",
                method=request.method,
                route=str(request.url_rule) if request.url_rule else None,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - g.request_started) * 1000, 1),
            )
        return response
