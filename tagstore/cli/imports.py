"""flask tags import: tags in from files."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from tagstore.cli.base import as_json, command, reading, table, writing
from tagstore.cli.tags import tags as tags
from tagstore.db import apart
from tagstore.errors import NotFound
from tagstore.services import imports, projects
from tagstore.services.access import Can
from tagstore.services.imports import READABLE, Findings, Found, Sent
from tagstore.values import LARGEST_INTEGER, SYSTEM, OnDuplicate, Part

STEPS = 1000
MOST_TOLD = 1000


@command(tags, "import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--project", required=True, help="The project's key.")
@click.option(
    "--format",
    "key",
    type=click.Choice([each.key for each in READABLE]),
    help="Else told by how the file begins.",
)
@click.option("--tag-set", help="For all tags; else their own track, or the format's name.")
@click.option("--create-classes", is_flag=True, help="Make the classes that are missing.")
@click.option("--as-text", is_flag=True, help="Keep words that are no class as free text.")
@click.option(
    "--column", "columns", multiple=True, help="What a column holds, as in “Call=label”; see docs."
)
@click.option("--author", help="Who or what made the tags; else what rows say, or the file.")
@click.option(
    "--on-duplicate",
    type=click.Choice([each.value for each in OnDuplicate]),
    default="skip",
    show_default=True,
)
@click.option("--replaces", is_flag=True, help="Older tags of the same authors show no more.")
@click.option("--good-rows", is_flag=True, help="Store what has no fault, leave out the rest.")
@click.option("--kilohertz/--hertz", default=None, help="The unit of frequencies, if it is odd.")
@click.option("--decimal-comma", is_flag=True, help="Numbers are written 1,5.")
@click.option("--dry-run", is_flag=True, help="Only say what would be stored.")
@as_json
def import_(
    paths: tuple[Path, ...], project: str, dry_run: bool, as_json: bool, **given: Any
) -> None:
    """Store the tags of files: all of them, or none if anything is wrong.

    Folders and zips are taken with what is in them. Each file finds its recording by name. What
    is stored already is not stored again. Faults go to standard error, as file:line.

    \b
    flask tags import dawn.selections.txt --project frogs --create-classes
    flask tags import birdnet-results/ --project frogs --format birdnet --create-classes
    """
    said = _choices(**given)
    sent = list(_sent(paths))
    with writing():
        found = projects.get_project(SYSTEM, project, Can.TAG)
        names = [path.name for path in paths]
        import_id = imports.register(SYSTEM, found, names, said).id
    with tqdm(total=STEPS, disable=not sys.stderr.isatty(), bar_format="{l_bar}{bar}") as bar:

        def tell(share: float, words: str) -> None:
            bar.set_description(words, refresh=False)
            bar.update(int(share * STEPS) - bar.n)

        if dry_run:
            findings = imports.look(SYSTEM, import_id, sent, tell)
        else:
            findings = imports.store(SYSTEM, import_id, sent, tell, lambda: apart(writing=True))
    is_bad = bool(findings.fault_count) and not said["good_rows"]
    if dry_run or is_bad:
        with writing():
            imports.discard(SYSTEM, imports.get_import(SYSTEM, import_id))
    for fault in findings.faults:
        click.echo(_line(fault), err=True)
    if findings.fault_count > sum(fault.rows for fault in findings.faults):
        click.echo(f"These are the first of {findings.fault_count:,} faults.", err=True)
    _say(findings, None if dry_run or is_bad else import_id, as_json=as_json)
    if is_bad:
        sys.exit(1)


@command(tags, "imports")
@click.option("--project", required=True, help="The project's key.")
@as_json
def list_(project: str, as_json: bool) -> None:
    """List the imports of a project, newest first: number, state, format, tags, files.

    \b
    flask tags imports --project frogs
    """
    cursor: str | None = None
    while True:
        with reading():
            found = projects.get_project(SYSTEM, project)
            page = imports.page_of_imports(SYSTEM, found, Part(cursor=cursor))
            rows = [
                {
                    "id": each.id,
                    "state": each.state,
                    "format": each.format,
                    "tags": each.result.get("findings", {}).get("added", 0),
                    "files": " ".join(each.file_names["names"]),
                    "committed_at": each.committed_at and each.committed_at.isoformat(),
                }
                for each in page.things
            ]
        table(rows, as_json=as_json)
        cursor = page.next
        if cursor is None:
            return


@command(tags, "undo-import")
@click.argument("number", type=click.IntRange(1, LARGEST_INTEGER))
def undo(number: int) -> None:
    """Take back all tags of an import, by the number that the list shows.

    \b
    flask tags undo-import 7
    """
    with writing():
        row = imports.get_import(SYSTEM, number)
        _, edited = imports.edited_since(SYSTEM, row)
        kept = imports.undo(SYSTEM, row)
    if edited:
        click.echo(f"{edited:,} of its tags had been worked on since.", err=True)
    if kept:
        click.echo(f"{kept:,} tags that it changed were changed again, and stay so.", err=True)


def _choices(
    key: str | None, columns: tuple[str, ...], create_classes: bool, as_text: bool, **same: Any
) -> dict[str, Any]:
    """Return what was given as the choices of an import."""
    if create_classes and as_text:
        raise click.UsageError("Give --create-classes or --as-text, not both.")
    pairs = [each.rpartition("=") for each in columns]
    if bad := [each for each, (name, _, _) in zip(columns, pairs, strict=True) if not name]:
        raise click.UsageError(f"--column takes COLUMN=FIELD, not {bad[0]!r}.")
    said = {
        "format": key,
        "new_classes": "create" if create_classes else "text" if as_text else "ask",
        **same,
    }
    return said | ({"columns": {name: held for name, _, held in pairs}} if pairs else {})


def _sent(paths: tuple[Path, ...]) -> Iterator[Sent]:
    """Yield the files that are named, and those in folders by their path in it."""
    for path in paths:
        if not path.exists():
            raise NotFound(f"There is no file {path}.")
        if not path.is_dir():
            yield Sent(path.name, path)
            continue
        for each in sorted(path.rglob("*")):
            inside = each.relative_to(path)
            if each.is_file() and not any(part.startswith(".") for part in inside.parts):
                yield Sent(f"{path.resolve().name}/{inside.as_posix()}", each, is_named=False)


def _line(fault: Found) -> str:
    place = ":".join([fault.file, *([str(fault.line)] if fault.line else [])])
    column = f"column {fault.column}: " if fault.column else ""
    rows = f" ({_count(fault.rows, 'row')})" if fault.rows > 1 else ""
    return ": ".join(filter(None, [place, f"{column}{fault.reason}{rows}"]))


def _say(findings: Findings, import_id: int | None, *, as_json: bool) -> None:
    """Print the summary; without a number nothing was stored."""
    row = {
        "import": import_id,
        "stored": 0 if import_id is None else findings.added,
        "changed": 0 if import_id is None else findings.changed,
        "tags": findings.tags,
        "files": findings.file_count,
        "recordings": findings.recordings,
        "known": findings.known,
        "left_out": findings.left_out,
        "cut": findings.cut,
        "skipped": findings.skipped.total(),
        "faults": findings.fault_count,
    }
    if as_json:
        table([row], as_json=True)
        return
    for sentence in _sentences(findings, import_id):
        click.echo(sentence)


def _sentences(findings: Findings, import_id: int | None) -> Iterator[str]:
    """Yield the summary in words."""
    yield f"{_count(findings.tags, 'tag')} in {_count(findings.file_count, 'file')}."
    where = f"on {_count(findings.recordings, 'recording')}"
    if import_id is not None:
        yield f"{findings.added:,} stored {where}, as import {import_id}."
    elif findings.fault_count:
        yield f"Nothing was stored: {_count(findings.fault_count, 'row')} with faults."
    else:
        yield f"{findings.added:,} would be stored {where}."
    for count, words in (
        (findings.changed, "stored already, to say what the file says"),
        (findings.known, "stored already, and left alone"),
        (findings.left_out, "left out"),
        (findings.cut, "cut at the end of the recording"),
    ):
        if count:
            yield f"{count:,} {words}."
    if findings.looks_like_kilohertz:
        yield "All frequencies are below 1,000. If they are in kHz, give --kilohertz."
    for why, count in findings.skipped.items():
        yield f"{_count(count, 'line')} passed over. {why}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
