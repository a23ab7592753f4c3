"""Uploads: the tags of many tracks in one body, in either of two forms."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tagstore.errors import Fault
from tagstore.models import Batch, MediaFile
from tagstore.values import TagDraft
from tagstore.web.api.eluvio.faults import Refused, joined, named
from tagstore.web.api.eluvio.fields import is_amount, number_of
from tagstore.web.api.eluvio.written import Written, read_tags

FILE_FORM = {"metadata_tags", "overlay_tags"}
LABEL_MOST = 200
NOT_AN_OBJECT = "Must be an object."
NOT_A_LIST = "Must be a list of tags."


@dataclass
class Lot:
    """The tags of one track in one part of the body, and where each of them stands there."""

    track: str
    place: str
    written: Written
    label: str | None = None
    indexes: list[int] | None = None
    """Of several tags of one entry, each has the entry's."""
    frames: list[int] | None = None
    """The frames that the tags stand in, where it is those that say when they are."""

    def place_of(self, index: int) -> str:
        """Return where in the body a tag stands."""
        return f"{self.place}[{self.indexes[index] if self.indexes else index}]"


@dataclass
class Upload:
    """All that was uploaded, and what is wrong with the body around the tags."""

    lots: list[Lot] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)

    def tracks(self) -> dict[str, str | None]:
        """Return the tracks in order, each with the label that it was given."""
        found: dict[str, str | None] = {}
        for lot in self.lots:
            found[lot.track] = found.get(lot.track) or lot.label
        return found

    def place_of(self, index: int) -> str:
        """Return where in the body the tag of that number stands, counted through all lots."""
        for lot in self.lots:
            if index < len(lot.written):
                return lot.place_of(index)
            index -= len(lot.written)
        return ""

    def drafts(
        self, media_file: MediaFile, batches: dict[str, Batch]
    ) -> tuple[list[TagDraft], list[Fault]]:
        """Return all tags as drafts, and what is wrong with them by number."""
        self._set_times(media_file.frame_rate)
        drafts: list[TagDraft] = []
        faults: list[Fault] = []
        for lot in self.lots:
            shift = len(drafts)
            faults += [
                Fault(fault.index + shift, fault.field, fault.code, fault.message)
                for fault in lot.written.faults
            ]
            tag_set_id = batches[lot.track].track_author.track.tag_set_id
            drafts += lot.written.drafts(media_file.id, tag_set_id)
        return drafts, faults

    def _set_times(self, frame_rate: float | None) -> None:
        """Say when tags of frames are: from the frame to the next one."""
        for lot in self.lots:
            if lot.frames and not frame_rate:
                words = "The frame rate of this content is not known."
                raise Refused([("overlay_tags", words)])
            if lot.frames and frame_rate:
                lot.written.starts_s = [frame / frame_rate for frame in lot.frames]
                lot.written.ends_s = [(frame + 1) / frame_rate for frame in lot.frames]


def read_upload(body: dict[str, Any]) -> Upload:
    """Return what an upload holds: tags by track, or a file as external taggers write it."""
    upload = Upload()
    if any(isinstance(body.get(name), dict) for name in FILE_FORM):
        _read_metadata(upload, body.get("metadata_tags"))
        _read_overlay(upload, body.get("overlay_tags"))
    else:
        for track, items in body.items():
            if isinstance(items, list):
                upload.lots.append(Lot(track, track, read_tags(items)))
            else:
                upload.faults.append((track, NOT_A_LIST))
    if upload.faults:
        inner = [each for lot in upload.lots for each in named(lot.written.faults, lot.place_of)]
        raise Refused(upload.faults + inner)
    return upload


def _read_metadata(upload: Upload, part: Any) -> None:
    for track, entry in _entries(upload, "metadata_tags", part):
        place = joined("metadata_tags", track)
        label, items = entry.get("label"), entry.get("tags")
        if label is not None and not (isinstance(label, str) and len(label) <= LABEL_MOST):
            upload.faults.append(
                (f"{place}.label", f"Must be text of at most {LABEL_MOST} characters.")
            )
        if not isinstance(items, list):
            upload.faults.append((f"{place}.tags", NOT_A_LIST))
            continue
        indexes, single = _singled(items)
        upload.lots.append(Lot(track, f"{place}.tags", read_tags(single), label, indexes))


def _read_overlay(upload: Upload, part: Any) -> None:
    for name, levels in _entries(upload, "", {} if part is None else {"overlay_tags": part}):
        frames = levels.get("frame_level_tags")
        for frame, tracks in _entries(upload, joined(name, "frame_level_tags"), frames):
            place = f"overlay_tags.frame_level_tags.{frame}"
            if not (frame.isascii() and frame.isdigit() and (number_of(frame) or frame == "0")):
                upload.faults.append((place, "Must be the number of a frame."))
                continue
            tracks.pop("timestamp_sec", None)
            for track, entry in _entries(upload, place, tracks):
                _read_frame(upload, f"{place}.{track}.tags", track, number_of(frame), entry)


def _read_frame(upload: Upload, place: str, track: str, frame: int, entry: dict[str, Any]) -> None:
    items = entry.get("tags")
    if not isinstance(items, list):
        upload.faults.append((place, NOT_A_LIST))
        return
    indexes, single = _singled(items)
    boxed = [
        {"start_time": 0, "end_time": 0, **_with_frame(item, frame)}
        if isinstance(item, dict)
        else item
        for item in single
    ]
    written = read_tags(boxed)
    for index, item in enumerate(single):
        score = item.get("confidence") if isinstance(item, dict) else None
        written.scores[index] = score if is_amount(score) else None
        if score is not None and written.scores[index] is None:
            written.faults.append(Fault(index, "score", "invalid", "Must be a number."))
    upload.lots.append(Lot(track, place, written, None, indexes, [frame] * len(single)))


def _with_frame(item: dict[str, Any], frame: int) -> dict[str, Any]:
    """Return an entry of a frame as the tag that it is; its times follow from the frame."""
    kept = {name: value for name, value in item.items() if name not in {"start_time", "end_time"}}
    return {**kept, "frame_info": {"frame_idx": frame, "box": item.get("box")}}


def _singled(items: list[Any]) -> tuple[list[int], list[Any]]:
    """Return entries as one tag a text, each with the number of its entry."""
    indexes: list[int] = []
    single: list[Any] = []
    for index, item in enumerate(items):
        words = item.get("tag", item.get("text")) if isinstance(item, dict) else None
        for text in words if isinstance(words, list) else [words]:
            indexes.append(index)
            single.append(item if text is None else {**item, "tag": text})
    return indexes, single


def _entries(upload: Upload, place: str, part: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects that an object holds by name; anything else is a fault."""
    if part is None:
        return
    if not isinstance(part, dict):
        upload.faults.append((place, NOT_AN_OBJECT))
        return
    for name, entry in part.items():
        if isinstance(entry, dict):
            yield name, entry
        else:
            upload.faults.append((joined(place, name), NOT_AN_OBJECT))
