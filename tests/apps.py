"""Applications that tests use in turn: making one takes longer than most tests do."""

import shutil
from collections.abc import Callable
from pathlib import Path

from tagstore import create_app
from tagstore.config import Settings
from tagstore.db import db
from tagstore.services import depot
from tagstore.services.jobs import queue
from tagstore.web.app import App

KEPT = {queue.FILE, "secret_key", "tagstore.db.lock", "tagstore.db.tickets"}
"""What an application holds on to for as long as it lives."""


class Apps:
    """One application for each of the settings that tests ask for, most of them in one folder."""

    def __init__(self, folder: Path, database_url: str, empty: Callable[[Settings], None]) -> None:
        """Work in a folder, over a database that the function empties."""
        self.settings = Settings(
            data_dir=folder / "data",
            database_url=database_url,
            media_roots=(folder / "recorder",),
            log="json",
        )
        self._empty_database = empty
        self._apps: dict[Settings, App] = {}

    def emptied(self, settings: Settings) -> App:
        """Return the application of these settings, with nothing in its store."""
        for app in self._apps.values():
            with app.app_context():
                db.engine.dispose()
        _empty(settings.data_dir)
        for folder in settings.media_roots:
            shutil.rmtree(folder, ignore_errors=True)
        self._empty_database(settings)
        if settings not in self._apps:
            self._apps[settings] = create_app(settings)
        app = self._apps[settings]
        app.settings = settings
        depot.open_depot(settings)
        if settings.redis_url or (settings.data_dir / queue.FILE).exists():
            queue.opened().huey.storage.flush_all()
        return app


def _empty(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name not in KEPT:
            path.unlink()
