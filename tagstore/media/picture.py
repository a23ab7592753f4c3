"""Still pictures: opened by Pillow with a limit on what they unpack to."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image, ImageOps

from tagstore.errors import Unreadable
from tagstore.media.facts import Facts
from tagstore.media.origins import Origin, openable

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MAX_PIXELS = 150_000_000
FLAWS = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError)
"""What Pillow raises on damaged input."""
TURNED = (5, 6, 7, 8)


def picture_facts(origin: Origin) -> Facts:
    """Return the facts of a still picture, all of it decoded.

    Raises
    ------
    Unreadable
        When it is damaged, or would unpack to more than 150 megapixels.
    """
    with open_picture(origin) as picture:
        frames = int(getattr(picture, "n_frames", 1))
        exif = picture.getexif()
        turned = exif.get(ExifTags.Base.Orientation) in TURNED
        picture.load()
        width, height = picture.size[::-1] if turned else picture.size
        latitude, longitude = _position(exif)
        info: dict[str, Any] = {"mode": picture.mode} | ({"frames": frames} if frames > 1 else {})
        for key, tag in (("make", ExifTags.Base.Make), ("model", ExifTags.Base.Model)):
            if isinstance(value := exif.get(tag), str) and value.strip(" \0"):
                info[f"tag.{key}"] = value.strip(" \0")
        return Facts(
            kind="image",
            mimetype=Image.MIME[str(picture.format)],
            format=str(picture.format),
            codec="",
            width=width,
            height=height,
            recorded_at=_taken(exif),
            latitude=latitude,
            longitude=longitude,
            info=info,
        )


@contextmanager
def open_picture(origin: Origin) -> Iterator[Image.Image]:
    """Open a still picture; whatever goes wrong while it is open is Unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(openable(origin), formats=FORMATS) as picture:
                megapixels = picture.width * picture.height / 1e6
                if picture.width * picture.height > MAX_PIXELS:
                    raise Unreadable(
                        f"The picture has {megapixels:.0f} megapixels; the most is "
                        f"{MAX_PIXELS // 1_000_000}."
                    )
                yield picture
    except Image.DecompressionBombError as error:
        raise Unreadable(
            f"The picture has more than {MAX_PIXELS // 1_000_000} megapixels."
        ) from error
    except FLAWS as error:
        words = str(error).splitlines()[0].rstrip(".") if str(error) else "damaged data"
        if "cannot identify" in words:
            words = "its header is damaged"
        raise Unreadable(f"The picture cannot be decoded: {words}.") from error


def upright(picture: Image.Image) -> Image.Image:
    """Return the picture turned as its camera says."""
    return ImageOps.exif_transpose(picture)


def _taken(exif: Image.Exif) -> datetime | None:
    details = exif.get_ifd(ExifTags.IFD.Exif)
    at = details.get(ExifTags.Base.DateTimeOriginal)
    zone = details.get(ExifTags.Base.OffsetTimeOriginal, "")
    for text, layout in ((f"{at}{zone}", "%Y:%m:%d %H:%M:%S%z"), (at, "%Y:%m:%d %H:%M:%S")):
        try:
            return datetime.strptime(str(text).strip(" \0"), layout)
        except ValueError:
            continue
    return None


def _position(exif: Image.Exif) -> tuple[float | None, float | None]:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef])
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None, None
    inside = abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if inside else (None, None)


def _degrees(parts: Any, side: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    size = degrees + minutes / 60 + seconds / 3600
    return -size if side.strip("\0").upper() in ("S", "W") else size
