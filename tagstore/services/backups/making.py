"""Making a backup: one moment of the database, then the stored files that it names."""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from tagstore import clock
from tagstore.errors import Conflict, Invalid, NotFound, TagstoreError
from tagstore.media.store import Store, place_of
from tagstore.media.stores.folder import put_on_disk
from tagstore.services.access import require_admin
from tagstore.services.backups import archive, snapshots
from tagstore.services.backups import copying as rows
from tagstore.services.backups.archive import Header, Told, Writer
from tagstore.services.depot import depot, open_store
from tagstore.values import Actor

MOST_NAMED = 10
STORED = """
    SELECT sha256, min(name) FROM media_file
    WHERE sha256 IS NOT NULL AND in_place_path IS NULL GROUP BY sha256 ORDER BY sha256
"""
STORED_BYTES = """
    SELECT coalesce(sum(size), 0) FROM (
        SELECT max(size) AS size FROM media_file
        WHERE sha256 IS NOT NULL AND in_place_path IS NULL GROUP BY sha256)
"""
LEFT_IN_PLACE = """
    SELECT in_place_path, size, sha256 FROM media_file
    WHERE in_place_path IS NOT NULL AND deleted_at IS NULL ORDER BY in_place_path
"""


@dataclass
class Made:
    """What went into a backup, and the first names of what could not."""

    size: int = 0
    media_files: int = 0
    in_place: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def back_up(
    actor: Actor,
    target: Path,
    told: Told = lambda size: None,
    expect: Callable[[int], object] = lambda size: None,
) -> Made:
    """Write the store as it is now to a file, while others go on working with it.

    The file appears whole, on disk and read back once, or not at all. `expect` is told how many
    bytes there are to do, `told` how many more are done.
    """
    require_admin(actor)
    database = depot().settings.database_file
    if database is not None and not database.exists():
        raise NotFound("There is nothing to back up yet.")
    _check_target(target)
    try:
        with tempfile.TemporaryDirectory(
            prefix=f".{target.name}.", suffix=".part", dir=target.absolute().parent
        ) as folder:
            snapshot, draft = Path(folder, archive.DATABASE), Path(folder, target.name)
            if database is not None:
                _check_room(target, 2 * database.stat().st_size)
            made = _write(database, snapshot, draft, told, expect)
            put_on_disk(draft)
            with archive.reading(draft, told) as reader:
                reader.unpack(lambda name, stream: None)
            made.size = draft.stat().st_size
            draft.replace(target)
            put_on_disk(target.absolute().parent)
    except (OSError, sqlite3.Error) as error:
        raise TagstoreError(f"The backup cannot be written: {error}.") from error
    return made


def _write(
    database: Path | None, snapshot: Path, draft: Path, told: Told, expect: Callable[[int], object]
) -> Made:
    """Copy the database, then write it and all that it names; read the schema off the copy.

    What PostgreSQL keeps goes into an SQLite file too: a backup can be restored on either.
    """
    made, copied = Made(), 0

    def copying(size: int) -> None:
        nonlocal copied
        told(size - copied)
        copied = size

    if database is None:
        rows.export(snapshot)
    else:
        snapshots.copy(database, snapshot, copying)
    faults = snapshots.faults(snapshot)
    if faults:
        raise Conflict(f"The database is damaged, so no backup was made: {faults[0]}.")
    with closing(sqlite3.connect(snapshot)) as moment:
        media_bytes = int(moment.execute(STORED_BYTES).fetchone()[0])
        schema = moment.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        _check_room(draft, media_bytes + snapshot.stat().st_size)
        expect(3 * snapshot.stat().st_size + 2 * media_bytes)
        header = Header(archive.FORMAT, schema, clock.now().isoformat(timespec="seconds"))
        with archive.writing(draft, header, told) as writer:
            writer.add_file(archive.DATABASE, snapshot)
            _add_secret_key(writer)
            _add_in_place(writer, moment, made)
            store = open_store(depot().settings, patient=True)
            for sha256, name in moment.execute(STORED):
                _add_media_file(writer, store, sha256, name, made)
    return made


def _add_secret_key(writer: Writer) -> None:
    """Add the key if it is kept in the data directory, not where the settings are."""
    path = depot().settings.data_dir / archive.SECRET_KEY
    if not depot().settings.secret_key and path.exists():
        writer.add_file(archive.SECRET_KEY, path)


def _add_in_place(writer: Writer, moment: sqlite3.Connection, made: Made) -> None:
    """List what stays where it is: path, size, SHA-256 where known."""

    def lines() -> Iterator[bytes]:
        for path, size, sha256 in moment.execute(LEFT_IN_PLACE):
            made.in_place += 1
            yield orjson.dumps({"path": path, "size": size, "sha256": sha256}) + b"\n"

    with tempfile.TemporaryFile() as listed:
        listed.writelines(lines())
        size = listed.tell()
        listed.seek(0)
        writer.add(archive.IN_PLACE, listed, size)


def _add_media_file(writer: Writer, store: Store, sha256: str, name: str, made: Made) -> None:
    if not store.has(sha256):
        _note(made.missing, name)
        return
    found = writer.add_file(f"media/{place_of(sha256)}", store.origin(sha256))
    made.media_files += 1
    if found != sha256:
        _note(made.damaged, name)


def _note(names: list[str], name: str) -> None:
    """Name the first few, so that a list of a million never builds up."""
    if len(names) < MOST_NAMED:
        names.append(name)


def _check_target(target: Path) -> None:
    """Refuse a place whose contents somebody may still want."""
    if not target.absolute().parent.is_dir():
        raise Invalid(f"There is no folder {target.absolute().parent}.")
    if target.is_dir():
        raise Invalid(f"{target} is a folder; name a file.")
    if target.exists():
        try:
            with archive.reading(target, lambda size: None):
                return
        except Invalid as error:
            raise Conflict(f"{target} is there and no backup; it was left alone.") from error


def _check_room(target: Path, size: int) -> None:
    free = shutil.disk_usage(target.absolute().parent).free
    if free < size:
        needed = f"it takes {size / 2**30:.1f} GiB, and {free / 2**30:.1f} GiB are free"
        raise Conflict(f"There is no room for the backup: {needed}.")
