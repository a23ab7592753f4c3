"""What there is, found and read over several pages; and one tag at a time."""

import httpx
import pytest
from tagstore_client import (
    Conflict,
    Forbidden,
    Invalid,
    NoAnswer,
    NotFound,
    NotSignedIn,
    Stale,
    Tagstore,
    TagstoreError,
)
from tagstore_client.asking import PAGE

FOX = {"tag_set": "seen", "text": "fox"}


def rows(count, **fields):
    return [
        {"start_s": number / 1000, "end_s": number / 1000 + 0.5, "text": "fox", **fields}
        for number in range(count)
    ]


def test_a_list_is_followed_over_its_pages(store, project, recording, proxy):
    count = 2 * PAGE + 1
    stored = store.add_tags(project, rows(count), media_id=recording.id, tag_set="seen")

    in_project = [tag.id for tag in store.tags(project)]
    in_recording = [tag.id for tag in store.tags(project, media=recording, sort="-start_s")]

    assert in_project == stored.ids
    assert in_recording == stored.ids[::-1]
    assert proxy.count("GET", "/api/v1/tags?") == 3


def test_a_list_asks_for_no_page_before_it_is_wanted(store, project, recording, proxy):
    store.add_tags(project, rows(PAGE + 1), media_id=recording.id, tag_set="seen")

    first = next(store.tags(project))

    assert (first.start_s, proxy.count("GET", "/api/v1/tags?")) == (0.0, 1)


def test_tags_are_found_by_the_names_of_their_set_and_class(store, project, recording):
    frog = store.add_class(project, "rana", "Common frog")
    by_identifier = {"media": recording, "tag_set": "seen", "tag_class": "rana"}
    one = store.add_tag(**by_identifier, start_s=1.0, end_s=2.0, score=0.000_01)
    store.add_tag(recording, **FOX, start_s=3.0, end_s=4.0, score=0.5)
    store.add_tag(recording, tag_set="other", tag_class="rana", start_s=5.0, end_s=6.0)

    found = [
        [tag.id for tag in store.tags(project, **filters)]
        for filters in (
            {"tag_set": "seen", "tag_class": "Common frog"},
            {"tag_set": one.tag_set_id, "tag_class": frog.id},
            {"start_s": 0.5, "end_s": 2.5, "media": recording.qid},
            {"score_gte": 1e-5, "tag_class": "rana"},
        )
    ]

    assert found == [[one.id]] * 4
    with pytest.raises(NotFound, match="There is no tag set sein in this project"):
        store.tags(project, tag_set="sein")


def test_a_recording_is_found_by_its_name_and_read_by_number_and_qid(store, project, sound):
    first = store.add_media(project, sound(name="a.wav"), folder="north")
    second = store.add_media(project, sound(name="a.wav"), folder="south")
    store.add_media(project, sound(name="aa.wav"), name="b/../a.wav.wav")

    assert store.find_media(project, "south/a.wav") == second
    assert store.media_file(first.id) == store.media_file(first.qid) == first
    assert [each.path for each in store.media(project, folder="north")] == ["north/a.wav"]
    with pytest.raises(Conflict, match=r"north/a.wav \(\d+\), south/a.wav \(\d+\)"):
        store.find_media(project, "a.wav")
    with pytest.raises(NotFound):
        store.find_media(project, "b.wav")


def test_a_recording_arrives_as_it_is_and_comes_back_so(store, project, sound, tmp_path):
    path = sound(2.0)
    told = []

    sent = store.add_media(project, path, folder="pond", progress=lambda *news: told.append(news))
    again = store.add_media(project, path)
    fetched = store.download(sent, tmp_path / "fetched.wav")
    into = store.download(sent.qid, (tmp_path / "folder").mkdir() or tmp_path / "folder")

    size = path.stat().st_size
    assert (sent.path, sent.state, sent.duration_s, sent.size) == (
        "pond/pond.wav",
        "ready",
        2,
        size,
    )
    assert (again.id, told) == (sent.id, [(size, size)])
    assert fetched.read_bytes() == into.read_bytes() == path.read_bytes()
    assert into.name == "pond.wav"


def test_what_a_newer_server_says_besides_is_left_out(store, project, recording, proxy):
    tag = store.add_tag(recording, **FOX)
    proxy.is_newer = True

    assert store.tag(tag.id) == tag
    assert [each.id for each in store.tags(project)] == [tag.id]
    assert [each.id for each in store.media(project)] == [recording.id]
    assert project in {each.key for each in store.projects()}
    assert store.add_tags(project, rows(2), media_id=recording.id, tag_set="seen").created == 2


def test_a_tag_is_added_changed_deleted_and_restored(store, recording):
    tag = store.add_tag(recording, **FOX, start_s=1.0, end_s=2.0, comment="faint")

    changed = store.edit_tag(tag, comment=None, status="accepted")
    store.delete_tag(changed)
    with pytest.raises(NotFound):
        store.tag(tag.id)
    restored = store.restore_tag(changed)

    assert (tag.comment, changed.comment, changed.status) == ("faint", None, "accepted")
    assert (restored.id, restored.status) == (tag.id, "accepted")
    assert tag.created_at.tzinfo is not None


def test_what_somebody_changed_meanwhile_is_not_overwritten_unseen(store, recording):
    tag = store.add_tag(recording, **FOX)
    store.edit_tag(tag, comment="a vixen")

    with pytest.raises(Stale) as edit:
        store.edit_tag(tag, comment="a dog")
    with pytest.raises(Stale):
        store.delete_tag(tag)
    whatever = store.edit_tag(tag.id, comment="a dog")

    assert edit.value.current["comment"] == "a vixen"
    assert whatever.comment == "a dog"


def test_refusals_say_what_is_wrong_and_which_request_it_was(store, recording, flask, proxy):
    reading = flask("tokens", "add", "admin", "--read-only")

    with pytest.raises(Invalid) as invalid:
        store.add_tag(recording, **FOX, start_s=2.0, end_s=1.0, channel=0)
    with Tagstore(proxy.address, "nonsense") as other, pytest.raises(NotSignedIn):
        other.me()
    with Tagstore(proxy.address, reading) as other, pytest.raises(Forbidden):
        other.add_tag(recording, **FOX)

    error = invalid.value
    assert (error.status, {each.pointer for each in error.errors}) == (422, {"/channel"})
    assert f"request {error.request_id}" in str(error)
    assert "/channel: " in str(error)
    assert isinstance(error, TagstoreError)


def test_an_address_without_a_tagstore_is_told_from_one_with(proxy, token):
    with Tagstore(f"{proxy.address}/login", token) as other, pytest.raises(NotFound):
        other.me()
    with Tagstore("http://127.0.0.1:9", token, tries=2) as other, pytest.raises(NoAnswer) as error:
        other.me()
    with pytest.raises(ValueError, match="begins with http"):
        Tagstore("127.0.0.1:5000")

    assert isinstance(error.value.__cause__, httpx.ConnectError)


def test_an_answer_says_who_asked_and_no_token_is_shown(store, project, proxy, token):
    agents = {each.headers["User-Agent"] for each in proxy.asked}

    assert store.me().name == "admin"
    assert agents == {"tagstore-client/0.1.0"}
    assert token not in repr(store)
