"""Files: uploaded while a message is being written, downloaded by who may read it."""

from collections.abc import Sequence
from typing import BinaryIO, cast

from flask import Blueprint, Response, render_template, request, send_file

from app.errors import InvalidError, NotFoundError
from app.tickets import attachments
from app.tickets.attachment_files import AttachmentFolder
from app.tickets.attachment_types import PREVIEWED, TEXT
from app.tickets.attachments import Upload
from app.tickets.models import Attachment
from app.web.access import Access, access
from app.web.errors import say
from app.web.limits import limiter, suggestions_limit
from app.web.request_context import current_actor, db, looking, now, settings
from app.web.visitor import keyed_hash, visitor

blueprint = Blueprint("attachments", __name__, url_prefix="/attachments")
drafts = Blueprint("draft_files", __name__, url_prefix="/files")
"""Under the language of the page, since the lists that it answers with are read there."""

FORM_ID_MAX = 100


@blueprint.get("/<token>")
@access(Access.PUBLIC)
def download(token: str) -> Response:
    """A file of a message that the person may read; pictures with `?preview=1` on the page."""
    found = attachments.get_download(db(), actor=current_actor(), token=token)
    path = AttachmentFolder(settings().data).path(found.token)
    if not path.is_file():
        raise NotFoundError("the file is no longer on the disk")
    preview = request.args.get("preview") == "1" and found.content_type in PREVIEWED
    mimetype = f"{TEXT}; charset=utf-8" if found.content_type == TEXT else found.content_type
    response = send_file(
        path.absolute(),
        mimetype=mimetype,
        as_attachment=not preview,
        download_name=found.filename,
        conditional=True,
        max_age=0,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@drafts.post("/")
@access(Access.PUBLIC)
@limiter.limit(suggestions_limit)
def upload() -> str | tuple[str, int]:
    """Keep files with the form `form_id` of this browser; answers with the list of all its files."""
    key = draft_key(_form_id())
    try:
        attachments.add_files(
            db(),
            draft_key=key,
            uploader=uploader(),
            uploads=incoming(),
            settings=settings(),
            now=now(),
        )
    except InvalidError as error:
        db().rollback()
        return _waiting(waiting_files(_form_id()), say(error)), 422
    return _waiting(waiting_files(_form_id()))


@drafts.post("/leave-out")
@access(Access.PUBLIC)
@limiter.limit(suggestions_limit)
def leave_out() -> str:
    """Take files off a form again; answers with the list of those that are left."""
    _leave_out(draft_key(_form_id()))
    return _waiting(waiting_files(_form_id()))


def draft_key(form_id: str) -> str:
    """Under which files wait for a form: of this browser, and of no other."""
    return keyed_hash("draft files", f"{visitor()} {form_id}")


def uploader() -> str:
    """Whose files those of this request are: of the account, or else of this browser."""
    user_id = current_actor().user_id
    return keyed_hash("uploader", visitor() if user_id is None else f"account {user_id}")


def waiting_files(form_id: str) -> Sequence[Attachment]:
    """The files that wait for this form to be sent. One statement."""
    with looking() as reading:
        return attachments.draft_attachments(reading, draft_key(form_id))


def keep_files(form_id: str) -> None:
    """Keep what came with a form that was sent, and take off what was left out.

    Raises InvalidError for the field `files`; none of the files of this request is kept then.
    """
    key = draft_key(form_id)
    _leave_out(key)
    uploads = incoming()
    if uploads:
        attachments.add_files(
            db(),
            draft_key=key,
            uploader=uploader(),
            uploads=uploads,
            settings=settings(),
            now=now(),
        )


def incoming() -> list[Upload]:
    """The files that came with this request; a file field left empty gives none."""
    return [
        Upload(cast("BinaryIO", file.stream), file.filename)
        for file in request.files.getlist("files")
        if file.filename
    ]


def _leave_out(key: str) -> None:
    for token in request.form.getlist("leave_out"):
        attachments.remove_file(db(), draft_key=key, token=token, settings=settings())


def _form_id() -> str:
    return request.form.get("form_id", "")[:FORM_ID_MAX]


def _waiting(files: Sequence[Attachment], error: str = "") -> str:
    return render_template("_waiting_files.html", files=files, error=error)
