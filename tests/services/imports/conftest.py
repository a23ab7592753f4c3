"""A project with recordings, and a short way to import files into it."""

import pytest
from sqlalchemy import select

from tagstore.db import apart, db
from tagstore.models import MediaFile, Project, Tag, TagClass, TagSet
from tagstore.services import imports, search, users
from tagstore.services.imports import Sent
from tagstore.values import SYSTEM, Role, TagQuery


class Importing:
    """Imports files into the project `frogs`, whose recordings last a minute."""

    def __init__(self, app, folder):
        self.app, self.folder = app, folder
        self.told = []

    def files(self, **contents):
        """Write files; `a_txt="…"` is called a.txt."""
        sent = []
        for name, content in contents.items():
            path = self.folder / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            sent.append(Sent(path.relative_to(self.folder).as_posix(), path))
        return sent

    def begin(self, who=None, **choices):
        with self.app.app_context(), apart(writing=True):
            project = db.session.scalars(select(Project)).first()
            return imports.register(self.actor(who), project, ["file"], choices).id

    def actor(self, who):
        return SYSTEM if who is None else users.get_user(SYSTEM, who).actor

    def tell(self, share, words):
        self.told.append((share, words))

    def store(self, sent, *, who=None, number=None, **choices):
        """Import files; return the import's number and what was found."""
        number = number or self.begin(who, **choices)
        with self.app.app_context():
            with apart(writing=False):
                actor = self.actor(who)
            found = imports.store(actor, number, sent, self.tell, lambda: apart(writing=True))
        return number, found

    def look(self, sent, *, who=None, **choices):
        number = self.begin(who, **choices)
        with self.app.app_context():
            with apart(writing=False):
                actor = self.actor(who)
            return imports.look(actor, number, sent, self.tell)

    def undo(self, number, who=None):
        with self.app.app_context(), apart(writing=True):
            return imports.undo(self.actor(who), imports.get_import(SYSTEM, number))

    def shown(self, *fields):
        """Return these fields of all tags that show in the project, by number."""
        with self.app.app_context(), apart(writing=False):
            project = db.session.scalars(select(Project)).first()
            found = search.find_in_project(SYSTEM, project, TagQuery(), 10_000).things
            return [tuple(_value(tag, name) for name in fields) for tag in found]

    def names(self, table):
        """Return the names of the tag sets or classes that are there, and not retired."""
        with self.app.app_context(), apart(writing=False):
            if table is TagSet:
                query = select(TagSet.name).where(TagSet.deleted_at.is_(None))
            else:
                query = select(TagClass.label).where(TagClass.retired_at.is_(None))
            return sorted(db.session.scalars(query))

    def count(self, table=Tag):
        with self.app.app_context(), apart(writing=False):
            return db.session.query(table).count()


def _value(tag, name):
    if name == "media":
        return db.session.get_one(MediaFile, tag.media_file_id).path
    if name == "words":
        return db.session.get_one(Tag, tag.id).words
    if name == "tag_set":
        return db.session.get_one(TagSet, tag.tag_set_id).name
    return getattr(tag, name)


@pytest.fixture
def importing(app, work, make, tmp_path):
    with work():
        members = {"max": Role.MANAGER, "ana": Role.ANNOTATOR, "vera": Role.VIEWER}
        project = make.project("frogs", **members)
        for name in ("dawn.wav", "dusk.wav"):
            make.media_file(project, name=name, folder="2026", sample_rate=48_000, channels=1)
        make.tag_class(project, "wren")
    return Importing(app, tmp_path)


@pytest.fixture
def recordings(app):
    """Return the numbers of the recordings by name."""
    with app.app_context(), apart(writing=False):
        return dict(db.session.execute(select(MediaFile.name, MediaFile.id)).all())
