"""From files of annotations to tags that can be stored, in lots; what is wrong is found."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from tagstore.errors import Unreadable
from tagstore.formats.format import Format
from tagstore.formats.rows import About, Fault, Item, Media, Row, Skipped
from tagstore.services.imports.choices import Choices
from tagstore.services.imports.classes import Classes
from tagstore.services.imports.documents import Document, Refused
from tagstore.services.imports.entries import FREE, Entry, Sense
from tagstore.services.imports.findings import (
    MOST_FILES,
    MOST_NAMES,
    FileFound,
    Findings,
    Found,
    NameFound,
)
from tagstore.services.imports.recordings import NotFound, Recording, Recordings
from tagstore.services.imports.unfit import LONGEST_ID, why_unfit
from tagstore.services.imports.words import Words

AT_ONCE = 5000
LONGEST_NAME = 200
KILOHERTZ_BELOW = 1000.0
ULTRASOUND_HZ = 20_000.0
MOST_SENSES = 10_000

NO_FORMAT = "No format that Tagstore reads begins like this. Name the format if you know it."


@dataclass
class _File:
    """The file that is being read."""

    number: int
    name: str
    format: Format
    recording: Recording | NotFound
    items: Counter[type[Item]] = field(default_factory=Counter)
    senses: dict[tuple[Any, ...], Sense] = field(default_factory=dict)
    lost: dict[str, tuple[NotFound, int, int]] = field(default_factory=dict)
    """Recordings that were not found, by name: on which line first, and how many rows."""
    stands_for: str | None = None
    """The only recording it names, which is not there; the file's own name found another."""
    names_one: bool = False
    """It names a recording that is there, so that none stands for another that is not."""
    is_torn: bool = False
    """It names a second one, so that the first should have been there."""


class Reading:
    """Reads the files of one import; `findings` are whole when the last lot was taken."""

    def __init__(self, choices: Choices, recordings: Recordings, classes: Classes) -> None:
        self.findings = Findings()
        self.names: list[str] = []
        """The files, by the numbers that entries have."""
        self.read_bytes = 0
        self.is_spoilt = False
        """Something was wrong already, so that nothing will be stored unless good rows are."""
        self._choices, self._recordings = choices, recordings
        self._words = Words(choices, classes)
        self._lost: dict[str, tuple[NotFound, int]] = {}
        self._met: set[int] = set()
        self._highest_hz = 0.0
        self._nyquist_hz = 0.0

    def lots(self, files: Iterable[Document | Refused]) -> Iterator[list[Entry]]:
        """Yield the tags that can be stored, some thousand at a time."""
        entries: list[Entry] = []
        for document in files:
            if isinstance(document, Refused):
                self._refuse(document)
                continue
            for item in self._items(document):
                entries.append(item)
                if len(entries) >= AT_ONCE:
                    yield entries
                    entries = []
        if entries:
            yield entries
        self._conclude()

    def _refuse(self, refused: Refused) -> None:
        self.findings.file_count += 1
        if refused.is_fault:
            self.is_spoilt = True
            self.findings.fault(Found(refused.name, 0, None, refused.reason))
        else:
            self.findings.skipped[refused.reason] += 1

    def _items(self, document: Document) -> Iterator[Entry]:
        """Yield the tags of one file that can be stored."""
        format = self._choices.format_of(document.head)
        if format is None or format.read is None:
            self._refuse(Refused(document.name, NO_FORMAT, document.is_named))
            return
        recording = self._recordings.of_file(document.name)
        file = _File(len(self.names), document.name, format, recording)
        self.names.append(document.name)
        about = self._about(recording)
        if format.columns and not self.findings.columns:
            self.findings.columns = format.columns(document.head, about)
        begun = self.read_bytes
        try:
            with document.open() as stream:
                counted = _Counted(stream, self)
                for item in format.read(cast(BinaryIO, counted), about):
                    file.items[type(item)] += 1
                    if isinstance(item, Row):
                        if entry := self._entry(item, file):
                            yield entry
                    elif isinstance(item, Fault):
                        self._fault(file, item.line, item.column, item.reason)
                    else:
                        self._skip(item)
        except Unreadable as error:
            self._fault(file, 0, None, error.message)
        self.read_bytes = begun + document.weight
        self._close(file)

    def _about(self, recording: Recording | NotFound) -> About:
        return About(
            media=recording.media if isinstance(recording, Recording) else Media(recording.name),
            others=self._recordings,
            columns=self._choices.columns,
            decimal_comma=self._choices.decimal_comma,
            kilohertz=self._choices.kilohertz,
            placeholders=self._choices.placeholders,
            for_spreadsheets=self._choices.for_spreadsheets,
        )

    def _entry(self, row: Row, file: _File) -> Entry | None:
        """Return a row as a tag, or nothing if it is none or has a fault, which is kept."""
        stored = row.stored
        key: tuple[Any, ...] = (row.media, row.label, row.track, row.source)
        if stored:
            key = (*key, stored.get("batch_name"), stored.get("media_sha256"))
        sense = file.senses.get(key) or self._sense(key, row, file)
        if sense is None:
            return None
        recording, meaning, end_s = sense.recording, sense.meaning, row.end_s
        if meaning is not FREE:
            self._words.count(row.label)
            if meaning.is_left_out:
                self.findings.left_out += 1
                return None
        if end_s is not None and end_s > recording.ends_s:
            if row.start_s is not None and row.start_s > recording.ends_s + recording.tolerance_s:
                self._fault(file, row.line, None, _starts_late(row.start_s, recording))
                return None
            self.findings.cut += end_s > recording.ends_s + recording.tolerance_s
            end_s = recording.ends_s
        if reason := why_unfit(row):
            self._fault(file, row.line, None, reason)
            return None
        self._met.add(recording.id)
        if row.high_hz is not None and row.high_hz > self._highest_hz:
            self._highest_hz = row.high_hz
        if meaning is not FREE and meaning.is_open:
            self.is_spoilt = True
            return None
        return Entry(sense, row, end_s, file.number)

    def _sense(self, key: tuple[Any, ...], row: Row, file: _File) -> Sense | None:
        """Return what rows like this one have in common; None where they have no recording."""
        recording = self._recording(row, file)
        if isinstance(recording, NotFound):
            name = file.name if row.media is None else row.media
            _, line, rows = file.lost.get(name, (recording, row.line, 0))
            file.lost[name] = (recording, line, rows + 1)
            self.is_spoilt = True
            return None
        self._nyquist_hz = max(self._nyquist_hz, recording.media.nyquist_hz or 0.0)
        meaning = FREE if row.label is None else self._words.meaning(row.label)
        author, source = self._author(row, file)
        track = row.track.strip() if row.track else ""
        tag_set = self._choices.tag_set or track[:LONGEST_NAME] or file.format.name
        if len(file.senses) >= MOST_SENSES:
            file.senses.clear()
        sense = file.senses[key] = Sense(recording, tag_set, author, source, meaning)
        return sense

    def _recording(self, row: Row, file: _File) -> Recording | NotFound:
        if row.stored and (sha256 := row.stored.get("media_sha256")):
            found = self._recordings.of_row(str(sha256))
            if isinstance(found, Recording):
                return found
        if row.media is None:
            return file.recording
        found = self._recordings.of_row(row.media)
        if file.stands_for is not None and file.stands_for != row.media and not file.is_torn:
            file.is_torn = True
            self._fault(file, row.line, None, _torn(file.stands_for))
        if isinstance(found, Recording):
            file.names_one = True
            return found
        is_free = not (file.names_one or file.is_torn or found.candidates)
        if is_free and isinstance(file.recording, Recording):
            file.stands_for = row.media
            return file.recording
        return found

    def _author(self, row: Row, file: _File) -> tuple[str, str]:
        """Return who made a tag, and the source beside its batch's author if it is another."""
        said = str(row.stored.get("batch_name") or "") or row.source
        author = self._choices.author or said or file.name.rpartition("/")[2]
        source = row.source if row.source != author and row.stored.get("batch_name") else ""
        return author[:LONGEST_NAME], source[:LONGEST_ID]

    def _fault(self, file: _File, line: int, column: str | None, reason: str) -> None:
        self.findings.fault(Found(file.name, line, column, reason))
        self.is_spoilt = True

    def _skip(self, item: Skipped) -> None:
        self.findings.skipped[item.why] += 1

    def _close(self, file: _File) -> None:
        """Add up what one file had."""
        for name, (lost, line, rows) in file.lost.items():
            self.findings.fault(Found(file.name, line, None, lost.reason, rows))
            if name in self._lost or len(self._lost) < MOST_NAMES:
                _, before = self._lost.get(name, (lost, 0))
                self._lost[name] = (lost, before + rows)
        self.findings.file_count += 1
        self.findings.tags += file.items[Row]
        if len(self.findings.files) < MOST_FILES:
            recording = file.recording.path if isinstance(file.recording, Recording) else None
            self.findings.files.append(
                FileFound(
                    *(file.name, file.format.key, file.items[Row], file.items[Skipped]),
                    *(file.items[Fault], recording),
                )
            )

    def _conclude(self) -> None:
        """Add up what all files have in common."""
        found = self.findings
        found.recordings = len(self._met)
        found.looks_like_kilohertz = (
            self._choices.kilohertz is None
            and 0 < self._highest_hz < KILOHERTZ_BELOW
            and self._nyquist_hz > ULTRASOUND_HZ
        )
        found.names = [
            NameFound(
                name, rows, lost.reason, [{"id": c.id, "path": c.path} for c in lost.candidates]
            )
            for name, (lost, rows) in self._lost.items()
        ]
        self._words.conclude(found)


class _Counted(io.RawIOBase):
    """A file that tells a reading how far it is."""

    def __init__(self, stream: BinaryIO, reading: Reading) -> None:
        super().__init__()
        self._stream, self._reading = stream, reading

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        data = self._stream.read(size)
        self._reading.read_bytes += len(data)
        return data


def _torn(name: str) -> str:
    return f"It names several recordings, of which “{name}” is not in this project."


def _starts_late(start_s: float, recording: Recording) -> str:
    return (
        f"It starts at {start_s:g} s, after the end of {recording.path} at {recording.ends_s:g} s."
    )
