"""When recordings begin, as their recorders told it."""

from datetime import datetime, timedelta, timezone


def began_at(at: datetime | None, utc_offset_s: int | None) -> datetime | None:
    """Return when a recording begins, by its recorder's clock: without a zone if it told none."""
    if at is None or utc_offset_s is None:
        return at and at.replace(tzinfo=None)
    return at.astimezone(timezone(timedelta(seconds=utc_offset_s)))
