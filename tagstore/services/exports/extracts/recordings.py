"""A recording that clips are cut from, and what GUANO says of one of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tagstore.errors import NotFound
from tagstore.formats.rows import Row
from tagstore.media.cut import Cut
from tagstore.media.origins import Origin
from tagstore.media.store import MISSING
from tagstore.models import MediaFile
from tagstore.services.exports.recorders import recorder_of
from tagstore.services.media_files.moments import began_at
from tagstore.services.media_files.places import Source, source_of
from tagstore.services.media_files.work import sound_at_hand

OF_THE_WHOLE = {
    *("GUANO|Version", "Timestamp", "Length", "Tags", "Species Auto ID", "Species Manual ID"),
}
"""What a recorder says of a whole recording, and is not true of a part of it."""


@dataclass(frozen=True)
class Recording:
    """What is needed of a media file to cut clips from it without the database."""

    source: Source
    began_at: datetime | None
    expansion: float
    """How many seconds of the file are one of the world's."""
    guano: dict[str, str]
    """What is true of any part of it."""

    @property
    def sample_rate(self) -> int:
        """Its own, or 1 if there is nothing to hear."""
        return self.source.sample_rate or 1

    def sound(self) -> Origin:
        """Return where its sound is, or raise why it cannot be had."""
        if self.source.kind == "external":
            raise NotFound(MISSING)
        return sound_at_hand(self.source)

    def guano_of(self, row: Row, piece: Cut) -> dict[str, str]:
        """Return what GUANO says of a clip of it."""
        fields = dict(self.guano)
        start_s = piece.start / self.sample_rate / self.expansion
        length_s = (piece.end - piece.start) / self.sample_rate / self.expansion
        if self.began_at is not None:
            fields["Timestamp"] = (self.began_at + timedelta(seconds=start_s)).isoformat()
        fields["Length"] = f"{length_s:.6f}"
        words = " ".join((row.label or row.text or "").replace(",", " ").split())
        if words:
            fields["Tags"] = words
        if words and row.label is not None:
            fields[f"Species {'Auto' if _is_a_guess(row) else 'Manual'} ID"] = words
        return fields


def recording_of(media_file: MediaFile) -> Recording:
    """Return what is needed of a media file."""
    info = media_file.info
    said = {key.removeprefix("guano."): str(value) for key, value in info.items() if _is_guano(key)}
    fields = {key: value for key, value in said.items() if key not in OF_THE_WHOLE}
    for key, value in zip(("Make", "Model", "Serial"), recorder_of(info), strict=True):
        if value is not None:
            fields.setdefault(key, str(value))
    if media_file.latitude is not None and media_file.longitude is not None:
        fields.setdefault("Loc Position", f"{media_file.latitude:.6f} {media_file.longitude:.6f}")
    fields.setdefault("Samplerate", str(media_file.sample_rate))
    fields.setdefault("Original Filename", media_file.name)
    expansion = float(info.get("time_expansion", 1.0))
    began = began_at(media_file.recorded_at, media_file.utc_offset_s)
    return Recording(source_of(media_file), began, expansion, fields)


def _is_guano(key: str) -> bool:
    return key.startswith("guano.")


def _is_a_guess(row: Row) -> bool:
    """Tell whether a machine put the class there and nobody has agreed yet."""
    return row.score is not None and row.status != "accepted"
