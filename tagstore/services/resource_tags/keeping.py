"""The keys with values of one media file: putting, listing and removing them."""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from tagstore.db import db
from tagstore.errors import Invalid, NotFound
from tagstore.models import MediaFile, ResourceTag
from tagstore.services import events
from tagstore.services.access import Can, require
from tagstore.services.depot import depot
from tagstore.values import Actor

KEY = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff-]{1,36}")
VALUE = re.compile(r"[A-Za-z0-9._\u4e00-\u9fff-]{0,43}")
KEY_RULE = "must have 1 to 36 characters, each of A-Z, a-z, 0-9, -, _ and U+4E00 to U+9FFF"
VALUE_RULE = "must have at most 43 characters, each of A-Z, a-z, 0-9, ., -, _ and U+4E00 to U+9FFF"


class TooManyTags(Invalid):
    """The media file would have more keys than the setting allows."""


class NoSuchKey(NotFound):
    """The media file has no such key."""


def put_tags(actor: Actor, media_file: MediaFile, pairs: Sequence[tuple[str, str]]) -> None:
    """Give the media file all these keys and values, or none; a key it has gets the new value."""
    require(actor, Can.TAG, media_file.project)
    _check(pairs)
    held = _held(media_file)
    changed = {k: v for k, v in pairs if k not in held or held[k].value != v}
    if not changed:
        return
    count, most = len(held.keys() | changed.keys()), depot().settings.dis_max_tags
    if count > most:
        raise TooManyTags(f"A resource may have at most {most} tags; it would have {count}.")
    before = {key: held[key].value for key in changed if key in held}
    for key, value in changed.items():
        if key in held:
            held[key].value = value
        else:
            db.session.add(ResourceTag(media_file_id=media_file.id, key=key, value=value))
    _record(actor, media_file, before, changed)


def _check(pairs: Sequence[tuple[str, str]]) -> None:
    """Raise for the first key or value that will not do, or a key that stands twice."""
    seen: set[str] = set()
    for number, (key, value) in enumerate(pairs, 1):
        if not KEY.fullmatch(key):
            raise Invalid(f"The key of tag {number} {KEY_RULE}.")
        if not VALUE.fullmatch(value):
            raise Invalid(f"The value of tag {number} {VALUE_RULE}.")
        if key in seen:
            raise Invalid(f"The key of tag {number} stands in the request twice.")
        seen.add(key)


def list_tags(actor: Actor, media_file: MediaFile) -> Sequence[ResourceTag]:
    """Return the media file's keys and values, oldest first."""
    require(actor, Can.SEE, media_file.project)
    return _tags(media_file)


def remove_tags(actor: Actor, media_file: MediaFile, keys: Iterable[str]) -> None:
    """Take these keys from the media file; those it does not have are passed over."""
    require(actor, Can.TAG, media_file.project)
    held = _held(media_file)
    gone = {key: held[key].value for key in set(keys) & held.keys()}
    for key in gone:
        db.session.delete(held[key])
    if gone:
        _record(actor, media_file, gone, {})


def remove_tag(actor: Actor, media_file: MediaFile, key: str) -> None:
    """Take one key from the media file, which must have it."""
    require(actor, Can.TAG, media_file.project)
    if key not in {tag.key for tag in _tags(media_file)}:
        raise NoSuchKey("This resource has no tag of that key.")
    remove_tags(actor, media_file, [key])


def _tags(media_file: MediaFile) -> Sequence[ResourceTag]:
    return db.session.scalars(
        select(ResourceTag)
        .where(ResourceTag.media_file_id == media_file.id)
        .order_by(ResourceTag.id)
    ).all()


def _held(media_file: MediaFile) -> dict[str, ResourceTag]:
    """Return the tags by key, and let nobody else change them before this is kept."""
    db.session.execute(select(MediaFile.id).where(MediaFile.id == media_file.id).with_for_update())
    return {tag.key: tag for tag in _tags(media_file)}


def _record(
    actor: Actor, media_file: MediaFile, before: dict[str, str], after: dict[str, str]
) -> None:
    events.record(
        actor,
        "resource_tags.changed",
        media_file=media_file,
        before={"tags": before},
        after={"tags": after},
    )
