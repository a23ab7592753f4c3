"""What kind of media some bytes are, by their content and never by a file name."""

from dataclasses import dataclass
from typing import Literal

from tagstore.errors import Unreadable
from tagstore.media.origins import Origin
from tagstore.media.riff import is_wave

HEAD_BYTES = 4096
NOT_MEDIA = "This is not a sound, video or picture format that Tagstore reads."


@dataclass(frozen=True)
class Kind:
    """Which library reads the file, and the name of its container."""

    reader: Literal["soundfile", "av", "pillow"]
    format: str
    demuxer: str = ""


WEBM = Kind("av", "WEBM", "matroska")
MATROSKA = Kind("av", "MKV", "matroska")
MP4 = Kind("av", "MP4", "mov")
MOV = Kind("av", "MOV", "mov")
AVI = Kind("av", "AVI", "avi")
ADTS = Kind("av", "AAC", "aac")
OGV = Kind("av", "OGV", "ogg")
MP3 = Kind("soundfile", "MP3", "mp3")

PREFIXES = {
    b"fLaC": Kind("soundfile", "FLAC"),
    b"OggS": Kind("soundfile", "OGG"),
    b"riff\x2e\x91\xcf\x11": Kind("soundfile", "W64"),
    b"caff": Kind("soundfile", "CAF"),
    b".snd": Kind("soundfile", "AU"),
    b"\x89PNG\r\n\x1a\n": Kind("pillow", "PNG"),
    b"\xff\xd8\xff": Kind("pillow", "JPEG"),
    b"GIF87a": Kind("pillow", "GIF"),
    b"GIF89a": Kind("pillow", "GIF"),
}
FORM_TYPES = {b"AIFF": Kind("soundfile", "AIFF"), b"AIFC": Kind("soundfile", "AIFF")}
PICTURE_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"hevc"}
MOV_ATOMS = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}


def sniff(origin: Origin) -> Kind:
    """Return the kind of a media file, or raise Unreadable with the reason."""
    with origin.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if not head:
            raise Unreadable("The file is empty.")
        if head[:3] == b"ID3":
            file.seek(_id3_size(head))
            return kind_of(file.read(HEAD_BYTES)) or MP3
    kind = kind_of(head)
    if kind is None:
        raise Unreadable(NOT_MEDIA)
    return kind


def kind_of(head: bytes) -> Kind | None:
    """Return the kind of media that begins with these bytes, if we know it."""
    for prefix, kind in PREFIXES.items():
        if head.startswith(prefix):
            return kind
    if head[:4] in (b"RIFF", b"RIFX", b"RF64", b"BW64"):
        return _riff(head)
    if head[:4] == b"FORM":
        return FORM_TYPES.get(head[8:12])
    if head[:4] == b"\x1aE\xdf\xa3":
        return WEBM if b"webm" in head[:128] else MATROSKA
    if head[4:8] == b"ftyp":
        return _iso(head[8:12])
    if head[4:8] in MOV_ATOMS:
        return MOV
    return _mpeg(head)


def _riff(head: bytes) -> Kind | None:
    if is_wave(head) or (head[:4] == b"RIFX" and head[8:12] == b"WAVE"):
        return Kind("soundfile", "WAV" if head[:3] == b"RIF" else "RF64")
    return {b"AVI ": AVI, b"WEBP": Kind("pillow", "WEBP")}.get(head[8:12])


def _iso(brand: bytes) -> Kind | None:
    if brand in PICTURE_BRANDS:
        return None
    return MOV if brand == b"qt  " else MP4


def _mpeg(head: bytes) -> Kind | None:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = (head[1] >> 1) & 3
    if layer == 0:
        return ADTS if head[1] & 0xF6 == 0xF0 else None
    version, bitrate, rate = (head[1] >> 3) & 3, head[2] >> 4, (head[2] >> 2) & 3
    return None if version == 1 or bitrate in (0, 15) or rate == 3 else MP3


def _id3_size(head: bytes) -> int:
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    footer = 10 if len(head) > 5 and head[5] & 0x10 else 0
    return 10 + size + footer
