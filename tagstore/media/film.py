"""The facts of what FFmpeg reads: films with or without sound, and sound in film containers."""

from typing import Any

import av
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from tagstore.errors import Unreadable
from tagstore.media.container import FLAWS, media_start, open_container, reason, video_stream
from tagstore.media.facts import Facts
from tagstore.media.origins import Origin
from tagstore.media.sniff import Kind

INTERNAL = {"major_brand", "minor_version", "compatible_brands"}
FIRST_PACKETS = 2000
SHORTFALL_S = 1.0
MIMETYPES = {
    "MP4": "mp4", "MOV": "quicktime", "WEBM": "webm", "MKV": "x-matroska", "AVI": "x-msvideo",
    "OGV": "ogg", "AAC": "aac", "MP3": "mpeg",
}  # fmt: skip
OWN_NAMES = {"mp3float": "mp3", "libvpx-vp9": "vp9", "libvpx": "vp8", "libdav1d": "av1"}


def film_facts(origin: Origin, kind: Kind) -> Facts:
    """Return the facts of a container, its first frame of each track decoded.

    Raises
    ------
    Unreadable
        When it holds neither sound nor moving pictures, or its first frames cannot be decoded.
    """
    with open_container(origin, kind) as container:
        picture = video_stream(container)
        sound = container.streams.audio[0] if container.streams.audio else None
        if picture is None and sound is None:
            raise Unreadable("The file holds neither sound nor moving pictures.")
        info: dict[str, Any] = {
            f"tag.{key.lower()}": value
            for key, value in container.metadata.items()
            if key.lower() not in INTERNAL
        }
        shape = _hearing(_first_frame(container, sound)) if sound else {}
        if picture:
            shape |= _shape(_first_frame(container, picture), picture)
        duration_s, truncated = _duration(container, origin, kind)
    if duration_s <= 0:
        raise Unreadable("The file holds no samples: nothing follows its header.")
    if truncated:
        info["truncated"] = truncated
    if picture and sound:
        info["sound_codec"] = _codec(sound)
    return Facts(
        kind="video" if picture else "audio",
        mimetype=f"{'video' if picture else 'audio'}/{MIMETYPES[kind.format]}",
        format=kind.format,
        codec=_codec(picture or sound),
        duration_s=duration_s,
        info=info,
        **shape,
    )


def outlasts(origin: Origin, kind: Kind, claimed_s: float) -> bool:
    """Tell whether a file holds clearly more sound than a header or a guess claims.

    libsndfile guesses the length of an MP3 file without a Xing header from its first frame, and
    then stops reading there.
    """
    try:
        with open_container(origin, kind) as container:
            if _declared_s(container) <= claimed_s * 1.01 + 0.1 and _has_length(origin):
                return False
            return _last_s(container, from_s=0) > claimed_s * 1.01 + 0.1
    except Unreadable:
        return False


def _has_length(origin: Origin) -> bool:
    with origin.open("rb") as file:
        head = file.read(1 << 16)
    return any(mark in head for mark in (b"Xing", b"Info", b"VBRI"))


def _first_frame(container: InputContainer, stream: Stream) -> AudioFrame | VideoFrame:
    words = "sound" if stream.type == "audio" else "pictures"
    why = "there are none"
    container.seek(0)
    try:
        for number, packet in enumerate(container.demux(stream)):
            try:
                for frame in packet.decode():
                    if isinstance(frame, AudioFrame | VideoFrame):
                        return frame
            except FLAWS as error:
                why = reason(error)
            if number > FIRST_PACKETS:
                break
    except FLAWS as error:
        why = reason(error)
    raise Unreadable(f"Its {words} ({_codec(stream)}) cannot be decoded: {why}.")


def _codec(stream: Stream | None) -> str:
    # FFmpeg leaves no codec context on a track that it has no decoder for.
    context = stream.codec_context if stream is not None else None
    return "unknown codec" if context is None else OWN_NAMES.get(context.name, context.name)


def _hearing(frame: AudioFrame | VideoFrame) -> dict[str, Any]:
    if not isinstance(frame, AudioFrame):
        return {}
    return {"sample_rate": frame.sample_rate, "channels": frame.layout.nb_channels}


def _shape(frame: AudioFrame | VideoFrame, stream: VideoStream) -> dict[str, Any]:
    rate = stream.average_rate or stream.guessed_rate or stream.base_rate
    if not isinstance(frame, VideoFrame):
        return {}
    ratio = stream.sample_aspect_ratio
    width, height = round(frame.width * float(ratio)) if ratio else frame.width, frame.height
    if frame.rotation % 180:
        width, height = height, width
    return {"width": width, "height": height, "frame_rate": float(rate) if rate else None}


def _declared_s(container: InputContainer) -> float:
    if not container.duration or container.duration < 0:
        return 0.0
    # A negative start is not shown, so it does not count; Matroska counts from its zero.
    early = min(0, container.start_time or 0) / av.time_base
    late = media_start(container) if "matroska" in container.format.name else 0.0
    return container.duration / av.time_base + early - late


def _duration(container: InputContainer, origin: Origin, kind: Kind) -> tuple[float, str | None]:
    """Return the media seconds that are there, and what to say if the header promises more."""
    declared = _declared_s(container)
    guessed = kind.demuxer in ("aac", "mp3")
    trusted = declared > 0 and not guessed
    if trusted and _last_s(container, from_s=declared) >= declared - SHORTFALL_S:
        return declared, None
    with open_container(origin, kind) as again:
        found = _last_s(again, from_s=0)
    if not trusted:
        return found, None
    if found >= declared - SHORTFALL_S:
        return declared, None
    return found, f"The file is cut short: {found:.1f} s of {declared:.1f} s are there."


def _last_s(container: InputContainer, *, from_s: float) -> float:
    """Return the media time at which the last packet ends, looking on from a time."""
    start_s, last_s = media_start(container), 0.0
    try:
        container.seek(round((from_s + start_s) * av.time_base), backward=True)
        for packet in container.demux():
            if packet.pts is None or packet.time_base is None or not packet.size:
                continue
            end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            last_s = max(last_s, end_s - start_s)
    except FLAWS:
        return last_s
    return last_s
