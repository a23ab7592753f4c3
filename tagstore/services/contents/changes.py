"""When the tags of a content last changed."""

from datetime import datetime

from sqlalchemy import func, or_, select

from tagstore.db import db
from tagstore.models import Event, MediaFile, Tag
from tagstore.services.access import Can, require
from tagstore.values import Actor

KINDS = ("tag.", "batch.", "track.")


def last_change(actor: Actor, media_file: MediaFile) -> datetime | None:
    """Return when the tags of a content, or what shows of them, last changed."""
    require(actor, Can.SEE, media_file.project)
    about_tags = or_(*(Event.kind.startswith(kind) for kind in KINDS))
    own = db.session.execute(
        select(Event.seq, Event.at)
        .where(Event.media_file_id == media_file.id, about_tags)
        .order_by(Event.seq.desc())
        .limit(1)
    ).first()
    seq, at = own or (0, None)
    later = db.session.execute(
        select(Event.at, Event.after["media_file_ids"])
        .where(
            Event.project_id == media_file.project_id,
            Event.media_file_id.is_(None),
            Event.kind.startswith("tag."),
            Event.seq > seq,
        )
        .order_by(Event.seq.desc())
        .execution_options(yield_per=100)
    )
    bulks = (moment for moment, ids in later if media_file.id in (ids or ()))
    return next(bulks, at) or _kept_by_tags(media_file)


def _kept_by_tags(media_file: MediaFile) -> datetime | None:
    """Return when a tag was last touched, where no event of it is kept any more."""
    columns = (func.max(Tag.updated_at), func.max(Tag.deleted_at))
    moments = db.session.execute(select(*columns).where(Tag.media_file_id == media_file.id)).one()
    return max((each for each in moments if each is not None), default=None)
