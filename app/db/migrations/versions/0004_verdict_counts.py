"""what people said of suggested articles, counted

Revision: 0004; follows: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Verdicts that were given before are not counted: who gave them was not looked at.
    for name in ('worked_count', 'failed_count'):
        op.add_column(
            'article', sa.Column(name, sa.Integer(), nullable=False, server_default='0')
        )


def downgrade() -> None:
    op.drop_column('article', 'failed_count')
    op.drop_column('article', 'worked_count')
