"""Opening what FFmpeg reads, on one clock: seconds from the start of the media."""

from collections.abc import Iterator
from contextlib import contextmanager

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from tagstore.errors import Unreadable
from tagstore.media.origins import Origin, openable
from tagstore.media.sniff import NOT_MEDIA, OGV, Kind, sniff

FLAWS = (av.FFmpegError, ValueError, EOFError)
"""What PyAV raises on damaged input."""


@contextmanager
def open_container(origin: Origin, kind: Kind | None = None) -> Iterator[InputContainer]:
    """Open a container with the demuxer its content asks for, and no other protocol than files.

    Raises
    ------
    Unreadable
        When the bytes are no container we read, or their index is damaged or missing.
    """
    kind = kind or sniff(origin)
    demuxer = kind.demuxer or (OGV.demuxer if kind.format == "OGG" else "")
    if not demuxer:
        raise Unreadable(NOT_MEDIA)
    try:
        container = av.open(
            openable(origin),
            "r",
            format=demuxer,
            options={"protocol_whitelist": "file"},
            metadata_errors="replace",
        )
    except FLAWS as error:
        raise Unreadable(
            f"The file begins like {kind.format} but is damaged or cut short: {reason(error)}."
        ) from error
    with container:
        yield container


def media_start(container: InputContainer) -> float:
    """Return the container time, in seconds, at which a player's clock shows zero.

    A negative start holds only what decoders discard, so it counts as zero, as browsers do.
    """
    return max(0.0, (container.start_time or 0) / av.time_base)


def video_stream(container: InputContainer) -> VideoStream | None:
    """Return the first moving picture; a cover image is none."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    return None


def reason(error: BaseException) -> str:
    """Return FFmpeg's words for a fault, without paths and numbers."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).rstrip(". ").lower()
