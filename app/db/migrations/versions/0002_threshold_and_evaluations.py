"""the threshold of suggestions, and evaluations

Revision: 0002; follows: 0001
"""

import sqlalchemy as sa
from alembic import op
import app.db.base

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('evaluation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'running', 'done', 'failed', name='evaluationstate', native_enum=False, length=32), nullable=False),
    sa.Column('requested_by_id', sa.Integer(), nullable=True),
    sa.Column('requested_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('started_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', app.db.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('index_version', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(length=400), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['requested_by_id'], ['user_account.id'], name=op.f('fk_evaluation_requested_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation'))
    )
    op.create_table('threshold_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('threshold', sa.Double(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['changed_by_id'], ['user_account.id'], name=op.f('fk_threshold_change_changed_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_threshold_change'))
    )


def downgrade() -> None:
    op.drop_table('threshold_change')
    op.drop_table('evaluation')
