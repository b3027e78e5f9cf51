"""What may happen to an article: draft → review → published → archived.

An article has one revision that readers see (once published) and at most one that is being
worked on. The states here are those of a revision.
"""

from dataclasses import dataclass
from enum import StrEnum


class ArticleState(StrEnum):
    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Visibility(StrEnum):
    PUBLIC = "public"
    CUSTOMERS = "customers"
    ORGANISATION = "organisation"
    AGENTS = "agents"


class ArticleAction(StrEnum):
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class RoleFlags:
    """What the person acting may do. An admin is an agent and an editor."""

    agent: bool = False
    editor: bool = False


class Obstacle(StrEnum):
    """Why a step was refused; the web layer words it in the reader's language."""

    WRONG_STATE = "wrong_state"
    ROLE = "role"
    COMMENT = "comment"


class LifecycleError(Exception):
    """The step is not open from this state, to this person, or without a comment."""

    def __init__(self, obstacle: Obstacle, state: ArticleState, action: ArticleAction) -> None:
        super().__init__(_REASONS[obstacle].format(state=state.value, action=_VERBS[action]))
        self.obstacle = obstacle
        self.state = state
        self.action = action


_VERBS = {
    ArticleAction.SUBMIT: "sent to review",
    ArticleAction.SEND_BACK: "sent back",
    ArticleAction.PUBLISH: "published",
    ArticleAction.WITHDRAW: "withdrawn",
    ArticleAction.RESTORE: "restored",
    ArticleAction.EDIT: "edited",
}

_REASONS = {
    Obstacle.WRONG_STATE: "An article in the state “{state}” cannot be {action}.",
    Obstacle.ROLE: "Your role does not allow an article to be {action} from “{state}”.",
    Obstacle.COMMENT: "An article cannot be {action} without a comment that says why.",
}


@dataclass(frozen=True, slots=True)
class _Step:
    target: ArticleState
    editors_only: bool
    needs_comment: bool = False


_STEPS: dict[tuple[ArticleState, ArticleAction], _Step] = {
    (ArticleState.DRAFT, ArticleAction.SUBMIT): _Step(ArticleState.REVIEW, editors_only=False),
    (ArticleState.DRAFT, ArticleAction.PUBLISH): _Step(ArticleState.PUBLISHED, editors_only=True),
    (ArticleState.DRAFT, ArticleAction.EDIT): _Step(ArticleState.DRAFT, editors_only=False),
    (ArticleState.REVIEW, ArticleAction.SEND_BACK): _Step(
        ArticleState.DRAFT, editors_only=True, needs_comment=True
    ),
    (ArticleState.REVIEW, ArticleAction.PUBLISH): _Step(ArticleState.PUBLISHED, editors_only=True),
    (ArticleState.REVIEW, ArticleAction.EDIT): _Step(ArticleState.REVIEW, editors_only=True),
    (ArticleState.PUBLISHED, ArticleAction.WITHDRAW): _Step(
        ArticleState.ARCHIVED, editors_only=True
    ),
    # The new revision is a draft; what readers see does not change until it is published.
    (ArticleState.PUBLISHED, ArticleAction.EDIT): _Step(ArticleState.DRAFT, editors_only=False),
    (ArticleState.ARCHIVED, ArticleAction.RESTORE): _Step(ArticleState.DRAFT, editors_only=True),
}


def transition(
    state: ArticleState, action: ArticleAction, role: RoleFlags, *, comment: str = ""
) -> ArticleState:
    """Return the state after `action`.

    Editing a published article returns `DRAFT`: the state of the *new* revision, while the
    published one stays on show (see `opens_new_revision`). Raises `LifecycleError` when the
    step is not open from this state, not to this role, or lacks the comment it needs.
    """
    state, action = ArticleState(state), ArticleAction(action)
    step = _STEPS.get((state, action))
    if step is None:
        raise LifecycleError(Obstacle.WRONG_STATE, state, action)
    if not _may(step, role):
        raise LifecycleError(Obstacle.ROLE, state, action)
    if step.needs_comment and not comment.strip():
        raise LifecycleError(Obstacle.COMMENT, state, action)
    return step.target


def allowed_actions(state: ArticleState, role: RoleFlags) -> tuple[ArticleAction, ...]:
    """Return the actions open to this role, in the order of `ArticleAction`."""
    state = ArticleState(state)
    return tuple(
        action
        for action in ArticleAction
        if (step := _STEPS.get((state, action))) is not None and _may(step, role)
    )


def needs_comment(state: ArticleState, action: ArticleAction) -> bool:
    """Whether `action` from `state` asks for a word of explanation."""
    step = _STEPS.get((state, action))
    return step is not None and step.needs_comment


def opens_new_revision(state: ArticleState, action: ArticleAction) -> bool:
    """Whether `action` leaves the present revision as it is and begins another beside it."""
    return state is ArticleState.PUBLISHED and action is ArticleAction.EDIT


def _may(step: _Step, role: RoleFlags) -> bool:
    return role.editor or (role.agent and not step.editors_only)
