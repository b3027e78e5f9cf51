"""Addresses that nothing can have."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("path", ["/en/articles/%00", "/en/ask/sent/%00", "/api/v1/%00"])
def test_an_address_with_nul_is_not_found(client: FlaskClient, path: str):
    assert client.get(path).status_code == 404
