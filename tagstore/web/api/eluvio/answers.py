"""The shapes of Eluvio's things as they go out."""

from datetime import UTC
from typing import Any

from tagstore.models import Batch, Track
from tagstore.services import contents
from tagstore.services.contents import TagRow, milliseconds


def tag_response(row: TagRow) -> dict[str, Any]:
    """Return a tag; one of the whole file lasts from 0 to the file's end, if that is known."""
    start_s, end_s = row.start_s, row.end_s
    if start_s is None or end_s is None:
        start_s, end_s = 0.0, row.duration_s or 0.0
    info = row.info
    if row.score is not None and "score" not in info:
        info = {**info, "score": row.score}
    return {
        "id": str(row.id),
        "batch_id": str(row.batch_id),
        "start_time": milliseconds(start_s),
        "end_time": milliseconds(end_s),
        "tag": row.words,
        "track": row.track,
        "author": row.author,
        "source": row.source,
        "frame_info": row.frame_info,
        "additional_info": info,
        "additional_properties": info,
    }


def track_response(track: Track, qid: str) -> dict[str, str]:
    """Return a track; what nobody has said of it follows from its name."""
    return {
        "id": str(track.id),
        "qid": qid,
        "name": track.tag_set.name,
        "label": contents.shown_label(track),
        "color": contents.shown_colour(track),
        "description": contents.shown_description(track),
    }


def batch_response(batch: Batch, qid: str) -> dict[str, Any]:
    """Return a batch; to the second, as the reference page writes it."""
    made_at = batch.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "id": str(batch.id),
        "qid": qid,
        "author": batch.track_author.author,
        "track": batch.track_author.track.tag_set.name,
        "timestamp": made_at,
        "created_at": made_at,
        "additional_info": batch.info,
    }


def meta(total: int, count: int, start: int, limit: int) -> dict[str, int]:
    """Return how much of a list an answer is."""
    return {"total": total, "count": count, "start": start, "limit": limit}
