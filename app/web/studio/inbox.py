"""What needs a decision, by cause."""

from flask import Blueprint, render_template

from app.knowledge import studio
from app.knowledge.sent_back import sent_back
from app.web.access import Access, access
from app.web.request_context import current_actor, db
from app.web.studio.words import STATE_NAMES
from articles.lifecycle import ArticleState

blueprint = Blueprint("studio_inbox", __name__, url_prefix="/studio")
MINE = 20


@blueprint.get("/")
@access(Access.STAFF)
def inbox() -> str:
    """Articles that wait for review, the reader's own drafts, and how many there are of each."""
    actor = current_actor()
    own = studio.StudioFilter(state=ArticleState.DRAFT, author_id=actor.user_id)
    drafts = studio.studio_articles(db(), actor, own).rows[:MINE]
    return render_template(
        "studio/inbox.html",
        to_review=studio.review_line(db(), actor),
        drafts=drafts,
        sent_back=sent_back(db(), actor, [row.id for row in drafts]),
        counts=studio.count_by_state(db(), actor),
        state_names=STATE_NAMES,
    )
