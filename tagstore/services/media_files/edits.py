"""Changing what a media file is called, deleting it, bringing it back."""

from typing import TypedDict, Unpack

from sqlalchemy.exc import IntegrityError

from tagstore import clock
from tagstore.db import db
from tagstore.errors import Conflict
from tagstore.models import MediaFile
from tagstore.services import events
from tagstore.services.access import Can, require
from tagstore.services.media_files.names import checked_folder, checked_name
from tagstore.services.versions import check_version
from tagstore.values import Actor, fold


class MediaChanges(TypedDict, total=False):
    """Changes to a media file: a missing key leaves alone."""

    name: str
    folder: str


def edit_media_file(
    actor: Actor,
    media_file: MediaFile,
    version: int | None = None,
    **changes: Unpack[MediaChanges],
) -> MediaFile:
    """Apply the given changes and leave the rest alone."""
    require(actor, Can.MANAGE, media_file.project)
    check_version(media_file, version)
    name = checked_name(changes.get("name", media_file.name))
    folder = checked_folder(changes.get("folder", media_file.folder))
    if (name, folder) == (media_file.name, media_file.folder):
        return media_file
    before = {"name": media_file.name, "folder": media_file.folder}
    media_file.name, media_file.name_folded, media_file.folder = name, fold(name), folder
    db.session.flush()  # The answer shows the new version.
    after = {"name": name, "folder": folder}
    events.record(actor, "media.edited", media_file=media_file, before=before, after=after)
    return media_file


def delete_media_file(actor: Actor, media_file: MediaFile, version: int | None = None) -> None:
    """Delete a media file with its tags; it can be restored for 30 days."""
    require(actor, Can.MANAGE, media_file.project)
    check_version(media_file, version)
    media_file.deleted_at = clock.now()
    after = {"name": media_file.name}
    events.record(actor, "media.deleted", media_file=media_file, after=after)


def restore_media_file(actor: Actor, media_file: MediaFile) -> MediaFile:
    """Undo the deletion of a media file."""
    require(actor, Can.MANAGE, media_file.project)
    if media_file.deleted_at is None:
        return media_file
    media_file.deleted_at = None
    try:
        db.session.flush()  # The constraint says whether the same bytes came in meanwhile.
    except IntegrityError as error:
        raise Conflict("The same bytes are in the project again, as another file.") from error
    after = {"name": media_file.name}
    events.record(actor, "media.restored", media_file=media_file, after=after)
    return media_file
