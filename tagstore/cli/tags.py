"""flask tags: tags out as files."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import click

from tagstore.cli.base import command, group
from tagstore.db import transaction
from tagstore.errors import Invalid, NotFound
from tagstore.models import Project
from tagstore.services import exports, projects, tag_sets, vocabularies
from tagstore.services.depot import depot
from tagstore.services.exports import EXTRACTS, WRITABLE, Export, Look, Manner, Selection
from tagstore.values import SYSTEM, TAG_STATUSES, TagQuery

FORMATS = [*(each.key for each in WRITABLE), *EXTRACTS]
SIZE = re.compile(r"([0-9]{1,5})x([0-9]{1,5})")

tags = group("tags", "Tags out as files.")

WHICH = (
    click.option("--tag-set", multiple=True, help="Only the tags of this set; may be repeated."),
    click.option(
        "--class", "tag_class", multiple=True, help="Only this class, by identifier; repeatable."
    ),
    click.option("--text", help="Only tags whose class or text has words that begin so."),
    click.option("--status", type=click.Choice(TAG_STATUSES)),
    click.option("--author", help="Only tags of this author or source."),
    click.option("--min-score", "score_gte", type=float),
    click.option("--max-score", "score_lte", type=float),
    click.option("--from", "start_s", type=float, help="Only what goes on after this second."),
    click.option("--to", "end_s", type=float, help="Only what begins before this second."),
    click.option("--folder", help="Only tags of recordings in this folder and below."),
    click.option("--media", help="Only of these recordings: numbers or qids, or a name."),
)
HOW = (
    click.option(
        "--by-recording", is_flag=True, help="One file for each recording; of clips a folder."
    ),
    click.option("--for-spreadsheets", is_flag=True, help="Make CSV safe to open in one."),
    click.option(
        "--recorder-facts", is_flag=True, help="Say when, where and with what it was recorded."
    ),
    click.option("--padding", "padding_s", type=float, default=0.0, help="Seconds around a clip."),
    click.option("--by-class", is_flag=True, help="A folder of clips for each class."),
    click.option("--size", default="1024x384", help="Of pictures, as in 1024x384."),
    click.option("--colours", default="inferno", help="Of pictures."),
)
AMONG = {"text", "status", "author", "score_gte", "score_lte", "start_s", "end_s"}
"""Options that are fields of a query."""


def several(options: tuple[Any, ...]) -> Callable[[Any], Any]:
    """Give a command all of these options, in their order."""

    def give(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return give


@command(tags, "export")
@click.option("--project", required=True, help="The project's key.")
@click.option("--format", "key", required=True, type=click.Choice(FORMATS))
@several(WHICH)
@several(HOW)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
def export(project: str, key: str, output: Path | None, **options: Any) -> None:
    """Write the tags of a project to a file, or to standard output.

    A format that knows but one recording gives a zip when there are several; clips-wav,
    clips-flac and pictures give a zip with a file for each tag, and clips.csv.

    \b
    flask tags export --project frogs --format raven -o frogs.zip
    flask tags export --project frogs --format csv --tag-set "survey 2026" > survey.csv
    flask tags export --project frogs --format clips-wav --class wren --padding 0.5 -o wrens.zip
    """
    with transaction(writing=False):
        found = projects.get_project(SYSTEM, project)
        selection, manner = _selection(found, options), _manner(options)
        summary = exports.summarise(SYSTEM, found, key, selection, manner)
        for sentence in summary.lost:
            click.echo(sentence, err=True)
        url = depot().settings.public_url
        made = exports.prepare(SYSTEM, found, key, selection, manner, url)
    if output is None:
        _write(made, sys.stdout.buffer)
    else:
        with output.open("wb") as file:
            _write(made, file)


def _selection(project: Project, options: dict[str, Any]) -> Selection:
    sets = {each.name: each.id for each in tag_sets.list_tag_sets(SYSTEM, project)}
    every = vocabularies.list_classes(SYSTEM, project, also_retired=True)
    classes = {each.identifier: each.id for each in every}
    query = TagQuery(
        tag_set_ids=_numbers(options["tag_set"], sets, "tag set"),
        tag_class_ids=_numbers(options["tag_class"], classes, "class"),
        **{name: options[name] for name in AMONG},
    )
    return Selection(query, options["folder"], options["media"])


def _numbers(names: tuple[str, ...], known: dict[str, int], noun: str) -> tuple[int, ...]:
    for name in names:
        if name not in known:
            raise NotFound(f"The project has no {noun} {name!r}.")
    return tuple(known[name] for name in names)


def _manner(options: dict[str, Any]) -> Manner:
    size = SIZE.fullmatch(options["size"])
    if size is None:
        raise Invalid("--size takes a width and a height, as in 1024x384.")
    names = ("by_recording", "for_spreadsheets", "recorder_facts", "padding_s", "by_class")
    look = Look(int(size[1]), int(size[2]), options["colours"])
    return Manner(look=look, **{name: options[name] for name in names})


def _write(made: Export, file: BinaryIO) -> None:
    for piece in made.pieces:
        file.write(piece)
    file.flush()
