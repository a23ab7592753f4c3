"""Where the bytes of a media file are, and whether they are still the ones registered."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update

from tagstore.db import apart, db, give_back
from tagstore.errors import Busy, Conflict, NotFound, Unreadable
from tagstore.media.origins import Origin
from tagstore.media.store import MISSING as NOT_KEPT
from tagstore.models import MediaFile
from tagstore.services.depot import depot

MISSING = "The file is no longer where it was registered."
CHANGED = "The file has changed since it was registered."
REASONS = {"missing": MISSING, "changed": CHANGED, "ready": ""}


@dataclass(frozen=True)
class Source:
    """What is needed to read a media file once the database is given back."""

    id: int
    kind: str
    name: str
    mimetype: str
    state: str
    reason: str
    sha256: str | None
    size: int | None
    in_place_path: str | None
    in_place_mtime_ns: int | None
    needs_proxy: bool
    has_proxy: bool
    pictures: str
    duration_s: float | None
    sample_rate: int | None
    channels: int | None
    samples: int | None

    @property
    def identity(self) -> str:
        """A name for these very bytes, under which what is computed from them is kept."""
        if self.in_place_path is None:
            return self.sha256 or f"none-{self.id}"
        place = f"{self.in_place_path}\0{self.size}\0{self.in_place_mtime_ns}"
        return f"at-{hashlib.sha256(place.encode()).hexdigest()[:40]}"


COPIED = (
    "id", "kind", "name", "mimetype", "state", "reason", "sha256", "size", "in_place_path",
    "in_place_mtime_ns", "has_proxy", "pictures", "duration_s", "sample_rate", "channels",
    "samples",
)  # fmt: skip


def source_of(media_file: MediaFile) -> Source:
    """Return how to read a media file, as plain values."""
    # FFmpeg's codec names are in small letters; the rule of tagstore.media.decode.needs_proxy.
    codec = str(media_file.info.get("sound_codec", media_file.codec))
    needs_proxy = media_file.sample_rate is not None and codec != codec.upper()
    return Source(
        **{field: getattr(media_file, field) for field in COPIED}, needs_proxy=needs_proxy
    )


def locate(source: Source) -> Origin:
    """Return where the original bytes are.

    What is registered in place is looked at each time; that it vanished, changed or came back
    is written down in a short transaction of its own, so nothing else may be going on.
    """
    if source.in_place_path is None:
        if source.sha256 is None:
            raise NotFound(NOT_KEPT)
        return depot().store.origin(source.sha256, source.size)
    path = Path(source.in_place_path)
    state = state_in_place(path, source.size, source.in_place_mtime_ns)
    if state != source.state and source.state in REASONS:
        _note(source.id, state)
    if state != "ready":
        raise Conflict(REASONS[state])
    return path


def locate_apart(source: Source) -> Origin:
    """Return where the original bytes are, once the database is given back."""
    give_back()
    return locate(source)


def locate_sound(source: Source) -> Origin:
    """Return where sound that can be read anywhere is: the original or its proxy."""
    if source.sample_rate is None:
        if source.state == "failed":
            raise Unreadable(source.reason)
        raise NotFound("This file has no sound.")
    original = locate(source)
    if not source.needs_proxy:
        return original
    proxy = depot().store.kept(proxy_key(source)) if source.has_proxy else None
    if proxy is None:
        raise Busy("The sound of this file is being prepared.")
    return proxy


def proxy_key(source: Source) -> str:
    """Return under which key the readable copy of a film's sound is kept."""
    return f"proxies/{source.identity}.flac"


def state_in_place(path: Path, size: int | None, mtime_ns: int | None) -> str:
    """Return whether a file registered in place is `ready`, `missing` or `changed`."""
    try:
        status = path.stat()
    except OSError:
        return "missing"
    return "ready" if (status.st_size, status.st_mtime_ns) == (size, mtime_ns) else "changed"


def _note(media_file_id: int, state: str) -> None:
    with apart(writing=True):
        db.session.execute(
            update(MediaFile)
            .where(MediaFile.id == media_file_id, MediaFile.state.in_(REASONS))
            .values(state=state, reason=REASONS[state], version=MediaFile.version + 1)
        )
