"""Where a composed message goes: a mail server, or a folder."""

import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from app.settings import MailTransport, Settings, SmtpSecurity


class Transport(Protocol):
    """Hands a message over.

    Raises OSError or smtplib.SMTPException when it could not, and the message is tried again.
    """

    def send(self, message: EmailMessage) -> None: ...


class FolderTransport:
    """Writes each message as an `.eml` file; a repeat replaces the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = message["Message-ID"].strip("<>").partition("@")[0]
        draft = self.folder / f".{name}.part"
        with draft.open("wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / f"{name}.eml")


class SmtpTransport:
    """Sends through the mail server of the settings, one connection a message."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def send(self, message: EmailMessage) -> None:
        with self._connect() as server:
            if self.settings.smtp_user:
                server.login(
                    self.settings.smtp_user, self.settings.smtp_password.get_secret_value()
                )
            server.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        host, port = self.settings.smtp_host, self.settings.smtp_port
        timeout = self.settings.smtp_timeout_seconds
        if self.settings.smtp_security is SmtpSecurity.TLS:
            return smtplib.SMTP_SSL(
                host, port, timeout=timeout, context=ssl.create_default_context()
            )
        server = smtplib.SMTP(host, port, timeout=timeout)
        if self.settings.smtp_security is SmtpSecurity.STARTTLS:
            server.starttls(context=ssl.create_default_context())
        return server


def make_transport(settings: Settings) -> Transport:
    """The transport that the settings name."""
    if settings.mail_transport is MailTransport.SMTP:
        return SmtpTransport(settings)
    return FolderTransport(settings.data / "mail")
