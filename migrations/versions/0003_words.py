"""Words of free text, by which tags are found across a project

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-28 16:20:13.204518

"""
from alembic import op
import sqlalchemy as sa

from tagstore.services.tag_words.splitting import words_of


# revision identifiers, used by Alembic.
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

AT_ONCE = 2000
SAID = sa.text("""
    SELECT tag.id, tag_set.project_id, tag.text_folded
    FROM tag JOIN tag_set ON tag_set.id = tag.tag_set_id
    WHERE tag.id > :last AND tag.text_folded IS NOT NULL ORDER BY tag.id LIMIT :most
""")


def upgrade():
    word = sa.String(64).with_variant(sa.String(64, collation='C'), 'postgresql')
    table = op.create_table('tag_word',
    sa.Column('project_id', sa.BigInteger(), nullable=False),
    sa.Column('word', word, nullable=False),
    sa.Column('tag_id', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'word', 'tag_id', name=op.f('pk_tag_word')),
    sqlite_with_rowid=False
    )
    last = 0
    while said := op.get_bind().execute(SAID, {'last': last, 'most': AT_ONCE}).all():
        # The rule is today's: whoever changes it has to fill the table anew.
        rows = [
            {'project_id': project_id, 'word': word, 'tag_id': tag_id}
            for tag_id, project_id, text in said
            for word in words_of(text)
        ]
        if rows:
            op.bulk_insert(table, rows)
        last = said[-1].id
    op.create_index('ix_tag_word_tag_id', 'tag_word', ['tag_id', 'word'])


def downgrade():
    op.drop_table('tag_word')
