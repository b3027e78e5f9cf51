"""What somebody asks, checked before it becomes a ticket."""

import hashlib
import json
import unicodedata
from dataclasses import dataclass

from app.accounts.rules import normalise_email
from app.errors import N_, InvalidError
from app.tickets.models import TicketKind

SUBJECT_MIN = 3
SUBJECT_MAX = 255
NAME_MAX = 120
BODY_MAX_BYTES = 64 * 1024
LOCALES = frozenset({"en", "es"})


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """A ticket as its author typed it.

    For a signed-in person the account's name and address count, whatever stands here.
    """

    subject: str
    body: str
    email: str = ""
    name: str = ""
    kind: TicketKind = TicketKind.QUESTION
    locale: str = "en"

    @property
    def digest(self) -> str:
        """Tells one request from another under the same idempotency key."""
        parts = [self.subject, self.body, self.email, self.name, self.kind.value, self.locale]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def checked(draft: TicketDraft) -> TicketDraft:
    """The draft with its fields trimmed and its address in its common form.

    Raises InvalidError for the field `subject`, `body`, `email`, `name` or `locale`.
    """
    if draft.locale not in LOCALES:
        raise InvalidError("locale", N_("Choose English or Spanish."))
    return TicketDraft(
        subject=checked_subject(draft.subject),
        body=checked_body(draft.body),
        email=checked_email(draft.email),
        name=checked_name(draft.name),
        kind=draft.kind,
        locale=draft.locale,
    )


def checked_subject(text: str) -> str:
    """A subject: one line of 3 to 255 characters."""
    subject = text.strip()
    if has_line_break(subject):
        raise InvalidError("subject", N_("Write the subject on one line."))
    if len(subject) < SUBJECT_MIN:
        raise InvalidError("subject", N_("Say in a few words what it is about."))
    if len(subject) > SUBJECT_MAX:
        raise InvalidError(
            "subject",
            N_("Shorten the subject to %(most)s characters; details go below."),
            most=SUBJECT_MAX,
        )
    return subject


def checked_reply(text: str) -> str:
    """What is added to a conversation: as `checked_body`, which asks for a first message."""
    if not text.replace("\x00", "").strip():
        raise InvalidError("body", N_("There is nothing to send yet: write your message."))
    return checked_body(text)


def checked_body(text: str) -> str:
    """A message: some text, 64 KB at most, with plain line ends and no control characters."""
    body = "\n".join(text.replace("\x00", "").splitlines()).strip()
    if not body:
        raise InvalidError("body", N_("Write what happened and what you expected."))
    if len(body.encode()) > BODY_MAX_BYTES:
        raise InvalidError(
            "body", N_("Shorten the text to %(most)s KB, or attach it as a file."), most=64
        )
    return body


def checked_name(text: str) -> str:
    """A person's name: one line, or nothing."""
    name = text.strip()
    if has_line_break(name):
        raise InvalidError("name", N_("Write the name on one line."))
    if len(name) > NAME_MAX:
        raise InvalidError("name", N_("Shorten the name to %(most)s characters."), most=NAME_MAX)
    return name


def checked_email(text: str) -> str:
    """An e-mail address in the form in which accounts keep theirs."""
    return normalise_email(text)


def has_line_break(text: str) -> bool:
    """Whether a header made from this text could be broken in two."""
    return any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in text)
