"""What every test starts from: a fresh store, people who ask, and things to ask about."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from flask.testing import FlaskClient
from flask_migrate import upgrade

from tagstore import create_app
from tagstore.config import Settings
from tagstore.db import db, transaction
from tagstore.services import passwords
from tagstore.web.app import App
from tests.apps import Apps
from tests.make import Make

DATA = Path(__file__).parents[2] / "shared" / "data"


class Work(Protocol):
    """A transaction of its own, as a request would have one."""

    def __call__(self) -> AbstractContextManager[None]: ...


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> None:
    passwords.use_cost(time_cost=1, memory_kib=8)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the migrations leave it, made once and copied for every test."""
    folder = tmp_path_factory.mktemp("empty")
    app = create_app(Settings(data_dir=folder, log="json"))
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return folder / "tagstore.db"


@pytest.fixture(scope="session")
def apps(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Apps:
    return Apps(tmp_path_factory.mktemp("apps"), empty_database)


@pytest.fixture
def settings(apps: Apps) -> Settings:
    return apps.settings


@pytest.fixture
def app(apps: Apps, settings: Settings) -> App:
    return apps.emptied(settings)


@pytest.fixture
def own_app(app: App) -> Iterator[App]:
    """An application that a test may change in more than its settings, over the same store."""
    yield from _serving(app.settings)


@pytest.fixture(scope="module")
def lasting_app(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One application for all tests of a module that send too much to have one each."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("lasting"), log="json")
    shutil.copy(empty_database, settings.data_dir / "tagstore.db")
    yield from _serving(settings)


def _serving(settings: Settings) -> Iterator[App]:
    """Yield an application, and let go of its database afterwards."""
    app = create_app(settings)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Keep pytest-flask from sharing one context, and so one login, across a test."""


@pytest.fixture
def client(app: App) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def work(app: App) -> Work:
    @contextmanager
    def begin() -> Iterator[None]:
        with app.app_context(), transaction(writing=True):
            yield

    return begin


@pytest.fixture
def make() -> Make:
    return Make()


@pytest.fixture
def shared_data() -> Path:
    """The folder of real recordings; tests that want it are skipped without."""
    if not DATA.is_dir():
        pytest.skip("no ../shared/data here")
    return DATA
