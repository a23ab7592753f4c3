"""Finding a content by its qid, and taking one that is kept elsewhere."""

import re

from sqlalchemy import select

from tagstore.db import db
from tagstore.errors import NotFound
from tagstore.models import MediaFile, Project, Tag
from tagstore.services import events, media_files, tags
from tagstore.services.access import Can, require
from tagstore.services.depot import depot
from tagstore.values import Actor, fold

QID = re.compile(r"iq__[A-Za-z0-9]{20,40}")


def get_content(actor: Actor, qid: str, action: Can = Can.SEE) -> MediaFile:
    """Return the media file of that public id if the actor may do this in its project."""
    if not QID.fullmatch(qid):
        raise NotFound("That is no id of a content.")
    return media_files.get_media_file(actor, qid, action)


def get_or_add_content(actor: Actor, qid: str) -> MediaFile:
    """Return a content that the actor may tag, even one that nobody has registered.

    Such a one is kept elsewhere: where the setting names a project for it, it is taken as a
    media file without bytes of that project.
    """
    if QID.fullmatch(qid) and depot().settings.external_project and not _is_registered(qid):
        return _add_external(actor, qid, depot().settings.external_project)
    return get_content(actor, qid, Can.TAG)


def get_tag(actor: Actor, media_file: MediaFile, tag_id: int) -> Tag:
    """Return a content's tag of that number."""
    tag = tags.get_tag(actor, tag_id)
    if tag.media_file_id != media_file.id:
        raise NotFound("No such tag.")
    return tag


def _is_registered(qid: str) -> bool:
    return db.session.scalar(select(MediaFile.id).where(MediaFile.qid == qid)) is not None


def _add_external(actor: Actor, qid: str, key: str) -> MediaFile:
    found = db.session.scalar(select(Project).where(Project.key == key))
    project = require(actor, Can.TAG, found)
    media_file = MediaFile(
        project=project,
        qid=qid,
        kind="external",
        name=qid,
        name_folded=fold(qid),
        state="ready",
        info={},
        created_by_id=actor.user_id,
    )
    db.session.add(media_file)
    db.session.flush()  # Its tracks need its number.
    events.record(actor, "media.added", media_file=media_file, after={"name": qid})
    return media_file
