"""synonym sets

Revision: 0003; follows: 0002
"""

import sqlalchemy as sa
from alembic import op
import app.db.base

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('synonym_set',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('locale', sa.String(length=8), nullable=False),
    sa.Column('phrases', sa.JSON(), nullable=False),
    sa.Column('changed_at', app.db.base.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_synonym_set'))
    )


def downgrade() -> None:
    op.drop_table('synonym_set')
