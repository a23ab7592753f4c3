"""Waveform peaks: exact for some minutes, from the kept extremes beyond, rough until then."""

from dataclasses import dataclass
from functools import partial

from tagstore.db import give_back
from tagstore.errors import Invalid
from tagstore.media import errands
from tagstore.media.waveform import EXACT_SAMPLES, MAX_BINS
from tagstore.services import media_files
from tagstore.services.depot import depot, sandbox
from tagstore.services.media_files.places import Source
from tagstore.services.media_files.work import peaks_key, sound_at_hand
from tagstore.services.pictures.flights import share
from tagstore.values import Actor

PEAKS_S = 30.0


@dataclass(frozen=True)
class Wave:
    """The lowest and highest sample of each of some bins of a stretch, full scale 32768."""

    start_s: float
    end_s: float
    lowest: list[int]
    highest: list[int]
    is_rough: bool


def find_peaks(
    actor: Actor,
    media_id: int | str,
    start_s: float | None,
    end_s: float | None,
    bins: int,
    channel: int | None,
) -> Wave:
    """Return the waveform of a stretch; without one, of the whole sound."""
    source = media_files.source_of(media_files.get_media_file(actor, media_id))
    give_back()  # Decoding needs no database.
    sound = sound_at_hand(source)
    start_s, end_s = _stretch(source, start_s, end_s, bins)
    rate = source.sample_rate or 1
    is_short = (end_s - start_s) * rate <= EXACT_SAMPLES
    kept = None if is_short else depot().store.kept(peaks_key(source))
    question = (start_s, end_s, bins, channel)
    if kept is not None:
        compute = partial(sandbox().run, errands.peaks_of_blocks, kept, rate, *question)
        is_rough = False
    else:
        compute = partial(sandbox().run, errands.peaks, sound, *question, timeout_s=PEAKS_S)
        is_rough = not is_short
    lowest, highest = share(("peaks", source.identity, question, is_rough), compute)
    return Wave(start_s, end_s, lowest, highest, is_rough)


def _stretch(
    source: Source, start_s: float | None, end_s: float | None, bins: int
) -> tuple[float, float]:
    start_s = start_s or 0.0
    if end_s is None:
        end_s = (source.samples or 1) / (source.sample_rate or 1)
    if not 0 <= start_s < end_s:
        raise Invalid("That stretch makes no sense.", end_s="must be after the start")
    if not 1 <= bins <= MAX_BINS:
        raise Invalid("That many bins are not offered.", bins=f"must be 1 to {MAX_BINS}")
    return start_s, end_s
