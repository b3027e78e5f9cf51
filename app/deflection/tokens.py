"""The token of an attempt: made before the attempt exists, unguessable, and known as ours.

16 random bytes and 16 of their HMAC-SHA256. A form carries its token from the start, so that
requests that overtake each other belong to one attempt, and a made-up token costs no lookup.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

_RANDOM_BYTES: Final = 16
_MAC_BYTES: Final = 16
_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token(key: str) -> str:
    """A token for an attempt, 43 characters that suit an address."""
    random = secrets.token_bytes(_RANDOM_BYTES)
    return urlsafe_b64encode(random + _mac(key, random)).decode().rstrip("=")


def is_token(key: str, text: str) -> bool:
    """Whether this installation made the token."""
    if not _WELL_FORMED.fullmatch(text):
        return False
    raw = urlsafe_b64decode(f"{text}=")
    return hmac.compare_digest(_mac(key, raw[:_RANDOM_BYTES]), raw[_RANDOM_BYTES:])


def _mac(key: str, random: bytes) -> bytes:
    return hmac.digest(key.encode(), b"attempt token " + random, "sha256")[:_MAC_BYTES]
