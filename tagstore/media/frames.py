"""Small pictures of films and images."""

import io
import math

import av
from av.video.frame import VideoFrame
from PIL import Image

from tagstore.errors import Invalid, Unreadable
from tagstore.media.container import FLAWS, media_start, open_container, reason, video_stream
from tagstore.media.origins import Origin
from tagstore.media.picture import open_picture, upright

JPEG_QUALITY = 82
MAX_WIDTH = 8192
LATEST_S = 1e8
RUN_UP_S = 0.5
TOLERANCE_S = 1e-6


def video_frame(origin: Origin, at_s: float, width: int) -> bytes:
    """Return the frame that a film shows at a time, as JPEG.

    Parameters
    ----------
    origin : Origin
        A container that FFmpeg reads.
    at_s : float
        Media seconds; before the first frame shows the first, past the end the last.
    width : int
        At most this many pixels wide, never wider than the film.

    Raises
    ------
    Unreadable
        When there are no pictures, or none near that time can be decoded.
    """
    _check_width(width)
    if not math.isfinite(at_s):
        raise Invalid("A time is a number of seconds.", at_s="must be finite")
    with open_container(origin) as container:
        stream = video_stream(container)
        if stream is None:
            raise Unreadable("The file holds no moving pictures.")
        target_s = min(max(0.0, at_s), LATEST_S) + media_start(container)
        frame = _frame_at(origin, target_s)
        ratio = float(stream.sample_aspect_ratio or 1)
    picture = Image.fromarray(frame.to_ndarray(format="rgb24"))
    if ratio != 1:
        picture = picture.resize((max(1, round(picture.width * ratio)), picture.height))
    if frame.rotation % 360:
        picture = picture.rotate(frame.rotation, expand=True)
    return _encode(picture, width)


def image_thumbnail(origin: Origin, width: int) -> bytes:
    """Return a still picture no wider than `width`, turned upright: JPEG, or PNG if see-through.

    Raises
    ------
    Unreadable
        When the picture is damaged or too large to unpack.
    """
    _check_width(width)
    with open_picture(origin) as picture:
        if picture.format == "JPEG":
            # The decoder itself can shrink, which saves most of the time and memory.
            picture.draft("RGB", (width, width))
        return _encode(upright(picture), width)


def _frame_at(origin: Origin, target_s: float) -> VideoFrame:
    """Return the last frame that begins no later than a container time, else the first."""
    found = None
    # Some demuxers land behind the target: the further back, the surer.
    for back_s in (RUN_UP_S, 20 * RUN_UP_S, target_s):
        frame, early, why = _frame_from(origin, max(0.0, target_s - back_s), target_s)
        found = frame or found
        if frame is not None and early:
            break
    if found is None:
        raise Unreadable(f"Its pictures cannot be decoded: {why}.")
    return found


def _frame_from(
    origin: Origin, from_s: float, target_s: float
) -> tuple[VideoFrame | None, bool, str]:
    """Look on from a container time; tell the frame, whether it begins in time, or why none."""
    found, early = None, False
    with open_container(origin) as container:
        stream = video_stream(container)
        try:
            container.seek(round(from_s * av.time_base), backward=True)
            for frame in container.decode(stream):
                if not isinstance(frame, VideoFrame):
                    continue
                late = frame.time is not None and frame.time > target_s + TOLERANCE_S
                if found is None or not late:
                    found, early = frame, not late
                if late:
                    break
        except FLAWS as error:
            return found, early, reason(error)
    return found, early, "there are none"


def _encode(picture: Image.Image, width: int) -> bytes:
    see_through = picture.has_transparency_data
    picture = picture.convert("RGBA" if see_through else "RGB")
    if picture.width > width:
        height = max(1, round(picture.height * width / picture.width))
        picture = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    if see_through:
        picture.save(out, "PNG")
    else:
        picture.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def _check_width(width: int) -> None:
    if not 1 <= width <= MAX_WIDTH:
        raise Invalid(f"The width is 1 to {MAX_WIDTH} pixels.", width="out of range")
