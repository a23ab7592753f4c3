"""Every exchange in tests/wire/<dialect>/ is replayed and must be answered to the letter."""

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from tagstore.db import db
from tagstore.models import Batch, Project, WriteToken
from tagstore.services import (
    batches,
    contents,
    projects,
    resource_tags,
    tag_sets,
    tags,
    users,
    vocabularies,
    writes,
)
from tagstore.services.bulk import assignments, groups
from tagstore.services.passwords import hash_password
from tagstore.values import SYSTEM, AssignmentDraft, ClassDraft, GroupDraft, Role, TagDraft

FOLDER = Path(__file__).parent / "wire"
EXCHANGES = sorted(FOLDER.glob("*/*.json"))
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def numbered(thing, number):
    """Give a thing the number that the recorded exchanges know it by."""
    db.session.flush()
    kind = type(thing)
    db.session.execute(update(kind).where(kind.id == thing.id).values(id=number))
    if db.engine.dialect.name == "postgresql":  # SQLite itself goes on after the highest number.
        sequence = func.pg_get_serial_sequence(f'"{kind.__tablename__}"', "id")
        db.session.execute(select(func.setval(sequence, number)))
    db.session.expire_all()
    return db.session.get_one(kind, number)


def arlo(make):
    """Make what the reference page's example speaks of, under its numbers."""
    ana = numbered(make.user("ana"), 41)
    project = Project(id=93, key="frogs", name="Frogs", created_by_id=ana.id)
    db.session.add(project)
    projects.grant(SYSTEM, project, "ana", Role.MANAGER)
    media_file = make.media_file(
        project,
        id=179070,
        name="pond.wav",
        kind="audio",
        sample_rate=48000,
        channels=1,
        recorded_at=datetime(2026, 4, 21, 5, tzinfo=UTC),
    )
    tag_set = numbered(tag_sets.add_tag_set(SYSTEM, project, "survey"), 769)
    tag_class = numbered(vocabularies.add_class(SYSTEM, project, "hyla arborea"), 6849)
    draft = TagDraft(
        media_file.id,
        tag_set.id,
        tag_class.id,
        **{"start_s": 1.0, "end_s": 3.0, "low_hz": 20.0, "high_hz": 20000.0, "score": 1.0},
    )
    numbered(tags.add_tag(ana.actor, project, draft), 1976960)
    return make.token(ana)


def pixelshare(make):
    """Make the gallery, photo and user of the reference page's samples, under their numbers."""
    ana = users.add_user(SYSTEM, "sample string 2", hash_password("sample string 3"))
    project = numbered(make.project(), 1)
    projects.grant(SYSTEM, project, ana.name, Role.ANNOTATOR)
    make.media_file(project, id=2, name="sample string 6", kind="image", duration_s=None)
    return make.token(ana)


def dis(make):
    """Make a recording with two keys, so that eight more have room."""
    project = Project(id=93, key="frogs", name="Frogs")
    db.session.add(project)
    ana = make.user("ana")
    projects.grant(SYSTEM, project, "ana", Role.MANAGER)
    media_file = make.media_file(project, id=179070, name="pond.wav")
    media_file.qid = "iq__0000000000000000000000179070"
    pairs = [("site", "north"), ("年", "2026")]
    resource_tags.put_tags(ana.actor, media_file, pairs)
    return make.token(ana)


def bedrock(make):
    """Make the scope and group of the reference page, with a tag that is on one media file."""
    user = make.user("system")
    project = projects.add_project(SYSTEM, "scope_acme", owner=user)
    inner = (ClassDraft("", "", "urgent", "Urgent", "tag_urgent"),)
    group = GroupDraft(
        "scope_acme",
        "priority",
        "Priority",
        most_per_target=1,
        public_id="tag_group_priority",
        classes=inner,
    )
    groups.add_groups(user.actor, [group])
    meeting, _ = make.media_file(project), make.media_file(project)
    first = AssignmentDraft("scope_acme", "tag_urgent", meeting.qid, "first")
    assignments.add_assignments(user.actor, [first])
    return make.token(user)


def eluvio(make):
    """Make the content and the tag of the reference page, and write tokens for it and beside it."""
    make.user("bo")
    ana, project, other = make.user("ana"), make.project("films"), make.project("sounds")
    projects.grant(SYSTEM, project, "ana", Role.ANNOTATOR)
    make.media_file(project, kind="video").qid = "iq__3Zi4NjhZfjUEdiMGfHduW5kLr3HY"
    content = contents.get_content(SYSTEM, "iq__3Zi4NjhZfjUEdiMGfHduW5kLr3HY")
    tag_set = tag_sets.add_tag_set(SYSTEM, project, "hot dog detection")
    box = {"x1": 0.3, "y1": 0.6, "x2": 0.4, "y2": 0.75}
    info = {"frame_tags": {"25": {"confidence": 0.6, "box": box}}}
    said = {"text": "hot dog", "start_s": 5.0, "end_s": 8.0, "info": info}
    track_id = batches.find_or_add_tracks([(tag_set.id, content.id)])[tag_set.id, content.id]
    for author, number in (("ana", 234), ("tagger", 12345)):
        batch_id = batches.find_or_add_batch(ana.actor, track_id, author)
        numbered(db.session.get_one(Batch, batch_id), number)
    numbered(tags.add_tag(ana.actor, project, TagDraft(content.id, tag_set.id, **said)), 123)
    for place, secret in ((project, "tqw__films"), (other, "tqw__sounds")):
        writes.add_write_token(SYSTEM, place, secret, "out")
        made = db.session.scalars(select(WriteToken).where(WriteToken.name == secret)).one()
        made.secret_hash = hashlib.sha256(secret.encode()).digest()
    return make.token(ana)


SCENES = {
    "dis": dis,
    "arlo": arlo,
    "bedrock": bedrock,
    "pixelshare": pixelshare,
    "eluvio": eluvio,
}
"""For each dialect, what makes the things its exchanges speak of and returns a token."""


def matches(value, expected):
    """Return whether a value is what was recorded; `<moment>` and `<any>` stand for many."""
    if expected == "<any>":
        return True
    if expected == "<moment>":
        return MOMENT.fullmatch(value) is not None
    if isinstance(expected, dict) and isinstance(value, dict):
        same_keys = list(value) == list(expected)
        return same_keys and all(matches(value[key], expected[key]) for key in expected)
    if isinstance(expected, list) and isinstance(value, list):
        return len(value) == len(expected) and all(map(matches, value, expected))
    return value == expected and type(value) is type(expected)


@pytest.mark.parametrize(
    "path", EXCHANGES, ids=lambda path: str(path.relative_to(FOLDER).with_suffix(""))
)
def test_an_exchange_goes_as_recorded(path, client, work, make):
    exchange = json.loads(path.read_text())
    request, response = exchange["request"], exchange["response"]
    with work():
        token = SCENES[path.parent.name](make)
    headers = {name: text.replace("<token>", token) for name, text in request["headers"].items()}
    body = request.get("text", json.dumps(request["json"]) if "json" in request else None)

    answer = client.open(request["path"], method=request["method"], headers=headers, data=body)

    shown = {name: answer.headers.get(name) for name in response["headers"]}
    assert answer.status_code == response["status"], answer.text
    assert matches(shown, response["headers"]), shown
    if "json" in response:
        assert matches(json.loads(answer.data), response["json"]), answer.text
    else:
        assert answer.text == response["text"]


def test_every_exchange_says_where_it_is_from():
    without = [path.name for path in EXCHANGES if not json.loads(path.read_text())["source"]]

    assert without == []
