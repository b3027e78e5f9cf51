import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.lifecycle import (
    ArticleAction,
    ArticleState,
    LifecycleError,
    Obstacle,
    RoleFlags,
    allowed_actions,
    needs_comment,
    opens_new_revision,
    transition,
)

EDITOR = RoleFlags(agent=True, editor=True)
AGENT = RoleFlags(agent=True)
CUSTOMER = RoleFlags()

OPEN_TO_EDITORS = {
    ("draft", "submit"): "review",
    ("draft", "publish"): "published",
    ("draft", "edit"): "draft",
    ("review", "send_back"): "draft",
    ("review", "publish"): "published",
    ("review", "edit"): "review",
    ("published", "withdraw"): "archived",
    ("published", "edit"): "draft",
    ("archived", "restore"): "draft",
}


@pytest.mark.parametrize("state", list(ArticleState))
@pytest.mark.parametrize("action", list(ArticleAction))
def test_every_step_is_open_or_refused_as_the_table_says(state, action):
    target = OPEN_TO_EDITORS.get((state.value, action.value))
    if target is None:
        with pytest.raises(LifecycleError) as caught:
            transition(state, action, EDITOR, comment="why")
        assert caught.value.obstacle is Obstacle.WRONG_STATE
    else:
        assert transition(state, action, EDITOR, comment="why") == target


def test_agents_draft_and_submit_but_do_not_publish():
    assert transition(ArticleState.DRAFT, ArticleAction.SUBMIT, AGENT) is ArticleState.REVIEW
    with pytest.raises(LifecycleError) as caught:
        transition(ArticleState.REVIEW, ArticleAction.PUBLISH, AGENT)
    assert caught.value.obstacle is Obstacle.ROLE
    assert allowed_actions(ArticleState.REVIEW, AGENT) == ()


def test_sending_back_needs_a_word_of_explanation():
    assert needs_comment(ArticleState.REVIEW, ArticleAction.SEND_BACK)
    with pytest.raises(LifecycleError) as caught:
        transition(ArticleState.REVIEW, ArticleAction.SEND_BACK, EDITOR, comment="  ")
    assert caught.value.obstacle is Obstacle.COMMENT


def test_editing_a_published_article_opens_another_revision():
    assert opens_new_revision(ArticleState.PUBLISHED, ArticleAction.EDIT)
    assert not opens_new_revision(ArticleState.DRAFT, ArticleAction.EDIT)


@given(
    st.sampled_from(ArticleState),
    st.lists(st.tuples(st.sampled_from(ArticleAction), st.sampled_from([EDITOR, AGENT, CUSTOMER]))),
)
def test_nothing_is_published_without_an_editor(state, steps):
    for action, role in steps:
        before = state
        try:
            state = transition(state, action, role, comment="why")
        except LifecycleError:
            continue
        assert role != CUSTOMER
        assert action in allowed_actions(before, role)
        if state is ArticleState.PUBLISHED:
            assert role.editor
