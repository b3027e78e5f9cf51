"""What the pages behind mailed links share."""

from flask import Response, after_this_request, render_template


def keep_secret() -> None:
    """Let no other page, ours included, learn the address of this one."""

    @after_this_request
    def _no_referrer(response: Response) -> Response:
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


def dead_link(next_url: str, next_label: str) -> tuple[str, int]:
    """The page of a link that was used, ran out or never existed; it does not tell which."""
    page = render_template("account/dead_link.html", next_url=next_url, next_label=next_label)
    return page, 410
