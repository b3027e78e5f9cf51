"""Turn a promised mail into a message in the recipient's language.

A template is `templates/mail/<name>.txt`: its first line is `Subject: …`, an empty line follows,
then the text. The HTML part is made from that text: paragraphs, and links that work.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from flask import render_template
from flask_babel import force_locale
from markupsafe import Markup, escape

_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


class MailTemplateError(Exception):
    """A mail template is not of the form that the module's text describes."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A mail as the outbox keeps it. `key` is stable, so a repeat carries the same Message-ID."""

    key: str
    template: str
    to: str
    locale: str
    context: dict[str, Any]

    @classmethod
    def from_payload(cls, key: str, payload: dict[str, Any]) -> "Promise":
        """Read the outbox's payload."""
        return cls(
            key, payload["template"], payload["to"], payload["locale"], payload.get("context", {})
        )


def compose(promise: Promise, *, sender: str, site_name: str, now: datetime) -> EmailMessage:
    """Render the template in the recipient's language.

    Raises MailTemplateError when the template has no subject line, and ValueError when a header
    would hold a line break.
    """
    with force_locale(promise.locale):
        text = render_template(
            f"mail/{promise.template}.txt", **promise.context, mail_site_name=site_name
        )
        first, _, body = text.strip().partition("\n")
        if not first.startswith("Subject: "):
            raise MailTemplateError(f"mail/{promise.template}.txt does not begin with a subject")
        body = re.sub(r"\n{3,}", "\n\n", body.strip()) + "\n"
        html = render_template(
            "mail/_layout.html", paragraphs=_paragraphs(body), locale=promise.locale
        )
    message = EmailMessage(policy=SMTP)
    message["Subject"] = first.removeprefix("Subject: ").strip()
    message["From"] = Address(site_name, addr_spec=sender)
    message["To"] = promise.to
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(promise.key, sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    message.add_alternative(html, subtype="html")
    return message


def message_id(key: str, sender: str) -> str:
    """The Message-ID of a promised mail: the same at every try."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"<{digest}@{sender.rpartition('@')[2]}>"


def _paragraphs(body: str) -> list[Markup]:
    return [_linked(paragraph) for paragraph in body.strip().split("\n\n")]


def _linked(paragraph: str) -> Markup:
    pieces: list[Markup] = []
    position = 0
    for match in _LINK.finditer(paragraph):
        pieces.append(escape(paragraph[position : match.start()]))
        pieces.append(Markup('<a href="{0}">{0}</a>').format(match.group()))
        position = match.end()
    pieces.append(escape(paragraph[position:]))
    return Markup(Markup("").join(pieces).replace("\n", Markup("<br>\n")))  # noqa: S704 - every piece was escaped
