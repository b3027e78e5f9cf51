"""Addresses that leave the site, in mail and feeds: always from the configured base URL."""

from typing import Any

from flask import url_for

from app.web.request_context import settings


def absolute(endpoint: str, **values: Any) -> str:
    """The absolute address of a view, never made from what the request says its host is."""
    return settings().public_url + url_for(endpoint, **values)
