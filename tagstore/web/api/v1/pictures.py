"""What is computed from media files: spectrogram tiles, waveforms, cuts, pictures."""

import gzip
from dataclasses import fields
from typing import Any

import zstandard
from flask import Response, g, request
from werkzeug.exceptions import NotFound as NoRoute
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import parse_range_header

from tagstore.media.cut import FASTEST, MIMETYPES, SLOWEST
from tagstore.media.paint import MAPS, MOST_PIXELS
from tagstore.media.spectra import WINDOWS
from tagstore.media.spectrogram import FFT_SIZES, HOPS, SpectrogramSpec
from tagstore.media.waveform import MAX_BINS
from tagstore.services import pictures
from tagstore.services.pictures import CutQuery, PictureQuery, Tile
from tagstore.values import LARGEST_INTEGER
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.answers import plain
from tagstore.web.api.v1.operations import PARTIAL, UNCHANGED, Operation
from tagstore.web.api.v1.queries import (
    FROM_START,
    Decimal,
    Query,
    Whole,
    Words,
    between,
    one_of,
)
from tagstore.web.api.v1.shapes import WAVE
from tagstore.web.sending import begun

FOR_EVER = "private, max-age=31536000, immutable"
BINS = 1000
FORMS = {"png": "image/png", "zst": "application/octet-stream"}
PICTURES = ("image/png", "image/jpeg")


class Stretch(Query):
    """Which stretch and channel of a sound."""

    start_s = Decimal(FROM_START)
    end_s = Decimal(FROM_START)
    channel = Whole(validate=between(1))


class PeaksQuery(Stretch):
    """Which stretch of a waveform, in how many bins."""

    bins = Whole(validate=between(1, MAX_BINS), load_default=BINS)


class AudioQuery(Stretch):
    """Which stretch and band of a sound, how fast, in which format."""

    form = Words(data_key="format", validate=one_of(*MIMETYPES))
    speed = Decimal(validate=between(SLOWEST, FASTEST))
    low_hz = Decimal()
    high_hz = Decimal()


class SpectrogramQuery(Stretch):
    """Which stretch and band of a sound to draw, how, and how large."""

    low_hz = Decimal()
    high_hz = Decimal()
    n_fft = Whole(validate=one_of(*FFT_SIZES))
    hop = Whole(validate=one_of(*HOPS))
    window = Words(validate=one_of(*WINDOWS))
    width = Whole(validate=between(1, MOST_PIXELS))
    height = Whole(validate=between(1, MOST_PIXELS))
    colours = Words(validate=one_of(*MAPS))
    darkest_db = Decimal()
    brightest_db = Decimal()


@bp.get("/media/<media_id>/tiles/<spec>/<int:level>/<int:index>.<form>")
@Operation(gives=tuple(FORMS.values()), also=UNCHANGED)
def get_tile(media_id: str, spec: str, level: int, index: int, form: str) -> Response:
    """Send a spectrogram tile: a grey PNG, or its bare rows compressed for the way."""
    if form not in FORMS or max(level, index) > LARGEST_INTEGER:
        raise NoRoute
    coding = "png" if form == "png" else _coding()
    known = _known_tag().removesuffix(f"-{coding}")
    settings = SpectrogramSpec.parse(spec)
    tile = pictures.find_tile(g.actor, media_id, settings, level, index, form, known)
    if tile is None:
        return _unchanged(f"{known}-{coding}")
    response = _png(tile) if form == "png" else _rows(tile, coding)
    response.headers["Tile-Rows"] = str(tile.rows)
    response.headers["Tile-Columns"] = str(tile.columns)
    response.headers["Tile-Quality"] = "exact" if tile.is_exact else "rough"
    if tile.is_exact:
        response.headers["Cache-Control"] = FOR_EVER
        response.set_etag(f"{tile.etag}-{coding}")
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def _png(tile: Tile) -> Response:
    return Response(tile.data, mimetype=FORMS["png"])


def _rows(tile: Tile, coding: str) -> Response:
    """Return the rows in a coding that the asker can undo."""
    data = tile.data
    if coding != "zstd":
        data = zstandard.ZstdDecompressor().decompress(data)
    if coding == "gzip":
        data = gzip.compress(data, 1)
    response = Response(data, mimetype=FORMS["zst"])
    response.headers["Vary"] = "Accept-Encoding"
    if coding != "identity":
        response.headers["Content-Encoding"] = coding
    return response


def _coding() -> str:
    accepted = request.accept_encodings
    return next((each for each in ("zstd", "gzip") if accepted.quality(each) > 0), "identity")


def _known_tag() -> str:
    """Return the one strong tag that If-None-Match names, or nothing."""
    tags = list(request.if_none_match)
    return tags[0] if len(tags) == 1 else ""


def _unchanged(etag: str) -> Response:
    response = Response(status=304)
    response.set_etag(etag)
    response.headers["Cache-Control"] = FOR_EVER
    return response


@bp.get("/media/<media_id>/peaks")
@Operation(query=PeaksQuery(), shows=WAVE)
def get_peaks(media_id: str, query: dict[str, Any]) -> Response:
    """Return the lowest and highest sample of each of some bins of a stretch."""
    stretch = (query.get("start_s"), query.get("end_s"))
    wave = pictures.find_peaks(g.actor, media_id, *stretch, query["bins"], query.get("channel"))
    response = plain(WAVE, wave)
    response.headers["Cache-Control"] = "no-store" if wave.is_rough else "private, max-age=3600"
    return response


@bp.get("/media/<media_id>/audio")
@Operation(query=AudioQuery(), gives=tuple(MIMETYPES.values()), also=PARTIAL)
def get_audio(media_id: str, query: dict[str, Any]) -> Response:
    """Send a stretch of the sound, slowed down or band-passed if wished."""
    heard = pictures.hear(g.actor, media_id, CutQuery(**query))
    response = Response(mimetype=heard.mimetype)
    response.set_etag(heard.etag)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = FOR_EVER
    response.headers.set("Content-Disposition", "inline", filename=_ascii(heard.name))
    if request.if_none_match.contains(heard.etag):
        response.status_code = 304
        return response
    offset, length = _asked_range(response, heard.size)
    response.content_length = length
    if request.method != "HEAD":
        response.response = begun(heard.chunks(offset, length))
    return response


def _asked_range(response: Response, size: int) -> tuple[int, int]:
    """Return offset and length of the one range asked for, and set status and header."""
    asked = parse_range_header(request.headers.get("Range"))
    etag = response.get_etag()[0]
    if_range = request.if_range
    if asked is None or len(asked.ranges) != 1 or (if_range.etag or etag) != etag:
        return 0, size
    found = asked.range_for_length(size)
    if found is None:
        raise RequestedRangeNotSatisfiable(length=size)
    start, end = found
    response.status_code = 206
    response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return start, end - start


def _ascii(name: str) -> str:
    return name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")


@bp.get("/media/<media_id>/thumbnail")
@Operation(gives=PICTURES, also=UNCHANGED)
def get_thumbnail(media_id: str) -> Response:
    """Send a small picture of a media file."""
    return _picture(pictures.thumbnail(g.actor, media_id), "private, max-age=86400")


@bp.get("/media/<media_id>/spectrogram")
@Operation(query=SpectrogramQuery(), gives=PICTURES[:1], also=UNCHANGED)
def get_spectrogram(media_id: str, query: dict[str, Any]) -> Response:
    """Draw a stretch and band of the sound as one PNG."""
    settings = {
        each.name: query.pop(each.name) for each in fields(SpectrogramSpec) if each.name in query
    }
    if "n_fft" in settings:
        settings.setdefault("hop", settings["n_fft"] // 2)
    drawn = PictureQuery(**query, spec=SpectrogramSpec(**settings))
    return _picture(pictures.draw(g.actor, media_id, drawn), FOR_EVER)


def _picture(picture: pictures.Picture, caching: str) -> Response:
    response = Response(picture.data, mimetype=picture.mimetype)
    response.headers["Cache-Control"] = caching
    response.set_etag(picture.etag)
    response.make_conditional(request)
    return response
