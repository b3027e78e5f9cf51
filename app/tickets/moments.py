"""A near moment as people say it, on pages and in mail."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

_PATTERNS = {"en": "EEEE d MMMM, HH:mm", "es": "EEEE d 'de' MMMM 'a las' HH:mm"}


def spoken(moment: datetime, *, locale: str, timezone: str, zone_named: bool = False) -> str:
    """A near moment: "Thursday 3 December, 18:30", "jueves 3 de diciembre a las 18:30".

    `zone_named` adds the zone ("18:30 CET"), for who may live in another one.
    """
    pattern = _PATTERNS.get(locale, _PATTERNS["en"]) + (" z" if zone_named else "")
    text: str = format_datetime(moment, pattern, tzinfo=ZoneInfo(timezone), locale=locale)
    return text
