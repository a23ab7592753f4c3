"""Tags, one at a time, and those of a media file or project."""

from typing import Any

from flask import Response, g

from tagstore.errors import Invalid
from tagstore.services import media_files, projects, search, tag_sets, tags, vocabularies, windows
from tagstore.services.access import Can
from tagstore.values import TAG_STATUSES, TagDraft, TagQuery
from tagstore.web.api.base import body, json_response
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.answers import (
    DEFAULT,
    choice,
    decimal,
    identifier,
    many,
    merged,
    one,
    query,
    seconds,
    seen_version,
    whole,
    words,
)
from tagstore.web.api.v1.schemas import NewTagSchema, TagSchema, dump_tag

MOST_IN_A_WINDOW = 5000
MOST_BINS = 4096
DOCUMENTS = {"frame_info", "info"}
"""Fields into which a patch reaches; the others it replaces."""

new_tag_schema = NewTagSchema()
tag_changes_schema = TagSchema(partial=True)

FILTERS = {
    "start_s": seconds,
    "end_s": seconds,
    "low_hz": decimal,
    "high_hz": decimal,
    "track": identifier,
    "tag_set": whole,
    "class": whole,
    "author": words,
    "batch": whole,
    "score_gte": decimal,
    "status": choice(*TAG_STATUSES),
    "q": words,
}
RENAMED = {
    "track": "track_id",
    "tag_set": "tag_set_id",
    "class": "tag_class_id",
    "batch": "batch_id",
    "q": "text",
}


def window_limit(text: str) -> int:
    """Read how many tags of a window are wanted at most."""
    number = whole(text)
    if not 1 <= number <= MOST_IN_A_WINDOW:
        raise ValueError(f"must be from 1 to {MOST_IN_A_WINDOW}")
    return number


def bins(text: str) -> int:
    """Read into how many stretches a window is parted."""
    number = whole(text)
    if not 1 <= number <= MOST_BINS:
        raise ValueError(f"must be from 1 to {MOST_BINS}")
    return number


def tag_query(given: dict[str, Any]) -> TagQuery:
    """Return which tags the parameters ask for."""
    return TagQuery(**{RENAMED.get(name, name): given[name] for name in FILTERS if name in given})


@bp.get("/media/<media_id>/tags")
def list_tags_of_media_file(media_id: str) -> Response:
    """List the tags that show in a window of a media file."""
    given = query(**FILTERS, limit=window_limit, cursor=words)
    media_file = media_files.get_media_file(g.actor, media_id)
    page = search.find_in_media_file(
        g.actor, media_file, tag_query(given), given.get("limit", DEFAULT), given.get("cursor")
    )
    return many([dump_tag(tag) for tag in page.tags], page.next, page.total)


@bp.get("/media/<media_id>/tags/density")
def density_of_media_file(media_id: str) -> Response:
    """Count the tags of a media file by class in equal stretches of a window."""
    given = {"bins": 100, **query(start_s=seconds, end_s=seconds, bins=bins)}
    media_file = media_files.get_media_file(g.actor, media_id)
    start_s = given.get("start_s", 0.0)
    end_s = given.get("end_s", media_file.duration_s or start_s + 1.0)
    if end_s <= start_s:
        raise Invalid("That window is empty.", end_s="must be after start_s")
    found = windows.density(media_file, start_s, end_s, given["bins"])
    return json_response(
        {
            "start_s": start_s,
            "end_s": end_s,
            "bins": given["bins"],
            "total": sum(map(sum, found.values())),
            "counts": [{"class_id": key, "counts": row} for key, row in found.items()],
        }
    )


@bp.get("/tags")
def list_tags() -> Response:
    """List the tags that show in a project."""
    given = query(**FILTERS, project=words, limit=window_limit, cursor=words)
    if "project" not in given:
        raise Invalid("Say which project.", project="is required")
    project = projects.get_project(g.actor, given["project"])
    page = search.find_in_project(
        g.actor, project, tag_query(given), given.get("limit", DEFAULT), given.get("cursor")
    )
    return many([dump_tag(tag) for tag in page.tags], page.next, page.total)


@bp.post("/tags")
def add_tag() -> Response:
    """Put a tag on a media file."""
    data = body(new_tag_schema)
    media_file = media_files.get_media_file(g.actor, data.pop("media_id"), Can.TAG)
    project = media_file.project
    if "tag_set" in data:
        name = data.pop("tag_set")
        data["tag_set_id"] = tag_sets.find_or_add_tag_set(g.actor, project, name).id
    if "class_" in data:
        identifier = data.pop("class_")
        data["tag_class_id"] = vocabularies.require_known(g.actor, project, identifier).id
    draft = TagDraft(media_file_id=media_file.id, **data)
    return one(tags.add_tag(g.actor, project, draft), 201)


@bp.get("/tags/<int:tag_id>")
def get_tag(tag_id: int) -> Response:
    """Show a tag."""
    return one(tags.get_tag(g.actor, tag_id))


@bp.patch("/tags/<int:tag_id>")
def edit_tag(tag_id: int) -> Response:
    """Change some fields of a tag."""
    changes = body(tag_changes_schema)
    tag = tags.get_tag(g.actor, tag_id)
    for field in DOCUMENTS & changes.keys():
        changes[field] = merged(getattr(tag, field), changes[field])
    if changes.get("info", {}) is None:
        changes["info"] = {}
    return one(tags.edit_tag(g.actor, tag, seen_version(), **changes))


@bp.delete("/tags/<int:tag_id>")
def delete_tag(tag_id: int) -> Response:
    """Delete a tag; it can be restored for 30 days."""
    tags.delete_tag(g.actor, tags.get_tag(g.actor, tag_id), seen_version())
    return Response(status=204)


@bp.post("/tags/<int:tag_id>/restore")
def restore_tag(tag_id: int) -> Response:
    """Undo the deletion of a tag."""
    return one(tags.restore_tag(g.actor, tags.get_tag(g.actor, tag_id, also_deleted=True)))
