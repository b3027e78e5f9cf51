"""Tells an editor which images of a text are not there."""

from collections.abc import Sequence
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from app.errors import InvalidError
from app.knowledge.images import missing_images
from app.knowledge.rendering import render_body
from app.web.request_context import looking

NAMED: Final = 5
"""How many missing images are named; who mends these is told of the others."""


def warn_of_images(sources: Sequence[str]) -> str:
    """A sentence that names those of the images that are missing; "" when all are there."""
    if not sources:
        return ""
    with looking() as reading:
        missing = missing_images(reading, sources)
    if not missing:
        return ""
    names = [_("“%(name)s”", name=name) for name in missing[:NAMED]]
    if len(missing) > NAMED:
        names.append("…")
    return str(
        ngettext(
            "The image %(names)s does not exist: readers see its description instead. "
            "Images come in with an import of articles.",
            "The images %(names)s do not exist: readers see their descriptions instead. "
            "Images come in with an import of articles.",
            len(missing),
            names=", ".join(names),
        )
    )


def warn_of_images_in(body: str, locale: str) -> str:
    """`warn_of_images` of a Markdown text; "" for one that cannot be rendered."""
    if "![" not in body and "<img" not in body.lower():
        return ""
    try:
        return warn_of_images(render_body(body, locale=locale).images)
    except InvalidError:
        return ""
