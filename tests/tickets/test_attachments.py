"""Files: what may be attached, how much, and what becomes of what was never sent."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from os import utime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.db.database import Database
from app.errors import InvalidError
from app.settings import Settings
from app.tickets import attachments
from app.tickets.attachment_files import AttachmentFolder
from app.tickets.attachment_types import NAME_MAX, clean_filename, content_type
from app.tickets.attachments import Upload
from tests.factories_tickets import make_ticket
from tests.together import at_once

NOW = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


def add(
    session: Session,
    settings: Settings,
    *files: tuple[bytes, str],
    key: str = "k",
    uploader: str = "somebody",
) -> list:
    uploads = [Upload(BytesIO(data), name) for data, name in files]
    found = attachments.add_files(
        session, draft_key=key, uploader=uploader, uploads=uploads, settings=settings, now=NOW
    )
    return list(found)


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PNG, "a.exe", "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 20, "a.png", "image/jpeg"),
        (b"GIF89a" + b"\0" * 20, "a.gif", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a.webp", "image/webp"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a.pdf", "application/pdf"),
        (b"<html><script>alert(1)</script>", "a.html", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "text/plain"),
        ("ñandú\n".encode(), "log.txt", "text/plain"),
        (b"PK\x03\x04" + b"\0" * 20, "a.zip", "application/zip"),
        (b"\x00\x01\x02\x03", "a.png", "application/octet-stream"),
        (b"MZ\x90\x00", "report.pdf", None),
        (b"\x7fELF\x02", "report", None),
    ],
)
def test_the_content_says_what_a_file_is(data: bytes, name: str, kind: str | None) -> None:
    assert content_type(data, name) == kind


@given(st.text(max_size=300))
def test_a_name_is_always_safe_to_show(name: str) -> None:
    clean = clean_filename(name)
    assert 0 < len(clean) <= NAME_MAX
    assert not set(clean) & set('/\\<>:"|?*\r\n\0')
    assert clean.strip(". ") == clean
    assert clean_filename(clean) == clean


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\foto.png", "foto.png"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("", "file"),
        ("...", "file"),
    ],
)
def test_folders_and_tricks_are_taken_out_of_names(given_name: str, shown: str) -> None:
    assert clean_filename(given_name) == shown


def test_a_file_is_kept_under_a_random_name(session: Session, settings: Settings) -> None:
    (kept,) = add(session, settings, (PNG, "foto.png"))
    path = AttachmentFolder(settings.data).path(kept.token)
    assert path.read_bytes() == PNG
    assert path.stat().st_mode & 0o777 == 0o600
    assert "foto" not in str(path)


@pytest.mark.parametrize("data", [b"", b"MZ\x90\x00", b"x" * (10 * 1024 * 1024 + 1)])
def test_a_refused_file_leaves_nothing_behind(
    session: Session, settings: Settings, data: bytes
) -> None:
    with pytest.raises(InvalidError) as caught:
        add(session, settings, (b"fine", "a.txt"), (data, "b.txt"))
    assert caught.value.field == "files"
    session.rollback()
    assert not attachments.draft_attachments(session, "k")
    assert not list(AttachmentFolder(settings.data).stored())


def test_a_file_arrives_before_the_transaction_begins(session: Session, settings: Settings) -> None:
    class Watched(BytesIO):
        waits: list[bool] = []  # noqa: RUF012 - one for the test

        def read(self, size: int | None = -1) -> bytes:
            self.waits.append(session.in_transaction())
            return super().read(size)

    upload = Upload(Watched(b"x"), "a.txt")
    attachments.add_files(
        session, draft_key="k", uploader="u", uploads=[upload], settings=settings, now=NOW
    )
    assert Watched.waits
    assert not any(Watched.waits)


def test_number_and_sum_are_limited_over_all_uploads(session: Session, settings: Settings) -> None:
    few = settings.model_copy(update={"attachment_max_count": 2, "attachment_total_bytes": 2000})
    add(session, few, (b"x" * 1000, "a.txt"))
    with pytest.raises(InvalidError):
        add(session, few, (b"x" * 1001, "b.txt"))
    session.rollback()
    add(session, few, (b"x" * 10, "b.txt"))
    with pytest.raises(InvalidError):
        add(session, few, (b"x", "c.txt"))


def test_what_waits_of_one_person_is_bounded_over_all_their_drafts(
    session: Session, settings: Settings
) -> None:
    few = settings.model_copy(
        update={"attachment_waiting_count": 3, "attachment_waiting_bytes": 2000}
    )
    add(session, few, (b"x" * 1000, "a.txt"), key="one")
    for key, files in (
        ("two", [(b"x" * 1001, "b.txt")]),
        ("three", [(b"%d" % number, "c.txt") for number in range(3)]),
    ):
        with pytest.raises(InvalidError) as caught:
            add(session, few, *files, key=key)
        assert caught.value.field == "files"
        session.rollback()
    assert len(list(AttachmentFolder(settings.data).stored())) == 1
    add(session, few, (b"x" * 1001, "b.txt"), key="two", uploader="somebody else")
    add(session, few, (b"x" * 1000, "a.txt"), key="one")  # the same again is no more
    add(session, few, (b"x" * 1000, "b.txt"), key="two")
    (kept,) = attachments.draft_attachments(session, "one")
    attachments.remove_file(session, draft_key="one", token=kept.token, settings=few)
    add(session, few, (b"x" * 1000, "c.txt"), key="three")


def test_what_was_sent_waits_no_more(session: Session, settings: Settings) -> None:
    few = settings.model_copy(update={"attachment_waiting_count": 1})
    (kept,) = add(session, few, (b"x", "a.txt"))
    message = make_ticket(session, settings).ticket.messages[0]
    attachments.bind_draft(session, "k", message)
    session.commit()
    session.refresh(kept)
    assert kept.uploader is None
    add(session, few, (b"x", "a.txt"))


def test_files_that_come_at_once_keep_to_the_bound(
    database: Database, session: Session, settings: Settings
) -> None:
    few = settings.model_copy(update={"attachment_waiting_count": 2})

    def send(number: int) -> Callable[[Session], object]:
        def add_one(own: Session) -> bool:
            try:
                add(own, few, (b"%d" % number, "a.txt"), key=f"draft {number}")
            except InvalidError:
                return False
            return True

        return add_one

    kept = at_once(database, *(send(number) for number in range(5)))
    assert sorted(map(bool, kept)) == [False] * 3 + [True] * 2


def test_the_same_file_waits_once_with_a_draft(session: Session, settings: Settings) -> None:
    add(session, settings, (b"one", "a.txt"), (b"one", "a.txt"))
    add(session, settings, (b"one", "a.txt"), (b"two", "a.txt"), (b"one", "b.txt"))
    waiting = attachments.draft_attachments(session, "k")
    assert [(file.filename, file.size) for file in waiting] == [
        ("a.txt", 3),
        ("a.txt", 3),
        ("b.txt", 3),
    ]
    assert len({file.sha256 for file in waiting}) == 2
    assert len(list(AttachmentFolder(settings.data).stored())) == 3
    add(session, settings, (b"one", "a.txt"), key="another draft")
    assert len(attachments.draft_attachments(session, "another draft")) == 1


def test_a_file_that_comes_twice_at_once_waits_once(
    database: Database, session: Session, settings: Settings
) -> None:
    deeds = [lambda own: add(own, settings, (b"one", "a.txt"))] * 4
    for found in at_once(database, *deeds):
        assert isinstance(found, list)
        assert len(found) == 1
    session.rollback()
    assert len(attachments.draft_attachments(session, "k")) == 1
    assert len(list(AttachmentFolder(settings.data).stored())) == 1


def test_a_file_can_be_left_out_only_by_who_added_it(session: Session, settings: Settings) -> None:
    (kept,) = add(session, settings, (b"x", "a.txt"))
    assert not attachments.remove_file(
        session, draft_key="other", token=kept.token, settings=settings
    )
    assert attachments.draft_attachments(session, "k")
    attachments.remove_file(session, draft_key="k", token=kept.token, settings=settings)
    assert not list(AttachmentFolder(settings.data).stored())


def test_what_was_never_sent_is_swept_after_two_days(session: Session, settings: Settings) -> None:
    (kept,) = add(session, settings, (b"x", "a.txt"))
    folder = AttachmentFolder(settings.data)
    (folder.root / "aa").mkdir(exist_ok=True)
    stray = folder.root / "aa" / "aa-stray.part"
    stray.write_bytes(b"half")
    for path in (stray, folder.path(kept.token)):
        utime(path, (NOW.timestamp(), NOW.timestamp()))
    assert attachments.discard_orphans(session, settings, now=NOW + timedelta(hours=47)) == 0
    assert attachments.discard_orphans(session, settings, now=NOW + timedelta(hours=49)) == 2
    assert not list(folder.stored())
    assert not attachments.draft_attachments(session, "k")


def test_a_token_is_never_a_path(settings: Settings) -> None:
    with pytest.raises(ValueError, match="not the name"):
        AttachmentFolder(settings.data).path("../../antesala.sqlite3")
