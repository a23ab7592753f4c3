"""What decoding children are asked to do: origins and plain values in, plain values out."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import zstandard

from tagstore.errors import Unreadable
from tagstore.media import cut, frames, paint, pyramid, waveform
from tagstore.media.clips.pieces import WavClip, write_flac
from tagstore.media.decode import count_samples, open_sound, write_proxy
from tagstore.media.facts import Facts
from tagstore.media.origins import Origin
from tagstore.media.probe import probe
from tagstore.media.sniff import sniff
from tagstore.media.spectra import Grey
from tagstore.media.spectrogram import SpectrogramSpec, grey_png, grey_zstd, rough_tile, tile
from tagstore.media.store import Cache

FRAME_SHARE = 0.1


@dataclass(frozen=True)
class Finding:
    """What a look at some bytes found: facts, or why there are none."""

    facts: Facts | None
    reason: str = ""
    is_media: bool = True
    """False when the bytes are nothing we know, rather than damaged media."""

    kind: str = "audio"
    """What it seems to be, damaged as it may be."""


KINDS = {"soundfile": "audio", "av": "video", "pillow": "image"}


def examine(origin: Origin, name: str) -> Finding:
    """Find out what a file is; what is wrong with it is part of the answer."""
    try:
        kind = KINDS[sniff(origin).reader]
    except Unreadable as error:
        return Finding(None, error.message, is_media=False)
    except OSError:
        return Finding(None, "The file cannot be opened.", is_media=False)
    try:
        return Finding(probe(origin, name))
    except Unreadable as error:
        return Finding(None, error.message, kind=kind)


def grey_tile(origin: Origin, spec: str, level: int, index: int, form: str, exact: bool) -> bytes:
    """Compute a spectrogram tile, exactly or at bounded cost, as `png` or `zst`."""
    with open_sound(origin) as sound:
        compute = tile if exact else rough_tile
        pixels = compute(sound, SpectrogramSpec.parse(spec), level, index)
    return grey_png(pixels) if form == "png" else grey_zstd(pixels)


def as_png(rows_zstd: bytes, rows: int) -> bytes:
    """Turn the bare rows of a tile into a PNG."""
    grey = np.frombuffer(zstandard.ZstdDecompressor().decompress(rows_zstd), np.uint8)
    return grey_png(grey.reshape(rows, -1))


def draw_pyramid(
    origin: Origin, spec: str, first_level: int, cache: Cache, place: str
) -> Iterator[float]:
    """Keep every tile of the zoomed-out levels in a cache, and yield how far it is."""

    def save(level: int, index: int, pixels: Grey) -> None:
        cache.keep(f"{place}/{level}/{index}.zst", grey_zstd(pixels))

    with open_sound(origin) as sound:
        yield from pyramid.build(sound, SpectrogramSpec.parse(spec), first_level, save)


def peak_blocks(origin: Origin) -> bytes:
    """Return the extremes of every block of a sound, as NumPy writes them."""
    out = io.BytesIO()
    with open_sound(origin) as sound:
        np.save(out, waveform.build_peaks(sound))
    return out.getvalue()


def peaks(
    origin: Origin, start_s: float, end_s: float, bins: int, channel: int | None
) -> tuple[list[int], list[int]]:
    """Return lowest and highest samples of each bin: exact for some minutes, else bounded work."""
    with open_sound(origin) as sound:
        return _columns(waveform.rough_peaks(sound, start_s, end_s, bins, channel))


def peaks_of_blocks(
    blocks: Origin, sample_rate: int, start_s: float, end_s: float, bins: int, channel: int | None
) -> tuple[list[int], list[int]]:
    """Return what `peaks` does from the kept extremes of a whole sound."""
    with blocks.open("rb") as file:
        kept = np.load(file, allow_pickle=False)
    return _columns(waveform.peaks_from(kept, sample_rate, start_s, end_s, bins, channel))


def _columns(found: waveform.Peaks) -> tuple[list[int], list[int]]:
    return found[:, 0].tolist(), found[:, 1].tolist()


def wav_bytes(origin: Origin, piece: cut.Cut, offset: int, length: int) -> bytes:
    """Return some bytes of a cut as WAV."""
    with open_sound(origin) as sound:
        return cut.WavCut(sound, piece).read(offset, length)


def encode_cut(origin: Origin, piece: cut.Cut, form: str, target: Path) -> None:
    """Write a cut to a file as flac, mp3 or ogg."""
    with open_sound(origin) as sound, target.open("wb") as file:
        for chunk in cut.encode(sound, piece, form):
            file.write(chunk)


def clip_bytes(origin: Origin, piece: cut.Cut, extra: bytes, offset: int, length: int) -> bytes:
    """Return some bytes of a stretch as WAV, exactly as it is; `extra` are chunks of its head."""
    with open_sound(origin, np.float64) as sound:
        return WavClip(sound, piece, extra).read(offset, length)


def flac_clip(origin: Origin, piece: cut.Cut, target: Path) -> None:
    """Write a stretch as FLAC, exactly as it is."""
    with open_sound(origin, np.float64) as sound:
        write_flac(sound, piece, target)


def sound_thumbnail(origin: Origin, width: int, height: int) -> bytes:
    """Draw a whole sound as a small JPEG."""
    with open_sound(origin) as sound:
        return paint.thumbnail(sound, width, height)


def film_thumbnail(origin: Origin, duration_s: float, width: int) -> bytes:
    """Take a frame near a film's beginning as JPEG."""
    return frames.video_frame(origin, duration_s * FRAME_SHARE, width)


def image_thumbnail(origin: Origin, width: int) -> bytes:
    """Shrink a still picture."""
    return frames.image_thumbnail(origin, width)


def spectrogram(
    origin: Origin,
    spec: str,
    span_s: tuple[float, float],
    band_hz: tuple[float, float],
    size: tuple[int, int],
    colours: str,
    range_db: tuple[float, float] | None,
) -> bytes:
    """Draw a stretch and band of a sound as a PNG."""
    with open_sound(origin) as sound:
        return paint.picture(
            sound, SpectrogramSpec.parse(spec), *span_s, *band_hz, *size, colours, range_db
        )


def make_proxy(source: Origin, target: Path) -> Iterator[float]:
    """Write the sound of a film as one that can be read anywhere, and yield how far it is."""
    return write_proxy(source, target)


def length_of(origin: Origin) -> int:
    """Count the samples of a channel that can really be read."""
    return count_samples(origin)
