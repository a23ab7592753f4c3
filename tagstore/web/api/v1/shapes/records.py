"""What the store keeps of its own work, as it goes out."""

from typing import Any

from marshmallow import fields, validate

from tagstore.models import Event
from tagstore.services.events import News
from tagstore.values import JOB_STATES
from tagstore.web.api.v1.shown import Moment, Shown

MOST_IDS = 1000


def _after(event: Event | News, name: str) -> Any:
    return (event.after or {}).get(name)


def _ids(event: Event | News) -> list[int] | None:
    """Return the tags that it was about, unless they are many, or of many files."""
    ids: list[int] = _after(event, "ids") or []
    return None if len(ids) > MOST_IDS or _after(event, "media_file_ids") is not None else ids


class ShownJob(Shown):
    """Work that was promised."""

    has_version = False
    id = fields.Integer()
    function = fields.String()
    media_id = fields.Integer(attribute="media_file_id", allow_none=True)
    state = fields.String(validate=validate.OneOf(JOB_STATES))
    progress = fields.Float(validate=validate.Range(0, 1))
    message = fields.String()
    tries = fields.Integer()
    created_at = Moment()
    started_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)


class ShownEvent(Shown):
    """Something that happened; `ids` are the tags it was about, null when they are too many."""

    has_version = False
    seq = fields.Integer()
    kind = fields.String()
    media_id = fields.Integer(attribute="media_file_id", allow_none=True)
    actor = fields.String(attribute="actor_name")
    at = Moment()
    ids = fields.List(fields.Integer(), allow_none=True, metadata={"read": _ids})
    count = fields.Integer(metadata={"read": lambda event: len(_after(event, "ids") or [])})
    start_s = fields.Float(allow_none=True, metadata={"read": lambda e: _after(e, "start_s")})
    end_s = fields.Float(allow_none=True, metadata={"read": lambda e: _after(e, "end_s")})
    request_id = fields.String()


JOB = ShownJob()
EVENT = ShownEvent()
