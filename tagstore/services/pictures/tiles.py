"""Spectrogram tiles: cached by content, computed in a decoder when nobody has yet."""

from dataclasses import dataclass
from functools import partial

from tagstore.db import apart, give_back
from tagstore.errors import Invalid, NotFound
from tagstore.media import errands
from tagstore.media.origins import Origin
from tagstore.media.spectrogram import TILE_COLUMNS, SpectrogramSpec, spans_exactly
from tagstore.services import media_files
from tagstore.services.depot import depot, sandbox
from tagstore.services.media_files import work
from tagstore.services.media_files.places import Source
from tagstore.services.media_files.work import sound_at_hand
from tagstore.services.pictures.flights import share
from tagstore.values import SYSTEM, Actor

TILE_S = 60.0


@dataclass(frozen=True)
class Tile:
    """A tile's bytes; its size; whether it is exact, and its name if so."""

    data: bytes
    rows: int
    columns: int
    is_exact: bool
    etag: str


@dataclass(frozen=True)
class Wanted:
    """Which tile of which sound."""

    source: Source
    spec: SpectrogramSpec
    level: int
    index: int
    form: str

    def key(self, form: str) -> str:
        """Return under which key the tile is kept."""
        place = f"tiles/{self.source.identity}/{self.spec}"
        return f"{place}/{self.level}/{self.index}.{form}"

    @property
    def columns(self) -> int:
        """Count its columns, or raise NotFound when there is no such tile."""
        samples = self.source.samples or 0
        if not 0 <= self.level <= self.spec.top_level(samples):
            raise NotFound("There is no such level; the last is the one of a single tile.")
        if not 0 <= self.index < self.spec.tiles(samples, self.level):
            raise NotFound("There is no such tile.")
        all_columns = self.spec.columns(samples, self.level)
        return min(TILE_COLUMNS, all_columns - self.index * TILE_COLUMNS)


def find_tile(
    actor: Actor,
    media_id: int | str,
    spec: SpectrogramSpec,
    level: int,
    index: int,
    form: str,
    known: str | None = None,
) -> Tile | None:
    """Return a tile; None when it is the one that the asker already knows by its etag.

    Low levels are exact at once. Higher ones are exact once a job has drawn them and rough
    until then; asking for one of another than the default spectrogram promises that job.
    """
    source = media_files.source_of(media_files.get_media_file(actor, media_id))
    give_back()  # Decoding needs no database.
    sound = sound_at_hand(source)
    if spec.channel > (source.channels or 1):
        raise Invalid("There is no such channel.", channel=f"must be 1 to {source.channels}")
    wanted = Wanted(source, spec, level, index, form)
    etag = f"{source.identity[:24]}-{spec}-{level}-{index}-{form}"
    size = (spec.rows, wanted.columns)
    if known == etag:
        return None
    data = depot().store.cached(wanted.key(form)) or _converted(wanted)
    if data is not None:
        return Tile(data, *size, True, etag)
    is_exact = spans_exactly(level)
    compute = partial(_compute, sound, wanted, is_exact)
    data = share((wanted.key(form), is_exact), compute)
    if not is_exact:
        _promise_pyramid(source, spec)
    return Tile(data, *size, is_exact, etag)


def _compute(sound: Origin, wanted: Wanted, is_exact: bool) -> bytes:
    tile = (str(wanted.spec), wanted.level, wanted.index, wanted.form, is_exact)
    data = sandbox().run(errands.grey_tile, sound, *tile, timeout_s=TILE_S)
    if is_exact:
        depot().store.keep(wanted.key(wanted.form), data)
    return data


def _converted(wanted: Wanted) -> bytes | None:
    """Return a tile that is kept in the other form."""
    if wanted.form == "zst":
        return None
    rows = depot().store.cached(wanted.key("zst"))
    if rows is None:
        return None
    data = sandbox().run(errands.as_png, rows, wanted.spec.rows)
    depot().store.keep(wanted.key("png"), data)
    return data


def _promise_pyramid(source: Source, spec: SpectrogramSpec) -> None:
    """Let a job draw the exact levels, unless that is promised already."""
    place = f"{source.identity} {spec}"
    with apart(writing=False):
        if place in _asked_for or work.pictures_are_promised(source.id, spec):
            return
    with apart(writing=True):
        media_file = media_files.get_media_file(SYSTEM, source.id)
        work.promise_pictures(media_file, spec, priority=5)
    _asked_for.add(place)


_asked_for: set[str] = set()
"""What this process has asked for; a job that fails is not promised again and again."""
