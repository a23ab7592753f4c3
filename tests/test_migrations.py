"""The migrations make exactly the tables of the models, and every table keeps house rules."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import UniqueConstraint, inspect, text

from tagstore import postgres
from tagstore.db import Base, db
from tagstore.services import projects, search, tags
from tagstore.services.tag_words import keeping
from tagstore.values import SYSTEM, TagQuery


def test_the_migrated_database_is_the_one_of_the_models(app, engine):
    with app.app_context():
        store = postgres.for_migrations(db.engine) if engine == "postgresql" else db.engine
        with store.connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)

    assert differences == []


def test_every_foreign_key_that_is_followed_backwards_has_an_index():
    looked_up = {("membership", "project_id"), ("track", "media_file_id"), ("tag", "batch_id")}
    indexed = {
        (table.name, next(iter(index.columns)).name)
        for table in Base.metadata.tables.values()
        for index in table.indexes
    }

    assert looked_up - indexed == set()


def test_names_that_may_be_taken_again_are_unique_among_the_living_only():
    partial = {
        index.name
        for table in Base.metadata.tables.values()
        for index in table.indexes
        if index.unique and "deleted_at" in table.columns
    }
    full = [
        constraint.name
        for table in Base.metadata.tables.values()
        if "deleted_at" in table.columns
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint) and constraint.name != "uq_media_file_qid"
    ]

    assert partial == {
        "uq_media_file_project_id_sha256",
        "uq_tag_set_project_id_name",
        "uq_track_tag_set_id_media_file_id",
        "uq_tag_tag_set_id_external_id",
    }
    assert full == []


def test_texts_of_an_older_store_are_found_by_their_words(app, engine, work, make):
    with work():
        media_file = make.media_file(make.project("frogs"))
        drafts = [make.draft(media_file, text=f"Straße {number}") for number in range(4500)]
        ids = tags.add_tags(SYSTEM, media_file.project, drafts).ids
        make.tag(media_file, tag_class_id=make.tag_class(media_file.project, "wren").id)
        make.tag(media_file, text="%")
    with app.app_context():
        downgrade(revision="0002")
        tables = inspect(db.engine).get_table_names()
        upgrade()

    assert "tag_word" not in tables
    with work():
        project = projects.get_project(SYSTEM, "frogs")
        page = search.find_in_project(SYSTEM, project, TagQuery(text="4499 STRASS"), 10)
        assert [tag.id for tag in page.things] == [ids[4499]]
        assert list(keeping.misworded()) == []
        if engine == "postgresql":
            order = text(
                "SELECT collation_name FROM information_schema.columns "
                "WHERE table_name = 'tag_word' AND column_name = 'word'"
            )
            assert db.session.scalar(order) == "C"
