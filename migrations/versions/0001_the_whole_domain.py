"""The whole domain

Revision ID: 0001
Revises:
Create Date: 2026-11-21 09:21:56.579108

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('user',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_folded', sa.String(length=400), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('is_admin', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user')),
    sa.UniqueConstraint('name', name=op.f('uq_user_name')),
    sa.UniqueConstraint('name_folded', name=op.f('uq_user_name_folded'))
    )
    op.create_table('access_key',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('access', sa.String(length=40), nullable=False),
    sa.Column('secret_encrypted', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_access_key_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_key')),
    sa.UniqueConstraint('access', name=op.f('uq_access_key_access'))
    )
    with op.batch_alter_table('access_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_key_user_id'), ['user_id'], unique=False)

    op.create_table('api_token',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('hint', sa.String(length=12), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('read_only', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_api_token_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_api_token_secret_hash'))
    )
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_token_user_id'), ['user_id'], unique=False)

    op.create_table('idempotency_key',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=255), nullable=False),
    sa.Column('request_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('headers', sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('status IS NULL OR status BETWEEN 200 AND 299', name=op.f('ck_idempotency_key_success')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_idempotency_key_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_idempotency_key')),
    sa.UniqueConstraint('user_id', 'key', name=op.f('uq_idempotency_key_user_id_key'))
    )
    with op.batch_alter_table('idempotency_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_idempotency_key_created_at'), ['created_at'], unique=False)

    op.create_table('project',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), server_default='', nullable=False),
    sa.Column('audience', sa.String(length=10), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("audience IN ('members', 'signed_in', 'world')", name=op.f('ck_project_audience')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_project_created_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project')),
    sa.UniqueConstraint('key', name=op.f('uq_project_key'))
    )
    op.create_table('session',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('browser', sa.String(length=300), nullable=False),
    sa.Column('address', sa.String(length=60), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_session_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_session_secret_hash'))
    )
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_session_user_id'), ['user_id'], unique=False)

    op.create_table('sign_in_link',
    sa.Column('secret_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_sign_in_link_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('secret_hash', name=op.f('pk_sign_in_link'))
    )
    with op.batch_alter_table('sign_in_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_link_user_id'), ['user_id'], unique=False)

    op.create_table('view_setting',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('place', sa.String(length=100), nullable=False),
    sa.Column('value', sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_view_setting_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_view_setting')),
    sa.UniqueConstraint('user_id', 'place', name=op.f('uq_view_setting_user_id_place'))
    )
    op.create_table('wallet',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('address', sa.String(length=42), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_wallet_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wallet')),
    sa.UniqueConstraint('address', name=op.f('uq_wallet_address'))
    )
    with op.batch_alter_table('wallet', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wallet_user_id'), ['user_id'], unique=False)

    op.create_table('import',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('format', sa.String(length=30), nullable=False),
    sa.Column('file_names', sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('options', sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('result', sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('committed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('staged', 'committed', 'undone', 'failed')", name=op.f('ck_import_state')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_import_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_import_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import'))
    )
    with op.batch_alter_table('import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_project_id'), ['project_id'], unique=False)

    op.create_table('media_file',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('qid', sa.String(length=44), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_folded', sa.String(length=400), nullable=False),
    sa.Column('folder', sa.String(length=1000), nullable=False),
    sa.Column('mimetype', sa.String(length=100), nullable=False),
    sa.Column('format', sa.String(length=30), nullable=False),
    sa.Column('codec', sa.String(length=30), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('in_place_path', sa.String(length=4000), nullable=True),
    sa.Column('in_place_mtime_ns', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('pictures', sa.String(length=10), nullable=False),
    sa.Column('has_proxy', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('duration_s', sa.Double(), nullable=True),
    sa.Column('sample_rate', sa.Integer(), nullable=True),
    sa.Column('samples', sa.BigInteger(), nullable=True),
    sa.Column('channels', sa.Integer(), nullable=True),
    sa.Column('bit_depth', sa.Integer(), nullable=True),
    sa.Column('frame_rate', sa.Double(), nullable=True),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('utc_offset_s', sa.Integer(), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('info', sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('audio', 'video', 'image', 'external')", name=op.f('ck_media_file_kind')),
    sa.CheckConstraint("pictures IN ('none', 'building', 'ready')", name=op.f('ck_media_file_pictures')),
    sa.CheckConstraint("state IN ('new', 'ready', 'failed', 'missing', 'changed')", name=op.f('ck_media_file_state')),
    sa.CheckConstraint('duration_s IS NULL OR duration_s >= 0', name=op.f('ck_media_file_duration')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_media_file_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_media_file_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_media_file')),
    sa.UniqueConstraint('qid', name=op.f('uq_media_file_qid')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('media_file', schema=None) as batch_op:
        batch_op.create_index('ix_media_file_project_id_folder_name', ['project_id', 'folder', 'name_folded'], unique=False)
        batch_op.create_index('ix_media_file_project_id_recorded_at', ['project_id', 'recorded_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_media_file_sha256'), ['sha256'], unique=False)
        batch_op.create_index('uq_media_file_project_id_sha256', ['project_id', 'sha256'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.create_table('membership',
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("role IN ('viewer', 'annotator', 'manager')", name=op.f('ck_membership_role')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_membership_project_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_membership_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'project_id', name=op.f('pk_membership'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_project_id'), ['project_id'], unique=False)

    op.create_table('tag_group',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=64), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), server_default='', nullable=False),
    sa.Column('closed', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('most_per_target', sa.Integer(), nullable=True),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('most_per_target IS NULL OR most_per_target > 0', name=op.f('ck_tag_group_most')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_tag_group_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_tag_group_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tag_group')),
    sa.UniqueConstraint('project_id', 'key', name=op.f('uq_tag_group_project_id_key')),
    sa.UniqueConstraint('public_id', name=op.f('uq_tag_group_public_id'))
    )
    op.create_table('tag_set',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=True),
    sa.Column('color', sa.String(length=7), nullable=True),
    sa.Column('description', sa.Text(), server_default='', nullable=False),
    sa.Column('hidden', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_tag_set_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_tag_set_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tag_set'))
    )
    with op.batch_alter_table('tag_set', schema=None) as batch_op:
        batch_op.create_index('uq_tag_set_project_id_name', ['project_id', 'name'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.create_table('write_token',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('hint', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('destination', sa.String(length=1000), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_write_token_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_write_token_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_write_token')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_write_token_secret_hash'))
    )
    with op.batch_alter_table('write_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_write_token_project_id'), ['project_id'], unique=False)

    op.create_table('event',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('media_file_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('actor_name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('request_id', sa.String(length=64), nullable=False),
    sa.Column('undo_of', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('before', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('after', sa.JSON(none_as_null=True), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['user.id'], name=op.f('fk_event_actor_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['media_file_id'], ['media_file.id'], name=op.f('fk_event_media_file_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_event_project_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['undo_of'], ['event.seq'], name=op.f('fk_event_undo_of'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_event')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index('ix_event_at', ['at'], unique=False)
        batch_op.create_index('ix_event_media_file_id_seq', ['media_file_id', 'seq'], unique=False)
        batch_op.create_index('ix_event_project_id_seq', ['project_id', 'seq'], unique=False)

    op.create_table('job',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('function', sa.String(length=100), nullable=False),
    sa.Column('arguments', sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('sameness', sa.String(length=255), nullable=True),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('media_file_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('progress', sa.Double(), nullable=False),
    sa.Column('message', sa.Text(), server_default='', nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('holder', sa.String(length=100), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('run_after', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f('ck_job_state')),
    sa.CheckConstraint('progress BETWEEN 0 AND 1', name=op.f('ck_job_progress')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_job_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['media_file_id'], ['media_file.id'], name=op.f('fk_job_media_file_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_job_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_job_media_file_id'), ['media_file_id'], unique=False)
        batch_op.create_index('ix_job_state_run_after', ['state', 'run_after'], unique=False)
        batch_op.create_index('uq_job_sameness', ['sameness'], unique=True, sqlite_where=sa.text("state IN ('waiting', 'running')"), postgresql_where=sa.text("state IN ('waiting', 'running')"))

    op.create_table('resource_tag',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('media_file_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=255), nullable=False),
    sa.Column('value', sa.String(length=255), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['media_file_id'], ['media_file.id'], name=op.f('fk_resource_tag_media_file_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource_tag'))
    )
    with op.batch_alter_table('resource_tag', schema=None) as batch_op:
        batch_op.create_index('ix_resource_tag_key_value', ['key', 'value'], unique=False)
        batch_op.create_index('uq_resource_tag_media_file_id_key', ['media_file_id', 'key'], unique=True)

    op.create_table('tag_class',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=64), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('group_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('identifier', sa.String(length=100), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('label_folded', sa.String(length=600), nullable=False),
    sa.Column('color', sa.String(length=7), nullable=False),
    sa.Column('hot_key', sa.String(length=1), nullable=True),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('low_hz', sa.Double(), nullable=True),
    sa.Column('high_hz', sa.Double(), nullable=True),
    sa.Column('merged_into_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('low_hz IS NULL OR high_hz IS NULL OR low_hz <= high_hz', name=op.f('ck_tag_class_band')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_tag_class_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['group_id'], ['tag_group.id'], name=op.f('fk_tag_class_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['merged_into_id'], ['tag_class.id'], name=op.f('fk_tag_class_merged_into_id')),
    sa.ForeignKeyConstraint(['parent_id'], ['tag_class.id'], name=op.f('fk_tag_class_parent_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_tag_class_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tag_class')),
    sa.UniqueConstraint('group_id', 'identifier', name=op.f('uq_tag_class_group_id_identifier')),
    sa.UniqueConstraint('public_id', name=op.f('uq_tag_class_public_id'))
    )
    with op.batch_alter_table('tag_class', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tag_class_label_folded'), ['label_folded'], unique=False)
        batch_op.create_index('ix_tag_class_project_id', ['project_id', 'id'], unique=False)

    op.create_table('track',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('tag_set_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('media_file_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=True),
    sa.Column('color', sa.String(length=7), nullable=True),
    sa.Column('description', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['media_file_id'], ['media_file.id'], name=op.f('fk_track_media_file_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tag_set_id'], ['tag_set.id'], name=op.f('fk_track_tag_set_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_track'))
    )
    with op.batch_alter_table('track', schema=None) as batch_op:
        batch_op.create_index('ix_track_media_file_id', ['media_file_id'], unique=False)
        batch_op.create_index('uq_track_tag_set_id_media_file_id', ['tag_set_id', 'media_file_id'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.create_table('upload',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=64), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('folder', sa.String(length=1000), nullable=False),
    sa.Column('length', sa.BigInteger(), nullable=False),
    sa.Column('offset', sa.BigInteger(), nullable=False),
    sa.Column('checksum', sa.String(length=100), nullable=True),
    sa.Column('info', sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('media_file_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('"offset" >= 0 AND "offset" <= length', name=op.f('ck_upload_offset')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_upload_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['media_file_id'], ['media_file.id'], name=op.f('fk_upload_media_file_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_upload_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload')),
    sa.UniqueConstraint('public_id', name=op.f('uq_upload_public_id'))
    )
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_upload_project_id'), ['project_id'], unique=False)

    op.create_table('tag_class_alias',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tag_class_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('alias', sa.String(length=200), nullable=False),
    sa.Column('alias_folded', sa.String(length=600), nullable=False),
    sa.ForeignKeyConstraint(['tag_class_id'], ['tag_class.id'], name=op.f('fk_tag_class_alias_tag_class_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tag_class_alias')),
    sa.UniqueConstraint('tag_class_id', 'alias', name=op.f('uq_tag_class_alias_tag_class_id_alias'))
    )
    with op.batch_alter_table('tag_class_alias', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tag_class_alias_alias_folded'), ['alias_folded'], unique=False)

    op.create_table('track_author',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('track_id', sa.Uuid(), nullable=False),
    sa.Column('author', sa.String(length=200), nullable=False),
    sa.Column('run', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['track_id'], ['track.id'], name=op.f('fk_track_author_track_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_track_author')),
    sa.UniqueConstraint('track_id', 'author', name=op.f('uq_track_author_track_id_author'))
    )
    op.create_table('batch',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('track_author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('run', sa.Integer(), nullable=False),
    sa.Column('replaces', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('import_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('info', sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_batch_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['import_id'], ['import.id'], name=op.f('fk_batch_import_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['track_author_id'], ['track_author.id'], name=op.f('fk_batch_track_author_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_batch_import_id'), ['import_id'], unique=False)
        batch_op.create_index('ix_batch_track_author_id_run_id', ['track_author_id', 'run', 'id'], unique=False)

    op.create_table('batch_source',
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sa.String(length=255), nullable=False),
    sa.Column('shown', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_batch_source_batch_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('batch_id', 'source', name=op.f('pk_batch_source'))
    )
    op.create_table('tag_count',
    sa.Column('media_file_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('bin', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sa.String(length=255), nullable=False),
    sa.Column('tag_class_id', sa.Integer(), nullable=False),
    sa.Column('tags', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_tag_count_batch_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['media_file_id'], ['media_file.id'], name=op.f('fk_tag_count_media_file_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('media_file_id', 'bin', 'batch_id', 'source', 'tag_class_id', name=op.f('pk_tag_count'))
    )
    op.create_table('tag',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('media_file_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tag_set_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('track_id', sa.Uuid(), nullable=False),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sa.String(length=255), nullable=False),
    sa.Column('tag_class_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('text_folded', sa.Text(), nullable=True),
    sa.Column('start_s', sa.Double(), nullable=True),
    sa.Column('end_s', sa.Double(), nullable=True),
    sa.Column('span_level', sa.Integer(), nullable=False),
    sa.Column('low_hz', sa.Double(), nullable=True),
    sa.Column('high_hz', sa.Double(), nullable=True),
    sa.Column('channel', sa.Integer(), nullable=True),
    sa.Column('frame_info', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('score', sa.Double(), nullable=True),
    sa.Column('kind', sa.BigInteger(), nullable=False),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('machine_tagged', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('user_tagged', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('randomly_chosen', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('info', sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('external_id', sa.String(length=255), nullable=True),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.Column('status', sa.String(length=10), nullable=True),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("status IN ('proposed', 'accepted', 'rejected', 'unsure')", name=op.f('ck_tag_status')),
    sa.CheckConstraint('(start_s IS NULL) = (end_s IS NULL)', name=op.f('ck_tag_span')),
    sa.CheckConstraint('channel >= 1', name=op.f('ck_tag_channel')),
    sa.CheckConstraint('low_hz <= high_hz', name=op.f('ck_tag_band')),
    sa.CheckConstraint('low_hz >= 0', name=op.f('ck_tag_low')),
    sa.CheckConstraint('start_s >= 0 AND start_s <= end_s', name=op.f('ck_tag_ordered')),
    sa.CheckConstraint('tag_class_id IS NULL OR text IS NULL', name=op.f('ck_tag_words')),
    sa.ForeignKeyConstraint(['batch_id', 'source'], ['batch_source.batch_id', 'batch_source.source'], name=op.f('fk_tag_batch_id_source')),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_tag_batch_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_tag_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['media_file_id'], ['media_file.id'], name=op.f('fk_tag_media_file_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['parent_id'], ['tag.id'], name=op.f('fk_tag_parent_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['tag_class_id'], ['tag_class.id'], name=op.f('fk_tag_tag_class_id')),
    sa.ForeignKeyConstraint(['tag_set_id'], ['tag_set.id'], name=op.f('fk_tag_tag_set_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['track_id'], ['track.id'], name=op.f('fk_tag_track_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['updated_by_id'], ['user.id'], name=op.f('fk_tag_updated_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tag')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('tag', schema=None) as batch_op:
        batch_op.create_index('ix_tag_batch_id', ['batch_id', 'id'], unique=False)
        batch_op.create_index('ix_tag_media_file_id_span', ['media_file_id', 'span_level', 'start_s'], unique=False)
        batch_op.create_index('ix_tag_parent_id', ['parent_id'], unique=False, sqlite_where=sa.text('parent_id IS NOT NULL'))
        batch_op.create_index('ix_tag_tag_class_id', ['tag_class_id', 'id'], unique=False)
        batch_op.create_index('ix_tag_tag_set_id', ['tag_set_id', 'id'], unique=False)
        batch_op.create_index('ix_tag_track_id', ['track_id'], unique=False)
        batch_op.create_index('uq_tag_tag_set_id_external_id', ['tag_set_id', 'external_id'], unique=True, sqlite_where=sa.text('deleted_at IS NULL AND external_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND external_id IS NOT NULL'))

    op.create_table('review',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tag_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('verdict', sa.String(length=10), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("verdict IN ('correct', 'incorrect', 'unsure')", name=op.f('ck_review_verdict')),
    sa.ForeignKeyConstraint(['tag_id'], ['tag.id'], name=op.f('fk_review_tag_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_review_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review')),
    sa.UniqueConstraint('tag_id', 'user_id', name=op.f('uq_review_tag_id_user_id'))
    )


def downgrade():
    op.drop_table('review')
    with op.batch_alter_table('tag', schema=None) as batch_op:
        batch_op.drop_index('uq_tag_tag_set_id_external_id', sqlite_where=sa.text('deleted_at IS NULL AND external_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND external_id IS NOT NULL'))
        batch_op.drop_index('ix_tag_track_id')
        batch_op.drop_index('ix_tag_tag_set_id')
        batch_op.drop_index('ix_tag_tag_class_id')
        batch_op.drop_index('ix_tag_parent_id', sqlite_where=sa.text('parent_id IS NOT NULL'))
        batch_op.drop_index('ix_tag_media_file_id_span')
        batch_op.drop_index('ix_tag_batch_id')

    op.drop_table('tag')
    op.drop_table('tag_count')
    op.drop_table('batch_source')
    with op.batch_alter_table('batch', schema=None) as batch_op:
        batch_op.drop_index('ix_batch_track_author_id_run_id')
        batch_op.drop_index(batch_op.f('ix_batch_import_id'))

    op.drop_table('batch')
    op.drop_table('track_author')
    with op.batch_alter_table('tag_class_alias', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tag_class_alias_alias_folded'))

    op.drop_table('tag_class_alias')
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_upload_project_id'))

    op.drop_table('upload')
    with op.batch_alter_table('track', schema=None) as batch_op:
        batch_op.drop_index('uq_track_tag_set_id_media_file_id', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index('ix_track_media_file_id')

    op.drop_table('track')
    with op.batch_alter_table('tag_class', schema=None) as batch_op:
        batch_op.drop_index('ix_tag_class_project_id')
        batch_op.drop_index(batch_op.f('ix_tag_class_label_folded'))

    op.drop_table('tag_class')
    with op.batch_alter_table('resource_tag', schema=None) as batch_op:
        batch_op.drop_index('uq_resource_tag_media_file_id_key')
        batch_op.drop_index('ix_resource_tag_key_value')

    op.drop_table('resource_tag')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('uq_job_sameness', sqlite_where=sa.text("state IN ('waiting', 'running')"), postgresql_where=sa.text("state IN ('waiting', 'running')"))
        batch_op.drop_index('ix_job_state_run_after')
        batch_op.drop_index(batch_op.f('ix_job_media_file_id'))

    op.drop_table('job')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index('ix_event_project_id_seq')
        batch_op.drop_index('ix_event_media_file_id_seq')
        batch_op.drop_index('ix_event_at')

    op.drop_table('event')
    with op.batch_alter_table('write_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_write_token_project_id'))

    op.drop_table('write_token')
    with op.batch_alter_table('tag_set', schema=None) as batch_op:
        batch_op.drop_index('uq_tag_set_project_id_name', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.drop_table('tag_set')
    op.drop_table('tag_group')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_membership_project_id'))

    op.drop_table('membership')
    with op.batch_alter_table('media_file', schema=None) as batch_op:
        batch_op.drop_index('uq_media_file_project_id_sha256', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_media_file_sha256'))
        batch_op.drop_index('ix_media_file_project_id_recorded_at')
        batch_op.drop_index('ix_media_file_project_id_folder_name')

    op.drop_table('media_file')
    with op.batch_alter_table('import', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_import_project_id'))

    op.drop_table('import')
    with op.batch_alter_table('wallet', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_wallet_user_id'))

    op.drop_table('wallet')
    op.drop_table('view_setting')
    with op.batch_alter_table('sign_in_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_link_user_id'))

    op.drop_table('sign_in_link')
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_session_user_id'))

    op.drop_table('session')
    op.drop_table('project')
    with op.batch_alter_table('idempotency_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_idempotency_key_created_at'))

    op.drop_table('idempotency_key')
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_token_user_id'))

    op.drop_table('api_token')
    with op.batch_alter_table('access_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_access_key_user_id'))

    op.drop_table('access_key')
    op.drop_table('user')
