"""What a media file is, found by really decoding its beginning and looking at its end."""

from dataclasses import replace
from typing import Any

import soundfile

from tagstore.errors import Unreadable
from tagstore.media import decode, film, picture
from tagstore.media.facts import Facts
from tagstore.media.metadata import recorder_metadata
from tagstore.media.origins import Origin
from tagstore.media.riff import UNKNOWN_SIZE, chunks, is_wave
from tagstore.media.sniff import MP3, OGV, Kind, sniff

__all__ = ["Facts", "probe"]

FIRST_BLOCK = 4096
MIMETYPES = {
    "WAV": "audio/wav", "RF64": "audio/wav", "W64": "audio/x-w64", "FLAC": "audio/flac",
    "OGG": "audio/ogg", "MP3": "audio/mpeg", "AIFF": "audio/aiff", "CAF": "audio/x-caf",
    "AU": "audio/basic",
}  # fmt: skip
BIT_DEPTHS = {
    "PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32, "FLOAT": 32, "DOUBLE": 64,
    "ULAW": 8, "ALAW": 8, "IMA_ADPCM": 4, "MS_ADPCM": 4, "ALAC_16": 16, "ALAC_20": 20,
    "ALAC_24": 24, "ALAC_32": 32,
}  # fmt: skip
UNFINISHED_BYTES = 8192
OWN_NAMES = {"WAVEX": "WAV"}
CUT_TO_FILE = ("WAV", "RF64", "AIFF", "W64")


def probe(origin: Origin, name: str) -> Facts:
    """Return the facts of a media file.

    Parameters
    ----------
    origin : Origin
        The bytes; their kind is found by content.
    name : str
        The name the file came with; only a time in it is used.

    Raises
    ------
    Unreadable
        When the bytes are no media we read, hold nothing, or cannot be decoded; the message says
        which. A file cut short is read as far as it goes, and `info["truncated"]` says so.
    """
    try:
        kind = sniff(origin)
        facts = _facts(origin, kind)
        recorded = recorder_metadata(origin, name)
    except OSError as error:
        raise Unreadable("The file cannot be opened.") from error
    return replace(
        facts,
        recorded_at=recorded.recorded_at or facts.recorded_at,
        latitude=facts.latitude if recorded.latitude is None else recorded.latitude,
        longitude=facts.longitude if recorded.longitude is None else recorded.longitude,
        info=recorded.info | facts.info,
    )


def _facts(origin: Origin, kind: Kind) -> Facts:
    if kind.reader == "pillow":
        return picture.picture_facts(origin)
    if kind.reader == "av":
        return film.film_facts(origin, kind)
    if kind.format == "OGG" and not _opens(origin):
        return film.film_facts(origin, OGV)
    if kind == MP3 and film.outlasts(origin, MP3, _claimed_s(origin)):
        return film.film_facts(origin, MP3)
    return _sound_facts(origin, kind)


def _sound_facts(origin: Origin, kind: Kind) -> Facts:
    with decode.open_file(origin) as file:
        claimed, rate, channels = int(file.frames), int(file.samplerate), int(file.channels)
        codec, container = str(file.subtype), str(file.format)
        _try_first_block(file, kind)
    samples = decode.count_samples(origin)
    if samples == 0:
        raise Unreadable(_nothing(origin))
    container = OWN_NAMES.get(container, container)
    info: dict[str, Any] = {"extensible": True} if file.format == "WAVEX" else {}
    if missing := _missing(origin, container, samples, claimed):
        info["truncated"] = missing
    return Facts(
        kind="audio",
        mimetype=MIMETYPES.get(container, f"audio/x-{container.lower()}"),
        format=container,
        codec=codec,
        duration_s=samples / rate,
        sample_rate=rate,
        channels=channels,
        bit_depth=BIT_DEPTHS.get(codec),
        samples=samples,
        info=info,
    )


def _try_first_block(file: Any, kind: Kind) -> None:
    try:
        file.read(FIRST_BLOCK, dtype="float32")
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise Unreadable(
            f"The file begins like {kind.format}, but its first sounds cannot be decoded: "
            f"{decode.reason(error)}."
        ) from error


def _nothing(origin: Origin) -> str:
    size = origin.stat().st_size
    if size > UNFINISHED_BYTES:
        return (
            "The file's header says that it holds no samples, though the file has "
            f"{size:,} bytes: its recorder did not finish it."
        )
    return "The file holds no samples: its header is there, but no sound follows."


def _missing(origin: Origin, container: str, samples: int, claimed: int) -> str | None:
    """Say how much of what the header promises is not there."""
    if container in CUT_TO_FILE:
        # libsndfile already cuts its count to the file, so ask the header itself.
        held, promised = _data_bytes(origin)
    else:
        held, promised = samples, claimed
    if promised <= held or promised >= decode.UNKNOWN_LENGTH:
        return None
    percent = min(99.9, max(0.1, 100 * held / promised))
    return f"The file is cut short: {percent:.1f} % of what its header promises is there."


def _data_bytes(origin: Origin) -> tuple[int, int]:
    """Return how many bytes of sound are there, and how many the header promises."""
    size = origin.stat().st_size
    with origin.open("rb") as file:
        head = file.read(24)
        if head[:4] == b"FORM":
            return size - 8, int.from_bytes(head[4:8], "big")
        if head[:4] == b"riff":
            return size, int.from_bytes(head[16:24], "little")
        for chunk in chunks(file) if is_wave(head) else ():
            if chunk.id == b"data" and chunk.claimed != UNKNOWN_SIZE:
                return chunk.held, chunk.claimed
    return 0, 0


def _opens(origin: Origin) -> bool:
    try:
        decode.open_file(origin).close()
    except Unreadable:
        return False
    return True


def _claimed_s(origin: Origin) -> float:
    try:
        with decode.open_file(origin) as file:
            return float(file.frames / file.samplerate)
    except Unreadable:
        return 0.0
