"""The last step of a page: `article:` links and `asset:` images become addresses of ours.

Works on sanitised HTML only, in which every attribute stands in double quotes and text holds no
bare angle bracket, so that tags can be found by pattern, in linear time.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from typing import Final

LinkResolver = Callable[[str], str | None]
"""Takes `article:es/reabrir#pasos` and returns its address, or None when there is no such page."""
ImageResolver = Callable[[str], str | None]
"""Takes `asset:0f3c….png` and returns our own address for it, or None when it is missing."""

OUTSIDE_REL: Final = "noopener nofollow"

_TAG: Final = re.compile(r"<(/?)(a|img)((?:\s+[\w:-]+=\"[^\"]*\")*)\s*/?>")
_ATTRIBUTE: Final = re.compile(r"([\w:-]+)=\"([^\"]*)\"")
_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_OUTSIDE: Final = re.compile(r"(?:https?:|[/\\]{2})", re.IGNORECASE)
_OURS: Final = re.compile(r"/(?![/\\])")


def resolve(
    html: str,
    *,
    link_resolver: LinkResolver | None,
    image_resolver: ImageResolver | None,
    images: bool = True,
) -> str:
    """Return sanitised `html` with its links and images resolved.

    Links outside get `rel="noopener nofollow"`. A link to an article that does not exist keeps
    its words. An image that is not served by us becomes a link to it, or its words. With
    `images` off no image comes out at all.
    """
    depth = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal depth
        closing, tag, text = match.groups()
        if tag == "a":
            depth += -1 if closing else 1
            return "</a>" if closing else _link(_attributes(text), link_resolver, image_resolver)
        attributes = _attributes(text)
        return _image(attributes, image_resolver, images=images, inside=depth > 0)

    return _TAG.sub(replace, html)


def image_sources(html: str) -> tuple[str, ...]:
    """What the images in sanitised `html` are to be got from, as it was written; each once."""
    found = (match for match in _TAG.finditer(html) if match.group(2) == "img")
    sources = (_attributes(match.group(3)).get("src", "").strip() for match in found)
    return tuple(dict.fromkeys(sources))


def is_outside(source: str) -> bool:
    """Whether an address leads to another site; an image from there is shown as a link."""
    return _OUTSIDE.match(source) is not None


def _attributes(text: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(text)}


def _tag(name: str, attributes: dict[str, str]) -> str:
    inside = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{inside}>"


def _link(
    attributes: dict[str, str],
    link_resolver: LinkResolver | None,
    image_resolver: ImageResolver | None,
) -> str:
    href = attributes.pop("href", "").strip()
    lower = href.lower()
    target: str | None = href
    if lower.startswith("article:"):
        target = _safe(link_resolver(href)) if link_resolver else None
    elif lower.startswith("asset:"):
        target = _safe(image_resolver(href)) if image_resolver else None
    if target:
        attributes = {"href": target, **attributes}
        if _OUTSIDE.match(href):
            attributes["rel"] = OUTSIDE_REL
    return _tag("a", attributes)


def _image(
    attributes: dict[str, str], resolver: ImageResolver | None, *, images: bool, inside: bool
) -> str:
    source = attributes.pop("src", "").strip()
    words = attributes.get("alt", "").strip()
    address: str | None = None
    if images and source.lower().startswith("asset:"):
        address = _safe(resolver(source)) if resolver else None
    elif images and _OURS.match(source):
        address = source
    if address:
        kept = {"src": address, "alt": words}
        kept |= {key: attributes[key] for key in ("title", "width", "height") if key in attributes}
        return _tag("img", kept | {"loading": "lazy", "decoding": "async"})
    if _OUTSIDE.match(source) and not inside:
        return _tag("a", {"href": source, "rel": OUTSIDE_REL}) + escape(words or source) + "</a>"
    return escape(words)


def _safe(address: str | None) -> str | None:
    """Hold the resolvers, too, to addresses that open a page and nothing else."""
    if not address:
        return None
    scheme = _SCHEME.match(address)
    return address if scheme is None or scheme.group().lower() in {"http:", "https:"} else None
