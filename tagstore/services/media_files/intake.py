"""Bringing media files in: the bytes first, outside any transaction; then one row."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tagstore.db import apart, db
from tagstore.errors import Forbidden, NotFound, TooLarge, Unreadable
from tagstore.media import errands
from tagstore.media.decode import needs_proxy
from tagstore.media.facts import Facts
from tagstore.media.origins import Origin
from tagstore.models import MediaFile, Project
from tagstore.services import events, projects
from tagstore.services.access import Can, require
from tagstore.services.depot import depot, sandbox
from tagstore.services.media_files import work
from tagstore.services.media_files.finding import same_bytes, same_place
from tagstore.services.media_files.names import checked_folder, checked_name
from tagstore.values import Actor, fold

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
EXAMINE_S = 60.0


@dataclass(frozen=True)
class Prepared:
    """A file that is here and was looked at; only its row is missing."""

    name: str
    folder: str
    size: int
    sha256: str | None
    facts: Facts | None
    reason: str = ""
    kind: str = "audio"
    in_place_path: str | None = None
    in_place_mtime_ns: int | None = None


def receive(actor: Actor, project_key: str, stream: BinaryIO, name: str, folder: str) -> Prepared:
    """Store what is sent to a project and look at it; what is not media is thrown away again.

    Asks for permission in a short read of its own before anything is stored, so nothing else
    may be going on in the database.
    """
    name, folder = _allowed(actor, project_key, name, folder)
    limited = _Limited(stream, depot().settings.max_upload)
    sha256, size = depot().store.add(cast(BinaryIO, limited))
    return _examined_copy(sha256, size, name, folder)


def prepare_upload(path: Path, name: str, folder: str) -> Prepared:
    """Take over a file that came in piece by piece, and look at it; its old name stays.

    What is not media is thrown away again. Whoever calls has asked for permission.
    """
    sha256, size = depot().store.adopt(path)
    return _examined_copy(sha256, size, name, folder)


def prepare_path(
    actor: Actor, project_key: str, path: Path, name: str, folder: str, *, in_place: bool
) -> Prepared:
    """Copy a file of this machine in, or leave it in place, and look at it."""
    name, folder = _allowed(actor, project_key, name, folder)
    if not path.is_file():
        raise NotFound(f"There is no file {path}.")
    if in_place:
        return _examined_in_place(_below_media_roots(path), name, folder)
    sha256, size = depot().store.add(path)
    return _examined_copy(sha256, size, name, folder)


def add_media_file(actor: Actor, project: Project, prepared: Prepared) -> tuple[MediaFile, bool]:
    """Add a prepared file to a project; the same bytes are found again, not added twice.

    Returns whether the file is new here. One that was deleted is restored.
    """
    require(actor, Can.MANAGE, project)
    found = _already_there(actor, project, prepared)
    if found is not None:
        return found, False
    media_file = _row(actor, project, prepared)
    try:
        with db.session.begin_nested():
            db.session.add(media_file)
    except IntegrityError:  # Somebody else was faster with the same bytes.
        return db.session.scalars(
            select(MediaFile).where(
                MediaFile.project_id == project.id,
                MediaFile.sha256 == prepared.sha256,
                MediaFile.deleted_at.is_(None),
            )
        ).one(), False
    after = {"name": media_file.name, "state": media_file.state}
    events.record(actor, "media.added", media_file=media_file, after=after)
    work.promise(media_file)
    return media_file, True


class _Limited:
    """A stream that refuses to give more than a limit."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream = stream
        self._left = limit
        self._limit = limit

    def seekable(self) -> bool:
        """Tell whether it can be read again."""
        return self._stream.seekable()

    def tell(self) -> int:
        """Return the position."""
        return self._stream.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go somewhere; it is counted anew from there."""
        at = self._stream.seek(offset, whence)
        self._left = self._limit - at
        return at

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes."""
        block = self._stream.read(size)
        self._left -= len(block)
        if self._left < 0:
            raise TooLarge(f"The file is larger than {self._limit} bytes.")
        return block


def _allowed(actor: Actor, project_key: str, name: str, folder: str) -> tuple[str, str]:
    with apart(writing=False):
        projects.get_project(actor, project_key, Can.MANAGE)
    return checked_name(name), checked_folder(folder)


def _below_media_roots(path: Path) -> Path:
    """Return where a path really leads, if that is below a folder that the operator named."""
    real = path.resolve(strict=True)
    roots = [root.resolve() for root in depot().settings.media_roots]
    if not any(real.is_relative_to(root) for root in roots):
        named = ", ".join(map(str, depot().settings.media_roots)) or "none"
        raise Forbidden(
            f"{path} may not be registered in place: it is not below TAGSTORE_MEDIA_ROOTS "
            f"(now: {named})."
        )
    return real


def _examined_copy(sha256: str, size: int, name: str, folder: str) -> Prepared:
    finding = _examine(depot().store.origin(sha256, size), name)
    if not finding.is_media:
        _throw_away(sha256)
        raise Unreadable(f"{name}: {finding.reason}")
    return Prepared(name, folder, size, sha256, finding.facts, finding.reason, finding.kind)


def _examined_in_place(path: Path, name: str, folder: str) -> Prepared:
    status = path.stat()
    finding = _examine(path, name)
    if not finding.is_media:
        raise Unreadable(f"{name}: {finding.reason}")
    return Prepared(
        name,
        folder,
        status.st_size,
        None,
        finding.facts,
        finding.reason,
        finding.kind,
        in_place_path=str(path),
        in_place_mtime_ns=status.st_mtime_ns,
    )


def _examine(origin: Origin, name: str) -> errands.Finding:
    """Look at a file in a decoder; one that breaks the decoder is damaged media."""
    try:
        return sandbox().run(errands.examine, origin, name, timeout_s=EXAMINE_S)
    except Unreadable as error:
        return errands.Finding(None, error.message)


def _throw_away(sha256: str) -> None:
    """Remove bytes that nobody refers to."""
    with apart(writing=False):
        used = db.session.scalar(select(MediaFile.id).where(MediaFile.sha256 == sha256).limit(1))
    if used is None:
        depot().store.delete(sha256)


def _already_there(actor: Actor, project: Project, prepared: Prepared) -> MediaFile | None:
    """Return the project's file of the same bytes or in the same place, restored if need be."""
    if prepared.in_place_path is not None:
        found = same_place(project, prepared.in_place_path)
        if found is not None and found.in_place_mtime_ns != prepared.in_place_mtime_ns:
            return None
        return found
    found = same_bytes(project, prepared.sha256 or "")
    if found is None:
        return None
    if found.deleted_at is not None:
        found.deleted_at = None
        events.record(actor, "media.restored", media_file=found, after={"name": found.name})
    if found.in_place_path is not None and found.state in {"missing", "changed"}:
        found.in_place_path = found.in_place_mtime_ns = None
        found.state, found.reason = "ready", ""
        work.foresee(found)
        work.promise(found)
    db.session.flush()  # The answer shows the new version.
    return found


def _row(actor: Actor, project: Project, prepared: Prepared) -> MediaFile:
    facts = prepared.facts
    media_file = MediaFile(
        project_id=project.id,
        qid="iq__" + "".join(secrets.choice(BASE58) for _ in range(28)),
        kind=prepared.kind,
        name=prepared.name,
        name_folded=fold(prepared.name),
        folder=prepared.folder,
        size=prepared.size,
        sha256=prepared.sha256,
        in_place_path=prepared.in_place_path,
        in_place_mtime_ns=prepared.in_place_mtime_ns,
        state="ready" if facts else "failed",
        reason=prepared.reason,
        info={},
        created_by_id=actor.user_id,
    )
    media_file.project = project
    if facts is not None:
        _take_facts(media_file, facts)
    work.foresee(media_file)
    return media_file


COPIED = (
    "kind", "mimetype", "format", "codec", "duration_s", "sample_rate", "channels", "bit_depth",
    "samples", "frame_rate", "width", "height", "latitude", "longitude", "info",
)  # fmt: skip


def _take_facts(media_file: MediaFile, facts: Facts) -> None:
    for field in COPIED:
        setattr(media_file, field, getattr(facts, field))
    media_file.recorded_at, media_file.utc_offset_s = _moment(facts.recorded_at)
    if needs_proxy(facts):
        media_file.samples = None  # Counted once its sound can be read.


def _moment(recorded_at: datetime | None) -> tuple[datetime | None, int | None]:
    """Return a moment in UTC and its zone; without a zone it is taken for UTC."""
    if recorded_at is None:
        return None, None
    offset = recorded_at.utcoffset()
    if offset is None:
        return recorded_at.replace(tzinfo=UTC), None
    return recorded_at.astimezone(UTC), round(offset.total_seconds())
