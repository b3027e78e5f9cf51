"""Videos: which hosts are allowed, and the page that plays one inside an article.

Nothing is loaded from a video host before the reader asks for it: the article holds a figure
with the address to load, and a plain link for readers without JavaScript.
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

DEFAULT_VIDEO_HOSTS = frozenset(
    {
        "youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be",
        "www.youtube-nocookie.com", "vimeo.com", "www.vimeo.com", "player.vimeo.com",
    }
)  # fmt: skip
"""Hosts that an article may show videos of, unless the settings say otherwise."""

_YOUTUBE = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be"})
_VIMEO = frozenset({"vimeo.com", "www.vimeo.com"})
_PLAYERS = {
    **dict.fromkeys(_YOUTUBE, "www.youtube-nocookie.com"),
    **dict.fromkeys(_VIMEO, "player.vimeo.com"),
}
_YOUTUBE_ID = re.compile(r"[\w-]{6,20}", re.ASCII)
_PEERTUBE = re.compile(r"/(?:w|videos/watch)/([\w-]{8,64})", re.ASCII)
_SAFE_PATH = re.compile(r"/[\w./~%@+-]*", re.ASCII)
_SAFE_QUERY = re.compile(r"[\w.~%@+=&-]*", re.ASCII)


def embed_hosts(video_hosts: Iterable[str]) -> frozenset[str]:
    """Return the hosts whose players may be framed (for `frame-src` in the security policy)."""
    return frozenset(_PLAYERS.get(host, host) for host in video_hosts)


def embed_address(url: str, video_hosts: frozenset[str]) -> str | None:
    """Return the player's address for a video's page, or None when its host is not allowed.

    The host must be one of `video_hosts` exactly: no subdomain, port, user or trailing dot.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = parts.netloc.lower()
    allowed = (
        parts.scheme == "https"
        and host in video_hosts
        and _SAFE_PATH.fullmatch(parts.path or "/")
        and _SAFE_QUERY.fullmatch(parts.query)
    )
    if not allowed:
        return None
    if host in _YOUTUBE:
        return _youtube(host, parts.path, parts.query)
    if host in _VIMEO:
        return _vimeo(parts.path)
    return _other(host, parts.path, parts.query)


def is_embed_address(url: str, video_hosts: frozenset[str]) -> bool:
    """Whether a figure may carry `url` as the player to load."""
    return embed_address(url, embed_hosts(video_hosts)) is not None


def _youtube(host: str, path: str, query: str) -> str | None:
    if host == "youtu.be":
        identifier = path.strip("/")
    elif path == "/watch":
        identifier = parse_qs(query).get("v", [""])[0]
    else:
        named = re.fullmatch(r"/(?:embed|shorts|live)/([^/]+)", path)
        identifier = named.group(1) if named else ""
    if not _YOUTUBE_ID.fullmatch(identifier):
        return None
    return f"https://www.youtube-nocookie.com/embed/{identifier}"


def _vimeo(path: str) -> str | None:
    number = re.fullmatch(r"/(\d{4,15})", path, re.ASCII)
    return f"https://player.vimeo.com/video/{number.group(1)}?dnt=1" if number else None


def _other(host: str, path: str, query: str) -> str:
    """PeerTube's pages have a player beside them; any other address is a player's already."""
    peertube = _PEERTUBE.fullmatch(path)
    if peertube:
        return f"https://{host}/videos/embed/{peertube.group(1)}"
    return f"https://{host}{path}" + (f"?{query}" if query else "")
