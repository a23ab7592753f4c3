"""Tracks, and the batches that their tags came in."""

from typing import Any
from uuid import UUID

from flask import g

from tagstore.errors import Invalid
from tagstore.models import Batch, MediaFile, Project, Track
from tagstore.services import contents, listings, media_files, projects, tag_sets
from tagstore.values import Page
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.answers import merged
from tagstore.web.api.v1.operations import Operation
from tagstore.web.api.v1.queries import PAGED, Identifier, Paged, Words
from tagstore.web.api.v1.schemas import BatchSchema, TrackSchema
from tagstore.web.api.v1.shapes import BATCH, COUNTED_TRACK, TRACK, CountedTrack

track_changes_schema = TrackSchema(partial=True)
batch_changes_schema = BatchSchema(partial=True)


class BatchFilters(Paged):
    """Of which project, media file or track the batches are wanted, and by whom they are."""

    project = Words(metadata={"description": "The project's key."})
    media = Words(metadata={"description": "The media file's number or its qid."})
    track = Identifier()
    author = Words()


@bp.get("/media/<media_id>/tracks")
@Operation(query=PAGED, lists=COUNTED_TRACK)
def list_tracks(media_id: str, query: dict[str, Any]) -> Page[CountedTrack]:
    """List the tracks of a media file."""
    media_file = media_files.get_media_file(g.actor, media_id)
    totals = tag_sets.tag_totals_of(media_file)
    page = listings.page_of_tracks(g.actor, media_file, query["part"])
    counted = [CountedTrack(each, totals.get(each.id, 0)) for each in page.things]
    return Page(counted, page.next, page.total)


@bp.get("/tracks/<uuid:track_id>")
@Operation(shows=TRACK)
def get_track(track_id: UUID) -> Track:
    """Show a track."""
    return contents.get_track_by_id(g.actor, track_id)


@bp.patch("/tracks/<uuid:track_id>")
@Operation(body=track_changes_schema, shows=TRACK, versioned=True)
def edit_track(track_id: UUID, body: dict[str, Any], version: int | None) -> Track:
    """Change how a track looks; null leaves it to the tag set."""
    track = contents.get_track_by_id(g.actor, track_id)
    return contents.edit_track(g.actor, track, version, **body)


@bp.delete("/tracks/<uuid:track_id>")
@Operation(versioned=True)
def delete_track(track_id: UUID, version: int | None) -> None:
    """Delete a track with its tags; it can be restored for 30 days."""
    contents.delete_track(g.actor, contents.get_track_by_id(g.actor, track_id), version)


@bp.post("/tracks/<uuid:track_id>/restore")
@Operation(shows=TRACK)
def restore_track(track_id: UUID) -> Track:
    """Undo the deletion of a track."""
    track = contents.get_track_by_id(g.actor, track_id, also_deleted=True)
    return contents.restore_track(g.actor, track)


@bp.get("/batches")
@Operation(query=BatchFilters(), lists=BATCH)
def list_batches(query: dict[str, Any]) -> Page[Batch]:
    """List the batches of a project, a media file or a track, newest first."""
    scope = _scope(query)
    return listings.page_of_batches(g.actor, scope, query["part"], query.get("author"))


def _scope(query: dict[str, Any]) -> Project | MediaFile | Track:
    given = {"project", "media", "track"} & query.keys()
    if len(given) != 1:
        raise Invalid("Say of what.", project="Give project, media or track, one of them.")
    match given.pop():
        case "project":
            return projects.get_project(g.actor, query["project"])
        case "media":
            return media_files.get_media_file(g.actor, query["media"])
    return contents.get_track_by_id(g.actor, query["track"])


@bp.get("/batches/<int:batch_id>")
@Operation(shows=BATCH)
def get_batch(batch_id: int) -> Batch:
    """Show a batch."""
    return contents.get_batch_by_id(g.actor, batch_id)


@bp.patch("/batches/<int:batch_id>")
@Operation(body=batch_changes_schema, shows=BATCH, versioned=True)
def edit_batch(batch_id: int, body: dict[str, Any], version: int | None) -> Batch:
    """Change what came along with a batch."""
    batch = contents.get_batch_by_id(g.actor, batch_id)
    info = merged(batch.info, body["info"]) if "info" in body else batch.info
    return contents.edit_batch(g.actor, batch, info or {}, version)


@bp.delete("/batches/<int:batch_id>")
@Operation(versioned=True)
def delete_batch(batch_id: int, version: int | None) -> None:
    """Delete a batch with its tags; it can be restored for 30 days."""
    contents.delete_batch(g.actor, contents.get_batch_by_id(g.actor, batch_id), version)


@bp.post("/batches/<int:batch_id>/restore")
@Operation(shows=BATCH)
def restore_batch(batch_id: int) -> Batch:
    """Undo the deletion of a batch."""
    batch = contents.get_batch_by_id(g.actor, batch_id, also_deleted=True)
    return contents.restore_batch(g.actor, batch)
