"""The zoomed-out levels of a spectrogram, built in one pass through the sound."""

from collections.abc import Callable, Iterator

import numpy as np

from tagstore.media.decode import Sound
from tagstore.media.spectra import Grey, halve, to_grey, upright
from tagstore.media.spectrogram import (
    BLOCK_SAMPLES,
    TILE_COLUMNS,
    SpectrogramSpec,
    check_channel,
    column_magnitudes,
)

Save = Callable[[int, int, Grey], None]


def build(sound: Sound, spec: SpectrogramSpec, first_level: int, save: Save) -> Iterator[float]:
    """Compute every tile from a level upwards in one pass through the sound.

    Parameters
    ----------
    first_level : int
        The lowest level to save; the highest is `spec.top_level(sound.samples)`.
    save : callable
        Called with level, index and pixels, once per tile; pixels equal `tile()` of the same.

    Yields
    ------
    float
        How far it is, rising to exactly 1.0 at the end. Memory is bounded: one unfinished tile
        per level.

    Raises
    ------
    Invalid
        The sound has no such channel.
    """
    check_channel(sound, spec)
    total = spec.columns(sound.samples, first_level)
    levels = max(0, spec.top_level(sound.samples) - first_level + 1)
    if levels and total:
        yield from _stream(sound, spec, first_level, total, _Level(spec, first_level, levels, save))
    yield 1.0


def _stream(
    sound: Sound, spec: SpectrogramSpec, level: int, total: int, base: "_Level"
) -> Iterator[float]:
    """Feed all columns of a level to its tiles, telling about once a block how far it is."""
    columns_per_block = max(1, BLOCK_SAMPLES // (spec.hop << level))
    done = told = 0
    for magnitudes in column_magnitudes(sound, spec, level, 0, total):
        grey = np.empty(magnitudes.shape, np.uint8)
        to_grey(magnitudes, grey)
        base.add(grey)
        done += len(grey)
        if done - told >= columns_per_block and done < total:
            told = done
            yield done / total
    base.finish()


class _Level:
    """The unfinished tile of one level, which feeds the level above it."""

    def __init__(self, spec: SpectrogramSpec, level: int, levels: int, save: Save) -> None:
        self._columns = np.empty((TILE_COLUMNS, spec.rows), np.uint8)
        self._filled = self._index = 0
        self._level = level
        self._save = save
        self._above = _Level(spec, level + 1, levels - 1, save) if levels > 1 else None

    def add(self, columns: Grey) -> None:
        """Put columns (columns, rows) at the end; full tiles are saved and passed up."""
        while len(columns):
            fitting = columns[: TILE_COLUMNS - self._filled]
            self._columns[self._filled : self._filled + len(fitting)] = fitting
            self._filled += len(fitting)
            columns = columns[len(fitting) :]
            if self._filled == TILE_COLUMNS:
                self._pass_on()

    def finish(self) -> None:
        """Save what is left, here and above."""
        if self._filled:
            self._pass_on()
        if self._above is not None:
            self._above.finish()

    def _pass_on(self) -> None:
        """Save the tile and hand its maxima to the level above."""
        columns = self._columns[: self._filled]
        self._save(self._level, self._index, upright(columns))
        if self._above is not None:
            self._above.add(halve(columns))
        self._index += 1
        self._filled = 0
