"""Read a request of a program, or say as a problem what is wrong with it."""

import re
from http import HTTPStatus
from typing import Any, Final, NoReturn, TypeVar

from flask import abort, request
from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError

from app.web.errors import problem

MAX_REQUEST_BYTES: Final = 512 * 1024
"""64 KB of text take up to six times that, escaped as JSON may be."""
_IDEMPOTENCY_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")

Message = TypeVar("Message", bound=BaseModel)


def read_json(kind: type[Message]) -> Message:
    """The request's body as what it should be.

    Aborts with a problem: 413 too large, 415 not JSON, 400 broken JSON, 422 breaks the schema,
    with a pointer to each member that does.
    """
    if not request.is_json:
        detail = _("Send JSON, with the header Content-Type: application/json.")
        _refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
    request.max_content_length = MAX_REQUEST_BYTES
    try:
        return kind.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        _refuse_schema(error)


def idempotency_key() -> str:
    """The header Idempotency-Key.

    Aborts with 400 when it is missing or not 1 to 255 visible ASCII characters.
    """
    given = request.headers.get("Idempotency-Key", "").strip()
    if not _IDEMPOTENCY_KEY.fullmatch(given):
        _refuse(
            HTTPStatus.BAD_REQUEST,
            _(
                "Send the header Idempotency-Key: a text of 1 to 255 visible ASCII characters "
                "that is new for each ticket, such as a UUID."
            ),
        )
    return given


def refuse_member(member: str, detail: str) -> NoReturn:
    """Abort with 422 and a pointer to one member of the request."""
    _refuse(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("The request does not have the form that it should."),
        [{"pointer": f"#/{member}", "detail": detail}],
    )


def _refuse_schema(error: ValidationError) -> NoReturn:
    wrong = error.errors(include_url=False, include_context=False, include_input=False)
    if wrong[0]["type"] == "json_invalid":
        _refuse(HTTPStatus.BAD_REQUEST, wrong[0]["msg"])
    _refuse(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("The request does not have the form that it should."),
        [{"pointer": _pointer(each["loc"]), "detail": each["msg"]} for each in wrong],
    )


def _refuse(
    status: HTTPStatus, detail: str, errors: list[dict[str, str]] | None = None
) -> NoReturn:
    members: dict[str, Any] = {"errors": errors} if errors else {}
    abort(problem(status, status.phrase, detail, **members))


def _pointer(location: tuple[int | str, ...]) -> str:
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return "#/" + "/".join(parts) if location else "#"
