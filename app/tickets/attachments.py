"""Files that go with a message: kept with a draft first, then bound to what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import SEEK_END
from typing import BinaryIO

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.db.locks import wait_for_same
from app.errors import N_, InvalidError, NotFoundError
from app.settings import Settings
from app.tickets import policy
from app.tickets.attachment_files import AttachmentFolder
from app.tickets.attachment_types import HEAD_BYTES, clean_filename, content_type
from app.tickets.models import Attachment, Message, Ticket

DRAFT_LIFE = timedelta(hours=48)
"""For how long files of a draft that was never sent are kept."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrives: a readable, seekable stream and the name that it claims."""

    stream: BinaryIO
    filename: str

    @property
    def size(self) -> int:
        """In bytes. Goes back to the stream's beginning."""
        size = self.stream.seek(0, SEEK_END)
        self.stream.seek(0)
        return size


def draft_attachments(session: Session, draft_key: str) -> Sequence[Attachment]:
    """The files of a draft that is not sent yet, in the order of their arrival."""
    return session.scalars(
        select(Attachment)
        .where(Attachment.draft_key == draft_key, Attachment.message_id.is_(None))
        .order_by(Attachment.id)
    ).all()


def add_files(
    session: Session,
    *,
    draft_key: str,
    uploader: str,
    uploads: Sequence[Upload],
    settings: Settings,
    now: datetime,
) -> Sequence[Attachment]:
    """Keep files with a draft; all of them or, when one is refused, none. Returns all its files.

    They are on the disk before the transaction begins: nobody waits for somebody else's upload.
    A file that waits with the draft already, as when a form is sent twice, is kept once.
    `uploader` stands for the person, whose files in all their drafts are bounded together. Raises InvalidError for the field `files`.
    """
    if len(uploads) > settings.attachment_max_count:
        raise _too_many(settings)
    folder = AttachmentFolder(settings.data)
    kept: list[Attachment] = []
    try:
        for upload in uploads:
            attachment = _keep(folder, upload, settings, now)
            attachment.draft_key, attachment.uploader = draft_key, uploader
            kept.append(attachment)
        wait_for_same(session, f"files of {uploader}")
        together = _each_once([*draft_attachments(session, draft_key), *kept])
        _check_together(together, settings)
        _check_waiting(session, [each for each in together if each in kept], settings)
        session.add_all(each for each in together if each in kept)
        session.commit()
    except BaseException:
        for attachment in kept:
            folder.remove(attachment.token)
        raise
    for attachment in kept:
        if attachment not in together:
            folder.remove(attachment.token)
    return together


def remove_file(session: Session, *, draft_key: str, token: str, settings: Settings) -> bool:
    """Take one file off a draft. Returns whether it was there."""
    found = next((a for a in draft_attachments(session, draft_key) if a.token == token), None)
    if found is None:
        session.rollback()
        return False
    session.delete(found)
    session.commit()
    AttachmentFolder(settings.data).remove(token)
    return True


def bind_draft(session: Session, draft_key: str, message: Message) -> None:
    """Give a draft's files to the message that was sent; no commit. The message has its id."""
    session.execute(
        update(Attachment)
        .where(Attachment.draft_key == draft_key, Attachment.message_id.is_(None))
        .values(draft_key=None, uploader=None, ticket_id=message.ticket_id, message_id=message.id)
    )


def drop_repeated(session: Session, draft_key: str, message: Message) -> Sequence[Attachment]:
    """Forget a draft's files that this message has, as when its form was sent twice; no commit.

    Returns those that are left. What lies on the disk without a row is swept later.
    """
    sent = {
        _identity(each)
        for each in session.scalars(select(Attachment).where(Attachment.message_id == message.id))
    }
    left = []
    for waiting in draft_attachments(session, draft_key):
        if waiting.sha256 is not None and _identity(waiting) in sent:
            session.delete(waiting)
        else:
            left.append(waiting)
    session.flush()
    return left


def get_download(session: Session, *, actor: Actor, token: str) -> Attachment:
    """A file that this person may download; raises NotFoundError for any other.

    It belongs to a message that they may read; what is not sent yet is nobody's.
    """
    attachment = session.scalar(select(Attachment).where(Attachment.token == token))
    if attachment is None or attachment.message_id is None:
        raise NotFoundError("no such file")
    message = session.get_one(Message, attachment.message_id)
    ticket = session.get_one(Ticket, message.ticket_id)
    if not policy.may_read(actor, ticket, message.kind):
        raise NotFoundError("a file of a message that this person may not read")
    return attachment


def discard_orphans(session: Session, settings: Settings, *, now: datetime) -> int:
    """Delete files of drafts that were never sent, and files that no row tells of; how many.

    A file is older than the longest draft before it is touched, so that one which is arriving
    just now stays.
    """
    before = now - DRAFT_LIFE
    folder = AttachmentFolder(settings.data)
    stale = session.scalars(
        select(Attachment).where(Attachment.message_id.is_(None), Attachment.created_at < before)
    ).all()
    for attachment in stale:
        session.delete(attachment)
    session.commit()
    known = set(session.scalars(select(Attachment.token)))
    session.rollback()
    swept = 0
    for name, written_at in folder.stored():
        if name not in known and written_at < before.timestamp():
            (folder.root / name[:2] / name).unlink(missing_ok=True)
            swept += 1
    return swept


def _keep(
    folder: AttachmentFolder, upload: Upload, settings: Settings, now: datetime
) -> Attachment:
    kind = content_type(upload.stream.read(HEAD_BYTES), upload.filename)
    if kind is None:
        raise InvalidError(
            "files",
            N_("“%(name)s” is a program. Send a picture, a document or a ZIP instead."),
            name=clean_filename(upload.filename),
        )
    upload.stream.seek(0)
    stored = folder.store(upload.stream, most=settings.attachment_max_bytes)
    if stored.size == 0:
        folder.remove(stored.token)
        raise InvalidError(
            "files", N_("“%(name)s” is empty."), name=clean_filename(upload.filename)
        )
    return Attachment(
        token=stored.token,
        filename=clean_filename(upload.filename),
        content_type=kind,
        size=stored.size,
        sha256=stored.sha256,
        created_at=now,
    )


def _identity(file: Attachment) -> tuple[str, str | None]:
    """What two files of one message have in common when one of them is enough."""
    return file.filename, file.sha256


def _each_once(files: Sequence[Attachment]) -> list[Attachment]:
    """The files without repeats; of equal ones the first. Those of unknown content all stay."""
    found: dict[object, Attachment] = {}
    for file in files:
        found.setdefault(_identity(file) if file.sha256 else file.token, file)
    return list(found.values())


def _check_together(files: Sequence[Attachment], settings: Settings) -> None:
    if len(files) > settings.attachment_max_count:
        raise _too_many(settings)
    if sum(each.size for each in files) > settings.attachment_total_bytes:
        raise InvalidError(
            "files",
            N_("All files together may have %(most)s MB. Leave one out, or send it separately."),
            most=f"{settings.attachment_total_bytes / (1024 * 1024):g}",
        )


def _check_waiting(session: Session, new: Sequence[Attachment], settings: Settings) -> None:
    """Refuse new files when too much of one person waits already, in all their drafts."""
    if not new:
        return
    count, size = session.execute(
        select(func.count(Attachment.id), func.coalesce(func.sum(Attachment.size), 0)).where(
            Attachment.uploader == new[0].uploader, Attachment.message_id.is_(None)
        )
    ).one()
    too_many = count + len(new) > settings.attachment_waiting_count
    if too_many or size + sum(each.size for each in new) > settings.attachment_waiting_bytes:
        raise InvalidError(
            "files",
            N_(
                "Too many of your files wait with messages that you did not send. Send those, or "
                "leave their files out; after two days they are deleted."
            ),
        )


def _too_many(settings: Settings) -> InvalidError:
    return InvalidError(
        "files",
        N_("A message may have %(most)s files. Put several into one ZIP, or send another."),
        most=settings.attachment_max_count,
    )
