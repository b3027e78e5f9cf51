"""The OpenAPI 3.1 document, made of the same models that the endpoints read and write."""

from functools import cache
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.web.api import schemas

_REFERENCE: Final = "#/components/schemas/{model}"
_REQUESTS: Final = (schemas.SuggestionsRequest, schemas.VerdictRequest, schemas.TicketRequest)
_ANSWERS: Final = (schemas.SuggestionsAnswer, schemas.TicketAnswer, schemas.Problem)
_REFUSALS: Final = {
    400: "The JSON is broken, or a header is missing.",
    404: "There is no such attempt, or the article was not suggested in it.",
    409: "The Idempotency-Key stands for another request.",
    413: "The request is larger than 512 KB.",
    415: "The request is not JSON.",
    422: "Members of the request break a rule; `errors` points to each.",
    429: "Too many requests; the header Retry-After says for how many seconds to wait.",
}
_ANY: Final = (400, 413, 415, 422, 429)

_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": (
        "New for each ticket, such as a UUID. The same request under the same key gives the "
        "same answer and files nothing again."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
}
_TOKEN: Final = {
    "name": "token",
    "in": "path",
    "required": True,
    "description": "The attempt, as the answer with the suggestions named it.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"},
}


@cache
def document(public_url: str, site_name: str) -> dict[str, Any]:
    """The document for an installation at this address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{site_name}: answers before tickets",
            "version": "1",
            "description": (
                "Suggest articles for a draft, record what the customer says of them, and send "
                "the draft to a person. No cookies, no accounts: callers find what is public. "
                "Not for pages of other origins: no CORS headers are sent."
            ),
        },
        "servers": [{"url": f"{public_url}/api/v1"}],
        "paths": {
            "/openapi.json": {"get": _self_description()},
            "/suggestions": {
                "post": _operation(
                    "suggest",
                    "Articles that may solve a draft",
                    "Ask again as the customer types, with the `attempt` of the first answer. "
                    "Fewer than 12 characters give no suggestions.",
                    schemas.SuggestionsRequest,
                    {"200": _answer("The suggestions.", schemas.SuggestionsAnswer)},
                )
            },
            "/attempts/{token}/verdicts": {
                "post": _operation(
                    "giveVerdict",
                    "What the customer says of a suggested article",
                    "The same verdict again changes nothing. `solved` ends the attempt.",
                    schemas.VerdictRequest,
                    {"204": {"description": "Recorded."}},
                    parameters=[_TOKEN],
                    refusals=(404,),
                )
            },
            "/tickets": {
                "post": _operation(
                    "fileTicket",
                    "Send a draft to a person",
                    "With `attempt`, whoever answers sees what was suggested and tried.",
                    schemas.TicketRequest,
                    {
                        "201": {
                            **_answer("Filed.", schemas.TicketAnswer),
                            "headers": {
                                "Location": {
                                    "description": "The page of the ticket.",
                                    "schema": {"type": "string", "format": "uri"},
                                }
                            },
                        }
                    },
                    parameters=[_IDEMPOTENCY_KEY],
                    refusals=(409,),
                )
            },
        },
        "components": {"schemas": _schemas()},
    }


def _schemas() -> dict[str, Any]:
    _, requests = models_json_schema(
        [(model, "validation") for model in _REQUESTS], ref_template=_REFERENCE
    )
    _, answers = models_json_schema(
        [(model, "serialization") for model in _ANSWERS], ref_template=_REFERENCE
    )
    return {**requests["$defs"], **answers["$defs"]}


def _self_description() -> dict[str, Any]:
    return {
        "operationId": "describe",
        "summary": "This document",
        "responses": {
            "200": {
                "description": "OpenAPI 3.1.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        },
    }


def _operation(
    name: str,
    summary: str,
    description: str,
    request: type[BaseModel],
    answers: dict[str, Any],
    *,
    parameters: list[dict[str, Any]] | None = None,
    refusals: tuple[int, ...] = (),
) -> dict[str, Any]:
    problems = {
        str(status): _answer(_REFUSALS[status], schemas.Problem, "application/problem+json")
        for status in sorted({*_ANY, *refusals})
    }
    return {
        "operationId": name,
        "summary": summary,
        "description": description,
        "parameters": parameters or [],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _schema(request)}},
        },
        "responses": {**answers, **problems},
    }


def _answer(
    description: str, model: type[BaseModel], media: str = "application/json"
) -> dict[str, Any]:
    return {"description": description, "content": {media: {"schema": _schema(model)}}}


def _schema(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=model.__name__)}
