"""The fields of "Ask us", what they carry from page to page, and the files that wait with them."""

import hashlib
import json
from collections.abc import Sequence

from flask import request
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    HiddenField,
    MultipleFileField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from app.deflection.suggesting import Typed
from app.deflection.tokens import is_token, new_token
from app.tickets.attachments import Upload
from app.tickets.drafts import (
    TicketDraft,
    checked_body,
    checked_email,
    checked_name,
    checked_subject,
)
from app.tickets.models import TicketKind
from app.web.forms import find_number, obeys, options, written
from app.web.locale import content_locale
from app.web.request_context import current_account, signing_key

_KINDS = (
    (TicketKind.QUESTION, lazy_gettext("A question")),
    (TicketKind.PROBLEM, lazy_gettext("A problem")),
    (TicketKind.REQUEST, lazy_gettext("A request")),
)


class AskForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    subject = StringField(lazy_gettext("Subject"), [obeys(checked_subject)])
    body = TextAreaField(
        lazy_gettext("What happened, and what did you expect?"), [obeys(checked_body)]
    )
    kind = RadioField(
        lazy_gettext("What is it?"),
        choices=options((kind.value, label) for kind, label in _KINDS),
        default=TicketKind.QUESTION.value,
    )
    files = MultipleFileField(lazy_gettext("Files"), [Optional()])
    email = EmailField(lazy_gettext("Your e-mail"), [obeys(checked_email)])
    name = StringField(lazy_gettext("Your name"), [Optional(), obeys(checked_name)])
    form_id = HiddenField()
    """One-time: a form sent twice files once. The waiting files are bound to it, too."""
    attempt = HiddenField()
    """The token of the attempt that the draft belongs to."""
    came_from = HiddenField()
    """The id of the article that the customer comes from."""
    seen = HiddenField()
    """Not empty once suggestions had their chance: what is sent goes to a person."""

    def __init__(self) -> None:
        super().__init__()
        self.form_id.data = own_token(written(self.form_id))
        self.attempt.data = own_token(written(self.attempt), otherwise=self.form_id.data)
        if self.kind.data not in {kind.value for kind in TicketKind}:
            self.kind.data = TicketKind.QUESTION.value
        account = current_account()
        if account is not None:
            # Who is signed in is answered at the account's address.
            self.email.data, self.name.data = account.email, account.name

    def typed(self, from_article_id: int | None) -> Typed:
        """What is asked, for the ranker."""
        return Typed(
            subject=written(self.subject),
            body=written(self.body),
            locale=content_locale(),
            from_article_id=from_article_id,
        )

    @property
    def draft(self) -> TicketDraft:
        """What is asked, for a person."""
        return TicketDraft(
            subject=written(self.subject),
            body=written(self.body),
            email=written(self.email),
            name=written(self.name),
            kind=TicketKind(self.kind.data),
            locale=content_locale(),
        )

    @property
    def own_id(self) -> str:
        """The form's one-time id, under which its files wait."""
        return written(self.form_id)

    def request_id(self, uploads: Sequence[Upload]) -> str:
        """The same for a form that is sent twice; another when its words or files are others."""
        files = [[each.filename, each.size] for each in uploads]
        sent = hashlib.sha256(json.dumps([self.draft.digest, files]).encode()).hexdigest()
        return f"form {self.own_id} {sent}"


def own_token(given: str, *, otherwise: str | None = None) -> str:
    """The token, if this installation made it; else another one."""
    if is_token(signing_key(), given):
        return given
    return otherwise or fresh_token()


def fresh_token() -> str:
    """A token for an attempt that may begin."""
    return new_token(signing_key())


def chosen_verdict() -> tuple[str, int] | None:
    """The verdict and the article id of the button that sent the form, written `tried:12`."""
    verdict, _, article = request.form.get("verdict", "").partition(":")
    number = find_number(article)
    return (verdict, number) if number is not None else None
