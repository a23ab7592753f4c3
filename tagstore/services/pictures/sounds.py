"""Cuts of a sound to listen to: a WAV of known size, read where it is asked for, or encoded."""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tagstore.db import give_back
from tagstore.errors import Invalid
from tagstore.media import errands
from tagstore.media.cut import MIMETYPES, Cut, Floats, WavCut, cut_between
from tagstore.media.decode import Sound
from tagstore.media.origins import Origin
from tagstore.services import media_files
from tagstore.services.depot import sandbox
from tagstore.services.media_files.places import Source
from tagstore.services.media_files.work import sound_at_hand
from tagstore.values import Actor

CHUNK = 1 << 19
CHUNK_S = 30.0
ENCODE_S = 600.0
LONGEST_ENCODED_S = 2 * 3600.0


@dataclass(frozen=True)
class CutQuery:
    """Which stretch of a sound to hear, and how."""

    start_s: float = 0.0
    end_s: float | None = None
    channel: int | None = None
    speed: float = 1.0
    low_hz: float | None = None
    high_hz: float | None = None
    form: str = "wav"


@dataclass
class Outline:
    """What a cut must know of a sound to tell its own size; nothing can be read from it."""

    sample_rate: int
    channels: int
    samples: int

    def read(self, start: int, count: int, channel: int | None) -> Floats:
        """Refuse: sound is decoded in a child process only."""
        raise NotImplementedError


class Hearing:
    """The bytes of a cut, any of them at any time."""

    def __init__(self, origin: Origin, sound: Sound, piece: Cut, name: str, etag: str) -> None:
        self.mimetype = MIMETYPES["wav"]
        self.name = name
        self.etag = etag
        self.size = WavCut(sound, piece).size
        self._origin = origin
        self._piece = piece

    def chunks(self, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a range, each chunk decoded when it is asked for."""
        end = self.size if length is None else min(self.size, offset + length)
        for start in range(offset, end, CHUNK):
            count = min(CHUNK, end - start)
            yield sandbox().run(
                errands.wav_bytes, self._origin, self._piece, start, count, timeout_s=CHUNK_S
            )


class Encoded:
    """A cut that was encoded as a whole: a nameless file, gone once it is closed."""

    def __init__(self, origin: Origin, piece: Cut, form: str, name: str, etag: str) -> None:
        self.mimetype = MIMETYPES[form]
        self.name = name
        self.etag = etag
        with tempfile.TemporaryDirectory(prefix="tagstore-") as folder:
            target = Path(folder) / form
            sandbox().run(errands.encode_cut, origin, piece, form, target, timeout_s=ENCODE_S)
            self._file = target.open("rb")
        self.size = self._file.seek(0, 2)

    def chunks(self, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a range."""
        end = self.size if length is None else min(self.size, offset + length)
        with self._file as file:
            file.seek(offset)
            while offset < end and (block := file.read(min(CHUNK, end - offset))):
                offset += len(block)
                yield block


def hear(actor: Actor, media_id: int | str, query: CutQuery) -> Hearing | Encoded:
    """Cut a stretch out of a sound, to the sample."""
    source = media_files.source_of(media_files.get_media_file(actor, media_id))
    give_back()  # Decoding needs no database.
    if query.form not in MIMETYPES:
        raise Invalid("That format is not offered.", format=f"must be in {', '.join(MIMETYPES)}")
    origin = sound_at_hand(source)
    sound = Outline(source.sample_rate or 1, source.channels or 1, source.samples or 0)
    asked = (query.start_s, query.end_s, query.channel, query.speed, query.low_hz, query.high_hz)
    piece = cut_between(sound, *asked)
    name, etag = _names(source, piece, query.form)
    if query.form == "wav":
        return Hearing(origin, sound, piece, name, etag)
    if (piece.end - piece.start) / sound.sample_rate / piece.speed > LONGEST_ENCODED_S:
        raise Invalid("That is too long to encode.", end_s="must be within 2 hours, or ask for wav")
    return Encoded(origin, piece, query.form, name, etag)


def _names(source: Source, piece: Cut, form: str) -> tuple[str, str]:
    """Return what a cut is called when it is saved, and a name for exactly these bytes."""
    rate = source.sample_rate or 1
    stem = source.name.rpartition(".")[0] or source.name
    digest = hashlib.sha256(f"{source.identity} {piece} {form}".encode()).hexdigest()
    return f"{stem} {piece.start / rate:.3f}-{piece.end / rate:.3f}.{form}", digest[:32]
