"""What PostgreSQL minds and SQLite does not: lengths of folded texts, sizes of numbers

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-24 17:02:11.410713

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

FOLDED = (
    ('user', 'name_folded', 400),
    ('media_file', 'name_folded', 400),
    ('tag_class', 'label_folded', 600),
    ('tag_class_alias', 'alias_folded', 600),
)


def upgrade():
    if op.get_bind().dialect.name != 'postgresql':
        return
    for table, column, _ in FOLDED:
        op.alter_column(table, column, type_=sa.Text())
    op.drop_index('ix_tag_parent_id', 'tag')
    op.create_index('ix_tag_parent_id', 'tag', ['parent_id'], postgresql_where=sa.text('parent_id IS NOT NULL'))


def downgrade():
    if op.get_bind().dialect.name != 'postgresql':
        return
    op.drop_index('ix_tag_parent_id', 'tag')
    op.create_index('ix_tag_parent_id', 'tag', ['parent_id'])
    for table, column, length in FOLDED:
        op.alter_column(table, column, type_=sa.String(length))
