"""What is computed from media files: spectrogram tiles, waveforms, cuts, pictures."""

import gzip
from dataclasses import fields

import zstandard
from flask import Response, g, request
from werkzeug.exceptions import NotFound as NoRoute
from werkzeug.http import parse_range_header

from tagstore.media.cut import MIMETYPES
from tagstore.media.spectrogram import SpectrogramSpec
from tagstore.services import pictures
from tagstore.services.pictures import CutQuery, PictureQuery, Tile
from tagstore.values import LARGEST_INTEGER
from tagstore.web.api.base import json_response
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.answers import choice, decimal, query, whole, words

FOR_EVER = "private, max-age=31536000, immutable"
BINS = 1000
FORMS = {"png": "image/png", "zst": "application/octet-stream"}


def positive(text: str) -> int:
    """Read a whole number from 1."""
    number = whole(text)
    if number < 1:
        raise ValueError("must be 1 or more")
    return number


@bp.get("/media/<media_id>/tiles/<spec>/<int:level>/<int:index>.<form>")
def get_tile(media_id: str, spec: str, level: int, index: int, form: str) -> Response:
    """Send a spectrogram tile: a grey PNG, or its bare rows compressed for the way."""
    query()
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
def get_peaks(media_id: str) -> Response:
    """Return the lowest and highest sample of each of some bins of a stretch."""
    given = query(start_s=decimal, end_s=decimal, bins=positive, channel=positive)
    stretch = (given.get("start_s"), given.get("end_s"))
    bins, channel = given.get("bins", BINS), given.get("channel")
    wave = pictures.find_peaks(g.actor, media_id, *stretch, bins, channel)
    shown = {"start_s": wave.start_s, "end_s": wave.end_s, "bins": bins, "rough": wave.is_rough}
    response = json_response({**shown, "min": wave.lowest, "max": wave.highest})
    response.headers["Cache-Control"] = "no-store" if wave.is_rough else "private, max-age=3600"
    return response


@bp.get("/media/<media_id>/audio")
def get_audio(media_id: str) -> Response:
    """Send a stretch of the sound, slowed down or band-passed if wished."""
    given = query(
        start_s=decimal,
        end_s=decimal,
        format=choice(*MIMETYPES),
        channel=positive,
        speed=decimal,
        low_hz=decimal,
        high_hz=decimal,
    )
    form = given.pop("format", "wav")
    heard = pictures.hear(g.actor, media_id, CutQuery(**given, form=form))
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
    if request.method != "HEAD" and response.status_code != 416:
        response.response = heard.chunks(offset, length)
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
        response.status_code = 416
        response.headers["Content-Range"] = f"bytes */{size}"
        return 0, 0
    start, end = found
    response.status_code = 206
    response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return start, end - start


def _ascii(name: str) -> str:
    return name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")


@bp.get("/media/<media_id>/thumbnail")
def get_thumbnail(media_id: str) -> Response:
    """Send a small picture of a media file."""
    query()
    return _picture(pictures.thumbnail(g.actor, media_id), "private, max-age=86400")


@bp.get("/media/<media_id>/spectrogram")
def get_spectrogram(media_id: str) -> Response:
    """Draw a stretch and band of the sound as one PNG."""
    given = query(
        start_s=decimal,
        end_s=decimal,
        low_hz=decimal,
        high_hz=decimal,
        n_fft=positive,
        hop=positive,
        window=words,
        channel=positive,
        width=positive,
        height=positive,
        colours=words,
        darkest_db=decimal,
        brightest_db=decimal,
    )
    settings = {
        each.name: given.pop(each.name) for each in fields(SpectrogramSpec) if each.name in given
    }
    if "n_fft" in settings:
        settings.setdefault("hop", settings["n_fft"] // 2)
    drawn = PictureQuery(**given, spec=SpectrogramSpec(**settings))
    return _picture(pictures.draw(g.actor, media_id, drawn), FOR_EVER)


def _picture(picture: pictures.Picture, caching: str) -> Response:
    response = Response(picture.data, mimetype=picture.mimetype)
    response.headers["Cache-Control"] = caching
    response.set_etag(picture.etag)
    response.make_conditional(request)
    return response
