"""A real server with the demo project, and a real browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Playwright, StorageState, expect, sync_playwright

from tests.e2e.bench import Bench
from tests.e2e.script import Script
from tests.server import Server, start

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
WINDOW = {"width": 1440, "height": 900}
GUEST = "a guest's password"
PATIENCE_MS = 60_000
"""How long a busy machine may take for what takes moments."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as needing a browser."""
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    switches = {"TAGSTORE_DEMO": "1", "TAGSTORE_SIGNED_TOKENS": "1"}
    server = start(tmp_path_factory.mktemp("e2e") / "data", **switches)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(driver: Playwright) -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("no browser on this machine")
    browser = driver.chromium.launch(executable_path=path, args=list(FLAGS))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def script(driver: Playwright, server: Server) -> Iterator[Script]:
    """A script with a token of the administrator's."""
    with scripting(driver, server) as script:
        yield script


@contextmanager
def scripting(driver: Playwright, server: Server) -> Iterator[Script]:
    """Let a script talk to a server with a token of the administrator's."""
    server.said(r"ready (\S+)")
    token = server.flask("tokens", "add", "admin", "--label", "script")
    headers = {"Authorization": f"Bearer {token}"}
    requests = driver.request.new_context(base_url=server.address, extra_http_headers=headers)
    yield Script(requests)
    requests.dispose()


@pytest.fixture
def browse(chromium: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Open pages in browsers of their own, signed in or not; errors on them fail the test."""
    contexts = []
    errors: list[str] = []

    def browse(**options: object) -> Page:
        context = chromium.new_context(
            **{"base_url": server.address, "viewport": WINDOW, **options}
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield browse
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture(scope="session")
def password(server: Server) -> str:
    """The administrator's password, as the first start has said it."""
    return server.said(r"password\s+(\S+)")


@pytest.fixture(scope="session")
def admin(chromium: Browser, server: Server, password: str) -> StorageState:
    """The cookies of the administrator."""
    return signed_in(chromium, server, "admin", password)


@pytest.fixture(scope="session")
def guest(chromium: Browser, server: Server) -> StorageState:
    """The cookies of one who may look at the demo and no more."""
    server.flask("users", "add", "guest", "--password-stdin", stdin=GUEST)
    return signed_in(chromium, server, "guest", GUEST)


def signed_in(chromium: Browser, server: Server, name: str, password: str) -> StorageState:
    """Sign in as a person does, and return the cookies."""
    context = chromium.new_context(base_url=server.address)
    sign_in(context.new_page(), name, password)
    cookies = context.storage_state()
    context.close()
    return cookies


def sign_in(page: Page, name: str, password: str) -> None:
    """Fill in the form and send it."""
    page.goto("/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")


@pytest.fixture
def page(browse: Callable[..., Page], admin: StorageState) -> Page:
    """The first page of somebody who is signed in as the administrator."""
    page = browse(storage_state=admin)
    page.goto("/")
    return page


@pytest.fixture
def bench(page: Page) -> Bench:
    """The administrator's workbench."""
    return Bench(page)


@pytest.fixture
def media_id(script: Script) -> int:
    """A recording that no other test touches."""
    return script.add_recording()
