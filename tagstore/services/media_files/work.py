"""What is done for a media file after it came in: its hash, its proxy, its pictures."""

import hashlib
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tagstore import clock
from tagstore.db import apart, db, transaction
from tagstore.errors import Unreadable
from tagstore.media import errands
from tagstore.media.origins import Origin
from tagstore.media.spectrogram import EXACT_LEVELS, SpectrogramSpec
from tagstore.models import MediaFile, Tag
from tagstore.services import events
from tagstore.services.depot import depot, sandbox
from tagstore.services.jobs import Progress, is_promised, job, later
from tagstore.services.media_files.places import (
    Source,
    locate,
    locate_sound,
    proxy_key,
    source_of,
)
from tagstore.values import SYSTEM

STEP_S = 120.0
WHOLE_S = 3600.0
HASH_BLOCK = 1 << 22
WAVEFORM_AT = 0.9
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
        sameness=_same_pictures(media_file.id, spec),
        priority=priority,
        media_file=media_file,
        media_file_id=media_file.id,
        spec=str(spec),
    )


def pictures_are_promised(media_file_id: int, spec: SpectrogramSpec) -> bool:
    """Tell whether a job for the zoomed-out levels waits or runs."""
    return is_promised(_same_pictures(media_file_id, spec))


def _same_pictures(media_file_id: int, spec: SpectrogramSpec) -> str:
    return f"pictures {media_file_id} {spec}"


def sound_at_hand(source: Source) -> Origin:
    """Return where sound that can be read anywhere is; a proxy that was lost is made anew.

    Nothing else may be going on in the database.
    """
    if source.needs_proxy and source.has_proxy and _proxy(source) is None:
        with apart(writing=True):
            media_file = db.session.get_one(MediaFile, source.id)
            media_file.has_proxy, media_file.pictures = False, "building"
            promise(media_file)
    return locate_sound(source)


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
    with progress.ending():
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
    try:
        samples = _proxy_samples(source, progress)
    except Unreadable as error:
        with progress.ending(failure=error.message):
            _give_up(media_file_id, error.message)
        raise
    with progress.ending():
        media_file = db.session.get_one(MediaFile, media_file_id)
        media_file.has_proxy, media_file.samples = True, samples
        foresee(media_file)
        promise(media_file)
        _tell(media_file)


def _proxy_samples(source: Source, progress: Progress) -> int:
    """Write the proxy unless it is there, and count its samples."""
    proxy = _proxy(source)
    if proxy is not None:
        return sandbox().run(errands.length_of, proxy)
    original = locate(source)
    with depot().store.making(proxy_key(source)) as target:
        for share in sandbox().iterate(errands.make_proxy, original, target, timeout_s=STEP_S):
            progress.report(share, "preparing the sound")
        return sandbox().run(errands.length_of, target)


def _proxy(source: Source) -> Origin | None:
    return depot().store.kept(proxy_key(source))


def _give_up(media_file_id: int, reason: str) -> None:
    """Say on the media file that its sound cannot be had; its pictures can still be seen."""
    media_file = db.session.get_one(MediaFile, media_file_id)
    media_file.state, media_file.reason, media_file.pictures = "failed", reason, "none"
    events.record(SYSTEM, "media.failed", media_file=media_file, after={"reason": reason})


@job
def draw_pictures(progress: Progress, media_file_id: int, spec: str) -> None:
    """Draw the zoomed-out levels of a spectrogram; of the default one, the rest too."""
    source = _source(media_file_id)
    if source is None:
        return
    sound = locate_sound(source)
    is_default = spec == str(DEFAULT_SPEC)
    _draw_pyramid(source, sound, spec, progress)
    if is_default:
        progress.report(WAVEFORM_AT, "drawing the waveform")
        _draw_waveform(source, sound)
    with progress.ending():
        media_file = db.session.get_one(MediaFile, media_file_id)
        if is_default:
            media_file.pictures = "ready"
        _tell(media_file, spec)


def _draw_pyramid(source: Source, sound: Origin, spec: str, progress: Progress) -> None:
    """Keep every tile of the upper levels, unless they are kept already."""
    store, place = depot().store, f"tiles/{source.identity}/{spec}"
    if store.cached(f"{place}/done") is not None:
        return
    steps = sandbox().iterate(
        errands.draw_pyramid, sound, spec, EXACT_LEVELS, store, place, timeout_s=STEP_S
    )
    for share in steps:
        progress.report(share * WAVEFORM_AT, "drawing the spectrogram")
    store.keep(f"{place}/done", b"")


def _draw_waveform(source: Source, sound: Origin) -> None:
    store, key = depot().store, peaks_key(source)
    if store.cached(key) is None:
        store.keep(key, sandbox().run(errands.peak_blocks, sound, timeout_s=WHOLE_S))


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


def _hash(origin: Origin, size: int, progress: Progress) -> str:
    digest, done = hashlib.sha256(), 0
    with origin.open("rb") as file:
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
