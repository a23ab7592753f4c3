"""flask tags: tags out as files."""

import sys
from pathlib import Path
from typing import BinaryIO

import click

from tagstore.cli.base import command, group
from tagstore.db import transaction
from tagstore.errors import NotFound
from tagstore.services import exports, projects, tag_sets
from tagstore.services.depot import depot
from tagstore.services.exports import WRITABLE, Export, Manner, Selection
from tagstore.values import SYSTEM, TagQuery

tags = group("tags", "Tags out as files.")


@command(tags, "export")
@click.option("--project", required=True, help="The project's key.")
@click.option("--format", "key", required=True, type=click.Choice([each.key for each in WRITABLE]))
@click.option("--tag-set", "tag_set", help="Only the tags of this set.")
@click.option("--folder", help="Only tags of recordings in this folder and below.")
@click.option("--by-recording", is_flag=True, help="A zip with one file for each recording.")
@click.option("--for-spreadsheets", is_flag=True, help="Make CSV safe to open in a spreadsheet.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
def export(
    project: str,
    key: str,
    tag_set: str | None,
    folder: str | None,
    by_recording: bool,
    for_spreadsheets: bool,
    output: Path | None,
) -> None:
    """Write the tags of a project to a file, or to standard output.

    A format that knows but one recording gives a zip when there are several.

    \b
    flask tags export --project frogs --format raven -o frogs.zip
    flask tags export --project frogs --format csv --tag-set "survey 2026" > survey.csv
    """
    manner = Manner(by_recording, for_spreadsheets)
    with transaction(writing=False):
        found = projects.get_project(SYSTEM, project)
        names = {each.name: each.id for each in tag_sets.list_tag_sets(SYSTEM, found)}
        if tag_set is not None and tag_set not in names:
            raise NotFound(f"The project has no tag set {tag_set!r}.")
        query = TagQuery(tag_set_id=names[tag_set] if tag_set else None)
        selection = Selection(query, folder)
        for sentence in exports.summarise(SYSTEM, found, key, selection).lost:
            click.echo(sentence, err=True)
        url = depot().settings.public_url
        made = exports.prepare(SYSTEM, found, key, selection, manner, url)
    if output is None:
        _write(made, sys.stdout.buffer)
    else:
        with output.open("wb") as file:
            _write(made, file)


def _write(made: Export, file: BinaryIO) -> None:
    for piece in made.pieces:
        file.write(piece)
    file.flush()
