"""Settings: one frozen, validated object read from the environment and a `.env` file.

Every setting is documented in docs/settings.md; a test fails when one is missing there.
"""

import secrets
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AliasChoices,
    EmailStr,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "ANTESALA_"


class SettingsError(Exception):
    """The environment does not describe a runnable product; the message names each culprit."""


class MailTransport(StrEnum):
    FILE = "file"
    SMTP = "smtp"


class SmtpSecurity(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Settings(BaseSettings):
    """Everything that an installation may decide; see docs/settings.md for the meaning of each."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", frozen=True, extra="ignore", populate_by_name=True
    )

    # Where things are
    data: Path = Path("var")
    database_url: str = Field(
        default="", validation_alias=AliasChoices("DATABASE_URL", "ANTESALA_DATABASE_URL")
    )
    base_url: HttpUrl = HttpUrl("http://127.0.0.1:8000")
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    secret_key: SecretStr = SecretStr("")
    trusted_proxies: int = Field(default=0, ge=0, le=5)

    # How it presents itself
    site_name: str = Field(default="Antesala", min_length=1, max_length=60)
    default_locale: Literal["en", "es"] = "en"
    timezone: str = "UTC"
    demo: bool = False

    # Mail
    mail_transport: MailTransport = MailTransport.FILE
    mail_from: EmailStr = "help@localhost.localdomain"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_security: SmtpSecurity = SmtpSecurity.STARTTLS
    smtp_timeout_seconds: float = Field(default=20, gt=0, le=300)

    # Limits
    rate_limits: Literal["on", "off"] = "on"
    rate_limit_storage: str = "memory://"
    rate_limit_sign_in: str = "10 per minute; 60 per hour"
    rate_limit_tickets: str = "10 per minute; 60 per hour"
    rate_limit_suggestions: str = "60 per minute"
    rate_limit_search: str = "120 per minute"
    max_request_bytes: int = Field(default=26 * 1024 * 1024, ge=65536)
    max_form_parts: int = Field(default=200, ge=20, le=10000)
    attachment_max_bytes: int = Field(default=10 * 1024 * 1024, ge=1024)
    attachment_total_bytes: int = Field(default=25 * 1024 * 1024, ge=1024)
    attachment_max_count: int = Field(default=10, ge=1, le=100)
    attachment_waiting_bytes: int = Field(default=100 * 1024 * 1024, ge=1024)
    attachment_waiting_count: int = Field(default=50, ge=1, le=10000)
    session_days: int = Field(default=30, ge=1, le=365)

    # Suggestions
    suggestion_threshold: float | None = Field(default=None, ge=0, le=1)
    semantic: Literal["on", "off"] = "on"
    suggestion_limit: int = Field(default=5, ge=1, le=5)
    abandoned_after_hours: int = Field(default=24, ge=1, le=720)
    failed_within_days: int = Field(default=7, ge=1, le=90)

    # Searching articles
    article_search: Literal["whoosh", "tantivy"] = "whoosh"

    # Service level
    first_response_hours: float = Field(default=8, gt=0, le=720)
    business_days: Annotated[tuple[int, ...], NoDecode] = (0, 1, 2, 3, 4)
    business_opens: str = "09:00"
    business_closes: str = "18:00"

    # Content
    video_hosts: Annotated[tuple[str, ...], NoDecode] = (
        "www.youtube-nocookie.com",
        "www.youtube.com",
        "youtu.be",
        "player.vimeo.com",
        "vimeo.com",
    )

    # Logs
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("allowed_hosts", "video_hosts", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().lower() for part in value.split(",") if part.strip())
        return value

    @field_validator("business_days", mode="before")
    @classmethod
    def _split_days(cls, value: object) -> object:
        if isinstance(value, str):
            value = tuple(int(part) for part in value.split(",") if part.strip())
        if isinstance(value, tuple) and (not value or any(d not in range(7) for d in value)):
            raise ValueError(
                "name days as numbers from 0 (Monday) to 6 (Sunday), such as 0,1,2,3,4"
            )
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("not a time zone; use a name such as Europe/Madrid") from error
        return value

    @field_validator("business_opens", "business_closes")
    @classmethod
    def _clock_time(cls, value: str) -> str:
        hours, _, minutes = value.partition(":")
        if not (
            hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60  # noqa: PLR2004 - a clock
        ):
            raise ValueError("write a time as HH:MM, such as 09:00")
        return f"{int(hours):02}:{int(minutes):02}"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value.startswith("postgres://"):
            value = "postgresql://" + value.removeprefix("postgres://")
        if value.startswith("postgresql://"):
            value = "postgresql+psycopg://" + value.removeprefix("postgresql://")
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("use sqlite:///path or postgresql://user:password@host/name")
        return value

    @model_validator(mode="after")
    def _opening_hours(self) -> Self:
        if self.business_opens >= self.business_closes:
            raise ValueError(
                "ANTESALA_BUSINESS_OPENS must be earlier than ANTESALA_BUSINESS_CLOSES"
            )
        return self

    @model_validator(mode="after")
    def _demo_at_home(self) -> Self:
        # Behind a proxy, too, an address that others reach must not have known passwords.
        if self.demo and not is_this_machine(self.base_url.host or ""):
            raise ValueError(
                "ANTESALA_DEMO has known passwords and is for this machine alone, but "
                f"ANTESALA_BASE_URL is {self.base_url}; start with --no-demo"
            )
        return self

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in use: DATABASE_URL, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{(self.data / 'antesala.sqlite3').absolute()}"

    @property
    def hosts(self) -> frozenset[str]:
        """Host names that a request may name: ANTESALA_ALLOWED_HOSTS, or that of the base URL."""
        own = {self.base_url.host or ""}
        if own & {"127.0.0.1", "localhost"}:
            own |= {"127.0.0.1", "localhost", "[::1]"}
        return frozenset(self.allowed_hosts) or frozenset(own)

    @property
    def public_url(self) -> str:
        """The base URL without its last slash."""
        return str(self.base_url).rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether people reach the product over TLS."""
        return self.base_url.scheme == "https"

    def key(self) -> str:
        """The signing key: ANTESALA_SECRET_KEY, or the one made at the first start (mode 0600)."""
        given = self.secret_key.get_secret_value()
        if given:
            return given
        path = self.data / "secret_key"
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(48))
        return path.read_text(encoding="ascii").strip()


def is_this_machine(host: str) -> bool:
    """Whether a host's name or address leads to this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _write_once(path: Path, text: str) -> None:
    """Write `text` for the owner alone, unless another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="ascii")
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def load_settings(**overrides: object) -> Settings:
    """Read the environment.

    Raises SettingsError that names every wrong setting and what is wrong with it.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic validates at run time
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None


def _explain(error: ValidationError) -> str:
    lines = ["The settings are not usable:"]
    for problem in error.errors():
        name = str(problem["loc"][0]) if problem["loc"] else ""
        if name and name != "DATABASE_URL":
            name = PREFIX + name.removeprefix(PREFIX).upper()
        message = problem["msg"].removeprefix("Value error, ")
        lines.append(f"  {name}: {message}" if name else f"  {message}")
    lines.append("See docs/settings.md for what each one takes.")
    return "\n".join(lines)
