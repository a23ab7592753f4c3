"""Bringing real files into a store, and doing the jobs that this promises."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from tagstore.db import db, transaction
from tagstore.models import Job, MediaFile
from tagstore.services import media_files, projects
from tagstore.services.jobs import purging, run
from tagstore.values import SYSTEM, Actor
from tagstore.web.app import App

JOBS = purging  # Imported so that its job is known.


class Arrivals:
    """Files on their way into one project."""

    def __init__(self, app: App, key: str = "frogs") -> None:
        self.app = app
        self.key = key
        with app.app_context(), transaction(writing=True):
            projects.add_project(SYSTEM, key)

    def add(self, path: Path, actor: Actor = SYSTEM, **options: Any) -> tuple[int, bool]:
        """Bring a file in; return its number and whether it is new."""
        options = {"name": path.name, "folder": "", "in_place": False, **options}
        with self.app.app_context():
            prepared = media_files.prepare_path(actor, self.key, path, **options)
            with transaction(writing=True):
                project = projects.get_project(actor, self.key)
                media_file, is_new = media_files.add_media_file(actor, project, prepared)
                return media_file.id, is_new

    def facts(self, media_file_id: int, *names: str) -> tuple[Any, ...]:
        """Return some columns of a media file."""
        with self.app.app_context(), transaction(writing=False):
            media_file = db.session.get_one(MediaFile, media_file_id)
            return tuple(getattr(media_file, name) for name in names)

    def work(self) -> list[tuple[str, str, str]]:
        """Do every job that waits; return function, state and message of all."""
        with self.app.app_context():
            while waiting := self.jobs("waiting"):
                for job_id in waiting:
                    run(job_id)
            with transaction(writing=False):
                rows = db.session.execute(
                    select(Job.function, Job.state, Job.message).order_by(Job.id)
                )
                return [tuple(row) for row in rows]

    def jobs(self, state: str) -> list[int]:
        with transaction(writing=False):
            return list(db.session.scalars(select(Job.id).where(Job.state == state)))
