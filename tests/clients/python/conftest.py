"""A real server with a proxy before it, and the Python client of its administrator."""

import itertools

import pytest
from tagstore_client import Tagstore

from tests import sounds
from tests.proxy import Proxy
from tests.server import start_on

NUMBERS = itertools.count(1)
MOST_BODY = 4 << 20


@pytest.fixture(scope="module")
def flask(lasting_app):
    """A function that runs a command on the store and returns what it prints."""

    def flask(*words):
        ended = lasting_app.test_cli_runner().invoke(args=words)
        assert ended.exit_code == 0, ended.stderr
        return ended.stdout.strip()

    return flask


@pytest.fixture(scope="module")
def served(lasting_app):
    """A proxy before a server that takes no more than 4 MiB at once."""
    server = start_on(lasting_app.settings, "--no-worker", TAGSTORE_MAX_BODY=str(MOST_BODY))
    proxy = Proxy(server.address)
    yield proxy
    proxy.stop()
    server.stop()


@pytest.fixture(scope="module")
def token(flask, served):
    """A token of the administrator whom the server has made at its first start."""
    return flask("tokens", "add", "admin")


@pytest.fixture
def proxy(served):
    """The proxy, as if nobody had asked it anything yet."""
    served.forget()
    return served


@pytest.fixture
def store(proxy, token):
    with Tagstore(proxy.address, token) as store:
        yield store


@pytest.fixture
def project(store):
    """The key of an empty project."""
    return store.add_project(f"project{next(NUMBERS)}").key


@pytest.fixture
def sound(tmp_path):
    """A function that writes a sound of its own, and returns where it is."""

    def sound(seconds=1.0, name="pond.wav"):
        samples = sounds.noise(seconds, seed=next(NUMBERS))
        return sounds.write_sound(tmp_path / name, samples)

    return sound


@pytest.fixture
def recording(store, project, sound):
    """A recording of a minute in the folder pond."""
    return store.add_media(project, sound(60.0), folder="pond")
