"""Small pictures of media files, and single spectrograms drawn on the server."""

import hashlib
from dataclasses import dataclass, field
from functools import partial

from tagstore.db import give_back
from tagstore.errors import Invalid, NotFound
from tagstore.media import errands
from tagstore.media.spectrogram import SpectrogramSpec
from tagstore.services import media_files
from tagstore.services.depot import depot, sandbox
from tagstore.services.media_files.places import Source, locate
from tagstore.services.media_files.work import sound_at_hand
from tagstore.services.pictures.flights import share
from tagstore.values import Actor

STILL_S = 30.0
THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT = 440, 208
PNG = b"\x89PNG"


@dataclass(frozen=True)
class Picture:
    """An encoded picture and a name for exactly this one."""

    data: bytes
    etag: str

    @property
    def mimetype(self) -> str:
        """What kind of picture it is."""
        return "image/png" if self.data.startswith(PNG) else "image/jpeg"


@dataclass(frozen=True)
class PictureQuery:
    """Which stretch and band of a sound to draw, how, and how large."""

    start_s: float = 0.0
    end_s: float | None = None
    low_hz: float = 0.0
    high_hz: float | None = None
    spec: SpectrogramSpec = field(default_factory=SpectrogramSpec)
    width: int = 1024
    height: int = 384
    colours: str = "inferno"
    darkest_db: float | None = None
    brightest_db: float | None = None


def thumbnail(actor: Actor, media_id: int | str) -> Picture:
    """Return a small picture: the whole sound's spectrogram, a frame, or the image itself."""
    source = media_files.source_of(media_files.get_media_file(actor, media_id))
    give_back()  # Decoding needs no database.
    key = f"thumbnails/{source.identity}"
    data = depot().store.cached(key)
    if data is None:
        data = share(key, partial(_thumbnail, source, key))
    return Picture(data, f"{source.identity[:24]}-thumbnail")


def _thumbnail(source: Source, key: str) -> bytes:
    if source.state == "failed":
        raise NotFound("There is no picture of a file that cannot be read.")
    run = partial(sandbox().run, timeout_s=STILL_S)
    if source.kind == "image":
        data = run(errands.image_thumbnail, locate(source), THUMBNAIL_WIDTH)
    elif source.kind == "video":
        seconds = source.duration_s or 0.0
        data = run(errands.film_thumbnail, locate(source), seconds, THUMBNAIL_WIDTH)
    else:
        size = (THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT)
        data = run(errands.sound_thumbnail, sound_at_hand(source), *size)
    depot().store.keep(key, data)
    return data


def draw(actor: Actor, media_id: int | str, query: PictureQuery) -> Picture:
    """Draw a stretch and band of a sound as a PNG."""
    source = media_files.source_of(media_files.get_media_file(actor, media_id))
    give_back()  # Decoding needs no database.
    return draw_source(source, query)


def draw_source(source: Source, query: PictureQuery) -> Picture:
    """Draw a stretch and band of a sound as a PNG; nothing else goes on in the database."""
    sound = sound_at_hand(source)
    rate = source.sample_rate or 1
    if (query.darkest_db is None) != (query.brightest_db is None):
        raise Invalid("Give both ends of the range.", brightest_db="goes with darkest_db")
    range_db = None
    if query.darkest_db is not None and query.brightest_db is not None:
        range_db = (query.darkest_db, query.brightest_db)
    end_s = (source.samples or 1) / rate if query.end_s is None else query.end_s
    span_s = (query.start_s, end_s)
    band_hz = (query.low_hz, rate / 2 if query.high_hz is None else query.high_hz)
    size = (query.width, query.height)
    drawing = (str(query.spec), span_s, band_hz, size, query.colours, range_db)
    run = partial(sandbox().run, errands.spectrogram, sound, *drawing, timeout_s=STILL_S)
    digest = hashlib.sha256(f"{source.identity} {drawing}".encode()).hexdigest()
    return Picture(share((source.identity, drawing), run), digest[:32])
