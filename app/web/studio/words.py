"""What the studio calls states, visibilities and actions."""

from flask_babel import LazyString, lazy_gettext

from app.knowledge.models import DRAFT_DROPPED
from articles.lifecycle import ArticleAction, ArticleState, Visibility

STATE_NAMES: dict[ArticleState, LazyString] = {
    ArticleState.DRAFT: lazy_gettext("Draft"),
    ArticleState.REVIEW: lazy_gettext("In review"),
    ArticleState.PUBLISHED: lazy_gettext("Published"),
    ArticleState.ARCHIVED: lazy_gettext("Withdrawn"),
}
VISIBILITY_NAMES: dict[Visibility, LazyString] = {
    Visibility.PUBLIC: lazy_gettext("Everybody"),
    Visibility.CUSTOMERS: lazy_gettext("Customers who are signed in"),
    Visibility.ORGANISATION: lazy_gettext("One organisation"),
    Visibility.AGENTS: lazy_gettext("Agents, editors and admins"),
}
ACTION_NAMES: dict[str, LazyString] = {
    ArticleAction.SUBMIT: lazy_gettext("sent it to review"),
    ArticleAction.SEND_BACK: lazy_gettext("sent it back"),
    ArticleAction.PUBLISH: lazy_gettext("published it"),
    ArticleAction.WITHDRAW: lazy_gettext("withdrew it"),
    ArticleAction.RESTORE: lazy_gettext("made it a draft again"),
    DRAFT_DROPPED: lazy_gettext("dropped the draft"),
}
