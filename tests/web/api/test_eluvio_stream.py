"""The Eluvio dialect's stream: each new tag once, in order, from where one left off."""

import json
import re
from itertools import islice

import pytest
from sqlalchemy import func, select

from tagstore.db import db
from tagstore.models import Event
from tagstore.services import batches, events, media_files, projects, tag_sets, tags, users
from tagstore.values import SYSTEM, Role
from tagstore.web.api.eluvio import stream as eluvio_stream
from tagstore.web.streams import Cut

QID = "iq__3Zi4NjhZfjUEdiMGfHduW5kLr3HY"
OTHER = "iq__4Zi4NjhZfjUEdiMGfHduW5kLr3HY"
STILL_HERE = b": still here\n"


@pytest.fixture
def scene(app, client, work, make):
    return Scene(app, client, work, make)


class Scene:
    """Two contents of a project that Vera may see and Otto may not."""

    def __init__(self, app, client, work, make):
        self.app, self.client, self.work, self.make = app, client, work, make
        with work():
            make.project("birds", otto=Role.MANAGER)
            project = make.project("frogs", vera=Role.VIEWER)
            make.media_file(project).qid, make.media_file(project).qid = QID, OTHER
            make.tag_set(project, "shot_detection")
            self.tokens = {
                name: make.token(users.get_user(SYSTEM, name)) for name in ("vera", "otto")
            }

    def ask(self, who="vera", seen=None, query=None):
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        if seen is not None:
            headers["Last-Event-ID"] = seen
        return self.client.get(f"/{QID}/tags/stream", headers=headers, query_string=query)

    def follow(self, **options):
        """Begin to follow, and return what comes."""
        chunks = iter(self.ask(**options).response)
        assert next(chunks) == STILL_HERE
        return chunks

    def add(self, *words, qid=QID, **fields):
        """Make tags at once, one a word, and return their numbers."""
        with self.work():
            content = media_files.get_media_file(SYSTEM, qid)
            drafts = [self.make.draft(content, **{"text": word, **fields}) for word in words]
            return tags.add_tags(SYSTEM, content.project, drafts).ids

    def delete(self, tag_id):
        with self.work():
            tags.delete_tag(SYSTEM, tags.get_tag(SYSTEM, tag_id))

    def newest(self):
        with self.work():
            return db.session.scalar(select(func.max(Event.seq)))


def heard(chunks, count):
    """Return the ids and the texts of the next events."""
    return [(event["id"], event["data"]["tag"]) for event in parsed(chunks, count)]


def parsed(chunks, count):
    found = []
    for chunk in islice(chunks, count):
        match = re.fullmatch(r"id: (\S+)\nevent: (\S+)\ndata: (.*)\n\n", chunk.decode("ascii"))
        found.append({"id": match[1], "event": match[2], "data": json.loads(match[3])})
    return found


def test_a_new_tag_comes_as_it_is_read(scene):
    scene.add("old")
    chunks = scene.follow()

    tag_id = scene.add("Zaunkönig\u2028\x85", info={"colour": "braun"})[0]

    (event,) = parsed(chunks, 1)
    assert (event["id"], event["event"]) == (f"{scene.newest()}-0", "tag")
    assert event["data"] == {
        "id": str(tag_id),
        "batch_id": "1",
        "start_time": 1000,
        "end_time": 2000,
        "tag": "Zaunkönig\u2028\x85",
        "track": "shot_detection",
        "author": "system",
        "source": "",
        "frame_info": None,
        "additional_info": {"colour": "braun"},
        "additional_properties": {"colour": "braun"},
    }


def test_the_head_tells_everybody_between_to_pass_it_on_at_once(scene):
    answer = scene.ask()

    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Accel-Buffering"] == "no"


def test_it_resumes_after_any_tag_by_header_or_by_address(scene, monkeypatch):
    monkeypatch.setattr(eluvio_stream, "AT_ONCE", 2)
    begun = scene.newest()
    scene.add("a", "b", "c", "d", "e")
    scene.add("f")
    all_ids = [f"{begun + 1}-{number}" for number in range(5)] + [f"{begun + 2}-0"]
    everything = list(zip(all_ids, "abcdef", strict=True))

    assert heard(scene.follow(seen=f"{begun}-0"), 6) == everything
    for place, (seen, _) in enumerate(everything[:-1]):
        assert heard(scene.follow(seen=seen), 5 - place) == everything[place + 1 :]
    assert heard(scene.follow(query={"last_event_id": all_ids[3]}), 2) == everything[4:]
    assert heard(scene.follow(seen=all_ids[4], query={"last_event_id": all_ids[0]}), 1) == [
        everything[5]
    ]
    assert heard(scene.follow(seen=str(begun + 1)), 1) == [everything[5]]
    assert heard(scene.follow(seen="0"), 6) == everything


def test_what_is_new_comes_after_what_was_missed(scene):
    begun = scene.newest()
    scene.add("a", "b")
    chunks = scene.follow(seen=f"{begun + 1}-0")
    first = heard(chunks, 1)

    scene.add("c", "d")

    assert first + heard(chunks, 2) == [
        (f"{begun + 1}-1", "b"),
        (f"{begun + 2}-0", "c"),
        (f"{begun + 2}-1", "d"),
    ]


def test_a_tag_deleted_since_is_left_out_and_one_that_comes_back_is_not_new(scene):
    begun = scene.newest()
    ids = scene.add("a", "b", "c")
    live = scene.follow()
    scene.delete(ids[1])
    resumed = heard(scene.follow(seen=f"{begun}-0"), 2)

    with scene.work():
        tags.restore_tag(SYSTEM, tags.get_tag(SYSTEM, ids[1], also_deleted=True))
    scene.add("d")

    assert resumed == [(f"{begun + 1}-0", "a"), (f"{begun + 1}-2", "c")]
    assert heard(live, 1) == [(f"{scene.newest()}-0", "d")]


def test_a_tag_deleted_just_after_others_heard_of_it_is_left_out_too(scene):
    begun = scene.newest()
    live = scene.follow()
    tag_id = scene.add("a")[0]
    first = heard(live, 1)
    scene.delete(tag_id)
    scene.add("b")

    assert [word for _, word in first + heard(live, 1)] == ["a", "b"]
    assert [word for _, word in heard(scene.follow(seen=f"{begun}-0"), 1)] == ["b"]


def test_tags_of_a_deleted_track_are_left_out(scene):
    begun = scene.newest()
    scene.add("a")
    with scene.work():
        tag_set = tag_sets.find_or_add_tag_set(
            SYSTEM, projects.get_project(SYSTEM, "frogs"), "other"
        )
        number = tag_set.id
    scene.add("b", tag_set_id=number)
    with scene.work():
        tag_sets.delete_tag_set(SYSTEM, tag_sets.get_tag_set(SYSTEM, 1))

    assert [word for _, word in heard(scene.follow(seen=f"{begun}-0"), 1)] == ["b"]


def test_of_a_bulk_over_many_contents_only_those_of_this_one_come(scene):
    begun = scene.newest()
    live = scene.follow()
    with scene.work():
        here, there = (media_files.get_media_file(SYSTEM, qid) for qid in (QID, OTHER))
        drafts = [
            scene.make.draft(content, text=word)
            for word, content in zip("abcd", (there, here, there, here), strict=True)
        ]
        tags.add_tags(SYSTEM, here.project, drafts)
    scene.add("elsewhere", qid=OTHER)

    expected = [(f"{begun + 1}-1", "b"), (f"{begun + 1}-3", "d")]
    assert heard(live, 2) == expected
    assert heard(scene.follow(seen=f"{begun}-0"), 2) == expected
    assert heard(scene.follow(seen=f"{begun + 1}-0"), 2) == expected
    assert heard(scene.follow(seen=f"{begun + 1}-1"), 1) == expected[1:]


def test_tags_of_an_older_run_were_made_all_the_same(scene):
    begun = scene.newest()
    scene.add("a")
    with scene.work():
        content = media_files.get_media_file(SYSTEM, QID)
        track = batches.find_or_add_tracks([(1, content.id)])[1, content.id]
        batches.begin_run(SYSTEM, track, "system")
    scene.add("b")

    assert [word for _, word in heard(scene.follow(seen=f"{begun}-0"), 2)] == ["a", "b"]


def test_edits_make_no_tag_new(scene):
    live = scene.follow()
    with scene.work():
        content = media_files.get_media_file(SYSTEM, QID)
        tag = scene.make.tag(content, text="wren")
        tags.edit_tag(SYSTEM, tag, text="robin")
    scene.add("last")

    assert [word for _, word in heard(live, 2)] == ["robin", "last"]


def test_a_quiet_stream_is_kept_alive_by_one_line(scene, monkeypatch):
    monkeypatch.setattr("tagstore.services.events.following.KEEP_ALIVE_S", 0.01)
    chunks = scene.follow()

    assert [next(chunks), next(chunks)] == [STILL_HERE, STILL_HERE]


@pytest.mark.parametrize(
    "seen", ["x", "1-", "-1", "1-2-3", "1.0", " 1", "1" * 19, "1-" + "1" * 10, "१", "1\t"]
)
def test_an_id_that_this_stream_never_sent_is_refused(seen, scene):
    answer = scene.ask(query={"last_event_id": seen})

    words = "The last event's id must be one that this stream has sent."
    assert (answer.status_code, answer.json) == (400, {"error": words, "code": 400})


def test_an_id_from_before_what_is_kept_is_gone(scene):
    with scene.work():
        events.record(SYSTEM, "events.forgotten", after={"up_to": 5})

    answers = [scene.ask(seen=seen).status_code for seen in ("1-0", "5-3", "6-0", "7-2")]

    assert answers == [410, 410, 200, 200]
    assert scene.ask(seen="5-0").json["code"] == 410


def test_who_may_not_see_the_content_follows_nothing(scene):
    refused = scene.ask(who="otto")

    assert (refused.status_code, refused.json["code"]) == (401, 401)
    assert scene.client.get(f"/{QID}/tags/stream").status_code == 401


def test_who_may_no_longer_see_it_is_cut_off(scene, monkeypatch):
    monkeypatch.setattr("tagstore.services.events.following.KEEP_ALIVE_S", 0.01)
    monkeypatch.setattr("tagstore.web.streams.LOOK_AGAIN_S", 0.0)
    chunks = scene.follow()
    next(chunks), next(chunks)

    with scene.work():
        vera = users.get_user(SYSTEM, "vera")
        projects.remove_member(SYSTEM, projects.get_project(SYSTEM, "frogs"), vera.id)

    with pytest.raises(Cut):
        next(chunks), next(chunks)
