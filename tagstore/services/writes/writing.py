"""Writing all tags of a content to the destination of a write token.

A write is the whole state: files of an earlier one that it does not have are removed. All files
are made beside their places first, safely kept, and then put there, `tags.json` last; so each
is whole at every moment, and a failure before that leaves everything as it was.
"""

import fcntl
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain, groupby
from operator import attrgetter
from pathlib import Path

from sqlalchemy import select

from tagstore import clock
from tagstore.db import apart, db, give_back
from tagstore.errors import Busy, Forbidden
from tagstore.models import MediaFile
from tagstore.services import contents, events
from tagstore.services.depot import depot
from tagstore.services.writes.documents import (
    Respond,
    entries,
    overlay_document,
    tags_document,
    tracks_document,
)
from tagstore.services.writes.goals import FOLDER, TAGS, Goal, drafting, goal_of
from tagstore.services.writes.sorting import Entry, Kind, Scratch, scratch
from tagstore.services.writes.tokens import find_write_token
from tagstore.values import Actor

AT_ONCE = 500
PATIENCE_S = 30.0
LOOK_S = 0.05
NAMES = {Kind.TRACK: "video-tags-tracks", Kind.OVERLAY: "video-tags-overlay"}
LONGEST_HEAD = 100
QID_AT_HEAD = re.compile(rb'\{"qid":"(iq__[A-Za-z0-9]{20,40})"')


def write_tags(actor: Actor, media_file: MediaFile, secret: str, respond: Respond) -> list[str]:
    """Write the tags that show by default, and return the names of the files.

    `respond` says how a tag reads on its own. The session is given back before anything is
    written, and taken apart for reading and for the event.
    """
    token = find_write_token(actor, media_file.project, secret)
    qid, project_id = media_file.qid, media_file.project_id
    destination, name = token.destination, token.name
    give_back()
    goal = goal_of(depot().settings, destination, qid)
    with _alone(goal.lock), scratch() as sorter:
        head = goal.head(LONGEST_HEAD)
        with apart(writing=False):
            _require_own(head, project_id)
            labels = _collect(actor, qid, sorter, respond)
        written = _write(goal, qid, labels, sorter)
    with apart(writing=True):
        content = contents.get_content(actor, qid)
        after = {"name": content.name, "token": name, "files": len(written)}
        events.record(actor, "tags.written", media_file=content, after=after)
    return written


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one write at a time have a folder, whichever process makes it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        until = time.monotonic() + PATIENCE_S
        while not _take(descriptor):
            if time.monotonic() > until:
                raise Busy("Something else is being written there. Try again.")
            time.sleep(LOOK_S)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    """Lock a folder unless it is locked, and return whether it is ours now."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _require_own(head: bytes, project_id: int) -> None:
    """Refuse a place that holds the tags of a content of another project."""
    if not head:
        return
    found = QID_AT_HEAD.match(head)
    qid = found[1].decode() if found else ""
    owner = db.session.scalar(select(MediaFile.project_id).where(MediaFile.qid == qid))
    if owner not in {None, project_id}:
        raise Forbidden("That destination holds the tags of another project.")


def _collect(actor: Actor, qid: str, sorter: Scratch, respond: Respond) -> dict[str, str]:
    """Take all tags of a content as they are at one moment, and return the tracks' labels."""
    content = contents.get_content(actor, qid)
    found = contents.find_shown(actor, content)
    for start in range(0, len(found.ids), AT_ONCE):
        rows = contents.rows_of(found.media_file_id, found.ids[start : start + AT_ONCE])
        sorter.put(chain.from_iterable(entries(row, respond) for row in rows))
    tracks = contents.list_tracks(actor, content)
    return {track.tag_set.name: contents.shown_label(track) for track in tracks}


def _write(goal: Goal, qid: str, labels: dict[str, str], sorter: Scratch) -> list[str]:
    """Make all files and put them in place."""
    with drafting(goal) as draft:
        (draft / FOLDER).mkdir()
        written = list(_draft(draft, qid, labels, sorter))
        goal.take(draft, written)
    return written


def _draft(draft: Path, qid: str, labels: dict[str, str], sorter: Scratch) -> Iterator[str]:
    """Make the files and yield their names, `tags.json` last; a window without tags has none."""
    documents: dict[Kind, Callable[[Iterator[Entry]], Iterator[bytes]]] = {
        Kind.TRACK: partial(tracks_document, labels),
        Kind.OVERLAY: overlay_document,
    }
    for kind, document in documents.items():
        for window, found in groupby(sorter.sorted(kind), attrgetter("window")):
            name = f"{FOLDER}/{NAMES[kind]}-{window:04d}.json"
            _put(draft / name, document(found))
            yield name
    _put(draft / TAGS, tags_document(qid, clock.now(), sorter.sorted(Kind.TAG)))
    yield TAGS


def _put(path: Path, document: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines(document)
        file.flush()
        os.fsync(file.fileno())
