"""Lines that break, and servers that are busy: nothing is lost, and nothing is done twice."""

import time

import httpx
import pytest
from tagstore_client import Busy, Invalid, LotFailed, NoAnswer, NotFound, Tagstore, TagstoreError
from tagstore_client.errors import refusal

from tests.clients.python.conftest import MOST_BODY
from tests.proxy import Answer, busy, half, unanswered, unheard

ROWS = [{"text": f"call {number}"} for number in range(50)]


@pytest.fixture
def hasty(proxy, token):
    """A client that tries everything twice at most, and waits for no more than a second."""
    with Tagstore(proxy.address, token, tries=2, longest_wait_s=1) as store:
        yield store


def bulk(proxy):
    return [each for each in proxy.asked if "/tags/bulk" in each.target]


def test_a_lot_whose_answer_is_lost_is_sent_again_and_stored_once(store, project, recording, proxy):
    proxy.will(unanswered, "POST", "/tags/bulk", times=2)

    stored = store.add_tags(project, ROWS, media_id=recording.id, tag_set="x", lot=20)

    assert [tag.id for tag in store.tags(project)] == stored.ids
    assert (stored.created, len(stored)) == (50, 50)
    asked = bulk(proxy)
    assert [each.status for each in asked] == [None, None, 200, 200, 200]
    assert len({each.headers["Idempotency-Key"] for each in asked}) == 3
    assert len({each.body for each in asked}) == 3


def test_a_lot_that_never_arrives_is_told_and_may_be_sent_again_by_its_key(
    hasty, store, project, recording, proxy
):
    every = {"media_id": recording.id, "tag_set": "x", "lot": 20}
    hasty.add_tags(project, ROWS[:1], media_id=recording.id, tag_set="y")
    proxy.will(unanswered, "POST", "/tags/bulk", times=2)

    with pytest.raises(LotFailed) as caught:
        hasty.add_tags(project, ROWS, **every)
    stored = store.add_tags(project, ROWS, key=caught.value.key, **every)

    assert isinstance(caught.value.__cause__, NoAnswer)
    assert (caught.value.first_row, caught.value.status) == (0, None)
    assert [tag.id for tag in store.tags(project, tag_set="x")] == stored.ids
    assert len(stored) == 50


def test_a_busy_server_is_waited_for_as_long_as_it_says(store, recording, proxy):
    proxy.will(busy(2), "POST", "/api/v1/tags")
    proxy.will(busy(1), "PATCH", "/api/v1/tags")
    begin = time.monotonic()

    tag = store.add_tag(recording, tag_set="x", text="fox")
    changed = store.edit_tag(tag, comment="a vixen")

    assert time.monotonic() - begin >= 3
    assert changed.comment == "a vixen"
    assert (proxy.count("POST", "/api/v1/tags"), proxy.count("PATCH", "/api/v1/tags")) == (2, 2)


def test_a_server_that_is_busy_for_longer_is_not_waited_for(hasty, proxy):
    proxy.will(busy(5), "GET", "/me")
    begin = time.monotonic()

    with pytest.raises(Busy) as caught:
        hasty.me()

    assert time.monotonic() - begin < 4
    assert (caught.value.status, caught.value.retry_after_s) == (503, 5)


@pytest.mark.parametrize(
    ("said", "wait_s"), [("7", 7.0), ("Sun, 29 Nov 2026 01:00:30 GMT", 30.0), ("soon", None)]
)
def test_when_to_come_back_is_said_in_seconds_or_as_a_date(said, wait_s):
    headers = {"Retry-After": said, "Date": "Sun, 29 Nov 2026 01:00:00 GMT"}

    error = refusal(httpx.Response(429, headers=headers))

    assert (type(error), error.retry_after_s) == (Busy, wait_s)


def test_an_address_that_moved_is_told(store, proxy):
    moved = Answer(301, [("Location", "https://tags.example/api/v1/me")], b"")
    proxy.will(lambda *_: moved, "GET", "/me")

    with pytest.raises(TagstoreError, match=r"at another address: https://tags\.example/"):
        store.me()


def test_what_only_reads_is_asked_again_and_not_for_ever(store, hasty, proxy):
    proxy.will(unheard, "GET", "/me", times=2)
    assert store.me().name == "admin"

    proxy.will(unheard, "GET", "/me", times=2)
    with pytest.raises(NoAnswer):
        hasty.me()

    assert proxy.count("GET", "/me") == 5


def test_a_change_that_may_have_been_made_is_not_made_again(store, recording, proxy):
    tag = store.add_tag(recording, tag_set="x", text="fox")
    proxy.will(unanswered, "PATCH", "/tags/")

    with pytest.raises(NoAnswer):
        store.edit_tag(tag, comment="a vixen")

    assert proxy.count("PATCH", "/tags/") == 1
    assert store.tag(tag.id).version == tag.version + 1


def test_a_deletion_whose_answer_is_lost_is_done(store, recording, proxy):
    tag = store.add_tag(recording, tag_set="x", text="fox")
    proxy.will(unanswered, "DELETE", "/tags/")

    store.delete_tag(tag)

    with pytest.raises(NotFound):
        store.tag(tag.id)
    with pytest.raises(NotFound):
        store.delete_tag(tag)


def test_a_tag_whose_answer_is_lost_is_made_once(store, project, recording, proxy):
    proxy.will(unanswered, "POST", "/api/v1/tags")

    tag = store.add_tag(recording, tag_set="x", text="fox")

    assert list(store.tags(project)) == [tag]


def test_an_export_that_breaks_is_written_whole_or_not_at_all(
    store, hasty, project, recording, proxy, tmp_path
):
    store.add_tags(project, ROWS, media_id=recording.id, tag_set="x")
    path = tmp_path / "tags.csv"
    proxy.will(half, "GET", "/exports", times=2)

    with pytest.raises(NoAnswer):
        hasty.export(project, "csv", path)
    assert list(tmp_path.glob("tags*")) == []
    proxy.will(half, "GET", "/exports")
    store.export(project, "csv", path, tag_set="x")

    assert len(path.read_text().splitlines()) == 51
    assert list(tmp_path.glob("tags*")) == [path]


def test_a_download_that_breaks_goes_on_where_it_was(store, recording, proxy, tmp_path, sound):
    proxy.will(half, "GET", "/file", times=3)

    path = store.download(recording, tmp_path / "fetched.wav")

    ranges = [each.headers.get("Range") for each in proxy.asked if "/file" in each.target]
    begun = recording.size // 2
    assert ranges[:2] == [None, f"bytes={begun}-"]
    assert len(ranges) == 4
    assert path.read_bytes() == (tmp_path / "pond.wav").read_bytes()


def test_an_upload_that_breaks_goes_on_where_it_was(store, project, proxy, sound, tmp_path):
    path, told = sound(100.0), []
    proxy.will(unanswered, "POST", "/uploads")
    proxy.will(unheard, "PATCH", "/uploads")
    proxy.will(unanswered, "PATCH", "/uploads")
    proxy.will(busy(1), "PATCH", "/uploads")

    sent = store.add_media(project, path, progress=lambda *news: told.append(news))

    size = path.stat().st_size
    pieces = [each for each in proxy.asked if each.method == "PATCH"]
    assert [each.status for each in pieces] == [None, None, 503, 204, 204]
    offsets = [int(each.headers["Upload-Offset"]) for each in pieces]
    assert offsets == [0, 0, MOST_BODY, MOST_BODY, 2 * MOST_BODY]
    assert told[-1] == (size, size)
    assert store.download(sent, tmp_path / "back.wav").read_bytes() == path.read_bytes()
    assert [each.id for each in store.media(project)] == [sent.id]


def test_an_upload_that_is_no_media_is_refused(store, project, tmp_path):
    path = tmp_path / "notes.wav"
    path.write_text("no sound")

    with pytest.raises(Invalid, match="This is not a sound"):
        store.add_media(project, path)

    assert list(store.media(project)) == []
