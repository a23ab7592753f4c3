"""The two kinds of places that tags are written to, and how files get there whole."""

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from tagstore.config import Settings, split_s3
from tagstore.errors import Busy, Conflict
from tagstore.media.stores.folder import put_on_disk
from tagstore.services.depot import open_bucket
from tagstore.services.writes.places import QID, checked_destination, is_in_s3, make_folder

if TYPE_CHECKING:
    from tagstore.media.stores.bucket import Bucket

UNFINISHED = ".write-"
FOLDER = "video_tags"
TAGS = "tags.json"
OURS = re.compile(r"video-tags-(?:tracks|overlay)-[0-9]{4,}\.json")


class Goal(Protocol):
    """Where the files of a write go."""

    lock: Path
    """The folder that is locked while something is written there, and made in it."""

    def head(self, size: int) -> bytes:
        """Return the first bytes of `tags.json`, none where there is none."""
        ...

    def take(self, draft: Path, names: Sequence[str]) -> None:
        """Put the files in place, the last one last, and remove older ones of ours."""
        ...


def goal_of(settings: Settings, destination: str, qid: str) -> Goal:
    """Return where a destination leads for a content, if it is one that still will do."""
    checked_destination(destination)
    if not is_in_s3(destination):
        folder = make_folder(settings.exports_dir, f"{destination}/{FOLDER}", qid).parent
        return FolderGoal(folder)
    place = destination.replace(QID, qid)
    lock = settings.exports_dir / ".s3" / hashlib.sha256(place.encode()).hexdigest()[:32]
    lock.mkdir(parents=True, exist_ok=True)
    return BucketGoal(place, open_bucket(settings, *split_s3(place)), lock)


@contextmanager
def drafting(goal: Goal) -> Iterator[Path]:
    """Lend a hidden folder to make the files in; those of killed processes go."""
    for unfinished in goal.lock.glob(f"{UNFINISHED}*"):
        shutil.rmtree(unfinished)
    with TemporaryDirectory(prefix=UNFINISHED, dir=goal.lock) as name:
        yield Path(name)


class FolderGoal:
    """A folder below the data directory's `exports`."""

    def __init__(self, folder: Path) -> None:
        self.lock = self._folder = folder

    def head(self, size: int) -> bytes:
        """Return the first bytes of `tags.json`."""
        try:
            with (self._folder / TAGS).open("rb") as file:
                return file.read(size)
        except FileNotFoundError:
            return b""

    def take(self, draft: Path, names: Sequence[str]) -> None:
        """Rename the files."""
        for each in names:
            (draft / each).replace(self._folder / each)
        kept = {Path(each).name for each in names}
        for old in (self._folder / FOLDER).iterdir():
            if OURS.fullmatch(old.name) and old.name not in kept:
                old.unlink()
        put_on_disk(self._folder / FOLDER)
        put_on_disk(self._folder)


class BucketGoal:
    """A place in a bucket. Nothing can be renamed there, so what is whole is copied."""

    def __init__(self, place: str, bucket: "Bucket", lock: Path) -> None:
        self.lock = lock
        self._place = place
        self._bucket = bucket

    def head(self, size: int) -> bytes:
        """Return the first bytes of `tags.json`."""
        with self._explained():
            held = self._bucket.size(TAGS)
            return self._bucket.fetch(TAGS, 0, min(size, held or 0))

    def take(self, draft: Path, names: Sequence[str]) -> None:
        """Upload the files under hidden names, then copy them."""
        with self._explained():
            self._forget_unfinished()
            hidden = f"{UNFINISHED}{secrets.token_hex(4)}/"
            for each in names:
                with (draft / each).open("rb") as file:
                    self._bucket.upload(hidden + each, file)
            for each in names:
                self._bucket.copy(hidden + each, each)
            for key, _ in self._bucket.list(f"{FOLDER}/"):
                if OURS.fullmatch(key.removeprefix(f"{FOLDER}/")) and key not in names:
                    self._bucket.delete(key)
            self._forget_unfinished()

    def _forget_unfinished(self) -> None:
        for key, _ in self._bucket.list(UNFINISHED):
            self._bucket.delete(key)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Tell what only who made the write token can put right."""
        try:
            yield
        except Busy as busy:
            if reason := busy.details.get("storage"):
                raise Conflict(f"{self._place} cannot be written: {reason}.") from busy
            raise
