"""From one engine to the other: the same rows, the same sums, no number given out twice."""

import pytest
from sqlalchemy import delete, select, text, update

from tagstore import create_app
from tagstore.config import Settings
from tagstore.db import db, transaction
from tagstore.errors import Conflict, Forbidden, NotFound
from tagstore.models import Tag, TagClass
from tagstore.services import backups, users, vocabularies
from tagstore.services.backups import checksums, copying
from tagstore.services.depot import open_depot
from tagstore.values import SYSTEM, Actor, Role


@pytest.fixture
def rich(app, work, make):
    """A store with something of all that is hard to copy; the numbers that come next in it."""
    with work():
        project = make.project("frogs", ana=Role.ANNOTATOR)
        users.add_user(SYSTEM, "Łukasz ΐΰ", "hash")
        media_file = make.media_file(project, size=2**40, duration_s=100.0 / 3)
        info = {"z": 1, "a": [1.5, None, True, "\U0001f426", 2**63 - 1], "": {}}
        first = make.tag(media_file, text="wren", info=info, score=0.1, kind=2**62)
        last = make.tag(media_file, text="ünïcode", frame_info={"frame_idx": 3})
        gone = make.tag(media_file)
        make.token(users.get_user(SYSTEM, "ana"))
        parent = vocabularies.add_class(SYSTEM, project, "hyla")
        child = vocabularies.add_class(SYSTEM, project, "arborea")
        db.session.flush()
        db.session.execute(update(Tag).where(Tag.id == first.id).values(parent_id=last.id))
        db.session.execute(
            update(TagClass).where(TagClass.id == parent.id).values(parent_id=child.id)
        )
        db.session.execute(delete(Tag).where(Tag.id == gone.id))
        return gone.id


def sums(app):
    with app.app_context(), transaction(writing=False):
        return list(checksums.of_tables(SYSTEM))


@pytest.fixture
def other(postgres_server, postgres_database, tmp_path):
    """An empty store on PostgreSQL, whose tables are made."""
    postgres_server.execute("DROP DATABASE IF EXISTS {}", "other")
    url = postgres_server.make("other")
    app = create_app(Settings(data_dir=tmp_path / "other", database_url=url, log="json"))
    yield app
    with app.app_context():
        db.engine.dispose()


def copy_from(app, source):
    open_depot(app.settings)
    with app.app_context():
        return copying.copy_from(SYSTEM, source)


def closed(app):
    """Return the file of a store that nobody has open any more."""
    with app.app_context():
        db.engine.dispose()
    return app.settings.data_dir / "tagstore.db"


@pytest.mark.only("sqlite")
def test_what_is_copied_is_the_same_and_goes_on_from_there(app, rich, other, make):
    before = sums(app)

    told = copy_from(other, closed(app))

    assert told == before == sums(other)
    with other.app_context(), transaction(writing=True):
        found = db.session.scalars(select(Tag).order_by(Tag.id)).all()
        assert (found[0].parent_id, list(found[0].info)) == (found[1].id, ["z", "a", ""])
        assert make.tag(found[0].media_file).id == rich + 1


@pytest.mark.only("sqlite")
def test_a_database_with_something_in_it_is_left_alone(app, rich, other, make):
    with other.app_context(), transaction(writing=True):
        make.project("birds")
    before = sums(other)

    with pytest.raises(Conflict, match="not empty"):
        copy_from(other, closed(app))

    assert sums(other) == before


@pytest.mark.only("sqlite")
def test_databases_of_different_versions_are_not_copied(app, rich, other):
    with app.app_context(), transaction(writing=True):
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    with pytest.raises(Conflict, match="version 0001"):
        copy_from(other, closed(app))


@pytest.mark.only("sqlite")
def test_only_an_administrator_copies_a_file_that_is_there_and_not_in_use(app, other, tmp_path):
    source = closed(app)
    open_depot(other.settings)

    with other.app_context():
        with pytest.raises(Forbidden):
            copying.copy_from(Actor(1, "ana"), source)
        with pytest.raises(NotFound):
            copying.copy_from(SYSTEM, tmp_path / "nowhere.db")
    open_depot(app.settings)
    with app.app_context(), pytest.raises(Conflict, match="TAGSTORE_DATABASE_URL"):
        copying.copy_from(SYSTEM, source)


def test_a_backup_of_either_engine_is_restored_on_postgresql(app, rich, other, tmp_path):
    with app.app_context():
        backups.back_up(SYSTEM, tmp_path / "a.tar")

    open_depot(other.settings)
    with other.app_context():
        restored = backups.restore(SYSTEM, tmp_path / "a.tar", lambda folder: None, force=True)

    assert sums(other) == sums(app)
    assert restored.counts["tags"] == 2
    assert not (other.settings.data_dir / "tagstore.db").exists()


def test_a_backup_is_not_restored_into_a_database_with_something_in_it(
    app, rich, other, make, tmp_path
):
    with app.app_context():
        backups.back_up(SYSTEM, tmp_path / "a.tar")
    with other.app_context(), transaction(writing=True):
        make.project("birds")
    before = sums(other)

    open_depot(other.settings)
    with other.app_context(), pytest.raises(Conflict, match="not empty"):
        backups.restore(SYSTEM, tmp_path / "a.tar", lambda folder: None, force=True)

    assert sums(other) == before
    assert list(tmp_path.glob("other.*")) == []
