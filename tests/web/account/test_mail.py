"""The mails of accounts, rendered as the worker does it: without a request."""

from datetime import UTC, datetime

import pytest

from app.mail.rendering import Promise, compose

CONTEXTS = {
    "confirm_email": {"link": "http://localhost/l", "hours": 48},
    "address_known": {"name": "Ana <b>", "forgot_url": "http://localhost/l"},
    "reset_password": {"name": "Ana <b>", "link": "http://localhost/l", "hours": 1},
    "invitation": {"name": "Ana <b>", "link": "http://localhost/l", "hours": 168},
}


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("template", CONTEXTS)
def test_a_mail_has_a_subject_its_link_and_no_markup_in_its_text(app, template, locale):
    promise = Promise("key", template, "ana@example.org", locale, CONTEXTS[template])
    with app.app_context():
        message = compose(
            promise, sender="help@example.org", site_name="Antesala", now=datetime.now(UTC)
        )
    assert "Antesala" in message["Subject"]
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "http://localhost/l" in text
    assert 'href="http://localhost/l"' in html
    assert "<b>" not in html
    assert "&lt;" not in text
