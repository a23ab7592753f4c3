"""Tags of the whole file, for those who know only tags with times."""

from tagstore.models import Tag
from tagstore.values import TagChanges


def shown_span(tag: Tag) -> tuple[float, float]:
    """Return from when to when a tag lasts; the whole file is 0 to its duration, if known."""
    if tag.start_s is None or tag.end_s is None:
        return 0.0, tag.media_file.duration_s or 0.0
    return tag.start_s, tag.end_s


def kept_whole(tag: Tag, changes: TagChanges) -> TagChanges:
    """Return changes under which a tag of the whole file stays so if its times come back as shown.

    One time alone goes with the other as it was shown.
    """
    if tag.start_s is not None or not changes.keys() & {"start_s", "end_s"}:
        return changes
    start_s, end_s = shown_span(tag)
    wanted = (changes.get("start_s", start_s), changes.get("end_s", end_s))
    if wanted == (start_s, end_s):
        wanted = (None, None)
    return TagChanges(**changes | {"start_s": wanted[0], "end_s": wanted[1]})
