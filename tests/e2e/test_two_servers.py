"""The open workbench at one of two servers, while a script works at the other."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests import server
from tests.e2e.bench import WHOLE, Bench
from tests.e2e.conftest import scripting, signed_in
from tests.postgres import PostgresServer
from tests.redis_server import RedisServer
from tests.s3 import S3Server
from tests.server import Server

TAGS = 10

WATCH = """() => {
  document.seenAt = {};
  const look = () => {
    for (const { id } of document.querySelectorAll(".tag-row")) document.seenAt[id] ??= Date.now();
    requestAnimationFrame(look);
  };
  look();
}"""
"""Notes at every frame which rows are there for the first time."""


@pytest.fixture
def pair(
    postgres_server: PostgresServer, redis_server: RedisServer, s3: S3Server, tmp_path: Path
) -> Iterator[tuple[Server, Server]]:
    """Two servers as on two machines, with one PostgreSQL, one bucket and one Redis."""
    settings = {
        **s3.settings(s3.make_bucket()),
        "TAGSTORE_DATABASE_URL": postgres_server.make("two_servers", template="template0"),
        "TAGSTORE_REDIS_URL": redis_server.url,
        "TAGSTORE_SECRET_KEY": "the same at both",
    }
    one = server.start(tmp_path / "one", **settings)
    one.said("(ready)")
    other = server.start(tmp_path / "other", "--no-worker", **settings)
    yield one, other
    for each in (one, other):
        each.kill()


def test_tags_made_at_one_server_appear_on_the_page_that_is_open_at_the_other(
    pair,
    driver: Playwright,
    chromium: Browser,
    browse: Callable[..., Page],
    record_property: Callable[[str, object], None],
):
    one, other = pair
    cookies = signed_in(chromium, other, "admin", one.said(r"password\s+(\S+)"))
    bench = Bench(browse(base_url=other.address, storage_state=cookies))
    sent_ms, made = [], []

    with scripting(driver, one) as script:
        script.post("projects", {"key": "demo"})
        tag_set = script.post("tag-sets", {"project": "demo", "name": "calls"})["id"]
        media_id = script.add_recording()
        with bench.page.expect_response("**/events"):  # What happens before is no news to it.
            bench.open(media_id, WHOLE)
        bench.page.evaluate(WATCH)
        for number in range(TAGS):
            tag = {"media_id": media_id, "tag_set_id": tag_set, "text": f"said {number}"}
            sent_ms.append(time.time() * 1000)
            made.append(script.post("tags", {**tag, "start_s": number, "end_s": number + 1})["id"])
            expect(bench.rows).to_have_count(number + 1)
            expect(bench.rows.last).to_contain_text(f"said {number}")

    bench.page.wait_for_function(f"Object.keys(document.seenAt).length >= {TAGS}")
    seen_at = bench.page.evaluate("document.seenAt")
    assert list(seen_at) == [f"tag-row-{number}" for number in made]
    assert bench.page.url.startswith(f"{other.address}/media/")
    delays_ms = [at - began for began, at in zip(sent_ms, seen_at.values(), strict=True)]
    record_property("delays_ms", sorted(map(round, delays_ms)))
