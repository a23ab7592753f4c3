"""A store to measure on: with one project, which ana tags."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_migrate import upgrade

from tagstore import create_app
from tagstore.config import Settings
from tagstore.db import db, transaction
from tagstore.models import Project
from tagstore.services import users
from tagstore.values import SYSTEM, Role
from tests.make import Make


@contextmanager
def furnished(data_dir: Path, database_url: str = "") -> Iterator[tuple[Make, Project, str]]:
    """Make a store, to be filled in one transaction: a maker of things, a project, ana's token."""
    app = create_app(Settings(data_dir=data_dir, database_url=database_url, log="json"))
    make = Make()
    with app.app_context():
        upgrade()
        with transaction(writing=True):
            project = make.project("frogs", ana=Role.ANNOTATOR)
            yield make, project, make.token(users.get_user(SYSTEM, "ana"))
        db.engine.dispose()
