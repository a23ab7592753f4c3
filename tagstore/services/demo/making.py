"""The demo project: media made by arithmetic, with the tags that are true of them."""

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagstore.db import transaction
from tagstore.media.synthesis.files import write_chorus, write_speech, write_sweeps
from tagstore.media.synthesis.parts import Call
from tagstore.media.synthesis.picture import Spot, image_file
from tagstore.media.synthesis.speech import Word
from tagstore.media.synthesis.video import video_file
from tagstore.models import MediaFile, Project
from tagstore.services import media_files, projects, tag_sets, tags, vocabularies
from tagstore.services.depot import sandbox
from tagstore.services.media_files import Prepared
from tagstore.values import COLOURS, Actor, Audience, TagDraft

KEY = "demo"
MADE_IN_S = 120.0
NAME = "Dawn at the pond"
SURVEY = "survey 2026"
DETECTOR = "detector 1.0"
LEAST_SHOWN = 0.5

Thing = Call | Word | Spot


@dataclass(frozen=True)
class Item:
    """One demo file: who writes it, what it is called, and what its tags are like."""

    write: Callable[[Path], Sequence[Thing]]
    name: str
    folder: str
    tag_set: str


ITEMS = (
    Item(write_chorus, "20260531T051400+0200_pond-07.wav", "pond-07", SURVEY),
    Item(write_sweeps, "20260530T224500+0200_bats.wav", "pond-07", SURVEY),
    Item(write_speech, "interview.flac", "people", "words"),
    Item(video_file, "bouncing-ball.webm", "film", SURVEY),
    Item(image_file, "marsh.jpg", "pictures", SURVEY),
)


def make_demo(actor: Actor) -> None:
    """Make the demo project with its media, classes and tags, and its owner a manager."""
    with tempfile.TemporaryDirectory(prefix="tagstore-demo-") as folder:
        with ThreadPoolExecutor(len(ITEMS)) as pool:
            made = list(pool.map(lambda item: _write(item, Path(folder)), ITEMS))
        with transaction(writing=True):
            project = projects.add_project(actor, KEY, NAME)
            projects.edit_project(
                actor,
                project,
                name=project.name,
                description="Every sound, film and picture here was computed.",
                audience=Audience.SIGNED_IN.value,
            )
            _add_classes(actor, project, [thing for things in made for thing in things])
        for item, things in zip(ITEMS, made, strict=True):
            prepared = media_files.prepare_path(
                actor, KEY, Path(folder) / item.name, item.name, item.folder, in_place=False
            )
            with transaction(writing=True):
                _add_with_tags(actor, item, prepared, things)


def _write(item: Item, folder: Path) -> Sequence[Thing]:
    """Compute a file in a decoder, so that this process stays small."""
    return sandbox().run(item.write, folder / item.name, timeout_s=MADE_IN_S)


def _add_classes(actor: Actor, project: Project, things: Sequence[Thing]) -> None:
    """Make a class for everything that is not a word, the most frequent ones with hot keys."""
    labels = [thing.label for thing in things if not isinstance(thing, Word)]
    for number, label in enumerate(
        sorted(set(labels), key=lambda each: (-labels.count(each), each))
    ):
        vocabularies.add_class(
            actor,
            project,
            label.lower().replace(" ", "_"),
            label=label,
            color=COLOURS[number % len(COLOURS)],
            hot_key=str(number + 1) if number < 9 else None,
        )


def _add_with_tags(actor: Actor, item: Item, prepared: Prepared, things: Sequence[Thing]) -> None:
    project = projects.get_project(actor, KEY)
    media_file, _ = media_files.add_media_file(actor, project, prepared)
    classes = {each.label: each.id for each in vocabularies.list_classes(actor, project)}
    hand = tag_sets.find_or_add_tag_set(actor, project, item.tag_set).id
    drafts = [_draft(media_file, hand, thing, classes) for thing in things]
    if item.write in (write_chorus, write_sweeps):
        machine = tag_sets.find_or_add_tag_set(actor, project, DETECTOR).id
        drafts += _detections(media_file, machine, things, classes)
    tags.add_tags(actor, project, drafts)


def _draft(
    media_file: MediaFile, tag_set_id: int, thing: Thing, classes: dict[str, int]
) -> TagDraft:
    """Return the tag that a careful person would have made."""
    place: dict[str, Any] = {"media_file_id": media_file.id, "tag_set_id": tag_set_id}
    if isinstance(thing, Word):
        return TagDraft(
            **place, text=thing.text, start_s=thing.start_s, end_s=thing.end_s, user_tagged=True
        )
    said: dict[str, Any] = {"tag_class_id": classes[thing.label], "user_tagged": True}
    if isinstance(thing, Spot):
        right, bottom = thing.x + thing.width, thing.y + thing.height
        box = {"x1": thing.x, "y1": thing.y, "x2": right, "y2": bottom}
        return TagDraft(**place, **said, frame_info={"frame_idx": 0, "box": box})
    return TagDraft(
        **place,
        **said,
        start_s=thing.start_s,
        end_s=thing.end_s,
        low_hz=max(0.0, thing.low_hz),
        high_hz=_below_nyquist(media_file, thing.high_hz),
    )


def _detections(
    media_file: MediaFile, tag_set_id: int, things: Sequence[Thing], classes: dict[str, int]
) -> list[TagDraft]:
    """Return what a detector would have said: most calls, in whole seconds, some names wrong."""
    names = sorted(classes)
    drafts = []
    for number, thing in enumerate(things):
        score = round(1.0 - (number * 37 % 61) / 100, 2)
        if not isinstance(thing, Call) or score < LEAST_SHOWN:
            continue
        is_wrong = number % 11 == 7
        label = names[number % len(names)] if is_wrong else thing.label
        start_s = float(int(thing.start_s))
        drafts.append(
            TagDraft(
                media_file.id,
                tag_set_id,
                tag_class_id=classes[label],
                start_s=start_s,
                end_s=min(start_s + 3.0, media_file.duration_s or start_s + 3.0),
                score=score - 0.3 if is_wrong else score,
                source=DETECTOR,
                machine_tagged=True,
                status="proposed",
            )
        )
    return drafts


def _below_nyquist(media_file: MediaFile, hz: float) -> float:
    return min(hz, (media_file.sample_rate or 0) / 2)
