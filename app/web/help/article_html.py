"""An article's cached HTML, made ready for the page it stands on.

The HTML was sanitised when it was saved: its tags are spelled in one way, and `<table>` or
`<pre>` cannot occur in it as text. What depends on the page and not on the article is added
here, so that the cache does not have to know of it.
"""

from html import escape

from flask_babel import gettext as _
from markupsafe import Markup


def for_page(html: str) -> Markup:
    """The HTML with wide tables and code in boxes that scroll, by keyboard too."""
    label = escape(_("Table; scrolls sideways"))
    wide = f'<div class="table-wrap" role="region" tabindex="0" aria-label="{label}"><table>'
    html = html.replace("<table>", wide).replace("</table>", "</table></div>")
    return Markup(html.replace("<pre>", '<pre tabindex="0">'))  # noqa: S704 - sanitised when saved
