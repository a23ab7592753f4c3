"""From what a client says of a tag to the changes that a service makes."""

from typing import Any

from tagstore.models import Tag
from tagstore.services.contents import milliseconds
from tagstore.services.spans import kept_whole, shown_span
from tagstore.values import TagChanges


def tag_changes(tag: Tag, fields: dict[str, Any]) -> TagChanges:
    """Return what differs from what was shown: what comes back as it was leaves the tag alone.

    A time keeps its fraction of a millisecond so, and a text its class.
    """
    changes = TagChanges()
    start_s, end_s = shown_span(tag)
    if fields.get("start_time", milliseconds(start_s)) != milliseconds(start_s):
        changes["start_s"] = fields["start_time"] / 1000.0
    if fields.get("end_time", milliseconds(end_s)) != milliseconds(end_s):
        changes["end_s"] = fields["end_time"] / 1000.0
    if fields.get("tag", tag.words) != tag.words:
        changes["text"] = fields["tag"]
    if "frame_info" in fields:
        changes["frame_info"] = fields["frame_info"]
    if "info" in fields:
        changes["info"] = _without_score(tag, fields["info"])
    return kept_whole(tag, changes)


def _without_score(tag: Tag, info: dict[str, Any]) -> dict[str, Any]:
    """Leave out the tag's score if it comes back as it was shown there."""
    is_ours = tag.score is not None and "score" not in tag.info
    if is_ours and info.get("score") == tag.score:
        return {name: value for name, value in info.items() if name != "score"}
    return info
