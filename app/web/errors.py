"""The one place where errors become responses: pages for people, RFC 9457 for programs."""

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    GoneError,
    InvalidError,
    NotFoundError,
)
from app.web.limits import retry_words
from app.web.request_context import close_session, go_on_as_nobody

_STATUS: tuple[tuple[type[DomainError], HTTPStatus], ...] = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (ForbiddenError, HTTPStatus.FORBIDDEN),
    (GoneError, HTTPStatus.GONE),
    (ConflictError, HTTPStatus.CONFLICT),
    (InvalidError, HTTPStatus.UNPROCESSABLE_ENTITY),
)


def say(error: InvalidError | ConflictError) -> str:
    """The error's message in the reader's language."""
    text: str = _(error.message, **error.params) if error.params else _(error.message)
    return text


def wants_problem() -> bool:
    """Whether the caller is a program of the API."""
    return request.path.startswith("/api/")


def problem(status: int, title: str, detail: str = "", **members: Any) -> Response:
    """An `application/problem+json` response (RFC 9457)."""
    body = {"type": "about:blank", "title": title, "status": status, **members}
    if detail:
        body["detail"] = detail
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def install(app: Flask) -> None:
    """Answer every error of the product in its own design."""

    @app.errorhandler(DomainError)
    def _domain(error: DomainError) -> tuple[str, int] | Response:
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), None)
        if status is None:
            raise error
        detail = say(error) if isinstance(error, InvalidError | ConflictError) else ""
        return _answer(status, detail, **_pointer(error))

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError) -> tuple[str, int] | Response:
        return _answer(
            HTTPStatus.BAD_REQUEST,
            _("This page was open for too long. Go back, reload it and send it again."),
        )

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> tuple[str, int] | Response | HTTPException:
        if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
            return error  # a redirect
        answer = _answer(HTTPStatus(error.code), "")
        response = answer if isinstance(answer, Response) else app.make_response(answer)
        for name, value in error.get_headers():
            if name.lower() in {"retry-after", "allow"}:
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> tuple[str, int] | Response:
        if app.testing or app.debug:
            raise error
        app.logger.error("unexpected error", exc_info=error)
        close_session()
        go_on_as_nobody()
        return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "")


def _pointer(error: DomainError) -> dict[str, Any]:
    if not isinstance(error, InvalidError):
        return {}
    return {"errors": [{"pointer": f"#/{error.field}", "detail": say(error)}]}


def _answer(status: HTTPStatus, detail: str, **members: Any) -> tuple[str, int] | Response:
    if wants_problem():
        return problem(status, status.phrase, detail, **members)
    wait = retry_words() if status is HTTPStatus.TOO_MANY_REQUESTS else ""
    page = render_template("error.html", status=int(status), detail=detail, wait=wait)
    return page, int(status)
