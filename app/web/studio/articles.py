"""Every article in any state: the list, an article's history and what changed between revisions."""

import difflib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, render_template, request, url_for

from app.errors import NotFoundError
from app.knowledge import studio
from app.knowledge.models import Article, ArticleRevision
from app.knowledge.sent_back import sent_back
from app.web.access import Access, access
from app.web.forms import whole_number
from app.web.locale import LOCALES
from app.web.request_context import current_actor, db
from app.web.studio.words import ACTION_NAMES, STATE_NAMES, VISIBILITY_NAMES
from articles.lifecycle import ArticleState, Visibility

blueprint = Blueprint("studio_articles", __name__, url_prefix="/studio/articles")
Choice = TypeVar("Choice", bound=StrEnum)


@blueprint.get("/")
@access(Access.STAFF)
def index() -> str:
    """The list, by state, language, category and words."""
    wanted = _filter()
    found = studio.studio_articles(db(), current_actor(), wanted)

    def page_url(page: int) -> str:
        arguments: dict[str, Any] = {**request.args.to_dict(), "page": page}
        return url_for(".index", **arguments)

    return render_template(
        "studio/articles.html",
        found=found,
        sent_back=sent_back(db(), current_actor(), [row.id for row in found.rows]),
        wanted=wanted,
        page_url=page_url,
        categories=studio.all_categories(db()),
        state_names=STATE_NAMES,
        visibility_names=VISIBILITY_NAMES,
    )


@blueprint.get("/<int:article_id>/history")
@access(Access.STAFF)
def history(article_id: int) -> str:
    """Every revision, and what was said in review."""
    actor = current_actor()
    article = get_for_studio(article_id)
    return render_template(
        "studio/history.html",
        article=article,
        revisions=studio.history(db(), actor, article_id),
        notes=studio.review_notes(db(), actor, article_id),
        action_names=ACTION_NAMES,
        state_names=STATE_NAMES,
    )


@blueprint.get("/<int:article_id>/history/<int:number>")
@access(Access.STAFF)
def changes(article_id: int, number: int) -> str:
    """A revision beside the one before it, or beside the one that `with` names."""
    article = get_for_studio(article_id)
    new = _get_revision(article_id, number)
    earlier = request.args.get("with", type=whole_number) or number - 1
    old = studio.find_revision(db(), current_actor(), article_id, earlier)
    return render_template(
        "studio/changes.html", article=article, new=new, old=old, rows=side_by_side(old, new)
    )


def get_for_studio(article_id: int) -> Article:
    """The article with all that its pages show. Raises NotFoundError."""
    article = studio.find_for_studio(db(), current_actor(), article_id)
    if article is None:
        raise NotFoundError(f"no article {article_id}")
    return article


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One line of each side. `kind` is same, changed, added, removed or gap."""

    kind: str
    old: str = ""
    new: str = ""


def side_by_side(old: ArticleRevision | None, new: ArticleRevision) -> list[DifferenceRow]:
    """What changed, line by line, with three unchanged lines around each change."""
    before = _lines(old) if old is not None else []
    after = _lines(new)
    rows: list[DifferenceRow] = []
    groups = difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(3)
    for group in groups:
        if rows:
            rows.append(DifferenceRow("gap"))
        for tag, old_from, old_to, new_from, new_to in group:
            rows += _rows(tag, before[old_from:old_to], after[new_from:new_to])
    return rows


def _rows(tag: str, old: list[str], new: list[str]) -> list[DifferenceRow]:
    if tag == "equal":
        return [DifferenceRow("same", line, line) for line in old]
    rows = []
    for position in range(max(len(old), len(new))):
        left = old[position] if position < len(old) else ""
        right = new[position] if position < len(new) else ""
        if position >= len(old):
            rows.append(DifferenceRow("added", "", right))
        elif position >= len(new):
            rows.append(DifferenceRow("removed", left, ""))
        else:
            rows.append(DifferenceRow("changed", left, right))
    return rows


def _lines(revision: ArticleRevision) -> list[str]:
    tags = ", ".join(revision.tags)
    return [f"# {revision.title}", revision.summary, tags, "", *revision.body.splitlines()]


def _get_revision(article_id: int, number: int) -> ArticleRevision:
    revision = studio.find_revision(db(), current_actor(), article_id, number)
    if revision is None:
        raise NotFoundError(f"article {article_id} has no revision {number}")
    return revision


def _filter() -> studio.StudioFilter:
    locale = request.args.get("locale", "")
    return studio.StudioFilter(
        state=_choice(ArticleState, request.args.get("state", "")),
        visibility=_choice(Visibility, request.args.get("visibility", "")),
        locale=locale if locale in LOCALES else None,
        category_id=request.args.get("category", type=whole_number),
        text=request.args.get("q", "")[:200],
        page=request.args.get("page", 1, type=whole_number),
    )


def _choice(kind: type[Choice], value: str) -> Choice | None:
    return kind(value) if value in set(kind) else None
