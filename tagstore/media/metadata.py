"""What a recorder wrote beside the sound: GUANO, AudioMoth comments, times in file names."""

import json
import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, BinaryIO

import soundfile

from tagstore.media.origins import Origin, openable
from tagstore.media.riff import chunks, is_wave, read_chunk, sub_chunks

EARLIEST_YEAR, LATEST_YEAR = 1980, 2100
TAIL_BYTES = 1 << 20
LIST_FIELDS = {
    b"ICMT": "comment", b"IART": "artist", b"INAM": "title", b"ICRD": "date", b"ISFT": "software",
    b"IPRD": "album", b"ICOP": "copyright", b"IGNR": "genre",
}  # fmt: skip

RECORDED = re.compile(
    r"Recorded at (\d{2}:\d{2}:\d{2})(?:\.\d+)? (\d{2}/\d{2}/\d{4})"
    r"(?: \(UTC(?:([+-])(\d{1,2})(?::(\d{2}))?)?(\))?)?"
)
CLAUSES = {
    "device": re.compile(r"by (AudioMoth [0-9A-Fa-f]{16})"),
    "deployment": re.compile(r"during deployment ([0-9A-Fa-f]{16})"),
    "microphone": re.compile(r"using (external) microphone"),
    "gain": re.compile(
        r"at (?:gain setting ([0-4])|(low-medium|medium-high|low|medium|high) gain)"
    ),
    "battery": re.compile(
        r"battery (?:state )?was ((?:less than |greater than |[<>] ?)?\d+(?:\.\d+)?V)"
    ),
    "temperature_c": re.compile(r"temperature was (-?\d+(?:\.\d+)?)C"),
    "threshold": re.compile(r"threshold was (-?\d+(?:\.\d+)?(?:%| ?dB)?)(?=[ .]|$)", re.IGNORECASE),
    "minimum_trigger_s": re.compile(r"with (\d+)s minimum trigger duration"),
    "filter": re.compile(r"((?:Low|High|Band)-pass filter .*?) applied"),
    "stopped": re.compile(r"Recording (?:was )?((?:cancelled|stopped)[^.]*)"),
}
NUMBERS = {"temperature_c", "minimum_trigger_s"}

NAME_ZONED = re.compile(r"(?<!\d)(\d{8})T(\d{6})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?(?!\d)")
NAME_PLAIN = re.compile(r"(?<!\d)(\d{8})[_$-](\d{6})(?!\d)(T(?![A-Za-z]))?")
NAME_HEX = re.compile(r"([0-9A-Fa-f]{8})(T?)")
EARLIEST_HEX = datetime(2015, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True)
class Recorded:
    """When and where a recording was made, and everything else its recorder said."""

    recorded_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    info: dict[str, Any] = field(default_factory=dict)


def recorder_metadata(origin: Origin, name: str) -> Recorded:
    """Collect what the recorder said: GUANO first, then an AudioMoth comment, then the name.

    Parameters
    ----------
    origin : Origin
        The bytes; their kind is found by content.
    name : str
        The file name the recorder gave, with or without folders.

    Returns
    -------
    Recorded
        `recorded_at` has a zone when the recorder told one, else it is naive local time. Degrees
        are WGS 84. `info` is flat; keys begin with `guano.`, `audiomoth.` or `tag.`.

    Notes
    -----
    GUANO 1.0 (github.com/riggsd/guano-spec); AudioMoth firmware 1.0 to 1.11. Damaged metadata is
    left out, never raised.
    """
    guano, tags = _embedded(origin)
    comment = tags.get("comment", "")
    moth_at, moth = audiomoth(comment)
    name_at, named = name_time(name)
    latitude, longitude = _position(guano)
    info: dict[str, Any] = {f"guano.{key}": value for key, value in guano.items()}
    info |= {f"audiomoth.{key}": value for key, value in moth.items()}
    info |= {f"tag.{key}": value for key, value in tags.items()} | named | _expansion(guano)
    said = [_iso_time(guano.get("Timestamp", "")), moth_at, _json_time(comment), name_at]
    return Recorded(next((at for at in said if at is not None), None), latitude, longitude, info)


def parse_guano(content: bytes) -> dict[str, str]:
    """Return the fields of a GUANO chunk, in order, or nothing when it is not GUANO."""
    text = content.decode("utf-8", "replace").replace("\0", "\n")
    fields: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        key = "|".join(part.strip() for part in key.split("|", 1))
        if colon and key:
            fields[key] = value.strip().replace("\\n", "\n") if key == "Note" else value.strip()
    return fields if "GUANO|Version" in fields or "Timestamp" in fields else {}


def audiomoth(comment: str) -> tuple[datetime | None, dict[str, Any]]:
    """Read an AudioMoth comment clause by clause; each firmware words it differently."""
    match = RECORDED.search(comment)
    if match is None:
        return None, {}
    found: dict[str, Any] = {}
    for key, pattern in CLAUSES.items():
        if clause := pattern.search(comment):
            value = next(group for group in clause.groups() if group is not None)
            found[key] = float(value) if key in NUMBERS else value
    clock, day, sign, hours, minutes, told = match.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        zone = timezone(-offset if sign == "-" else offset) if told else None
        at = datetime.strptime(f"{day} {clock}", "%d/%m/%Y %H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        return None, found
    return at if at.year >= EARLIEST_YEAR else None, found


def name_time(name: str) -> tuple[datetime | None, dict[str, Any]]:
    """Read the time a recorder put in a file name, and whether a trigger started it."""
    stem = re.split(r"[/\\]", name)[-1].rsplit(".", 1)[0]
    for match in NAME_ZONED.finditer(stem):
        if (at := _iso_time(f"{match[1]}T{match[2]}{match[3] or ''}")) is not None:
            return at, {}
    for match in NAME_PLAIN.finditer(stem):
        if (at := _iso_time(f"{match[1]}T{match[2]}")) is not None:
            return at, {"triggered": True} if match[3] else {}
    hexadecimal = NAME_HEX.fullmatch(stem)
    if hexadecimal and int(hexadecimal[1], 16) >= EARLIEST_HEX:
        at = datetime.fromtimestamp(int(hexadecimal[1], 16), UTC)
        return at, {"triggered": True} if hexadecimal[2] else {}
    return None, {}


def _embedded(origin: Origin) -> tuple[dict[str, str], dict[str, str]]:
    with origin.open("rb") as file:
        if is_wave(file.read(12)):
            guano, tags = _riff_metadata(file)
            return guano or _stray_guano(file), tags
    try:
        with soundfile.SoundFile(openable(origin)) as sound:
            return {}, {key: _clean(text) for key, text in sound.copy_metadata().items() if text}
    except (soundfile.LibsndfileError, RuntimeError, OSError):
        return {}, {}


def _riff_metadata(file: BinaryIO) -> tuple[dict[str, str], dict[str, str]]:
    guano: dict[str, str] = {}
    tags: dict[str, str] = {}
    for chunk in chunks(file):
        if chunk.id == b"guan":
            guano = guano or parse_guano(read_chunk(file, chunk))
        elif chunk.id == b"LIST":
            content = read_chunk(file, chunk)
            for name, value in sub_chunks(content) if content[:4] == b"INFO" else ():
                if name in LIST_FIELDS and (text := _clean(_decode(value))):
                    tags.setdefault(LIST_FIELDS[name], text)
    return guano, tags


def _stray_guano(file: BinaryIO) -> dict[str, str]:
    """Look for a GUANO chunk that wrong sizes hide, at both ends of the file."""
    size = file.seek(0, 2)
    for start in (0, max(0, size - TAIL_BYTES)):
        file.seek(start)
        content = file.read(TAIL_BYTES)
        at = content.find(b"GUANO|Version")
        if at >= 8 and content[at - 8 : at - 4] == b"guan":
            length = int.from_bytes(content[at - 4 : at], "little")
            return parse_guano(content[at : at + length])
    return {}


def _decode(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def _clean(text: str) -> str:
    return text.split("\0", 1)[0].encode("utf-8", "replace").decode().strip()


def _iso_time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return at if EARLIEST_YEAR <= at.year < LATEST_YEAR else None


def _json_time(comment: str) -> datetime | None:
    """Read the start time that OpenSoundscape leaves in a JSON comment."""
    try:
        told = json.loads(comment.removeprefix("opso_metadata"))
    except (ValueError, RecursionError):
        return None
    start = told.get("recording_start_time") if isinstance(told, dict) else None
    return _iso_time(start) if isinstance(start, str) else None


def _position(guano: dict[str, str]) -> tuple[float | None, float | None]:
    parts = guano.get("Loc Position", "").replace(",", " ").split()
    try:
        latitude, longitude = (float(part) for part in parts)
    except ValueError:
        return None, None
    inside = abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if inside else (None, None)


def _expansion(guano: dict[str, str]) -> dict[str, Any]:
    """Note a time expansion: the true length is the file's divided by it (GUANO `TE`)."""
    try:
        factor = float(guano.get("TE", "1"))
    except ValueError:
        return {}
    sensible = math.isfinite(factor) and factor > 0 and factor != 1
    return {"time_expansion": factor} if sensible else {}
