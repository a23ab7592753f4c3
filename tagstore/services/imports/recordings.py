"""Which recording of a project a file, or a row of it, is about."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from sqlalchemy import select

from tagstore.db import db
from tagstore.formats.rows import Media
from tagstore.models import MediaFile, Project
from tagstore.services.imports.choices import ITSELF
from tagstore.services.media_files.moments import began_at
from tagstore.values import fold

AT_ONCE = 5000
_COLUMNS = (
    *(MediaFile.id, MediaFile.folder, MediaFile.name, MediaFile.sha256, MediaFile.duration_s),
    *(MediaFile.sample_rate, MediaFile.channels, MediaFile.recorded_at, MediaFile.utc_offset_s),
)


@dataclass(frozen=True, slots=True)
class Recording:
    """A media file of the project; a file of unknown duration never ends."""

    id: int
    path: str
    ends_s: float
    tolerance_s: float
    """By so much a tag may end after it: one sample or 1 ms, whichever is more."""
    media: Media


@dataclass(frozen=True, slots=True)
class NotFound:
    """No recording has that name, or several have it."""

    name: str
    candidates: Sequence[Recording] = ()

    @property
    def reason(self) -> str:
        """Return why none was taken, in a sentence."""
        if not self.candidates:
            return f"There is no recording “{self.name}” in this project."
        paths = ", ".join(each.path for each in self.candidates[:5])
        return f"Several recordings could be “{self.name}”: {paths}. Choose one."


class Recordings(Mapping[str, Media]):
    """The recordings of a project by all the names that files have for them."""

    def __init__(self, project: Project, chosen: Mapping[str, int]) -> None:
        """Read them; `chosen` are numbers of media files by what rows call them."""
        self._by_number: dict[int, Recording] = {}
        self._by_name: dict[str, list[Recording]] = defaultdict(list)
        self._by_stem: dict[str, list[Recording]] = defaultdict(list)
        self._by_sha256: dict[str, Recording] = {}
        self._found: dict[str, Recording | NotFound] = {}
        query = select(*_COLUMNS).where(
            MediaFile.project_id == project.id, MediaFile.deleted_at.is_(None)
        )
        for row in db.session.execute(query, execution_options={"yield_per": AT_ONCE}):
            self._add(row)
        self._chosen = {
            name: self._by_number[number]
            for name, number in chosen.items()
            if number in self._by_number
        }

    def _add(self, row: Any) -> None:
        path = f"{row.folder}/{row.name}" if row.folder else row.name
        began = began_at(row.recorded_at, row.utc_offset_s)
        recording = Recording(
            row.id,
            path,
            inf if row.duration_s is None else row.duration_s,
            max(0.001, 1 / row.sample_rate if row.sample_rate else 0.0),
            Media(path, row.duration_s, row.sample_rate, row.channels, began),
        )
        name = fold(row.name)
        self._by_number[row.id] = recording
        self._by_name[name].append(recording)
        self._by_stem[_stem(name)].append(recording)
        if row.sha256:
            self._by_sha256[row.sha256] = recording

    def of_file(self, name: str) -> Recording | NotFound:
        """Return the recording that a file of annotations is about, by the file's own name.

        What people chose for this file, or for all, comes first. What tools put behind a
        recording's name is taken away part by part, from the last point.
        """
        if chosen := self._chosen.get(name) or self._chosen.get(ITSELF):
            return chosen
        path, last = _parts(name)
        ends = [at for at, each in enumerate(last) if each == "."]
        for stem in (last, *(last[:at] for at in reversed(ends))):
            if found := self._by_name.get(stem) or self._by_stem.get(stem):
                return _best(name, found, [*path, stem])
        return NotFound(name)

    def of_row(self, name: str) -> Recording | NotFound:
        """Return the recording that a row names: by its name, path, stem or SHA-256."""
        if name not in self._found:
            self._found[name] = self._look_up(name)
        return self._found[name]

    def _look_up(self, name: str) -> Recording | NotFound:
        if name in self._chosen:
            return self._chosen[name]
        if name in self._by_sha256:
            return self._by_sha256[name]
        path, last = _parts(name)
        found = self._by_name.get(last) or self._by_stem.get(last)
        found = found or self._by_stem.get(_stem(last), [])
        return _best(name, found, [*path, last]) if found else NotFound(name)

    def __getitem__(self, name: str) -> Media:
        found = self.of_row(name)
        if isinstance(found, NotFound):
            raise KeyError(name)
        return found.media

    def __iter__(self) -> Iterator[str]:
        return (each.path for each in self._by_number.values())

    def __len__(self) -> int:
        return len(self._by_number)


def number_of(project: Project, said: str) -> int | None:
    """Return the media file of a project that people mean by its number, path or name."""
    found = Recordings(project, {str(said): int(said)} if said.isdecimal() else {}).of_row(said)
    return found.id if isinstance(found, Recording) else None


def paths_of(project: Project, most: int) -> list[str]:
    """Return the paths of the first recordings of a project, by name."""
    live = MediaFile.project_id == project.id, MediaFile.deleted_at.is_(None)
    query = select(MediaFile).where(*live).order_by(MediaFile.folder, MediaFile.name).limit(most)
    return [each.path for each in db.session.scalars(query)]


def _parts(name: str) -> tuple[list[str], str]:
    """Return the folders in front of a name, and the name, as they are compared."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/")).strip()
    *path, last = fold(plain).split("/")
    return path, last


def _stem(name: str) -> str:
    stem, point, _ = name.rpartition(".")
    return stem if point and stem else name


def _best(name: str, found: list[Recording], wanted: list[str]) -> Recording | NotFound:
    """Return the recording whose folders agree most with those that are named."""
    if len(found) == 1:
        return found[0]
    agreeing = [(_agreement(each.path, wanted), each) for each in found]
    most = max(count for count, _ in agreeing)
    best = [each for count, each in agreeing if count == most]
    return best[0] if len(best) == 1 else NotFound(name, best)


def _agreement(path: str, wanted: list[str]) -> tuple[int, bool]:
    """Return how many folders next to the name are the same, and whether the whole name is."""
    *folders, name = fold(path).split("/")
    count = 0
    for mine, theirs in zip(reversed(folders), reversed(wanted[:-1]), strict=False):
        if mine != theirs:
            break
        count += 1
    return count, name == wanted[-1]
