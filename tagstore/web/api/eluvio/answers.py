"""The shapes of Eluvio's things as they go out."""

from typing import Any

from tagstore.models import Track
from tagstore.services import contents
from tagstore.services.contents import TagRow
from tagstore.values import LARGEST_INTEGER


def milliseconds(at_s: float) -> int:
    """Return seconds as the wire's whole milliseconds, as large as JSON readers can take."""
    return round(min(at_s * 1000, LARGEST_INTEGER // 2))


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
