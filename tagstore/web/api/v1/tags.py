"""Tags, one at a time, and those of a media file or project."""

from dataclasses import dataclass
from typing import Any, cast

from flask import g

from tagstore.errors import Invalid
from tagstore.models import Tag
from tagstore.services import media_files, projects, search, tag_sets, tags, vocabularies, windows
from tagstore.services.access import Can
from tagstore.services.search import SeenTag
from tagstore.values import TAG_STATUSES, Page, Part, TagChanges, TagDraft, TagQuery
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.answers import merged
from tagstore.web.api.v1.operations import Operation
from tagstore.web.api.v1.queries import (
    DEFAULT,
    Decimal,
    Identifier,
    OfProject,
    Paged,
    Query,
    Whole,
    Words,
    between,
    one_of,
    seconds,
)
from tagstore.web.api.v1.schemas import NewTagSchema, TagSchema
from tagstore.web.api.v1.shapes import DENSITY, TAG

MOST_IN_A_WINDOW = 5000
MOST_BINS = 4096
DOCUMENTS = {"frame_info", "info"}
"""Fields into which a patch reaches; the others it replaces."""

new_tag_schema = NewTagSchema()
tag_changes_schema = TagSchema(partial=True)


class TagFilters(Query):
    """Which tags are wanted."""

    start_s = seconds()
    end_s = seconds()
    low_hz = Decimal()
    high_hz = Decimal()
    track_id = Identifier(data_key="track")
    tag_set_id = Whole(data_key="tag_set")
    tag_class_id = Whole(data_key="class")
    author = Words()
    batch_id = Whole(data_key="batch")
    score_gte = Decimal()
    score_lte = Decimal()
    status = Words(validate=one_of(*TAG_STATUSES))
    text = Words(
        data_key="q", metadata={"description": "Any part of the class's label or the text."}
    )


class TagPage(TagFilters, Paged):
    """Which tags are wanted, and how many of them."""

    limit = Whole(
        load_default=DEFAULT,
        validate=between(1, MOST_IN_A_WINDOW),
        metadata={"description": "How many at most."},
    )


class TagFiltersOfMediaFile(TagPage):
    """Which tags of a media file are wanted, in which order."""

    sort = Words(load_default=search.BY_START, validate=one_of(*search.TAG_SORTS))


class TagFiltersOfProject(TagPage, OfProject):
    """Which tags of which project are wanted."""

    text = Words(
        data_key="q",
        metadata={
            "description": "Beginnings of words of the class's label or the text, all of them; "
            "without any letter or digit, any part."
        },
    )


class Window(Query):
    """A window of a media file, and into how many stretches it is parted."""

    start_s = seconds()
    end_s = seconds()
    bins = Whole(load_default=100, validate=between(1, MOST_BINS))


@bp.get("/media/<media_id>/tags")
@Operation(query=TagFiltersOfMediaFile(), lists=TAG)
def list_tags_of_media_file(media_id: str, query: dict[str, Any]) -> Page[SeenTag]:
    """List the tags that show in a window of a media file."""
    part: Part = query.pop("part")
    how = {"is_exact": part.is_exact, "sort": query.pop("sort")}
    media_file = media_files.see_media_file(g.actor, media_id)
    wanted = TagQuery(**query)
    return search.find_in_media_file(g.actor, media_file, wanted, part.limit, part.cursor, **how)


@dataclass(frozen=True)
class CountsOfClass:
    """How many tags of one class begin in each stretch."""

    class_id: int | None
    counts: list[int]


@dataclass(frozen=True)
class Density:
    """How many tags begin in equal stretches of a window."""

    start_s: float
    end_s: float
    bins: int
    total: int
    counts: list[CountsOfClass]


@bp.get("/media/<media_id>/tags/density")
@Operation(query=Window(), shows=DENSITY)
def density_of_media_file(media_id: str, query: dict[str, Any]) -> Density:
    """Count the tags of a media file by class in equal stretches of a window."""
    media_file = media_files.get_media_file(g.actor, media_id)
    start_s = query.get("start_s", 0.0)
    end_s = query.get("end_s", media_file.duration_s or start_s + 1.0)
    if end_s <= start_s:
        raise Invalid("That window is empty.", end_s="must be after start_s")
    found = windows.density(media_file, start_s, end_s, query["bins"])
    counts = [CountsOfClass(key, row) for key, row in found.items()]
    return Density(start_s, end_s, query["bins"], sum(map(sum, found.values())), counts)


@bp.get("/tags")
@Operation(query=TagFiltersOfProject(), lists=TAG)
def list_tags(query: dict[str, Any]) -> Page[SeenTag]:
    """List the tags that show in a project."""
    part: Part = query.pop("part")
    project = projects.get_project(g.actor, query.pop("project"))
    return search.find_in_project(
        g.actor, project, TagQuery(**query), part.limit, part.cursor, is_exact=part.is_exact
    )


@bp.post("/tags")
@Operation(body=new_tag_schema, shows=TAG, status=201)
def add_tag(body: dict[str, Any]) -> SeenTag:
    """Put a tag on a media file."""
    media_file = media_files.see_media_file(g.actor, body.pop("media_id"), Can.TAG)
    project = media_file.project
    if "tag_set" in body:
        name = body.pop("tag_set")
        body["tag_set_id"] = tag_sets.find_or_add_tag_set(g.actor, project, name).id
    if "class_" in body:
        identifier = body.pop("class_")
        body["tag_class_id"] = vocabularies.require_known(g.actor, project, identifier).id
    draft = TagDraft(media_file_id=media_file.id, **body)
    return tags.see_tag(g.actor, tags.add_tags(g.actor, project, [draft]).ids[0])


@bp.get("/tags/<int:tag_id>")
@Operation(shows=TAG)
def get_tag(tag_id: int) -> SeenTag:
    """Show a tag."""
    return tags.see_tag(g.actor, tag_id)


@bp.patch("/tags/<int:tag_id>")
@Operation(body=tag_changes_schema, shows=TAG, versioned=True)
def edit_tag(tag_id: int, body: dict[str, Any], version: int | None) -> Tag:
    """Change some fields of a tag."""
    tag = tags.get_tag(g.actor, tag_id)
    return tags.edit_tag(g.actor, tag, version, **patched(tag, body))


def patched(now: Tag | TagDraft, patch: dict[str, Any]) -> TagChanges:
    """Return what a merge patch changes in a tag."""
    changes = dict(patch)
    for field in DOCUMENTS & changes.keys():
        changes[field] = merged(getattr(now, field), changes[field])
    if changes.get("info", {}) is None:
        changes["info"] = {}
    return cast(TagChanges, changes)


@bp.delete("/tags/<int:tag_id>")
@Operation(versioned=True)
def delete_tag(tag_id: int, version: int | None) -> None:
    """Delete a tag; it can be restored for 30 days."""
    tags.delete_tag(g.actor, tags.get_tag(g.actor, tag_id), version)


@bp.post("/tags/<int:tag_id>/restore")
@Operation(shows=TAG)
def restore_tag(tag_id: int) -> Tag:
    """Undo the deletion of a tag."""
    return tags.restore_tag(g.actor, tags.get_tag(g.actor, tag_id, also_deleted=True))
