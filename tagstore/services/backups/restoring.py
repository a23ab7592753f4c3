"""Restoring a backup: all of it beside the data directory first, then two renames."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from alembic.script import ScriptDirectory

from tagstore import clock
from tagstore.db import sqlite_file, transaction
from tagstore.errors import Conflict, Invalid, NotFound, TagstoreError
from tagstore.media.store import Store
from tagstore.services.access import require_admin
from tagstore.services.backups import archive, copying, snapshots
from tagstore.services.backups.archive import Hashing, Header, Reader, Told
from tagstore.services.depot import depot, open_store
from tagstore.values import Actor

MIGRATIONS = Path(__file__).parents[3] / "migrations"
COUNTS = {
    "projects": "SELECT count(*) FROM project",
    "media_files": "SELECT count(*) FROM media_file WHERE deleted_at IS NULL",
    "in_place": """SELECT count(*) FROM media_file
        WHERE deleted_at IS NULL AND in_place_path IS NOT NULL""",
    "tags": "SELECT count(*) FROM tag WHERE deleted_at IS NULL",
    "users": "SELECT count(*) FROM user",
}


@dataclass(frozen=True)
class Restored:
    """What a backup brought back, and where the former data directory is now."""

    made_at: str
    counts: dict[str, int]
    kept: Path | None


def restore(
    actor: Actor,
    source: Path,
    migrate: Callable[[Path], None],
    *,
    force: bool,
    told: Told = lambda size: None,
) -> Restored:
    """Put a backup where the data directory is; whatever is wrong, nothing there changes.

    `migrate` brings the database in a data directory to the newest version. With `force` a
    data directory that holds something is kept beside under a new name.
    """
    require_admin(actor)
    folder = depot().settings.data_dir.resolve()
    is_empty = _check_goal(folder, force=force)
    if not source.is_file():
        raise NotFound(f"There is no file {source}.")
    try:
        with archive.reading(source, told) as reader:
            _check_header(source, reader.header)
            staged = Path(tempfile.mkdtemp(prefix=f"{folder.name}.restoring-", dir=folder.parent))
            try:
                _unpack(reader, source, staged, folder)
                migrate(staged)
                _give_as(folder, staged)
                counts = _counts(staged)
                os.sync()  # All of it is on disk before anything is renamed.
                with _database_filled(actor, staged):
                    kept = _swap(folder, staged, is_empty=is_empty)
            finally:
                shutil.rmtree(staged, ignore_errors=True)
    except (OSError, sqlite3.Error) as error:
        raise TagstoreError(f"Nothing was restored: {error}.") from error
    return Restored(reader.header.made_at, counts, kept)


def _check_goal(folder: Path, *, force: bool) -> bool:
    """Return whether the data directory is empty; raise when it may not be replaced."""
    if depot().settings.database_url and depot().settings.database_file is not None:
        raise Conflict("A backup is restored into a data directory: unset TAGSTORE_DATABASE_URL.")
    database = folder / archive.DATABASE
    is_empty = not database.exists() and not any(
        path.is_file() for path in folder.rglob("*") if path.name != archive.SECRET_KEY
    )
    if not is_empty and not force:
        raise Conflict(
            f"{folder} is not empty. With --force it is kept beside under a new name, "
            "and the backup takes its place."
        )
    if database.exists() and snapshots.is_open_elsewhere(database):
        raise Conflict(f"A server or worker is using {folder}. Stop it first.")
    return is_empty


def _check_header(source: Path, header: Header) -> None:
    """Refuse what a later version has written."""
    known = {each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if header.format > archive.FORMAT or header.schema not in known:
        raise Invalid(f"{source} was made by a newer Tagstore. Update this one first.")


def _unpack(reader: Reader, source: Path, staged: Path, folder: Path) -> None:
    """Unpack everything below a new folder, and look at it; stored files go where the store is."""
    if depot().settings.bucket is not None:
        with archive.reading(source, lambda size: None) as rehearsal:
            rehearsal.unpack(lambda name, stream: None)  # A bucket cannot be renamed afterwards.
    store = open_store(replace(depot().settings, data_dir=staged), patient=True)
    reader.unpack(partial(_take, staged, store))
    database = staged / archive.DATABASE
    if not database.exists():
        raise Invalid(f"{source} holds no database.")
    faults = snapshots.faults(database)
    if faults:
        raise Invalid(f"The database in {source} is damaged: {faults[0]}.")
    key, own_key = staged / archive.SECRET_KEY, folder / archive.SECRET_KEY
    if not key.exists() and own_key.exists():
        shutil.copy2(own_key, key)


def _take(staged: Path, store: Store, name: str, stream: Hashing) -> None:
    """Write one member; its name is one of those that Reader lets through."""
    if name == archive.IN_PLACE:
        return  # For people; the database knows it too.
    if name.startswith("media/"):
        store.put_back(Path(name).name, stream)
        return
    with archive.new_file(staged / name, 0o600) as file:
        while block := stream.read(archive.BLOCK):
            file.write(block)


def _give_as(folder: Path, staged: Path) -> None:
    """Let the same people in as before, also a service for which root restores."""
    shutil.copymode(folder, staged)
    owner = folder.stat()
    if os.geteuid() == 0:
        for path in (staged, *staged.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)


@contextmanager
def _database_filled(actor: Actor, staged: Path) -> Iterator[None]:
    """Where PostgreSQL keeps the tags, fill it from the file, which is then needed no more."""
    if depot().settings.database_file is not None:
        yield
        return
    database = staged / archive.DATABASE
    with transaction(writing=True):
        with sqlite_file(database) as source:
            copying.fill(actor, source)
        database.unlink()
        yield


def _counts(staged: Path) -> dict[str, int]:
    with closing(sqlite3.connect(staged / archive.DATABASE)) as connection:
        return {name: connection.execute(query).fetchone()[0] for name, query in COUNTS.items()}


def _swap(folder: Path, staged: Path, *, is_empty: bool) -> Path | None:
    """Put the new directory in the place of the old one, and the old one beside."""
    kept = folder.with_name(f"{folder.name}.before-{clock.now():%Y%m%dT%H%M%SZ}")
    folder.rename(kept)
    try:
        staged.rename(folder)
    except OSError:
        kept.rename(folder)
        raise
    if not is_empty:
        return kept
    shutil.rmtree(kept)
    return None
