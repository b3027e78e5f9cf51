"""Read back the messages of the folder transport, for the demo's mail page."""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

SHOWN = 100


@dataclass(frozen=True, slots=True)
class StoredMail:
    name: str
    to: str
    subject: str
    sent_at: datetime
    text: str


def list_mail(folder: Path) -> list[StoredMail]:
    """The newest messages first."""
    paths = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [_read(path) for path in paths[:SHOWN]]


def find_mail(folder: Path, name: str) -> StoredMail | None:
    """One message by its name, or None."""
    if not name.isalnum():
        return None
    path = folder / f"{name}.eml"
    return _read(path) if path.is_file() else None


def _read(path: Path) -> StoredMail:
    with path.open("rb") as file:
        message = BytesParser(policy=policy.default).parse(file)
    body = message.get_body(("plain",))
    return StoredMail(
        name=path.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=parsedate_to_datetime(str(message["Date"])),
        text=body.get_content() if body is not None else "",
    )
