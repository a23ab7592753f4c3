"""Colour pictures of a sound, made on the server: thumbnails and single spectrograms."""

from functools import cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tagstore.errors import Invalid
from tagstore.media.decode import Sound
from tagstore.media.spectra import Grey
from tagstore.media.spectrogram import SpectrogramSpec, check_channel, loudest

# Evenly spaced colours, as in the workbench; the named maps are those of matplotlib (CC0).
MAPS = {
    "viridis": "440154 482878 3e4a89 31688e 26828e 1f9e89 35b779 6dcd59 b4de2c fde725",
    "inferno": "000004 1b0c42 4b0c6b 781c6d a52c60 cf4446 ed6925 fb9a06 f7d03c fcffa4",
    "magma": "000004 180f3e 451077 721f81 9e2f7f cd4071 f1605d fd9567 fec98d fcfdbf",
    "cividis": "00204d 00336f 39486b 575c6d 707173 8a8779 a69d75 c4b56c e4cf5b ffea46",
    "grey": "000000 ffffff",
    "paper": "ffffff 000000",
}
MOST_PIXELS = 4096
LOOKS = 2048
LOOK_SAMPLES = LOOKS * 4096
LEAST_CONTRAST = 40

Colours = NDArray[np.uint8]


@cache
def colour_map(name: str) -> Colours:
    """Return a colour map as uint8 (256, 3), or raise Invalid."""
    if name not in MAPS:
        raise Invalid("That colour map is not offered.", colours=f"must be in {', '.join(MAPS)}")
    points = np.array([list(bytes.fromhex(point)) for point in MAPS[name].split()])
    at = np.linspace(0, len(points) - 1, 256)
    table = [np.interp(at, np.arange(len(points)), channel) for channel in points.T]
    colours: Colours = np.rint(np.stack(table, axis=1)).astype(np.uint8)
    colours.setflags(write=False)
    return colours


def colour(pixels: Grey, map_name: str, darkest: int = 0, brightest: int = 255) -> Colours:
    """Paint grey (rows, columns) as RGB (rows, columns, 3), stretched between two greys."""
    grey = np.arange(256)
    stretched = np.rint((grey - darkest) * (255 / max(1, brightest - darkest)))
    painted: Colours = colour_map(map_name)[np.clip(stretched, 0, 255).astype(np.uint8)][pixels]
    return painted


def contrast(pixels: Grey) -> tuple[int, int]:
    """Choose the greys to show as darkest and brightest: a little above the hiss, the loudest."""
    shown = pixels[pixels > 0]
    if not len(shown):
        return 0, 255
    hiss, loud = np.percentile(shown, (30, 99.9))
    return int(hiss), int(max(loud, hiss + LEAST_CONTRAST))


def thumbnail(sound: Sound, width: int = 320, height: int = 96) -> bytes:
    """Draw the whole sound as a small JPEG, at a cost that its length does not raise."""
    spec = SpectrogramSpec(512, 256)
    seconds = sound.samples / sound.sample_rate
    pixels = spectrum(sound, spec, (0, seconds), (0, sound.sample_rate / 2), (width, height))
    out = BytesIO()
    Image.fromarray(colour(pixels, "inferno", *contrast(pixels))).save(out, "JPEG", quality=82)
    return out.getvalue()


def picture(
    sound: Sound,
    spec: SpectrogramSpec,
    start_s: float,
    end_s: float,
    low_hz: float,
    high_hz: float,
    width: int,
    height: int,
    map_name: str = "inferno",
    range_db: tuple[float, float] | None = None,
) -> bytes:
    """Draw a stretch and band of a sound as a PNG.

    Parameters
    ----------
    range_db : (float, float) or None
        The dBFS shown darkest and brightest; None chooses by what is there.

    Raises
    ------
    Invalid
        The stretch, band, size, channel or colour map makes no sense.
    """
    colour_map(map_name)
    pixels = spectrum(sound, spec, (start_s, end_s), (low_hz, high_hz), (width, height))
    darkest, brightest = contrast(pixels)
    if range_db is not None:
        darkest, brightest = (round(255 + 2 * level) for level in range_db)
    out = BytesIO()
    painted = Image.fromarray(colour(pixels, map_name, darkest, brightest))
    painted.save(out, "PNG", compress_level=1)
    return out.getvalue()


def spectrum(
    sound: Sound,
    spec: SpectrogramSpec,
    span_s: tuple[float, float],
    band_hz: tuple[float, float],
    size: tuple[int, int],
) -> Grey:
    """Compute grey pixels (height, width) of a stretch and band, high frequency on top.

    A column is the maximum of frames spread evenly over it: all that there are up to a number
    that bounds the cost. A row is the maximum of its bins, or the bin it lies in.
    """
    check_channel(sound, spec)
    nyquist = sound.sample_rate / 2
    if not 0 <= span_s[0] < span_s[1] <= sound.samples / sound.sample_rate + 1:
        raise Invalid("That stretch makes no sense.", end_s="must be after the start, in the sound")
    if not 0 <= band_hz[0] < band_hz[1] <= nyquist:
        raise Invalid("That band makes no sense.", high_hz=f"must be above low_hz, to {nyquist:g}")
    if not (1 <= size[0] <= MOST_PIXELS and 1 <= size[1] <= MOST_PIXELS):
        raise Invalid("That size is not offered.", width=f"must be 1 to {MOST_PIXELS}, as height")
    grey = loudest(sound, spec, _looks(sound, spec, span_s, size[0]))
    edges = np.linspace(band_hz[0], band_hz[1], size[1] + 1) * (spec.n_fft / sound.sample_rate)
    low = np.minimum(edges[:-1].astype(int), spec.rows - 1)
    high = np.clip(np.ceil(edges[1:]).astype(int), low + 1, spec.rows)
    padded = np.pad(grey, ((0, 0), (0, 1)))
    spans = np.stack((low, high), axis=1).reshape(-1)
    rows = np.maximum.reduceat(padded, spans, axis=1)[:, ::2]
    return np.ascontiguousarray(rows.T[::-1])


def _looks(
    sound: Sound, spec: SpectrogramSpec, span_s: tuple[float, float], width: int
) -> NDArray[np.int64]:
    """Choose the first samples (width, looks) of the frames that each column looks at."""
    start, end = span_s[0] * sound.sample_rate, span_s[1] * sound.sample_rate
    step = (end - start) / width
    most = max(1, min(LOOKS, LOOK_SAMPLES // spec.n_fft) // width)
    looks = max(1, min(most, int(np.ceil(step / spec.hop))))
    centres = (np.arange(width * looks) + 0.5) * (step / looks) + start
    starts: NDArray[np.int64] = np.floor(centres).astype(np.int64).reshape(width, looks)
    return starts
