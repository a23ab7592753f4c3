"""Writing tags to S3: the same files as in a folder, whole or as they were."""

import json
import time
from dataclasses import replace

import pytest

from tagstore.db import db, transaction
from tagstore.errors import Busy, Conflict, Forbidden, Invalid
from tagstore.models import Tag
from tagstore.services import contents, projects, tags, users, writes
from tagstore.services.depot import open_depot
from tagstore.services.writes.places import checked_destination
from tagstore.values import SYSTEM, Role
from tagstore.web.api.eluvio.answers import tag_response

pytestmark = pytest.mark.only("sqlite")

QID = "iq__3Zi4NjhZfjUEdiMGfHduW5kLr3HY"


@pytest.fixture
def bucket(app, s3):
    """A bucket to write to, on a server that uses S3 for that alone."""
    open_depot(replace(app.settings, s3_endpoint=s3.endpoint))
    return s3.make_bucket()


@pytest.fixture
def house(work, make):
    with work():
        project = make.project("frogs", ana=Role.ANNOTATOR)
        make.project("birds", otto=Role.MANAGER)
        make.media_file(project, duration_s=None).qid = QID


def add_token(destination, key="frogs"):
    project = projects.get_project(SYSTEM, key)
    return writes.add_write_token(SYSTEM, project, "editors", destination)


def tag(make, start_s, **fields):
    content = contents.get_content(SYSTEM, QID)
    return make.tag(content, start_s=start_s, end_s=start_s + 1, **fields)


@pytest.fixture
def write(app):
    def write(secret, name="ana", qid=QID):
        with app.app_context(), transaction(writing=False):
            content = contents.get_content(SYSTEM, qid)
            actor = users.get_user(SYSTEM, name).actor
            return writes.write_tags(actor, content, secret, tag_response)

    return write


@pytest.fixture
def read(s3, bucket):
    def read(key):
        return s3.client.get_object(Bucket=bucket, Key=key)["Body"].read()

    return read


def test_a_bucket_holds_what_a_folder_does(
    app, work, house, make, write, read, s3, bucket, settings
):
    box = {"x1": 0.1, "y1": 0.2, "x2": 0.3, "y2": 0.4}
    with work():
        near, far = add_token("out/{qid}"), add_token(f"s3://{bucket}/films/{{qid}}/")
        tag(make, 1.0, text="arrival", frame_info={"frame_idx": 25, "box": box})
        tag(make, 700.0, text="departure")

    written = write(near), write(far)

    folder = settings.exports_dir / "out" / QID
    assert written[0] == written[1]
    assert s3.keys(bucket) == sorted(f"films/{QID}/{name}" for name in written[1])
    for name in written[1][:-1]:
        assert read(f"films/{QID}/{name}") == (folder / name).read_bytes()
    documents = [
        json.loads(each)
        for each in ((folder / "tags.json").read_bytes(), read(f"films/{QID}/tags.json"))
    ]
    assert [each.pop("written_at") > "2000" for each in documents] == [True, True]
    assert documents[0] == documents[1]


def test_a_write_is_the_whole_state_and_leaves_others_alone(
    work, house, make, write, read, s3, bucket
):
    for key in ("out/video_tags/notes.json", "out/.write-1234/tags.json", "other/tags.json"):
        s3.client.put_object(Bucket=bucket, Key=key, Body=b"mine")
    with work():
        secret = add_token(f"s3://{bucket}/out")
        old_id = tag(make, 700.0).id
    first = write(secret)
    with work():
        tags.delete_tag(SYSTEM, db.session.get_one(Tag, old_id))
        tag(make, 1.0)

    second = write(secret)

    assert first == ["video_tags/video-tags-tracks-0001.json", "tags.json"]
    assert second == ["video_tags/video-tags-tracks-0000.json", "tags.json"]
    assert s3.keys(bucket) == [
        "other/tags.json", "out/tags.json", "out/video_tags/notes.json", f"out/{second[0]}",
    ]  # fmt: skip


@pytest.mark.parametrize("step", ["/.write-", "/out/video_tags/video-tags-tracks-0001"])
def test_a_failure_while_it_is_uploaded_leaves_everything_as_it_was(
    work, house, make, write, read, s3, bucket, monkeypatch, step
):
    with work():
        secret = add_token(f"s3://{bucket}/out")
        tag(make, 700.0)
    write(secret)
    before = {key: read(key) for key in s3.keys(bucket)}
    with work():
        tag(make, 701.0)

    monkeypatch.setattr(s3, "fail", lambda asked: asked.method == "PUT" and step in asked.path)
    with pytest.raises(Busy):
        write(secret)
    monkeypatch.setattr(s3, "fail", None)

    visible = [key for key in s3.keys(bucket) if "/." not in key]
    assert {key: read(key) for key in visible} == before
    assert write(secret) == ["video_tags/video-tags-tracks-0001.json", "tags.json"]
    assert s3.keys(bucket) == sorted(before)


def test_the_tags_of_another_project_are_not_written_over(work, house, make, write, read, bucket):
    with work():
        mine, theirs = (add_token(f"s3://{bucket}", key) for key in ("frogs", "birds"))
        other = make.media_file(projects.get_project(SYSTEM, "birds")).qid
    write(mine)

    with pytest.raises(Forbidden):
        write(theirs, "otto", other)

    assert json.loads(read("tags.json"))["qid"] == QID


def test_a_server_that_is_away_is_told_and_found_again(work, house, write, s3, bucket):
    with work():
        secret = add_token(f"s3://{bucket}/out")

    with s3.stopped():
        begun = time.monotonic()
        with pytest.raises(Busy):
            write(secret)
        lasted_s = time.monotonic() - begun

    assert lasted_s < 10  # A patient one would go on for a minute.
    assert write(secret) == ["tags.json"]


def test_a_bucket_that_is_not_there_is_said(work, house, write, bucket):
    with work():
        secret = add_token("s3://nobodys-bucket/out")

    with pytest.raises(Conflict) as conflict:
        write(secret)

    said = "s3://nobodys-bucket/out cannot be written: there is no such bucket (NoSuchBucket)."
    assert conflict.value.message == said


@pytest.mark.parametrize("place", ["", "/", "/out", "/a/b/{qid}", "/media"])
def test_a_destination_is_a_bucket_and_plain_names(bucket, place):
    text = f"s3://{bucket}{place}"

    assert checked_destination(f" {text} ") == text.removesuffix("/")


@pytest.mark.parametrize(
    "text",
    [
        *("s3://", "s3:///out", "S3://bucket", "s3://Bucket", "s3://b/", "s3://bucket//out"),
        *("s3://bucket/..", "s3://bucket/.x", "s3://bucket/a b", "s3://bucket/tags.json"),
        *("s3://key:secret@bucket", "s3://bucket?x", "s3://bucket/x{qid}", "s3://bucket/\nx"),
    ],
)
def test_anything_else_is_refused(bucket, text):
    with pytest.raises(Invalid) as caught:
        checked_destination(text)

    assert list(caught.value.details) == ["destination"]


def test_where_the_server_keeps_its_own_files_nobody_writes(app, s3, bucket):
    url = f"s3://{bucket}/tags"
    open_depot(replace(app.settings, s3_endpoint=s3.endpoint, storage_url=url))

    for inside in ("media", "cache", "media/ab", "cache/{qid}"):
        with pytest.raises(Invalid) as caught:
            checked_destination(f"{url}/{inside}")
        assert caught.value.details == {"destination": "is where this server keeps its files"}
    assert checked_destination(f"{url}/exports") == f"{url}/exports"


def test_a_token_for_s3_is_of_no_use_once_the_server_does_not_use_it(
    app, work, house, write, bucket
):
    with work():
        secret = add_token(f"s3://{bucket}/out")
    open_depot(app.settings)

    with pytest.raises(Invalid, match="S3 is not available on this server"):
        write(secret)
