"""flask media: files brought in and listed."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from tqdm import tqdm

from tagstore.cli.base import as_json, command, reading, table, writing
from tagstore.cli.base import group as new_group
from tagstore.errors import TagstoreError, Unreadable
from tagstore.services import media_files, projects
from tagstore.services.access import Can
from tagstore.values import SYSTEM, MediaQuery

AT_ONCE = 500

group = new_group("media", "Sound, video and images.")
project_option = click.option("--project", required=True, help="The project's key.")


@command(group, "add")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@project_option
@click.option("--in-place", is_flag=True, help="Leave the files where they are.")
@click.option("--recursive", is_flag=True, help="Take what is in folders, and below.")
def add(paths: tuple[Path, ...], project: str, in_place: bool, recursive: bool) -> None:
    """Add media files and print a line for each: number, qid, name.

    Folders keep their structure. Files that are no media are passed over in folders.

    \b
    flask media add recordings/ --project frogs --recursive
    flask media add /mnt/recorder/dawn.wav --project frogs --in-place
    """
    with reading():
        projects.get_project(SYSTEM, project, Can.MANAGE)
    entries = list(_entries(paths, recursive=recursive))
    failed = 0
    for path, folder, is_named in tqdm(entries, unit="file", disable=not sys.stderr.isatty()):
        try:
            click.echo(_add(path, project, folder, in_place=in_place))
        except Unreadable as error:
            failed += is_named
            _say(error.message if is_named else f"{error.message} Passed over.")
        except (TagstoreError, OSError) as error:
            failed += 1
            _say(f"{path}: {error}")
    if failed:
        sys.exit(1)


def _entries(paths: tuple[Path, ...], *, recursive: bool) -> Iterator[tuple[Path, str, bool]]:
    """Yield each file, the folder it is to show in, and whether it was named itself."""
    for path in paths:
        if not path.is_dir():
            yield path, "", True
            continue
        if not recursive:
            raise click.UsageError(f"{path} is a folder; give --recursive to take what is in it.")
        for found in sorted(each for each in path.rglob("*") if each.is_file()):
            inside = found.relative_to(path)
            if not any(part.startswith(".") for part in inside.parts):
                start = path.resolve().name
                yield found, "/".join((start, *inside.parts[:-1])), False


def _add(path: Path, project_key: str, folder: str, *, in_place: bool) -> str:
    prepared = media_files.prepare_path(
        SYSTEM, project_key, path, path.name, folder, in_place=in_place
    )
    with writing():
        project = projects.get_project(SYSTEM, project_key)
        media_file, is_new = media_files.add_media_file(SYSTEM, project, prepared)
        if not is_new:
            _say(f"{path}: is there already, as {media_file.path}.")
        elif media_file.state == "failed":
            _say(f"{path}: cannot be read. {media_file.reason}")
        return f"{media_file.id}\t{media_file.qid}\t{media_file.name}"


def _say(words: str) -> None:
    tqdm.write(words, file=sys.stderr)


@command(group, "list")
@project_option
@as_json
def list_(project: str, as_json: bool) -> None:
    """List a project's media files: number, qid, name, folder, state, seconds, size.

    \b
    flask media list --project frogs --json
    """
    cursor: str | None = None
    while True:
        with reading():
            found = projects.get_project(SYSTEM, project)
            page = media_files.list_media_files(SYSTEM, found, MediaQuery(), AT_ONCE, cursor)
            rows = [
                {
                    "id": each.id,
                    "qid": each.qid,
                    "name": each.name,
                    "folder": each.folder,
                    "kind": each.kind,
                    "state": each.state,
                    "duration_s": each.duration_s,
                    "sample_rate": each.sample_rate,
                    "size": each.size,
                }
                for each in page.things
            ]
        table(rows, as_json=as_json)
        cursor = page.next
        if cursor is None:
            return
