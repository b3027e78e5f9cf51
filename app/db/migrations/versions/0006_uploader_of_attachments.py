"""whose the files are that wait with drafts, to bound them

Revision: 0006; follows: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('attachment', sa.Column('uploader', sa.String(length=64), nullable=True))
    op.create_index(op.f('ix_attachment_uploader'), 'attachment', ['uploader'])


def downgrade() -> None:
    op.drop_index(op.f('ix_attachment_uploader'), table_name='attachment')
    op.drop_column('attachment', 'uploader')
