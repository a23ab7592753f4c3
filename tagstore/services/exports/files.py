"""Files of tags: one for all, or one for each recording in a zip."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from tagstore.db import give_back
from tagstore.errors import Invalid
from tagstore.formats import registry
from tagstore.formats.format import Feature, Writer
from tagstore.formats.rows import About, Media, Row
from tagstore.models import Project
from tagstore.services.access import Can, require
from tagstore.services.exports.extracts import EXTRACTS
from tagstore.services.exports.extracts.work import prepare_extracts
from tagstore.services.exports.manners import PLAINLY, ZIP, Export, Manner
from tagstore.services.exports.names import safe_path
from tagstore.services.exports.picking import (
    File,
    Selection,
    files_of,
    lots_of,
    numbers_in_file,
    numbers_in_project,
)
from tagstore.services.exports.reading import Reader
from tagstore.services.exports.recorders import columns_of_recorders, with_recorders
from tagstore.services.exports.zips import zipped
from tagstore.values import Actor

WRITABLE = tuple(each for each in registry.FORMATS if each.write)


def prepare(
    actor: Actor,
    project: Project,
    key: str,
    selection: Selection,
    manner: Manner = PLAINLY,
    url: str = "",
) -> Export:
    """Return the file in which the wanted tags of a project are written, in a format by its key.

    `url` is where people reach us. Nothing else may be going on in the database when the
    pieces are taken.
    """
    require(actor, Can.SEE, project)
    if key in EXTRACTS:
        export = prepare_extracts(project, EXTRACTS[key], selection, manner, url)
        give_back()
        return export
    format = registry.named(key)
    if format.write is None:
        raise Invalid(f"{format.name} can only be read here.", format="cannot be written")
    work = _Work(project, format.write, selection, Reader(url), manner)
    holds_many = Feature.MANY_MEDIA in format.keeps
    is_whole = holds_many and not (manner.by_recording or selection.names_files)
    files = [] if is_whole else files_of(project, selection)
    if manner.by_recording or not (holds_many or len(files) == 1):
        entries = work.of_each(files, format.suffix)
        export = Export(f"{project.key}-{format.key}.zip", ZIP, zipped(entries))
    elif holds_many:
        pieces = work.of_project() if is_whole else work.of_files(files)
        export = Export(f"{project.key}{format.suffix}", format.media_type, pieces)
    else:
        name = f"{files[0].name}{format.suffix}"
        export = Export(name, format.media_type, work.of_one(files[0]))
    give_back()
    return export


class _Work:
    """One export: which tags are written, and how."""

    def __init__(
        self, project: Project, write: Writer, selection: Selection, reader: Reader, manner: Manner
    ) -> None:
        self.project, self.write, self.selection, self.reader = project, write, selection, reader
        self.manner = manner
        self.about = About(
            others=reader.media,
            for_spreadsheets=manner.for_spreadsheets,
            further=columns_of_recorders(manner),
        )

    def of_project(self) -> Iterator[bytes]:
        """Yield the pieces of one file for all recordings, by the numbers of their tags."""
        lots = numbers_in_project(self.project, self.selection.query)
        yield from self.write(self._rows(lots), self.about)

    def of_files(self, files: list[File]) -> Iterator[bytes]:
        """Yield the pieces of one file for some recordings, one after the other."""
        lots = chain.from_iterable(lots_of(self._numbers(file)) for file in files)
        yield from self.write(self._rows(lots), self.about)

    def of_one(self, file: File) -> Iterator[bytes]:
        """Yield the pieces of the file of one recording."""
        yield from self._of_numbers(file, self._numbers(file))

    def of_each(self, files: list[File], suffix: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield a file for each recording that has such tags, after its name in the zip."""
        taken: set[str] = set()
        for file in files:
            ids = self._numbers(file)
            if ids:
                name = _free_name(file, suffix, taken)
                taken.add(name)
                yield name, self._of_numbers(file, ids)

    def _rows(self, lots: Iterable[Sequence[int]]) -> Iterator[Row]:
        return with_recorders(self.reader.rows(lots), self.manner)

    def _numbers(self, file: File) -> Sequence[int]:
        return numbers_in_file(self.project, self.selection.query, file.id)

    def _of_numbers(self, file: File, ids: Sequence[int]) -> Iterator[bytes]:
        rows = self._rows(lots_of(ids))
        first = [row for row in [next(rows, None)] if row]  # The reader has met the recording.
        media = self.reader.media.get(file.path, Media(file.path))
        return self.write(chain(first, rows), replace(self.about, media=media))


def _free_name(file: File, suffix: str, taken: set[str]) -> str:
    """Return a name for the file of a recording: its own path, safe on all systems, once."""
    stem = safe_path(file.path)
    name, number = f"{stem}{suffix}", 1
    while name in taken:
        number += 1
        name = f"{stem} ({number}){suffix}"
    return name
