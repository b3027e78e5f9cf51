"""The use cases of the knowledge base, by topic: writing, reviewing, voting, files."""

from app.knowledge.files import add_asset
from app.knowledge.placing import Placement, place
from app.knowledge.rendering import ArticleText
from app.knowledge.reviewing import (
    mark_verified,
    publish,
    restore,
    send_back,
    submit,
    withdraw,
)
from app.knowledge.voting import count_solved, vote
from app.knowledge.writing import (
    add_draft,
    create_draft,
    discard_draft,
    save_revision,
)

__all__ = [
    "ArticleText",
    "Placement",
    "add_asset",
    "add_draft",
    "count_solved",
    "create_draft",
    "discard_draft",
    "mark_verified",
    "place",
    "publish",
    "restore",
    "save_revision",
    "send_back",
    "submit",
    "vote",
    "withdraw",
]
