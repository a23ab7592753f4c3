"""What a store of tags weighs and costs at 10⁴, 10⁵ and 10⁶ tags, and by that at 10⁹.

`python -m benchmarks.growth 10000000` goes on to ten million; `make bench` leaves that out. What
is reckoned from it, and what is not to be reckoned so, is in docs/explanation/scale.md.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import func, select

from benchmarks import _filling, _partitions, _weights
from benchmarks._filling import HOUR_S, RARE, TAGS_AN_HOUR
from benchmarks._sounds import write_hour
from benchmarks._table import show
from tagstore import create_app
from tagstore.config import Settings
from tagstore.db import db, transaction
from tagstore.media.decode import open_sound
from tagstore.media.pyramid import build
from tagstore.media.spectra import Grey
from tagstore.media.spectrogram import EXACT_LEVELS, SpectrogramSpec, grey_zstd
from tagstore.models import MediaFile, Project, Tag, TagClass, TagSet
from tagstore.services import search, tags, windows
from tagstore.values import SYSTEM, TagDraft, TagQuery
from tests.postgres import PostgresServer

STEPS = (10_000, 100_000, 1_000_000)
GOAL = 1_000_000_000
ROUNDS, FEW_ROUNDS, WINDOW_S, BULK = 15, 3, 600.0, 10_000

Row = dict[str, Any]


class Growing:
    """A store that grows step by step, and what was found at each."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.app = create_app(settings)
        self.found: dict[str, list[float]] = {}
        self.history = _weights.History(GOAL)
        self.hours = 0
        self.places = random.Random(7)
        with self.app.app_context():
            upgrade()
            _filling.furnish()

    def grow(self, count: int) -> None:
        """Grow to so many tags and measure."""
        with self.app.app_context():
            began = time.perf_counter()
            first, self.hours = self.hours + 1, count // TAGS_AN_HOUR
            _filling.fill(first, self.hours)
            filled_s = time.perf_counter() - began
            if count == STEPS[0]:
                began = time.perf_counter()
                _filling.check()
                took_s = time.perf_counter() - began
                self._note("looking whether counts and words are right, s", took_s)
            with transaction(writing=False):
                tags_now = db.session.scalar(select(func.count()).select_from(Tag)) or 0
            for what, seconds in _weights.upkeep(self.settings, tags_now).items():
                self._note(what, seconds)
            self.history.sizes.append(_weights.sizes(self.settings))
            self.history.counts.append(tags_now)
            self.history.hours.append(self.hours)
            self._time()
            print(f"{count:,} tags, filled in {filled_s:.0f} s", file=sys.stderr)

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.engine.dispose()

    def _note(self, what: str, measured: float) -> None:
        self.found.setdefault(what, []).append(measured)

    def _time(self) -> None:
        """Time what people and scripts do, each in a transaction of its own."""
        for what, act in READS.items():
            rounds = FEW_ROUNDS if what.startswith(LINEAR) else ROUNDS
            self._note(f"{what}, ms", self._median_ms(act, rounds, is_writing=False))
        self._note("adding one tag, ms", self._median_ms(_add_one, ROUNDS, is_writing=True))
        began = time.perf_counter()
        with transaction(writing=True):
            _add(self, 1, BULK)
        self._note(f"adding {BULK:,} at once, tags/s", BULK / (time.perf_counter() - began))
        if self.settings.database_url:
            self._note("pages looked at for a window", self._pages())
            for what, size in _weights.events(self.settings, BULK).items():
                self._note(what, size)

    def _median_ms(
        self, act: Callable[["Growing"], object], rounds: int, *, is_writing: bool
    ) -> float:
        taken = []
        for _ in range(rounds):
            with transaction(writing=is_writing):
                db.session.connection()  # What it costs to begin is not ours.
                began = time.perf_counter()
                act(self)
            taken.append((time.perf_counter() - began) * 1000)
        return statistics.median(taken)

    def _pages(self) -> float:
        """Count the pages that PostgreSQL looks at for the numbers of a window's tags."""
        with transaction(writing=False):
            window = (self.a_file(), 600.0, 600.0 + WINDOW_S)
            query, values = windows.first_in_window(*window, (), 1001)
            compiled = query.compile(db.engine)
            words = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {compiled}"
            given = compiled.construct_params(values)
            plan = db.session.connection().exec_driver_sql(words, given).scalar_one()[0]["Plan"]
        return float(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])

    def a_file(self) -> MediaFile:
        """Return any file but the first, which takes what is added in bulk."""
        return db.session.get_one(MediaFile, self.places.randint(2, self.hours))


def _window(store: Growing) -> None:
    """Read 200 tags and more of one file."""
    start_s = store.places.uniform(0, HOUR_S - WINDOW_S)
    search.find_in_media_file(
        SYSTEM, store.a_file(), TagQuery(start_s=start_s, end_s=start_s + WINDOW_S), 1000
    )


def _one(store: Growing) -> None:
    tags.get_tag(SYSTEM, store.places.randint(1, store.hours * TAGS_AN_HOUR))


def _density(store: Growing) -> None:
    windows.density(store.a_file(), 0.0, HOUR_S, 500)


def _in_project(store: Growing, words: str | None, *, is_exact: bool = False) -> None:
    project = db.session.get_one(Project, 1)
    search.find_in_project(SYSTEM, project, TagQuery(text=words), 100, is_exact=is_exact)


def _add_one(store: Growing) -> None:
    _add(store, store.a_file().id, 1)


def _add(store: Growing, media_file_id: int, count: int) -> None:
    media_file = db.session.get_one(MediaFile, media_file_id)
    tag_set_id = db.session.scalars(
        select(TagSet.id).where(TagSet.project_id == media_file.project_id)
    ).one()
    tag_class_id = db.session.scalar(
        select(func.min(TagClass.id)).where(TagClass.project_id == media_file.project_id)
    )
    drafts = []
    for number in range(count):
        start_s = store.places.uniform(0, HOUR_S - 1)
        times = {"start_s": start_s, "end_s": start_s + 0.7}
        is_said = number % 10 == 0
        what = {"text": "heard by one"} if is_said else {"tag_class_id": tag_class_id}
        drafts.append(TagDraft(media_file_id, tag_set_id, **times, **what))
    tags.add_tags(SYSTEM, media_file.project, drafts)


READS: dict[str, Callable[[Growing], object]] = {
    f"window of {WINDOW_S:.0f} s, 200 tags": _window,
    "one tag by its number": _one,
    "density of a file": _density,
    "first 100 of a project": lambda store: _in_project(store, None),
    "a rare word in a project": lambda store: _in_project(store, f"heard {RARE}"),
    "a common word in a project": lambda store: _in_project(store, "heard"),
    "exact count of a project": lambda store: _in_project(store, None, is_exact=True),
}
LINEAR = ("exact count", *_weights.LINEAR)
"""What looks at everything, by how its name begins."""


def rows(engine: str, store: Growing, steps: list[int]) -> list[Row]:
    """Return the lines of one engine: bytes, levels of indexes, times."""
    history = store.history
    lines = [line(f"{engine}: {what}", steps, *found) for what, *found in history.lines()]
    deeper = history.deeper()
    for what, values in store.found.items():
        reckoned = ""
        if what.startswith(LINEAR):
            reckoned = f"{values[-1] * GOAL / history.counts[len(values) - 1]:,.3g}, in proportion"
        elif what.endswith(", ms"):
            reckoned = f"{values[-1] * deeper:,.3g}, by depth"
        lines.append(line(f"{engine}: {what}", steps, values, reckoned))
    return lines


def line(what: str, steps: list[int], values: list[float], reckoned: str) -> Row:
    """Return a line of the table; what was not measured at the first sizes is blank there."""
    missing = [""] * (len(steps) - len(values))
    at = {f"{step:,}": value for step, value in zip(steps, [*values, *missing], strict=True)}
    return {"what": what, **at, f"{GOAL:,}, reckoned": reckoned}


def an_hour() -> list[Row]:
    """Return what is kept of an hour of faint noise with chirps in it, beside the sound itself."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "hour.wav")
        write_hour(path)
        ahead, ahead_s = _packed(path, EXACT_LEVELS)
        all_levels, all_s = _packed(path, 0)
        size = path.stat().st_size
    return [
        {"an hour of 48 kHz, 16 bit": what, "objects": count, "MiB": total / 2**20, "s": took_s}
        for what, count, total, took_s in (
            ("the sound", 1, size, ""),
            ("tiles drawn ahead", len(ahead), sum(ahead), ahead_s),
            ("all tiles, kept as they are looked at", len(all_levels), sum(all_levels), all_s),
        )
    ]


def _packed(path: Path, first_level: int) -> tuple[list[int], float]:
    """Draw all tiles from a level upwards; return the bytes of each, and the seconds."""
    packed: list[int] = []

    def save(level: int, index: int, pixels: Grey) -> None:
        packed.append(len(grey_zstd(pixels)))

    began = time.perf_counter()
    with open_sound(path) as sound:
        for _ in build(sound, SpectrogramSpec(), first_level, save):
            pass
    return packed, time.perf_counter() - began


def main() -> None:
    """Measure both engines in folders that are gone afterwards, then partitions."""
    steps = list(STEPS)
    steps += [int(word) for word in sys.argv[1:]]
    os.environ.pop("TAGSTORE_DATABASE_URL", None)
    postgres = PostgresServer()
    lines = []
    try:
        url = postgres.make("growth", template="template0")
        for engine, database_url in (("SQLite", ""), ("PostgreSQL", url)):
            with tempfile.TemporaryDirectory() as name:
                settings = Settings(data_dir=Path(name), log="json", database_url=database_url)
                store = Growing(settings)
                for step in steps:
                    store.grow(step)
                store.close()
                lines += rows(engine, store, steps)
        cuts = _partitions.measure(url)
    finally:
        postgres.destroy()
    show("growth", lines)
    show("partitions", cuts)
    show("hour", an_hour())


if __name__ == "__main__":
    main()
