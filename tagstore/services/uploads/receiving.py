"""Receiving a file piece by piece, and making a media file of it when it is whole."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

from sqlalchemy import func, select, update

from tagstore import clock
from tagstore.db import apart, db
from tagstore.errors import (
    Conflict,
    Forbidden,
    Full,
    Gone,
    Invalid,
    NotFound,
    Spoilt,
    TooLarge,
    Unauthenticated,
    Unreadable,
)
from tagstore.models import Upload, User
from tagstore.services import media_files, projects
from tagstore.services.access import Can
from tagstore.services.depot import depot
from tagstore.services.media_files.names import checked_folder, checked_name
from tagstore.services.uploads import partials
from tagstore.services.uploads.standing import (
    Draft,
    Standing,
    get_upload,
    standing_apart,
    standing_of,
)
from tagstore.values import Actor

KEPT = timedelta(days=7)
"""How long an upload waits for its next piece, and is remembered when it is over."""

MOST_OPEN = 100
MOST_BYTES = 1 << 40
"""How many uploads one may have open at once, and how many bytes they may announce together."""


@dataclass(frozen=True)
class Part:
    """A piece of a file: where it begins, how long it is, its bytes and what they hash to."""

    offset: int
    size: int
    stream: BinaryIO
    checksum: partials.Checksum | None = None


def begin(actor: Actor, draft: Draft) -> Standing:
    """Announce a file that will come in pieces."""
    project = projects.get_project(actor, draft.project_key, Can.MANAGE)
    name, folder = checked_name(draft.name), checked_folder(draft.folder)
    _check_room(_owner(actor), draft.length)
    upload = Upload(
        public_id=secrets.token_urlsafe(24),
        project_id=project.id,
        name=name,
        folder=folder,
        length=draft.length,
        info={"metadata": draft.metadata},
        created_by_id=actor.user_id,
        expires_at=clock.now() + KEPT,
    )
    upload.project = project
    db.session.add(upload)
    db.session.flush()  # The answer shows when it was created.
    return standing_of(upload)


def begin_with(actor: Actor, draft: Draft, part: Part) -> Standing:
    """Announce a file and keep its first piece; without the one there is not the other."""
    if part.size > draft.length:
        raise _too_long(0, part.size, draft.length)
    with apart(writing=True):
        public_id = begin(actor, draft).public_id
    try:
        return append(actor, public_id, part)
    except (Full, Spoilt):
        remove_upload(actor, public_id)
        raise


def append(actor: Actor, public_id: str, part: Part) -> Standing:
    """Keep the next piece of a file; it is on disk when this returns.

    The last piece makes the media file. Nothing else may be going on in the database.
    """
    standing_apart(actor, public_id)
    with partials.held(public_id) as partial:
        standing = _still_open(actor, public_id, partial)
        if part.offset != standing.offset:
            raise Conflict(
                f"The next byte wanted is number {standing.offset}, not {part.offset}. Nothing "
                "was changed; go on from there."
            )
        if part.offset + part.size > standing.length:
            raise _too_long(part.offset, part.size, standing.length)
        if not standing.is_open:
            return standing
        _require_manager(actor, standing)
        if part.size:
            end = partial.append(part.stream, part.offset, part.checksum)
            _acknowledge(public_id, end)
        return _settled(actor, public_id, partial)


def settle(actor: Actor, public_id: str) -> Standing:
    """Return how far an upload is; one that is whole becomes a media file, if it is not one yet.

    So it does if the process was stopped between the last piece and the media file; if it was
    stopped after that, the received bytes go now.
    """
    standing = standing_apart(actor, public_id)
    if actor.read_only or not standing.is_whole:
        return standing
    if not standing.is_open:
        partials.discard(public_id)
        return standing
    with partials.held(public_id) as partial:
        return _settled(actor, public_id, partial)


def remove_upload(actor: Actor, public_id: str) -> None:
    """End one of the actor's uploads and remove its bytes; a media file that it became stays."""
    _owner(actor)
    with apart(writing=False):
        get_upload(actor, public_id)
    with partials.held(public_id) as partial:
        with apart(writing=True):
            db.session.delete(get_upload(actor, public_id))
        partial.remove()


def _owner(actor: Actor) -> int:
    """Return whose upload it is, or raise when there is nobody, or nothing may be changed."""
    if actor.user_id is None:
        raise Unauthenticated("Sign in first.")
    if actor.read_only:
        raise Forbidden("This credential only reads.")
    return actor.user_id


def _check_room(user_id: int, length: int) -> None:
    """Refuse what is too large, or more than one may have open at once, or than the disk takes."""
    most = depot().settings.max_upload
    if length > most:
        raise TooLarge(f"The file is larger than {most} bytes.")
    if length < 1:
        raise Invalid("An empty file is no media.", length="must be 1 or more")
    db.session.scalar(select(User.id).where(User.id == user_id).with_for_update())
    count, announced = db.session.execute(
        select(func.count(Upload.id), func.coalesce(func.sum(Upload.length), 0)).where(
            Upload.created_by_id == user_id,
            Upload.checksum.is_(None),
            Upload.expires_at > clock.now(),
        )
    ).one()
    if count >= MOST_OPEN:
        raise Full(f"You have {count} uploads open. Finish or end one before you begin another.")
    if int(announced) + length > MOST_BYTES:
        raise Full(
            f"Your open uploads have {announced} bytes; with this one they would have more than "
            f"{MOST_BYTES}. Finish or end some first."
        )
    if length > partials.room():
        raise Full(f"The disk has room for {partials.room()} bytes only. Nothing was begun.")


def _require_manager(actor: Actor, standing: Standing) -> None:
    """Raise unless the actor may still add media to the project."""
    _owner(actor)
    with apart(writing=False):
        projects.get_project(actor, standing.project_key, Can.MANAGE)


def _still_open(actor: Actor, public_id: str, partial: partials.Partial) -> Standing:
    """Return how far an upload is now that nobody else changes it."""
    try:
        standing = standing_apart(actor, public_id)
    except (Gone, NotFound):
        partial.remove()
        raise
    if not standing.is_open:
        partial.remove()
    return standing


def _too_long(offset: int, size: int, length: int) -> Invalid:
    return Invalid(
        f"The file was announced with {length} bytes; {size} more after {offset} are too many. "
        "Nothing of them was kept."
    )


def _acknowledge(public_id: str, offset: int) -> None:
    """Write down how far the file is on disk; it now waits anew for its next piece."""
    with apart(writing=True):
        db.session.execute(
            update(Upload)
            .where(Upload.public_id == public_id)
            .values(offset=offset, expires_at=clock.now() + KEPT)
        )


def _settled(actor: Actor, public_id: str, partial: partials.Partial) -> Standing:
    """Make the media file of an upload that is whole, once."""
    standing = _still_open(actor, public_id, partial)
    if not (standing.is_open and standing.is_whole):
        return standing
    _require_manager(actor, standing)
    try:
        prepared = media_files.prepare_upload(partial.path, standing.name, standing.folder)
    except Unreadable as error:
        _refuse(public_id, error.message)
        partial.remove()
        raise
    with apart(writing=True):
        upload = get_upload(actor, public_id)
        media_file, is_new = media_files.add_media_file(actor, upload.project, prepared)
        upload.media_file_id, upload.checksum = media_file.id, prepared.sha256
        upload.info = {**upload.info, "is_new": is_new}
        upload.expires_at = clock.now() + KEPT
        standing = standing_of(upload)
    partial.remove()
    return standing


def _refuse(public_id: str, reason: str) -> None:
    """Remember for a while that a file was not media."""
    with apart(writing=True):
        upload = db.session.scalars(select(Upload).where(Upload.public_id == public_id)).one()
        upload.checksum, upload.info = "", {**upload.info, "reason": reason}
