"""when what the indexes learn of tickets last changed

Revision: 0007; follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

_COLUMNS = (('article', 'taught_version'), ('ticket', 'index_version'))


def upgrade() -> None:
    # Each process compares everything once, when it first builds: 0 does for what there is.
    for table, name in _COLUMNS:
        op.add_column(table, sa.Column(name, sa.Integer(), nullable=False, server_default='0'))
        op.create_index(op.f(f'ix_{table}_{name}'), table, [name])


def downgrade() -> None:
    for table, name in reversed(_COLUMNS):
        op.drop_index(op.f(f'ix_{table}_{name}'), table_name=table)
        op.drop_column(table, name)
