"""All annotation formats, in the order in which a file is tried against them."""

from tagstore.errors import Invalid
from tagstore.formats.captions.srt import SRT
from tagstore.formats.captions.webvtt import WEBVTT
from tagstore.formats.documents.aoef_writing import AOEF
from tagstore.formats.documents.avianz import AVIANZ
from tagstore.formats.documents.eluvio import ELUVIO
from tagstore.formats.documents.labelstudio import LABEL_STUDIO
from tagstore.formats.documents.svl import SVL
from tagstore.formats.format import Format
from tagstore.formats.jsonlines import JSON_LINES
from tagstore.formats.tables.aplose import APLOSE
from tagstore.formats.tables.audacity import AUDACITY
from tagstore.formats.tables.birdnet import BIRDNET, BIRDNET_LABELS
from tagstore.formats.tables.crowsetta import GENERIC_SEQ, SIMPLE_SEQ
from tagstore.formats.tables.cvat import CVAT
from tagstore.formats.tables.kaleidoscope import KALEIDOSCOPE, KALEIDOSCOPE_CLUSTERS
from tagstore.formats.tables.opensoundscape import HOPLITE, OPENSOUNDSCAPE
from tagstore.formats.tables.own import CSV, TSV
from tagstore.formats.tables.plain import PLAIN
from tagstore.formats.tables.raven import RAVEN
from tagstore.formats.tables.rttm import RTTM
from tagstore.formats.tables.sonicvisualiser import SONIC_VISUALISER
from tagstore.formats.tables.via import VIA
from tagstore.formats.tables.warbler import WARBLER
from tagstore.formats.tiers.eaf import EAF
from tagstore.formats.tiers.textgrid import TEXTGRID

FORMATS: tuple[Format, ...] = (
    JSON_LINES,
    TEXTGRID,
    EAF,
    WEBVTT,
    SRT,
    RTTM,
    LABEL_STUDIO,
    AOEF,
    ELUVIO,
    SVL,
    AVIANZ,
    VIA,
    CSV,
    TSV,
    BIRDNET,
    RAVEN,
    KALEIDOSCOPE,
    KALEIDOSCOPE_CLUSTERS,
    APLOSE,
    OPENSOUNDSCAPE,
    HOPLITE,
    GENERIC_SEQ,
    SIMPLE_SEQ,
    WARBLER,
    CVAT,
    PLAIN,
    BIRDNET_LABELS,
    AUDACITY,
    SONIC_VISUALISER,
)
"""The surest signs come first; tables with any header, and label tracks without one, last."""


def detected(head: bytes) -> Format | None:
    """Return the format of a file that begins with these bytes; at most `HEAD_BYTES` count."""
    return next((each for each in FORMATS if each.read and each.fits(head)), None)


def named(key: str) -> Format:
    """Return the format of that name, or raise Invalid with those that there are."""
    for each in FORMATS:
        if each.key == key:
            return each
    known = ", ".join(each.key for each in FORMATS)
    raise Invalid(f"There is no format “{key}”. There are: {known}.", format="is not known")
