"""What every test starts from: a fresh store, people who ask, and things to ask about."""

import gc
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import hypothesis
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
from tests.postgres import EMPTY, PostgresServer
from tests.redis_server import RedisServer

if TYPE_CHECKING:
    from tests.s3 import S3Server

hypothesis.settings.register_profile(
    "busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy")  # A machine that has other work to do is no fault.

gc.set_threshold(100_000)  # As the server does; looking for garbage took a tenth of the time.

ENGINES = ("sqlite", "postgresql")
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
def postgres_server() -> Iterator[PostgresServer]:
    """A server of this run's own, with a database as the migrations leave it."""
    server = PostgresServer()
    try:
        yield server
    finally:
        server.destroy()


@pytest.fixture(scope="session")
def postgres_database(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The database that one test after the other finds empty."""
    postgres_server.execute("CREATE DATABASE {}", EMPTY)
    folder, url = tmp_path_factory.mktemp("empty"), postgres_server.url(EMPTY)
    app = create_app(Settings(data_dir=folder, database_url=url, log="json"))
    with app.app_context():
        upgrade()
        db.engine.dispose()
    postgres_server.make("tests")
    return "tests"


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis of this run's own; whoever stops it, starts it again."""
    server = RedisServer()
    try:
        yield server
    finally:
        server.destroy()


@pytest.fixture(scope="session")
def s3_session() -> Iterator["S3Server"]:
    """A server that speaks S3, of this run's own; importing it takes long."""
    from tests.s3 import KEYS, S3Server

    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        server = S3Server()
        yield server
        server.stop()


@pytest.fixture
def s3(s3_session: "S3Server") -> "S3Server":
    """A server that speaks S3, as if nobody had asked it anything yet."""
    s3_session.asked.clear()
    return s3_session


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a database once on each engine."""
    if "engine" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only")
        metafunc.parametrize("engine", only.args if only else ENGINES, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """The engine that keeps the tags in this test."""
    return str(request.param)


@pytest.fixture(scope="session")
def sqlite_apps(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Apps:
    def empty(settings: Settings) -> None:
        shutil.copy(empty_database, settings.data_dir / "tagstore.db")

    return Apps(tmp_path_factory.mktemp("apps"), "", empty)


@pytest.fixture(scope="session")
def postgresql_apps(
    postgres_server: PostgresServer,
    postgres_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Apps:
    def empty(_: Settings) -> None:
        postgres_server.wipe(postgres_database)

    return Apps(tmp_path_factory.mktemp("apps"), postgres_server.url(postgres_database), empty)


@pytest.fixture
def apps(engine: str, request: pytest.FixtureRequest) -> Apps:
    """The applications over one engine."""
    found: Apps = request.getfixturevalue(f"{engine}_apps")
    return found


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


@pytest.fixture(scope="module", params=ENGINES)
def lasting_app(
    request: pytest.FixtureRequest, empty_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """One application for all tests of a module that send too much to have one each."""
    folder, url = tmp_path_factory.mktemp("lasting"), ""
    if request.param == "postgresql":
        request.getfixturevalue("postgres_database")
        url = request.getfixturevalue("postgres_server").make(folder.name)
    else:
        shutil.copy(empty_database, folder / "tagstore.db")
    yield from _serving(Settings(data_dir=folder, database_url=url, log="json"))


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
