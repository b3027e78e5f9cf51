"""Settings are documented, validated, and frozen; the key is made once."""

import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings, SettingsError, load_settings

DOCUMENTATION = Path(__file__).parent.parent / "docs" / "settings.md"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    variable = "DATABASE_URL" if name == "database_url" else f"ANTESALA_{name.upper()}"
    assert f"`{variable}`" in DOCUMENTATION.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANTESALA_TIMEZONE", "Mars/Olympus"),
        ("ANTESALA_BASE_URL", "help.example.org"),
        ("DATABASE_URL", "mysql://somewhere/else"),
        ("ANTESALA_SUGGESTION_LIMIT", "6"),
        ("ANTESALA_BUSINESS_OPENS", "9 o'clock"),
        ("ANTESALA_BUSINESS_DAYS", "1,9"),
        ("ANTESALA_BUSINESS_DAYS", "monday"),
        ("ANTESALA_MAIL_FROM", "nobody"),
        ("ANTESALA_RATE_LIMITS", "sometimes"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load_settings(_env_file=None)


@pytest.mark.parametrize("address", ["https://help.example.org", "http://192.168.1.7:8000"])
def test_demo_mode_is_for_this_machine_alone(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("ANTESALA_DEMO", "1")
    monkeypatch.setenv("ANTESALA_BASE_URL", address)
    with pytest.raises(SettingsError, match="--no-demo"):
        load_settings(_env_file=None)


@pytest.mark.parametrize("address", ["http://localhost", "http://[::1]:8000", "http://127.0.0.1"])
def test_demo_mode_is_at_home_here(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("ANTESALA_DEMO", "1")
    monkeypatch.setenv("ANTESALA_BASE_URL", address)
    assert load_settings(_env_file=None).demo


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANTESALA_DATA", str(tmp_path))
    monkeypatch.setenv("ANTESALA_BUSINESS_DAYS", "5,6")
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@localhost/help")
    settings = load_settings(_env_file=None)
    assert settings.data == tmp_path
    assert settings.business_days == (5, 6)
    assert settings.database == "postgresql+psycopg://somebody@localhost/help"


def test_an_env_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("ANTESALA_SITE_NAME=Ayuda\n", encoding="utf-8")
    assert load_settings(_env_file=file).site_name == "Ayuda"


def test_settings_cannot_change() -> None:
    with pytest.raises(ValidationError):
        load_settings(_env_file=None).site_name = "Other"


def test_the_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    first = load_settings(_env_file=None, data=tmp_path).key()
    again = load_settings(_env_file=None, data=tmp_path).key()
    assert first == again
    assert len(first) >= 48
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
