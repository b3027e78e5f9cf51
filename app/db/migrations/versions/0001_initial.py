"""initial schema

Revision: 0001; follows: 
"""

import sqlalchemy as sa
from alembic import op
import app.db.base

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('article_asset',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('content_type', sa.String(length=80), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_asset')),
    sa.UniqueConstraint('name', name=op.f('uq_article_asset_name')),
    sa.UniqueConstraint('sha256', name=op.f('uq_article_asset_sha256'))
    )
    op.create_table('category',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category')),
    sa.UniqueConstraint('slug', name=op.f('uq_category_slug'))
    )
    op.create_table('heartbeat',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('beaten_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_heartbeat'))
    )
    op.create_table('index_version',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_index_version'))
    )
    op.create_table('organisation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('name', name=op.f('uq_organisation_name'))
    )
    op.create_table('outbox',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('available_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('delivered_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('failed_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_key'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_due', ['delivered_at', 'failed_at', 'available_at'], unique=False)

    op.create_table('queue',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('is_default', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_queue')),
    sa.UniqueConstraint('name', name=op.f('uq_queue_name'))
    )
    op.create_table('user_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('role', sa.Enum('customer', 'agent', 'editor', 'admin', name='role', native_enum=False, length=32), nullable=False),
    sa.Column('password_hash', sa.String(length=255), nullable=True),
    sa.Column('locale', sa.String(length=8), nullable=False),
    sa.Column('timezone', sa.String(length=64), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('email_confirmed_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('disabled_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('signed_in_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_user_account_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
    sa.UniqueConstraint('email', name=op.f('uq_user_account_email'))
    )
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_account_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('article',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('locale', sa.String(length=8), nullable=False),
    sa.Column('slug', sa.String(length=160), nullable=False),
    sa.Column('state', sa.Enum('draft', 'review', 'published', 'archived', name='articlestate', native_enum=False, length=32), nullable=False),
    sa.Column('visibility', sa.Enum('public', 'customers', 'organisation', 'agents', name='visibility', native_enum=False, length=32), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('category_id', sa.Integer(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('translation_of_id', sa.Integer(), nullable=True),
    sa.Column('verified_on', sa.Date(), nullable=True),
    sa.Column('current_revision_id', sa.Integer(), nullable=True),
    sa.Column('published_revision_id', sa.Integer(), nullable=True),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('published_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('index_version', sa.Integer(), nullable=False),
    sa.Column('helpful_count', sa.Integer(), nullable=False),
    sa.Column('unhelpful_count', sa.Integer(), nullable=False),
    sa.Column('solved_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_article_category_id_category')),
    sa.ForeignKeyConstraint(['current_revision_id'], ['article_revision.id'], name=op.f('fk_article_current_revision_id_article_revision'), use_alter=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_article_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['owner_id'], ['user_account.id'], name=op.f('fk_article_owner_id_user_account')),
    sa.ForeignKeyConstraint(['published_revision_id'], ['article_revision.id'], name=op.f('fk_article_published_revision_id_article_revision'), use_alter=True),
    sa.ForeignKeyConstraint(['translation_of_id'], ['article.id'], name=op.f('fk_article_translation_of_id_article')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article')),
    sa.UniqueConstraint('locale', 'slug', name=op.f('uq_article_locale_slug'))
    )
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_article_category_id'), ['category_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_article_index_version'), ['index_version'], unique=False)
        batch_op.create_index('ix_article_listing', ['state', 'visibility', 'locale', 'category_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_article_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_article_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_article_published_revision_id'), ['published_revision_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_article_translation_of_id'), ['translation_of_id'], unique=False)

    op.create_table('one_time_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('selector', sa.String(length=32), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.Enum('confirm_email', 'reset_password', name='tokenpurpose', native_enum=False, length=32), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('pending_password_hash', sa.String(length=255), nullable=True),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('wrong_tries', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_one_time_token_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_one_time_token')),
    sa.UniqueConstraint('selector', name=op.f('uq_one_time_token_selector'))
    )
    with op.batch_alter_table('one_time_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_one_time_token_user_id'), ['user_id'], unique=False)

    op.create_table('queue_member',
    sa.Column('queue_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_queue_member_queue_id_queue')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_queue_member_user_id_user_account')),
    sa.PrimaryKeyConstraint('queue_id', 'user_id', name=op.f('pk_queue_member'))
    )
    op.create_table('user_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('browser', sa.String(length=120), nullable=False),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_user_session_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_user_session_token_hash'))
    )
    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_session_user_id'), ['user_id'], unique=False)

    op.create_table('article_redirect',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('locale', sa.String(length=8), nullable=False),
    sa.Column('slug', sa.String(length=160), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_article_redirect_article_id_article')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_redirect')),
    sa.UniqueConstraint('locale', 'slug', name=op.f('uq_article_redirect_locale_slug'))
    )
    with op.batch_alter_table('article_redirect', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_article_redirect_article_id'), ['article_id'], unique=False)

    op.create_table('article_revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('summary', sa.String(length=1000), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('tags', sa.JSON(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('toc', sa.JSON(), nullable=False),
    sa.Column('sections', sa.JSON(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('published_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_article_revision_article_id_article')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_article_revision_author_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_revision')),
    sa.UniqueConstraint('article_id', 'number', name=op.f('uq_article_revision_article_id_number'))
    )
    with op.batch_alter_table('article_revision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_article_revision_article_id'), ['article_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_article_revision_author_id'), ['author_id'], unique=False)

    op.create_table('article_tag',
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('tag', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_article_tag_article_id_article')),
    sa.PrimaryKeyConstraint('article_id', 'tag', name=op.f('pk_article_tag'))
    )
    with op.batch_alter_table('article_tag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_article_tag_tag'), ['tag'], unique=False)

    op.create_table('attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=43), nullable=False),
    sa.Column('channel', sa.Enum('web', 'api', name='channel', native_enum=False, length=32), nullable=False),
    sa.Column('arm', sa.Enum('shown', name='arm', native_enum=False, length=32), nullable=False),
    sa.Column('outcome', sa.Enum('open', 'solved', 'escalated', 'abandoned', 'failed', name='outcome', native_enum=False, length=32), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('visitor', sa.String(length=64), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('locale', sa.String(length=8), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=True),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('from_article_id', sa.Integer(), nullable=True),
    sa.Column('index_version', sa.Integer(), nullable=False),
    sa.Column('parameters', sa.JSON(), nullable=False),
    sa.Column('solved_by_article_id', sa.Integer(), nullable=True),
    sa.Column('solved_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('feedback', sa.String(length=400), nullable=False),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['from_article_id'], ['article.id'], name=op.f('fk_attempt_from_article_id_article')),
    sa.ForeignKeyConstraint(['solved_by_article_id'], ['article.id'], name=op.f('fk_attempt_solved_by_article_id_article')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_attempt_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempt')),
    sa.UniqueConstraint('token', name=op.f('uq_attempt_token'))
    )
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempt_email'), ['email'], unique=False)
        batch_op.create_index('ix_attempt_outcome', ['outcome', 'updated_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_attempt_solved_by_article_id'), ['solved_by_article_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attempt_user_id'), ['user_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attempt_visitor'), ['visitor'], unique=False)

    op.create_table('review_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('action', sa.String(length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_review_note_article_id_article')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_review_note_author_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_note'))
    )
    with op.batch_alter_table('review_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_review_note_article_id'), ['article_id'], unique=False)

    op.create_table('article_vote',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('voter', sa.String(length=64), nullable=False),
    sa.Column('helpful', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_article_vote_article_id_article')),
    sa.ForeignKeyConstraint(['revision_id'], ['article_revision.id'], name=op.f('fk_article_vote_revision_id_article_revision')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_vote')),
    sa.UniqueConstraint('article_id', 'revision_id', 'voter', name=op.f('uq_article_vote_article_id_revision_id_voter'))
    )
    with op.batch_alter_table('article_vote', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_article_vote_article_id'), ['article_id'], unique=False)

    op.create_table('attempt_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=True),
    sa.Column('locale', sa.String(length=8), nullable=False),
    sa.Column('index_version', sa.Integer(), nullable=False),
    sa.Column('parameters', sa.JSON(), nullable=False),
    sa.Column('shown', sa.JSON(), nullable=False),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['attempt_id'], ['attempt.id'], name=op.f('fk_attempt_answer_attempt_id_attempt')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempt_answer'))
    )
    with op.batch_alter_table('attempt_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempt_answer_attempt_id'), ['attempt_id'], unique=False)

    op.create_table('impression',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('revision_id', sa.Integer(), nullable=True),
    sa.Column('section_anchor', sa.String(length=160), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('score', sa.Double(), nullable=False),
    sa.Column('confidence', sa.Double(), nullable=False),
    sa.Column('terms', sa.JSON(), nullable=False),
    sa.Column('shown_count', sa.Integer(), nullable=False),
    sa.Column('shown_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('opened_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('open_seconds', sa.Double(), nullable=False),
    sa.Column('verdict', sa.Enum('solved', 'tried', 'unrelated', name='verdict', native_enum=False, length=32), nullable=True),
    sa.Column('verdict_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_impression_article_id_article')),
    sa.ForeignKeyConstraint(['attempt_id'], ['attempt.id'], name=op.f('fk_impression_attempt_id_attempt')),
    sa.ForeignKeyConstraint(['revision_id'], ['article_revision.id'], name=op.f('fk_impression_revision_id_article_revision')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_impression')),
    sa.UniqueConstraint('attempt_id', 'article_id', name=op.f('uq_impression_attempt_id_article_id'))
    )
    with op.batch_alter_table('impression', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_impression_article_id'), ['article_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_impression_attempt_id'), ['attempt_id'], unique=False)

    op.create_table('revision_asset',
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('asset_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['asset_id'], ['article_asset.id'], name=op.f('fk_revision_asset_asset_id_article_asset')),
    sa.ForeignKeyConstraint(['revision_id'], ['article_revision.id'], name=op.f('fk_revision_asset_revision_id_article_revision')),
    sa.PrimaryKeyConstraint('revision_id', 'asset_id', name=op.f('pk_revision_asset'))
    )
    with op.batch_alter_table('revision_asset', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_revision_asset_asset_id'), ['asset_id'], unique=False)

    op.create_table('ticket',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=16), nullable=False),
    sa.Column('access_hash', sa.String(length=64), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('kind', sa.Enum('question', 'problem', 'request', name='ticketkind', native_enum=False, length=32), nullable=False),
    sa.Column('state', sa.Enum('new', 'open', 'waiting', 'resolved', name='ticketstate', native_enum=False, length=32), nullable=False),
    sa.Column('tier', sa.Integer(), nullable=False),
    sa.Column('locale', sa.String(length=8), nullable=False),
    sa.Column('requester_id', sa.Integer(), nullable=True),
    sa.Column('requester_email', sa.String(length=254), nullable=False),
    sa.Column('requester_name', sa.String(length=120), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('attempt_id', sa.Integer(), nullable=True),
    sa.Column('resolution', sa.Enum('article', 'drafted', 'nothing', 'customer', name='resolution', native_enum=False, length=32), nullable=True),
    sa.Column('solved_by_article_id', sa.Integer(), nullable=True),
    sa.Column('idempotency_key', sa.String(length=128), nullable=True),
    sa.Column('idempotency_digest', sa.String(length=64), nullable=True),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('first_response_due_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('answer_due_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('first_responded_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('resolved_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('reopened_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['assignee_id'], ['user_account.id'], name=op.f('fk_ticket_assignee_id_user_account')),
    sa.ForeignKeyConstraint(['attempt_id'], ['attempt.id'], name=op.f('fk_ticket_attempt_id_attempt')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_ticket_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_ticket_queue_id_queue')),
    sa.ForeignKeyConstraint(['requester_id'], ['user_account.id'], name=op.f('fk_ticket_requester_id_user_account')),
    sa.ForeignKeyConstraint(['solved_by_article_id'], ['article.id'], name=op.f('fk_ticket_solved_by_article_id_article')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket')),
    sa.UniqueConstraint('access_hash', name=op.f('uq_ticket_access_hash')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_ticket_idempotency_key')),
    sa.UniqueConstraint('reference', name=op.f('uq_ticket_reference'))
    )
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_answer_due_at'), ['answer_due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_assignee_id'), ['assignee_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_attempt_id'), ['attempt_id'], unique=False)
        batch_op.create_index('ix_ticket_listing', ['queue_id', 'state', 'assignee_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_requester_email'), ['requester_email'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_requester_id'), ['requester_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_solved_by_article_id'), ['solved_by_article_id'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('reply', 'note', 'event', name='messagekind', native_enum=False, length=32), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('from_customer', sa.Boolean(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_message_author_id_user_account')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_message_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_ticket_id'), ['ticket_id'], unique=False)

    op.create_table('ticket_article',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('inserted', 'solved', 'drafted', name='linkkind', native_enum=False, length=32), nullable=False),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_ticket_article_article_id_article')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_article_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_article')),
    sa.UniqueConstraint('ticket_id', 'article_id', 'kind', name=op.f('uq_ticket_article_ticket_id_article_id_kind'))
    )
    with op.batch_alter_table('ticket_article', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_article_article_id'), ['article_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_article_ticket_id'), ['ticket_id'], unique=False)

    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=43), nullable=False),
    sa.Column('draft_key', sa.String(length=64), nullable=True),
    sa.Column('ticket_id', sa.Integer(), nullable=True),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('content_type', sa.String(length=120), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('created_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_attachment_message_id_message')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_attachment_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
    sa.UniqueConstraint('token', name=op.f('uq_attachment_token'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_draft_key'), ['draft_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_ticket_id'), ['ticket_id'], unique=False)


    # The two references of an article to its revisions close a cycle: SQLite takes them with
    # the table, PostgreSQL afterwards.
    if op.get_bind().dialect.name == "postgresql":
        for column in ("current_revision_id", "published_revision_id"):
            op.create_foreign_key(
                f"fk_article_{column}_article_revision", "article", "article_revision", [column], ["id"]
            )


def downgrade() -> None:
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachment_ticket_id'))
        batch_op.drop_index(batch_op.f('ix_attachment_message_id'))
        batch_op.drop_index(batch_op.f('ix_attachment_draft_key'))

    op.drop_table('attachment')
    with op.batch_alter_table('ticket_article', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_article_ticket_id'))
        batch_op.drop_index(batch_op.f('ix_ticket_article_article_id'))

    op.drop_table('ticket_article')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_ticket_id'))

    op.drop_table('message')
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_solved_by_article_id'))
        batch_op.drop_index(batch_op.f('ix_ticket_requester_id'))
        batch_op.drop_index(batch_op.f('ix_ticket_requester_email'))
        batch_op.drop_index(batch_op.f('ix_ticket_organisation_id'))
        batch_op.drop_index('ix_ticket_listing')
        batch_op.drop_index(batch_op.f('ix_ticket_attempt_id'))
        batch_op.drop_index(batch_op.f('ix_ticket_assignee_id'))
        batch_op.drop_index(batch_op.f('ix_ticket_answer_due_at'))

    op.drop_table('ticket')
    with op.batch_alter_table('revision_asset', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_revision_asset_asset_id'))

    op.drop_table('revision_asset')
    with op.batch_alter_table('impression', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_impression_attempt_id'))
        batch_op.drop_index(batch_op.f('ix_impression_article_id'))

    op.drop_table('impression')
    with op.batch_alter_table('attempt_answer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attempt_answer_attempt_id'))

    op.drop_table('attempt_answer')
    with op.batch_alter_table('article_vote', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_vote_article_id'))

    op.drop_table('article_vote')
    with op.batch_alter_table('review_note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_review_note_article_id'))

    op.drop_table('review_note')
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attempt_visitor'))
        batch_op.drop_index(batch_op.f('ix_attempt_user_id'))
        batch_op.drop_index(batch_op.f('ix_attempt_solved_by_article_id'))
        batch_op.drop_index('ix_attempt_outcome')
        batch_op.drop_index(batch_op.f('ix_attempt_email'))

    op.drop_table('attempt')
    with op.batch_alter_table('article_tag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_tag_tag'))

    op.drop_table('article_tag')
    with op.batch_alter_table('article_revision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_revision_author_id'))
        batch_op.drop_index(batch_op.f('ix_article_revision_article_id'))

    op.drop_table('article_revision')
    with op.batch_alter_table('article_redirect', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_redirect_article_id'))

    op.drop_table('article_redirect')
    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_session_user_id'))

    op.drop_table('user_session')
    op.drop_table('queue_member')
    with op.batch_alter_table('one_time_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_one_time_token_user_id'))

    op.drop_table('one_time_token')
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_translation_of_id'))
        batch_op.drop_index(batch_op.f('ix_article_published_revision_id'))
        batch_op.drop_index(batch_op.f('ix_article_owner_id'))
        batch_op.drop_index(batch_op.f('ix_article_organisation_id'))
        batch_op.drop_index('ix_article_listing')
        batch_op.drop_index(batch_op.f('ix_article_index_version'))
        batch_op.drop_index(batch_op.f('ix_article_category_id'))

    op.drop_table('article')
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_account_organisation_id'))

    op.drop_table('user_account')
    op.drop_table('queue')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_due')

    op.drop_table('outbox')
    op.drop_table('organisation')
    op.drop_table('index_version')
    op.drop_table('heartbeat')
    op.drop_table('category')
    op.drop_table('article_asset')
