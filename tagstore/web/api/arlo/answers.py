"""The shapes of ARLO's things as they go out."""

from collections.abc import Iterable
from itertools import repeat
from typing import Any

from flask import request

from tagstore.models import MediaFile, Project, Tag, TagClass, TagSet
from tagstore.services.spans import shown_span
from tagstore.services.tag_rows import Added
from tagstore.web.api.base import moment

PROJECT_TYPE = 1
"""ARLO numbers kinds of projects; we have one."""

MEDIA_TYPES = {"audio": 1, "video": 2, "image": 3, "external": 4}
METADATA = {
    "durationInSeconds": "duration_s",
    "sampleRate": "sample_rate",
    "numChannels": "channels",
    "bitsPerSample": "bit_depth",
    "numFrames": "samples",
    "fileSize": "size",
}


def dump_added(added: Added) -> Iterable[dict[str, Any]]:
    """Return tags that were just made, in the order in which they were sent."""
    made = zip(added.ids, added.authors, repeat(moment(added.created_at)), added.drafts)
    return [
        {
            "id": number,
            "user": author,
            "creationDate": created,
            "tagClass": draft.tag_class_id,
            "tagExample": number,
            "parentTag": draft.parent_id,
            "randomlyChosen": draft.randomly_chosen,
            "machineTagged": draft.machine_tagged,
            "userTagged": draft.user_tagged,
            "strength": draft.score,
            "tagSet": draft.tag_set_id,
            "mediaFile": draft.media_file_id,
            "startTime": draft.start_s,
            "endTime": draft.end_s,
            "minFrequency": draft.low_hz,
            "maxFrequency": draft.high_hz,
        }
        for number, author, created, draft in made
    ]


def dump_tag(tag: Tag) -> dict[str, Any]:
    """Return a tag; one of the whole file lasts as long as the file."""
    start_s, end_s = shown_span(tag)
    return {
        "id": tag.id,
        "user": tag.created_by_id,
        "creationDate": moment(tag.created_at),
        "tagClass": tag.tag_class_id,
        "tagExample": tag.id,
        "parentTag": tag.parent_id,
        "randomlyChosen": tag.randomly_chosen,
        "machineTagged": tag.machine_tagged,
        "userTagged": tag.user_tagged,
        "strength": tag.score,
        "tagSet": tag.tag_set_id,
        "mediaFile": tag.media_file_id,
        "startTime": start_s,
        "endTime": end_s,
        "minFrequency": tag.low_hz,
        "maxFrequency": tag.high_hz,
    }


def dump_tag_set(tag_set: TagSet) -> dict[str, Any]:
    """Return a tag set."""
    return {
        "id": tag_set.id,
        "user": tag_set.created_by_id,
        "project": tag_set.project_id,
        "name": tag_set.name,
        "hidden": tag_set.hidden,
        "creationDate": moment(tag_set.created_at),
    }


def dump_tag_class(tag_class: TagClass) -> dict[str, Any]:
    """Return a class."""
    return {
        "id": tag_class.id,
        "user": tag_class.created_by_id,
        "project": tag_class.project_id,
        "className": tag_class.identifier,
        "displayName": tag_class.label,
    }


def dump_project(project: Project) -> dict[str, Any]:
    """Return a project."""
    return {
        "id": project.id,
        "type": PROJECT_TYPE,
        "name": project.name,
        "creationDate": moment(project.created_at),
        "user": project.created_by_id,
    }


def dump_media_file(media_file: MediaFile) -> dict[str, Any]:
    """Return a media file; what is known of it stands in its metadata, as text."""
    known = {name: getattr(media_file, field) for name, field in METADATA.items()}
    said = [(name, str(value)) for name, value in known.items() if value is not None]
    return {
        "id": media_file.id,
        "project": media_file.project_id,
        "file": f"{request.host_url}api/v1/media/{media_file.id}/file",
        "user": media_file.created_by_id,
        "type": MEDIA_TYPES[media_file.kind],
        "active": media_file.state == "ready",
        "alias": media_file.name,
        "uploadDate": moment(media_file.created_at),
        "realStartTime": moment(media_file.recorded_at),
        "md5": None,
        "mediafilemetadata_set": [
            {"id": number, "name": name, "value": value}
            for number, (name, value) in enumerate(said, 1)
        ],
    }
