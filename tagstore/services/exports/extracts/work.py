"""A zip with a file for each tag, and a table that says what became of every one."""

import pickle
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any, BinaryIO

from tagstore.db import apart, db
from tagstore.errors import TagstoreError
from tagstore.formats.numbers import written
from tagstore.formats.rows import About, Row
from tagstore.formats.tables import own
from tagstore.models import MediaFile, Project
from tagstore.services.exports.extracts import Extract
from tagstore.services.exports.extracts.making import Made, make
from tagstore.services.exports.extracts.recordings import Recording, recording_of
from tagstore.services.exports.manners import ZIP, Export, Manner
from tagstore.services.exports.names import safe_part, safe_path
from tagstore.services.exports.picking import File, Selection, files_of, lots_of, numbers_in_file
from tagstore.services.exports.reading import Reader
from tagstore.services.exports.recorders import columns_of_recorders, with_recorders
from tagstore.services.exports.zips import zipped

TABLE = "clips.csv"
STEM_BYTES, LABEL_BYTES = 100, 60
WORDLESS = "tag"


def prepare_extracts(
    project: Project, extract: Extract, selection: Selection, manner: Manner, url: str
) -> Export:
    """Return the zip with a clip or picture of each wanted tag, and with `TABLE`."""
    manner.check()
    work = _Work(project, extract, selection, Reader(url), manner)
    entries = work.entries(files_of(project, selection))
    return Export(f"{project.key}-{extract.key}.zip", ZIP, zipped(entries))


class _Work:
    """One export: what is made of which tags."""

    def __init__(
        self,
        project: Project,
        extract: Extract,
        selection: Selection,
        reader: Reader,
        manner: Manner,
    ) -> None:
        self.project, self.extract, self.selection = project, extract, selection
        self.reader, self.manner = reader, manner
        self.about = About(
            others=reader.media,
            for_spreadsheets=manner.for_spreadsheets,
            further=(*columns_of_recorders(manner), *own.CLIP),
        )

    def entries(self, files: list[File]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield the files of the zip: recording after recording, by start, and the table last."""
        with tempfile.TemporaryFile(prefix="tagstore-") as spool:
            notes = _Notes(spool)
            for file in files:
                yield from self._of_file(file, notes)
            yield TABLE, own.write(",", notes.rows(), self.about)

    def _of_file(self, file: File, notes: "_Notes") -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield what is made of the tags of one recording; what cannot be is noted only."""
        ids = numbers_in_file(self.project, self.selection.query, file.id)
        if not ids:
            return
        with apart(writing=False):
            recording = recording_of(db.session.get_one(MediaFile, file.id))
        for row in with_recorders(self.reader.rows(lots_of(ids)), self.manner):
            try:
                made = make(self.extract.key, recording, row, self.manner)
                first = next(made.pieces)
            except TagstoreError as error:
                notes.take(row, clip_reason=error.message)
                continue
            name = self._name(file, row, made)
            facts = _facts(name, made, recording)
            yield name, _while_it_goes(chain([first], made.pieces), facts)
            notes.take(row, **facts)

    def _name(self, file: File, row: Row, made: Made) -> str:
        """Return what the file of a tag is called, with its folders."""
        label = safe_part(row.label or row.text or WORDLESS, LABEL_BYTES) or WORDLESS
        folders = [safe_path(file.path)] if self.manner.by_recording else []
        folders += [label] if self.manner.by_class else []
        stem = safe_part(file.name.rpartition(".")[0] or file.name, STEM_BYTES)
        span = f"{made.start_s:.3f}-{made.end_s:.3f}"
        name = f"{stem}_{span}_{label}_{row.stored['tag_id']}{self.extract.suffix}"
        return "/".join([*folders, name])


def _facts(name: str, made: Made, recording: Recording) -> dict[str, Any]:
    """Return what the table says of a file."""
    return {
        "clip_file": name,
        "clip_start_s": written(made.start_s),
        "clip_end_s": written(made.end_s),
        "clip_sample_rate": recording.sample_rate,
    }


def _while_it_goes(pieces: Iterator[bytes], facts: dict[str, Any]) -> Iterator[bytes]:
    """Yield the same pieces; where they break off, the facts say so, and the zip goes on."""
    try:
        yield from pieces
    except TagstoreError as error:
        facts["clip_reason"] = f"It breaks off. {error.message}"


class _Notes:
    """What became of each tag, kept in a file of our own until all are through."""

    def __init__(self, spool: BinaryIO) -> None:
        self._file = spool
        self._count = 0

    def take(self, row: Row, **facts: Any) -> None:
        """Note what became of a tag."""
        pickle.dump(replace(row, stored=row.stored | facts), self._file, protocol=5)
        self._count += 1

    def rows(self) -> Iterator[Row]:
        """Yield the tags with what became of them, in their order."""
        self._file.seek(0)
        for _ in range(self._count):
            row: Row = pickle.load(self._file)
            yield row
