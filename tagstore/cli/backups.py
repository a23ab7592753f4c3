"""flask backup, restore, doctor and checksum: the store kept, brought back, looked at."""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Never

import click
from flask_migrate import upgrade
from tqdm import tqdm

from tagstore.cli.base import reading, standalone, table
from tagstore.errors import TagstoreError
from tagstore.services import backups, checkup
from tagstore.services.backups import Made, Restored, checksums, copying
from tagstore.services.backups.checksums import TableSum
from tagstore.values import SYSTEM

APP = Path(__file__).parents[2] / "app.py"
MIB = 2**20

a_file = click.argument("file", type=click.Path(path_type=Path))


@standalone("backup")
@a_file
def backup(file: Path) -> None:
    """Write the whole store to FILE while it goes on working.

    Database, stored media and secret key go in; files registered in place are only listed, and
    pictures are drawn again when they are asked for. FILE appears whole or not at all. Keep it
    safe: who has it can read everything.

    \b
    flask backup /mnt/disk/tagstore-$(date +%F).tar
    """
    with _bar() as bar:

        def expect(size: int) -> None:
            bar.total = size

        made = backups.back_up(SYSTEM, file, bar.update, expect)
    _tell_made(file, made)
    if made.missing or made.damaged:
        sys.exit(1)


def _tell_made(file: Path, made: Made) -> None:
    for words, names in (("are not there", made.missing), ("have changed", made.damaged)):
        if names:
            click.echo(f"Stored files whose bytes {words}: {', '.join(names)}", err=True)
    click.echo(
        f"{file}: {made.media_files:,} media files, {made.size / MIB:,.1f} MiB, read back and "
        f"found whole. {made.in_place:,} files in place are listed, not copied.",
        err=True,
    )


@standalone("restore")
@a_file
@click.option("--force", is_flag=True, help="Keep what is there beside, under a new name.")
def restore(file: Path, force: bool) -> None:
    """Put the backup FILE where the data directory is; the server must not be running.

    Everything is unpacked, checked and brought to the newest version beside the data directory
    first. If anything is wrong, nothing changes.

    \b
    flask restore /mnt/disk/tagstore-2026-05-31.tar
    """
    with _bar() as bar:
        bar.total = file.stat().st_size if file.is_file() else None
        restored = backups.restore(SYSTEM, file, _migrate, force=force, told=bar.update)
    _tell_restored(restored)


def _tell_restored(restored: Restored) -> None:
    numbers = restored.counts
    words = ("projects", "media_files", "tags", "users")
    what = ", ".join(f"{each.replace('_', ' ')} {numbers[each]:,}" for each in words)
    click.echo(f"Restored the backup of {restored.made_at}: {what}.", err=True)
    if numbers["in_place"]:
        click.echo(
            f"Registered in place and not in it: {numbers['in_place']:,} media files; "
            "flask doctor tells whether they are there.",
            err=True,
        )
    if restored.kept:
        click.echo(f"What was there before is now {restored.kept}.", err=True)


def _migrate(data_dir: Path) -> None:
    """Bring another data directory to the newest version, in a process that works on it."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", str(APP), "db", "upgrade"],
        env={**os.environ, "TAGSTORE_DATA_DIR": str(data_dir), "TAGSTORE_DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise TagstoreError(f"The backup could not be brought to this version: {reason}")


@standalone("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a line a check.")
@click.option("--mend", is_flag=True, help="First count tags anew and close the secret key.")
def doctor(as_json: bool, mend: bool) -> None:
    """Look whether the store is well: a line a check; status 1 when something is wrong.

    Changes nothing, and can run beside the server. It reads the whole database, and hashes
    some stored files. --mend mends what can be mended without a doubt.

    \b
    flask doctor --json
    """
    for words in checkup.mend(SYSTEM) if mend else ():
        click.echo(words, err=True)
    is_well = True
    for finding in checkup.examine(SYSTEM):
        is_well = is_well and finding.is_well
        state = "ok" if finding.is_well else "wrong"
        row = {"check": finding.check, "state": state, "words": finding.words}
        table([row], as_json=as_json)
    if not is_well:
        sys.exit(1)


@standalone("copy-from")
@a_file
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a line a table.")
def copy_from(file: Path, as_json: bool) -> None:
    """Copy the store in the SQLite file FILE to the database that the setting names.

    That one must be empty; its tables are made first. Stop the server before. All rows are
    compared on both sides, and kept only if they are the same: what each table holds is printed
    as `flask checksum` does. Stored media stay where they are.

    \b
    TAGSTORE_DATABASE_URL=postgresql://tagstore@db/tagstore flask copy-from data/tagstore.db
    """
    upgrade()
    with tqdm(unit=" rows", disable=not sys.stderr.isatty()) as bar:
        sums = copying.copy_from(SYSTEM, file, bar.update)
    _tell_sums(sums, as_json=as_json)


def _tell_sums(sums: Iterable[TableSum], *, as_json: bool) -> None:
    for each in sums:
        table([{"table": each.table, "rows": each.rows, "sum": each.digest}], as_json=as_json)


@standalone("checksum")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a line a table.")
def checksum(as_json: bool) -> None:
    """Print what each table holds: its rows, and a sum that is the same on every engine.

    Run it on both sides of a move from one database to another: nothing was lost or changed
    where all lines are the same. It reads the whole database at one moment and changes nothing.

    \b
    flask checksum > before
    """
    with reading():
        _tell_sums(checksums.of_tables(SYSTEM), as_json=as_json)


def _bar() -> "tqdm[Never]":
    """Return a bar of bytes, seen on a terminal only."""
    return tqdm(unit="B", unit_scale=True, disable=not sys.stderr.isatty())
