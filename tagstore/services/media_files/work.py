"""What is done for a media file after it came in: its hash, its proxy, its pictures."""

import hashlib
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tagstore import clock
from tagstore.db import db, transaction
from tagstore.media import errands
from tagstore.media.spectrogram import EXACT_LEVELS, SpectrogramSpec
from tagstore.models import MediaFile, Tag
from tagstore.services import events
from tagstore.services.depot import depot, sandbox
from tagstore.services.jobs import Progress, job, later
from tagstore.services.media_files.places import (
    Source,
    locate,
    locate_sound,
    proxy_path,
    source_of,
)
from tagstore.values import SYSTEM

STEP_S = 120.0
WHOLE_S = 3600.0
HASH_BLOCK = 1 << 22
DEFAULT_SPEC = SpectrogramSpec()


def foresee(media_file: MediaFile) -> None:
    """Say whether the pictures of a media file are ready at once or still to be drawn."""
    if media_file.state != "ready":
        return
    source = source_of(media_file)
    waits = source.needs_proxy and not media_file.has_proxy
    media_file.pictures = "building" if waits or needs_pyramid(source, DEFAULT_SPEC) else "ready"


def promise(media_file: MediaFile) -> None:
    """Promise whatever a media file still needs."""
    about: dict[str, Any] = {"media_file": media_file, "media_file_id": media_file.id}
    if media_file.in_place_path is not None and media_file.sha256 is None:
        later(hash_in_place, sameness=f"hash {media_file.id}", priority=-1, **about)
    if media_file.pictures != "building":
        return
    if media_file.has_proxy or not source_of(media_file).needs_proxy:
        promise_pictures(media_file, DEFAULT_SPEC)
    else:
        later(make_proxy, sameness=f"proxy {media_file.id}", priority=10, **about)


def promise_pictures(media_file: MediaFile, spec: SpectrogramSpec, priority: int = 0) -> None:
    """Promise the zoomed-out levels of a spectrogram, once."""
    later(
        draw_pictures,
        sameness=f"pictures {media_file.id} {spec}",
        priority=priority,
        media_file=media_file,
        media_file_id=media_file.id,
        spec=str(spec),
    )


def needs_pyramid(source: Source, spec: SpectrogramSpec) -> bool:
    """Tell whether some levels of a sound are too dear to be computed when asked for."""
    return source.samples is not None and spec.top_level(source.samples) >= EXACT_LEVELS


@job
def hash_in_place(progress: Progress, media_file_id: int) -> None:
    """Hash a file that stays where it is; one that was moved is recognised by that."""
    source = _source(media_file_id)
    if source is None or source.in_place_path is None:
        return
    sha256 = _hash(locate(source), source.size or 0, progress)
    with transaction(writing=True):
        media_file = db.session.get_one(MediaFile, media_file_id)
        twin = db.session.scalar(
            select(MediaFile).where(
                MediaFile.project_id == media_file.project_id,
                MediaFile.sha256 == sha256,
                MediaFile.deleted_at.is_(None),
                MediaFile.id != media_file_id,
            )
        )
        if twin is None:
            media_file.sha256 = sha256
        else:
            _merge(twin, media_file)


@job
def make_proxy(progress: Progress, media_file_id: int) -> None:
    """Write the sound of a film so that it can be read anywhere, once."""
    source = _source(media_file_id)
    if source is None or not source.needs_proxy:
        return
    target = proxy_path(source)
    if not target.exists():
        original = locate(source)
        for share in sandbox().iterate(errands.make_proxy, original, target, timeout_s=STEP_S):
            progress.report(share, "preparing the sound")
    samples = sandbox().run(errands.length_of, target)
    with transaction(writing=True):
        media_file = db.session.get_one(MediaFile, media_file_id)
        media_file.has_proxy, media_file.samples = True, samples
        foresee(media_file)
        promise(media_file)
        _tell(media_file)


@job
def draw_pictures(progress: Progress, media_file_id: int, spec: str) -> None:
    """Draw the zoomed-out levels of a spectrogram, the waveform and the small picture."""
    source = _source(media_file_id)
    if source is None:
        return
    path, store = locate_sound(source), depot().store
    is_default = spec == str(DEFAULT_SPEC)
    place = f"tiles/{source.identity}/{spec}"
    if store.cached(f"{place}/done") is None:
        steps = sandbox().iterate(
            errands.draw_pyramid, path, spec, EXACT_LEVELS, store.root, place, timeout_s=STEP_S
        )
        for share in steps:
            progress.report(share * (0.9 if is_default else 1.0), "drawing the spectrogram")
        store.keep(f"{place}/done", b"")
    blocks = peaks_key(source)
    if is_default and store.cached(blocks) is None:
        progress.report(0.9, "drawing the waveform")
        store.keep(blocks, sandbox().run(errands.peak_blocks, path, timeout_s=WHOLE_S))
    with transaction(writing=True):
        media_file = db.session.get_one(MediaFile, media_file_id)
        if is_default:
            media_file.pictures = "ready"
        _tell(media_file, spec)


def peaks_key(source: Source) -> str:
    """Return under which key the extremes of a whole sound are kept."""
    return f"peaks/{source.identity}.npy"


def _source(media_file_id: int) -> Source | None:
    """Return how to read a file that is still there."""
    with transaction(writing=False):
        media_file = db.session.get(MediaFile, media_file_id)
        if media_file is None or media_file.deleted_at is not None:
            return None
        return source_of(media_file)


def _hash(path: Path, size: int, progress: Progress) -> str:
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(HASH_BLOCK):
            digest.update(block)
            done += len(block)
            progress.report(done / max(size, 1), "hashing")
    return digest.hexdigest()


def _merge(twin: MediaFile, newcomer: MediaFile) -> None:
    """Let one of two files of the same bytes stand: the older, where the newer is found."""
    if db.session.scalar(select(Tag.id).where(Tag.media_file_id == newcomer.id).limit(1)):
        return  # Both were worked on, so both stay.
    if twin.in_place_path is not None and not Path(twin.in_place_path).exists():
        twin.in_place_path, newcomer.in_place_path = newcomer.in_place_path, None
        twin.in_place_mtime_ns, newcomer.in_place_mtime_ns = newcomer.in_place_mtime_ns, None
        twin.state, twin.reason = "ready", ""
        foresee(twin)
        promise(twin)
        events.record(SYSTEM, "media.edited", media_file=twin, after={"name": twin.name})
    newcomer.deleted_at = clock.now()
    after = {"name": newcomer.name, "same_as": twin.id}
    events.record(SYSTEM, "media.deleted", media_file=newcomer, after=after)


def _tell(media_file: MediaFile, spec: str | None = None) -> None:
    after = {"pictures": media_file.pictures, "spec": spec}
    events.record(SYSTEM, "media.pictures", media_file=media_file, after=after)
