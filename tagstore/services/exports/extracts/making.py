"""The bytes of clips and pictures, decoded in a child process as they are taken."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tagstore.errors import Invalid
from tagstore.formats.rows import Row
from tagstore.media import errands
from tagstore.media.clips.guano import guano_chunk
from tagstore.media.cut import Cut, cut_between
from tagstore.media.origins import Origin
from tagstore.media.spectrogram import SpectrogramSpec
from tagstore.services.depot import sandbox
from tagstore.services.exports.extracts.recordings import Recording
from tagstore.services.exports.manners import Look, Manner
from tagstore.services.pictures.sounds import (
    CHUNK,
    CHUNK_S,
    ENCODE_S,
    LONGEST_ENCODED_S,
    Outline,
)
from tagstore.services.pictures.stills import PictureQuery, draw_source

POINT = "A point has no length: ask for padding."
TOO_LONG = "It is too long for FLAC: at most 2 hours. Ask for WAV."


@dataclass(frozen=True)
class Made:
    """A stretch of a recording that is made into a file as it is taken."""

    start_s: float
    end_s: float
    pieces: Iterator[bytes]


def make(key: str, recording: Recording, row: Row, manner: Manner) -> Made:
    """Begin the file of a tag, one of `EXTRACTS`; the first piece may still raise why it cannot be.

    Every channel is in a clip, unless the tag is on one.
    """
    origin = recording.sound()
    piece = _stretch(recording, row, manner.padding_s)
    rate = recording.sample_rate
    return Made(
        piece.start / rate,
        piece.end / rate,
        MAKERS[key](_Task(recording, row, origin, piece, manner.look)),
    )


@dataclass(frozen=True)
class _Task:
    recording: Recording
    row: Row
    origin: Origin
    piece: Cut
    look: Look


def _stretch(recording: Recording, row: Row, padding_s: float) -> Cut:
    """Return the samples of a tag and of the padding around it that there are."""
    source = recording.source
    outline = Outline(recording.sample_rate, source.channels or 1, source.samples or 0)
    if row.start_s is None or row.end_s is None:
        return cut_between(outline, channel=row.channel)
    if row.start_s == row.end_s and padding_s == 0:
        raise Invalid(POINT)
    start_s, end_s = max(0.0, row.start_s - padding_s), row.end_s + padding_s
    return cut_between(outline, start_s, end_s, row.channel)


def _wav(task: _Task) -> Iterator[bytes]:
    """Yield a WAV; between two pieces the decoder is free for others."""
    chunk = guano_chunk(task.recording.guano_of(task.row, task.piece))
    offset, data = 0, b""
    while offset == 0 or len(data) == CHUNK:
        asked = (task.origin, task.piece, chunk, offset, CHUNK)
        data = sandbox().run(errands.clip_bytes, *asked, timeout_s=CHUNK_S)
        offset += len(data)
        yield data


def _flac(task: _Task) -> Iterator[bytes]:
    """Yield a FLAC, which is written as a whole first."""
    seconds = (task.piece.end - task.piece.start) / task.recording.sample_rate
    if seconds > LONGEST_ENCODED_S:
        raise Invalid(TOO_LONG)
    with tempfile.TemporaryDirectory(prefix="tagstore-") as folder:
        target = Path(folder) / "clip.flac"
        sandbox().run(errands.flac_clip, task.origin, task.piece, target, timeout_s=ENCODE_S)
        file = target.open("rb")
    with file:
        while block := file.read(CHUNK):
            yield block


def _picture(task: _Task) -> Iterator[bytes]:
    """Yield a spectrogram of all frequencies."""
    rate, look = task.recording.sample_rate, task.look
    query = PictureQuery(
        start_s=task.piece.start / rate,
        end_s=task.piece.end / rate,
        spec=SpectrogramSpec(channel=task.piece.channel or 1),
        width=look.width,
        height=look.height,
        colours=look.colours,
    )
    yield draw_source(task.recording.source, query).data


MAKERS: dict[str, Callable[[_Task], Iterator[bytes]]] = {
    "clips-wav": _wav,
    "clips-flac": _flac,
    "pictures": _picture,
}
