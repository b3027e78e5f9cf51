"""What a ticket is called, and the secret of its private link."""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0 or O, no 1, I or L, no U: what is read aloud is written down right."""
LENGTH = 6
_PATTERN = re.compile(rf"A-[{ALPHABET}]{{{LENGTH}}}")


def new_reference() -> str:
    """A reference such as A-7K3Q9X, drawn at random from 729 million."""
    return "A-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_reference(text: str) -> str | None:
    """The reference that somebody typed, in its written form; None when it is none."""
    compact = text.strip().upper().replace(" ", "").replace("–", "-")
    if re.fullmatch(rf"A[{ALPHABET}]{{{LENGTH}}}", compact):
        compact = f"A-{compact[1:]}"
    return compact if _PATTERN.fullmatch(compact) else None


def link_secret(key: str, reference: str) -> str:
    """The 256-bit secret of a ticket's private link, as 43 characters that suit an address.

    It is derived from the installation's key, so that every mail can carry the link while the
    database holds only its hash. A new key makes every old link void.
    """
    digest = hmac.digest(key.encode(), f"ticket link {reference}".encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def secret_hash(secret: str) -> str:
    """What the database keeps of a private link's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def private_link(public_url: str, locale: str, secret: str) -> str:
    """The address that opens a ticket without an account."""
    return f"{public_url}/{locale}/t/{secret}"
