"""What is known of a media file once it has been looked at."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Facts:
    """The facts of a media file; what does not apply or is not known is None."""

    kind: str
    """`audio`, `video` or `image`."""

    mimetype: str
    """Of the original bytes."""

    format: str
    """The container: WAV, RF64, FLAC, MP3, MP4, WEBM, PNG…"""

    codec: str
    """libsndfile's name in capitals, FFmpeg's in small letters, nothing for images."""

    duration_s: float | None = None
    sample_rate: int | None = None
    channels: int | None = None
    bit_depth: int | None = None

    samples: int | None = None
    """Per channel, when exactly known."""

    frame_rate: float | None = None

    width: int | None = None
    """As shown: turned as the file asks, with square pixels."""

    height: int | None = None

    recorded_at: datetime | None = None
    """With a zone when the recorder told one, else naive local time."""

    latitude: float | None = None
    longitude: float | None = None

    info: dict[str, Any] = field(default_factory=dict)
    """What else the recorder said, and what is odd: flat and fit for JSON."""
