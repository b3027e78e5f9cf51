"""The process says that it is up."""

from flask.testing import FlaskClient


def test_a_running_process_says_so(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.get_json() == {"status": "ok"}
