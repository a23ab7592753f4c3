"""How far uploads are: one's own, one by one and in a list."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from tagstore import clock
from tagstore.db import apart, db
from tagstore.errors import Gone, NotFound
from tagstore.models import Upload
from tagstore.services.paging import paged
from tagstore.services.uploads import partials
from tagstore.values import Actor, Page, Part


@dataclass(frozen=True)
class Draft:
    """A file as somebody announces it; `metadata` is what they said of it, as they said it."""

    project_key: str
    name: str
    folder: str
    length: int
    metadata: str


@dataclass(frozen=True)
class Standing:
    """How far an upload is. `offset` bytes are on disk here, whatever happens to the process."""

    public_id: str
    project_key: str
    name: str
    folder: str
    length: int
    offset: int
    state: str
    reason: str
    metadata: str
    sha256: str | None
    media_file_id: int | None
    created_at: datetime
    expires_at: datetime

    @property
    def is_open(self) -> bool:
        """Tell whether something is still to be done."""
        return self.state == "open"

    @property
    def is_whole(self) -> bool:
        """Tell whether all bytes are here."""
        return self.offset == self.length


@dataclass(frozen=True)
class Finished:
    """The media file that an upload has become, and whether its bytes were new here."""

    media_file_id: int
    is_new: bool


def get_upload(actor: Actor, public_id: str) -> Upload:
    """Return one of the actor's own uploads, one that is over too."""
    upload = db.session.scalar(
        select(Upload)
        .join(Upload.project)
        .options(contains_eager(Upload.project))
        .where(Upload.public_id == public_id, Upload.created_by_id == actor.user_id)
    )
    if upload is None:
        raise NotFound("No such upload.")
    return upload


def standing_of(upload: Upload) -> Standing:
    """Return how far an upload is.

    What was acknowledged and is on disk counts, so that a disk that lost something is believed,
    and nothing is that was written when the process or the machine stopped.
    """
    is_over = upload.checksum is not None
    reason = str(upload.info.get("reason", ""))
    on_disk = upload.length if is_over else partials.size_of(upload.public_id)
    return Standing(
        public_id=upload.public_id,
        project_key=upload.project.key,
        name=upload.name,
        folder=upload.folder,
        length=upload.length,
        offset=min(upload.offset, on_disk),
        state="open" if not is_over else "refused" if reason else "finished",
        reason=reason,
        metadata=str(upload.info.get("metadata", "")),
        sha256=upload.checksum,
        media_file_id=upload.media_file_id,
        created_at=upload.created_at,
        expires_at=upload.expires_at,
    )


def standing_apart(actor: Actor, public_id: str) -> Standing:
    """Return how far an upload is that is neither expired nor refused, in a read of its own."""
    with apart(writing=False):
        standing = standing_of(get_upload(actor, public_id))
    if standing.expires_at <= clock.now():
        raise Gone("This upload has expired; nothing of it is kept. Begin it anew.")
    if standing.state == "refused":
        raise Gone(f"This upload was refused; nothing of it is kept. {standing.reason}")
    return standing


def finished(actor: Actor, public_id: str) -> Finished:
    """Return what one of the actor's uploads has become."""
    upload = get_upload(actor, public_id)
    if upload.media_file_id is None:
        raise NotFound("That upload is no media file.")
    return Finished(upload.media_file_id, bool(upload.info.get("is_new")))


def page_of_uploads(actor: Actor, part: Part) -> Page[Standing]:
    """Return the actor's uploads that are still open, newest first."""
    query = (
        select(Upload)
        .join(Upload.project)
        .options(contains_eager(Upload.project))
        .where(
            Upload.created_by_id == actor.user_id,
            Upload.checksum.is_(None),
            Upload.expires_at > clock.now(),
        )
    )
    page = paged(query, [Upload.id], part, is_down=True)
    return Page([standing_of(each) for each in page.things], page.next, page.total)
