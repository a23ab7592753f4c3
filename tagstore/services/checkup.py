"""Whether the store is well: what `flask doctor` looks at, and what it can mend."""

import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import file_digest
from itertools import islice
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from tagstore import clock
from tagstore.db import db, transaction
from tagstore.errors import Busy
from tagstore.models import Job, MediaFile, Tag, TagWord
from tagstore.services import counts, redis_line
from tagstore.services.access import require_admin
from tagstore.services.depot import depot
from tagstore.services.media_files.places import state_in_place
from tagstore.services.rows import chunks
from tagstore.services.tag_words import keeping
from tagstore.values import Actor

MIGRATIONS = Path(__file__).parents[2] / "migrations"
RACE_ENDS = (3, 51, 3)
RACE_MENDED = {(3, 44, 6), (3, 50, 7)}
HASHED_FILES = 50
HASHED_BYTES = 2**30
LEAST_FREE = 2**30
RECENT = timedelta(days=7)
PATIENCE = timedelta(minutes=10)
MOST_NAMED = 3


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    check: str
    is_well: bool
    words: str


class Wrong(Exception):
    """A check found something that somebody should look at."""


def examine(actor: Actor) -> Iterator[Finding]:
    """Look at everything, one check after the other; none of them changes or blocks anything."""
    require_admin(actor)
    database = depot().settings.database_file
    if database is not None and not database.exists():
        yield Finding("database", False, f"{database} is not there; flask serve makes it")
        return
    for name, look in CHECKS.items():
        try:
            with transaction(writing=False):
                words = look()
        except Wrong as wrong:
            yield Finding(name, False, str(wrong))
        except (SQLAlchemyError, OSError, Busy) as error:
            reason = str(getattr(error, "orig", error))
            yield Finding(name, False, f"cannot be looked at: {reason}")
        else:
            yield Finding(name, True, words)


def mend(actor: Actor) -> Iterator[str]:
    """Mend what can be mended without a doubt, and say what that was."""
    require_admin(actor)
    key = depot().settings.data_dir / "secret_key"
    if key.exists() and key.stat().st_mode & 0o077:
        key.chmod(0o600)
        yield "Only its owner may read the secret key now."
    with transaction(writing=False):
        wrong = list(counts.miscounted())
    for media_file_id in wrong:
        with transaction(writing=True):
            counts.mend(media_file_id)
    if wrong:
        yield f"The tags of {len(wrong)} media files are counted anew."
    with transaction(writing=False):
        wrong = list(keeping.misworded())
    for some in chunks(wrong, keeping.AT_ONCE):
        with transaction(writing=True):
            keeping.mend(some)
    if wrong:
        yield f"The words of {len(wrong)} tags are kept anew."


def _sqlite() -> str:
    if db.engine.dialect.name != "sqlite":
        version = db.session.scalar(text("SHOW server_version"))
        return f"not used: PostgreSQL {version} keeps the tags"
    found = {
        name: db.session.execute(text(f"PRAGMA {name}")).scalar_one()
        for name in ("journal_mode", "synchronous", "wal_autocheckpoint", "foreign_keys")
    }
    if list(found.values()) != ["wal", 1, 0, 1]:
        raise Wrong(f"SQLite {sqlite3.sqlite_version} does not keep the rules of this store")
    version = sqlite3.sqlite_version_info
    if version >= RACE_ENDS or version in RACE_MENDED:
        return sqlite3.sqlite_version
    return f"{sqlite3.sqlite_version} has the checkpoint race; the write lock keeps it away"


def _integrity() -> str:
    if db.engine.dialect.name != "sqlite":
        return "left to the database"
    faults = db.session.scalars(text("PRAGMA integrity_check(10)")).all()
    if list(faults) != ["ok"]:
        raise Wrong(f"damaged: {faults[0]}")
    return "whole"


def _references() -> str:
    if db.engine.dialect.name != "sqlite":
        return "left to the database"
    lost = Counter(row[0] for row in db.session.execute(text("PRAGMA foreign_key_check")))
    if lost:
        raise Wrong("rows refer to nothing: " + _named(f"{n} in {t}" for t, n in lost.items()))
    return "all rows refer to something"


def _migrations() -> str:
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    found = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    if found != head:
        raise Wrong(f"the database is at {found}, this version wants {head}: flask db upgrade")
    return f"at {found}"


def _tag_counts() -> str:
    wrong = list(counts.miscounted())
    if wrong:
        raise Wrong(f"{len(wrong)} media files show wrong numbers of tags: flask doctor --mend")
    tags = db.session.scalar(select(func.count()).where(Tag.deleted_at.is_(None)))
    return f"{tags or 0:,} tags, counted right"


def _tag_words() -> str:
    wrong = list(keeping.misworded())
    if wrong:
        raise Wrong(f"{len(wrong)} tags are found by wrong words: flask doctor --mend")
    words = db.session.scalar(select(func.count()).select_from(TagWord))
    return f"{words or 0:,} words, those that the tags say"


def _stored_files() -> str:
    found = db.session.execute(
        select(MediaFile.sha256, func.max(MediaFile.size), func.min(MediaFile.name))
        .where(MediaFile.sha256.is_not(None), MediaFile.in_place_path.is_(None))
        .where(MediaFile.deleted_at.is_(None))
        .group_by(MediaFile.sha256)
    )
    rows = [(str(sha256), size or 0, name) for sha256, size, name in found]
    store = depot().store
    held = dict(store.sizes())
    missing = [name for sha256, _, name in rows if sha256 not in held]
    if missing:
        raise Wrong(f"{len(missing)} are missing: {_named(missing)}")
    cut = [name for sha256, size, name in rows if held[sha256] != size]
    if cut:
        raise Wrong(f"{len(cut)} have the wrong size: {_named(cut)}")
    hashed, left = 0, HASHED_BYTES
    for sha256, size, name in random.sample(rows, min(len(rows), HASHED_FILES)):
        if size > left:
            continue
        left -= size
        hashed += 1
        with store.origin(sha256, size).open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != sha256:
                raise Wrong(f"the bytes of {name} have changed")
    return f"{len(rows):,} stored, all of the right size; {hashed} hashed, all well"


def _files_in_place() -> str:
    rows = db.session.execute(
        select(
            MediaFile.in_place_path,
            MediaFile.size,
            MediaFile.in_place_mtime_ns,
        ).where(MediaFile.in_place_path.is_not(None), MediaFile.deleted_at.is_(None))
    ).all()
    states = [(state_in_place(Path(path), size, mtime), path) for path, size, mtime in rows if path]
    wrong = [f"{path} ({state})" for state, path in states if state != "ready"]
    if wrong:
        raise Wrong(f"{len(wrong)} of {len(rows)} are not as registered: {_named(wrong)}")
    return f"{len(rows):,} registered, all as they were"


def _jobs() -> str:
    now = clock.now()
    failed = select(func.count()).where(Job.state == "failed")
    recent = db.session.scalar(failed.where(Job.finished_at > now - RECENT))
    if recent:
        newest = select(Job.message).where(Job.state == "failed").order_by(Job.id.desc()).limit(1)
        raise Wrong(f"{recent} failed in the last 7 days; the last: {db.session.scalar(newest)}")
    late = (Job.state == "waiting", Job.run_after < now - PATIENCE)
    waiting = db.session.scalar(select(func.count()).where(*late))
    if waiting:
        raise Wrong(f"{waiting} wait for more than 10 minutes: is a worker running?")
    return f"none failed in the last 7 days, {db.session.scalar(failed) or 0} before"


def _redis() -> str:
    if redis_line.line() is None:
        return "not used"
    if not redis_line.is_up():
        raise Wrong("cannot be reached; all goes on without")
    return "answers"


def _secret_key() -> str:
    if depot().settings.secret_key:
        return "from TAGSTORE_SECRET_KEY"
    mode = (depot().settings.data_dir / "secret_key").stat().st_mode & 0o777
    if mode & 0o077:
        raise Wrong(f"others may read it (mode {mode:o}): flask doctor --mend")
    return f"mode {mode:o}"


def _data_directory() -> str:
    folder = depot().settings.data_dir
    with tempfile.TemporaryFile(dir=folder):
        pass
    return f"{folder.absolute()} can be written"


def _storage() -> str:
    settings = depot().settings
    name, state = settings.storage_url or settings.media_dir.absolute(), depot().store.state()
    if state != "ok":
        raise Wrong(f"{name}: {state}")
    return f"{name} can be used"


def _free_space() -> str:
    free = shutil.disk_usage(depot().settings.data_dir).free
    words = f"{free / 2**30:,.1f} GiB free"
    if free < LEAST_FREE:
        raise Wrong(f"only {words}")
    return words


CHECKS: dict[str, Callable[[], str]] = {
    "sqlite": _sqlite,
    "database": _integrity,
    "references": _references,
    "migrations": _migrations,
    "tag counts": _tag_counts,
    "tag words": _tag_words,
    "stored files": _stored_files,
    "files in place": _files_in_place,
    "jobs": _jobs,
    "redis": _redis,
    "secret key": _secret_key,
    "data directory": _data_directory,
    "storage": _storage,
    "free space": _free_space,
}


def _named(names: Iterable[str]) -> str:
    """Name the first few."""
    first = list(islice(names, MOST_NAMED + 1))
    return ", ".join(first[:MOST_NAMED]) + (", …" if len(first) > MOST_NAMED else "")
