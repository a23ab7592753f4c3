"""Writing tags to folders: who may, where to, and that what is there is whole."""

import fcntl
import json
import os
import threading
import tracemalloc
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from tagstore import clock
from tagstore.db import db, transaction
from tagstore.errors import Busy, Conflict, Forbidden, Invalid, NotFound
from tagstore.models import Event, Tag
from tagstore.services import contents, projects, tag_sets, tags, users, writes
from tagstore.services.writes import writing
from tagstore.services.writes.places import checked_destination
from tagstore.values import SYSTEM, Role
from tagstore.web.api.eluvio.answers import tag_response

QID = "iq__3Zi4NjhZfjUEdiMGfHduW5kLr3HY"
TRACKS, OVERLAY = "video_tags/video-tags-tracks", "video_tags/video-tags-overlay"


@pytest.fixture
def house(work, make):
    """A content of frogs, where Mo manages, Ana tags and Vera looks; Otto manages birds."""
    with work():
        project = make.project("frogs", mo=Role.MANAGER, ana=Role.ANNOTATOR, vera=Role.VIEWER)
        make.project("birds", otto=Role.MANAGER)
        make.media_file(project, duration_s=None).qid = QID


def actor(name):
    return users.get_user(SYSTEM, name).actor


def add_token(destination="out", key="frogs", **options):
    return writes.add_write_token(
        SYSTEM, projects.get_project(SYSTEM, key), "editors", destination, **options
    )


@pytest.fixture
def write(app):
    """Return a function that writes as a request does, and returns the names of the files."""

    def write(secret, name="ana", qid=QID):
        with app.app_context(), transaction(writing=False):
            content = contents.get_content(SYSTEM, qid)
            return writes.write_tags(actor(name), content, secret, tag_response)

    return write


@pytest.fixture
def read(settings):
    """Return a function that reads what was written."""
    return lambda name, folder="out": json.loads(
        (settings.exports_dir / folder / name).read_bytes()
    )


def tag(make, name="shots", ms=(1000, 2000), **fields):
    content = contents.get_content(SYSTEM, QID)
    known = {each.name: each for each in tag_sets.list_tag_sets(SYSTEM, content.project)}
    tag_set = known.get(name) or make.tag_set(content.project, name)
    times = {"start_s": ms[0] / 1000, "end_s": ms[1] / 1000}
    return make.tag(content, tag_set_id=tag_set.id, **{**times, **fields})


def test_tags_are_written_by_track_in_files_of_ten_minutes(work, house, make, write, read):
    with work():
        secret = add_token()
        tag(make, "shot_detection", (599_999, 700_000), text="first")
        tag(make, "shot_detection", (600_000, 600_000), text="second")
        tag(make, "Wörter", (0, 5), text='say "wren"')
        tag(make, "shot_detection", (0, 1), text="zeroth")
        tag(make, "shot_detection", (36_000_000, 36_000_001), text="late")

    written = write(secret)

    assert written == [
        f"{TRACKS}-0000.json",
        f"{TRACKS}-0001.json",
        f"{TRACKS}-0060.json",
        "tags.json",
    ]
    assert read(written[0]) == {
        "version": 1,
        "metadata_tags": {
            "Wörter": {
                "label": "Wörter",
                "tags": [{"start_time": 0, "end_time": 5, "text": 'say "wren"'}],
            },
            "shot_detection": {
                "label": "Shot Detection",
                "tags": [
                    {"start_time": 0, "end_time": 1, "text": "zeroth"},
                    {"start_time": 599_999, "end_time": 700_000, "text": "first"},
                ],
            },
        },
    }
    assert read(written[1]) == {
        "version": 1,
        "metadata_tags": {
            "shot_detection": {
                "label": "Shot Detection",
                "tags": [{"start_time": 600_000, "end_time": 600_000, "text": "second"}],
            }
        },
    }


def test_boxes_are_written_by_frame_and_track(work, house, make, write, read):
    box, other = {"x1": 0.1, "y1": 0.2, "x2": 0.3, "y2": 0.4}, {"x1": 0, "y1": 0, "x2": 1, "y2": 1}
    frame_tags = {
        "30": {"confidence": 0.65, "box": other},
        "7": {"box": box, "text": "ignored", "confidence": None},
        "25": {"confidence": 0.6, "box": box},
    }
    with work():
        secret = add_token()
        tag(make, "faces", frame_info={"frame_idx": 30, "box": box}, text="Ana", score=0.5)
        tag(make, "faces", info={"frame_tags": frame_tags}, text="Bo")
        tag(make, "a", (650_000, 650_100), frame_info={"frame_idx": 0, "box": box}, text="late")

    written = write(secret)

    assert written[2:4] == [f"{OVERLAY}-0000.json", f"{OVERLAY}-0001.json"]
    assert json.dumps(read(written[2])) == json.dumps(
        {
            "version": 1,
            "overlay_tags": {
                "frame_level_tags": {
                    "7": {"faces": {"tags": [{"text": "Bo", "box": box}]}},
                    "25": {"faces": {"tags": [{"text": "Bo", "box": box, "confidence": 0.6}]}},
                    "30": {
                        "faces": {
                            "tags": [
                                {"text": "Ana", "box": box, "confidence": 0.5},
                                {"text": "Bo", "box": other, "confidence": 0.65},
                            ]
                        }
                    },
                }
            },
        }
    )
    late = {"0": {"a": {"tags": [{"text": "late", "box": box}]}}}
    assert read(written[3])["overlay_tags"]["frame_level_tags"] == late


@pytest.mark.parametrize(
    "fields",
    [
        {"frame_info": {"frame_idx": -1, "box": {}}},
        {"frame_info": {"frame_idx": True, "box": {}}},
        {"frame_info": {"frame_idx": 2**63, "box": {}}},
        {"frame_info": {"frame_idx": 1}},
        {"frame_info": {}},
        {"info": {"frame_tags": []}},
        {"info": {"frame_tags": {"٣": {"box": {}}, "": {"box": {}}, "1.5": {"box": {}}}}},
        {"info": {"frame_tags": {"1": None, "2": {"box": [1, 2]}, "3": {"confidence": 1}}}},
    ],
)
def test_what_is_no_box_in_a_frame_stays_in_the_whole_list_only(
    work, house, make, write, read, fields
):
    with work():
        secret = add_token()
        tag(make, **fields)

    assert write(secret) == [f"{TRACKS}-0000.json", "tags.json"]
    [told] = read("tags.json")["tags"]
    assert (told["frame_info"], told["additional_info"]) == (
        fields.get("frame_info"),
        fields.get("info", {}),
    )


def test_the_whole_list_says_all_of_each_tag_in_order(work, house, make, write, read):
    with work():
        secret = add_token()
        second = tag(make, "b", (2000, 3000), source="part", info={"z": 1, "a": [None]})
        first = tag(make, "a", (1000, 1500), score=0.25)
        expected = [
            [str(first.id), 1000, 1500, "a", "", {"score": 0.25}],
            [str(second.id), 2000, 3000, "b", "part", {"z": 1, "a": [None]}],
        ]

    write(secret)
    whole = read("tags.json")

    assert list(whole) == ["qid", "written_at", "tags"]
    assert whole["qid"] == QID
    assert whole["written_at"].endswith("Z")
    keys = ("id", "start_time", "end_time", "track", "source", "additional_info")
    assert [[each[key] for key in keys] for each in whole["tags"]] == expected


def test_a_content_without_tags_leaves_an_empty_list(work, house, write, read):
    with work():
        secret = add_token()

    assert write(secret) == ["tags.json"]
    assert read("tags.json")["tags"] == []


def test_a_write_replaces_what_the_one_before_left_and_nothing_else(
    work, house, make, write, settings
):
    folder = settings.exports_dir / "out" / "video_tags"
    with work():
        secret = add_token()
        old = tag(make, ms=(7_000_000, 7_000_001), frame_info={"frame_idx": 1, "box": {}})
        old_id = old.id
    first = write(secret)
    (folder / "notes-of-mine.json").write_text("{}")
    (folder.parent / ".write-torn").mkdir()
    (folder.parent / ".write-torn" / "tags.json").write_text("half")
    with work():
        tags.delete_tag(SYSTEM, db.session.get_one(Tag, old_id))
        tag(make)

    second = write(secret)

    names = {str(path.relative_to(folder.parent)) for path in folder.parent.rglob("*.json")}
    assert first == [f"{TRACKS}-0011.json", f"{OVERLAY}-0011.json", "tags.json"]
    assert names == {*second, "video_tags/notes-of-mine.json"}
    assert [path.name for path in folder.parent.iterdir() if path.name[0] == "."] == []


def test_a_failure_leaves_what_was_there(work, house, make, write, read, settings, monkeypatch):
    with work():
        secret = add_token()
        tag(make)
    write(secret)
    before = read("tags.json")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "tags_document", fail)
    with work():
        tag(make, ms=(3000, 4000))
    with pytest.raises(OSError, match="No space"):
        write(secret)

    folder = settings.exports_dir / "out"
    assert read("tags.json") == before
    assert len(read(f"{TRACKS}-0000.json")["metadata_tags"]["shots"]["tags"]) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["tags.json", "video_tags"]


def test_only_what_shows_by_default_is_written(work, house, make, write, read):
    with work():
        secret = add_token()
        gone = tag(make, text="gone")
        tag(make, text="stays")
        tags.delete_tag(SYSTEM, gone)

    write(secret)

    assert [each["tag"] for each in read("tags.json")["tags"]] == ["stays"]


def test_one_destination_may_have_a_folder_for_each_content(work, house, write, read):
    with work():
        secret = add_token("frogs/{qid}")

    write(secret)

    assert read("tags.json", f"frogs/{QID}")["qid"] == QID


def test_a_write_is_told_without_secrets(work, house, make, write):
    with work():
        secret = add_token()
        tag(make)

    write(secret)

    with work():
        [event] = db.session.scalars(select(Event).where(Event.kind == "tags.written"))
        told = [f"{each.before}{each.after}" for each in db.session.scalars(select(Event))]
        assert (event.actor_name, event.after["token"], event.after["files"]) == (
            "ana",
            "editors",
            2,
        )
        assert [each for each in told if secret in each] == []


def test_only_the_hash_of_a_write_token_is_kept(work, house):
    with work():
        secret = add_token()
        [token] = writes.list_write_tokens(SYSTEM)

        assert secret.startswith("tqw__")
        assert token.hint == secret[:10]
        assert secret.encode() not in token.secret_hash


@pytest.mark.parametrize("name", ["ana", "vera"])
def test_only_managers_make_see_and_revoke_write_tokens(work, house, name):
    with work():
        frogs, birds = (projects.get_project(SYSTEM, key) for key in ("frogs", "birds"))
        add_token()
        [token] = writes.list_write_tokens(actor("mo"), frogs)

        with pytest.raises(Forbidden):
            writes.add_write_token(actor(name), frogs, "mine", "out")
        with pytest.raises(Forbidden):
            writes.list_write_tokens(actor(name), frogs)
        with pytest.raises(Forbidden):
            writes.list_write_tokens(actor("mo"))
        with pytest.raises(Forbidden):
            writes.revoke_write_token(actor(name), token.id)
        with pytest.raises(NotFound):
            writes.revoke_write_token(actor("otto"), token.id)
        with pytest.raises(NotFound):
            writes.revoke_write_token(actor("otto"), token.id, birds)


def test_a_write_token_counts_only_while_it_lasts_and_for_its_project(work, house, write):
    with work():
        over = add_token(expires_at=clock.now() - timedelta(seconds=1))
        revoked, elsewhere = add_token(), add_token(key="birds")
        good = add_token(expires_at=clock.now() + timedelta(hours=1))
        revoked_id = writes.list_write_tokens(SYSTEM)[2].id
        writes.revoke_write_token(SYSTEM, revoked_id)

    for secret in (over, revoked, elsewhere, "tqw__nobodys", "", "\ud800"):
        with pytest.raises(Forbidden):
            write(secret)
    assert write(good) == ["tags.json"]


def test_who_only_looks_writes_nothing(work, house, write, settings):
    with work():
        secret = add_token()

    with pytest.raises(Forbidden):
        write(secret, "vera")

    assert not settings.exports_dir.exists()


def test_the_tags_of_another_project_are_not_written_over(work, house, make, write, read):
    with work():
        mine, theirs = add_token(), add_token(key="birds")
        other = make.media_file(projects.get_project(SYSTEM, "birds")).qid
    write(mine)

    with pytest.raises(Forbidden):
        write(theirs, "otto", other)

    assert read("tags.json")["qid"] == QID


@pytest.mark.parametrize("text", ["out", "a/b/c", " out/ ", "{qid}", "frogs/{qid}", "2026_v1.2"])
def test_a_destination_is_a_folder_of_plain_names(text):
    assert checked_destination(text) == text.strip().rstrip("/")


@pytest.mark.parametrize(
    "text",
    [
        *("", "/", "/etc", "..", "a/../b", "a/..", ".hidden", "a//b", "a\\b", "~", "a b", "-r"),
        *("ä", "a\nb", "a\0b", "{qid}x", "{other}", "a/tags.json", "A.JSON", "x" * 101),
        *("/".join("abcdefghi"), "http://x", "s3://bucket/prefix", "S3://bucket"),
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(Invalid) as caught:
        checked_destination(text)

    assert list(caught.value.details) == ["destination"]


def test_s3_is_refused_in_so_many_words():
    with pytest.raises(Invalid) as caught:
        checked_destination("s3://bucket/prefix")

    assert "not available on this server" in caught.value.message


@pytest.mark.parametrize("link", ["out", "out/video_tags"])
def test_a_link_leads_nowhere(work, house, write, settings, tmp_path, link):
    outside = tmp_path / "outside"
    outside.mkdir()
    path = settings.exports_dir / link
    path.parent.mkdir(parents=True)
    path.symlink_to(outside)
    with work():
        secret = add_token()

    with pytest.raises(Forbidden):
        write(secret)

    assert list(outside.iterdir()) == []


def test_the_folder_of_exports_itself_may_be_a_link(work, house, write, settings, tmp_path):
    (tmp_path / "disk").mkdir()
    settings.exports_dir.symlink_to(tmp_path / "disk")
    with work():
        secret = add_token()

    write(secret)

    assert (tmp_path / "disk" / "out" / "tags.json").is_file()


def test_a_file_in_the_way_is_said(work, house, write, settings):
    settings.exports_dir.mkdir()
    (settings.exports_dir / "out").write_text("mine")
    with work():
        secret = add_token()

    with pytest.raises(Conflict):
        write(secret)

    assert (settings.exports_dir / "out").read_text() == "mine"


def test_one_write_at_a_time_has_a_folder(work, house, write, settings, monkeypatch):
    with work():
        secret = add_token()
    write(secret)
    descriptor = os.open(settings.exports_dir / "out", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    monkeypatch.setattr(writing, "PATIENCE_S", 0.1)

    with pytest.raises(Busy):
        write(secret)
    threading.Timer(0.2, os.close, [descriptor]).start()
    monkeypatch.setattr(writing, "PATIENCE_S", 30.0)

    assert write(secret) == ["tags.json"]


def peak_of(call):
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_five_times_the_tags_take_no_more_memory(work, house, make, write, read):
    frames = {str(frame): {"confidence": 0.5, "box": {"x1": 0.25}} for frame in range(5)}
    with work():
        secret = add_token()
        first = tag(make, info={"frame_tags": frames})
        names = [column.name for column in Tag.__table__.columns if column.name != "id"]
        row = {name: getattr(first, name) for name in names}
        db.session.execute(insert(Tag), [row] * 999)
    some = peak_of(lambda: write(secret))
    with work():
        db.session.execute(insert(Tag), [row] * 4_000)

    many = peak_of(lambda: write(secret))

    assert len(read("tags.json")["tags"]) == 5_000
    assert many < some * 1.25
