"""The demo project: made-up sounds, a film and a picture, with tags by people and machines."""

import random
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import soundfile

from tagstore.db import transaction
from tagstore.media import synthesis
from tagstore.models import MediaFile, Project, TagClass, TagSet
from tagstore.services import media_files, projects, tag_sets, tags, vocabularies
from tagstore.values import Actor, TagDraft

KEY = "demo"
NAME = "Dawn at the pond"
CHORUS = "20260531T051400+0200_pond-07.wav"
BATS = "20260530T224500+0200_bats.wav"
SPEECH = "interview.flac"
FILM = "bouncing-ball.webm"
PICTURE = "marsh.jpg"
SURVEY = "survey 2026"
DETECTOR = "detector 1.0"
WORDS = "words"
SEED = 31


def make_demo(actor: Actor) -> None:
    """Make the project with everything in it, in short transactions."""
    with transaction(writing=True):
        projects.add_project(actor, KEY, NAME)
    with tempfile.TemporaryDirectory() as folder:
        _chorus(actor, Path(folder))
        _bats(actor, Path(folder))
        _speech(actor, Path(folder))
        _film(actor, Path(folder))
        _picture(actor, Path(folder))


def _chorus(actor: Actor, folder: Path) -> None:
    rate = 48_000
    samples, calls = synthesis.dawn_chorus(rate=rate)
    soundfile.write(folder / CHORUS, samples, rate, "PCM_16")
    detections = _detections(calls)

    def drafts(file: MediaFile, sets: Sets, classes: Classes) -> Iterable[TagDraft]:
        for call in calls[: len(calls) // 2]:
            yield _box(file, sets(SURVEY), classes(call.label), call, user_tagged=True)
        for call, score in detections:
            tag_class = classes(call.label)
            yield _box(
                file,
                sets(DETECTOR),
                tag_class,
                call,
                score=score,
                machine_tagged=True,
                status="proposed",
                source="detector 1.0",
            )

    _add(actor, folder / CHORUS, "pond-07", drafts)


def _bats(actor: Actor, folder: Path) -> None:
    rate = 256_000
    samples, calls = synthesis.ultrasonic_sweeps(rate=rate)
    soundfile.write(folder / BATS, samples, rate, "PCM_16")

    def drafts(file: MediaFile, sets: Sets, classes: Classes) -> Iterable[TagDraft]:
        for call in calls:
            yield _box(file, sets(SURVEY), classes(call.label), call, user_tagged=True)

    _add(actor, folder / BATS, "pond-07", drafts)


def _speech(actor: Actor, folder: Path) -> None:
    rate = 24_000
    samples, words = synthesis.spoken_like(rate=rate)
    soundfile.write(folder / SPEECH, samples, rate, "PCM_16")

    def drafts(file: MediaFile, sets: Sets, _classes: Classes) -> Iterable[TagDraft]:
        for word in words:
            yield TagDraft(
                file.id,
                sets(WORDS).id,
                text=word.text,
                start_s=word.start_s,
                end_s=word.end_s,
                user_tagged=True,
            )

    _add(actor, folder / SPEECH, "people", drafts)


def _film(actor: Actor, folder: Path) -> None:
    calls = synthesis.video_file(folder / FILM)

    def drafts(file: MediaFile, sets: Sets, classes: Classes) -> Iterable[TagDraft]:
        for call in calls:
            yield _box(file, sets(SURVEY), classes(call.label), call, user_tagged=True)

    _add(actor, folder / FILM, "film", drafts)


def _picture(actor: Actor, folder: Path) -> None:
    spots = synthesis.image_file(folder / PICTURE)

    def drafts(file: MediaFile, sets: Sets, classes: Classes) -> Iterable[TagDraft]:
        for spot in spots:
            box = {
                "x1": spot.x,
                "y1": spot.y,
                "x2": spot.x + spot.width,
                "y2": spot.y + spot.height,
            }
            yield TagDraft(
                file.id,
                sets(SURVEY).id,
                tag_class_id=classes(spot.label).id,
                frame_info={"frame_idx": 0, "box": box},
                user_tagged=True,
            )

    _add(actor, folder / PICTURE, "pictures", drafts)


Sets = Callable[[str], TagSet]
Classes = Callable[[str], TagClass]
Drafts = Callable[[MediaFile, Sets, Classes], Iterable[TagDraft]]


def _add(actor: Actor, path: Path, folder: str, drafts: Drafts) -> None:
    """Bring one file in, with its tags."""
    prepared = media_files.prepare_path(actor, KEY, path, path.name, folder, in_place=False)
    with transaction(writing=True):
        project = projects.get_project(actor, KEY)
        media_file, _ = media_files.add_media_file(actor, project, prepared)
        wanted = drafts(media_file, _sets(actor, project), _classes(actor, project))
        tags.add_tags(actor, project, list(wanted))


def _sets(actor: Actor, project: Project) -> Sets:
    return lambda name: tag_sets.find_or_add_tag_set(actor, project, name)


def _classes(actor: Actor, project: Project) -> Classes:
    known = {each.identifier: each for each in vocabularies.list_classes(actor, project)}

    def find_or_add(label: str) -> TagClass:
        identifier = label.lower().replace(" ", "_")
        if identifier not in known:
            known[identifier] = vocabularies.add_class(actor, project, identifier, label=label)
        return known[identifier]

    return find_or_add


def _detections(calls: list[synthesis.Call]) -> list[tuple[synthesis.Call, float]]:
    """Return what a fair detector would have found: most calls, a little off, with a score."""
    chance = random.Random(SEED)
    found = []
    for call in calls:
        if chance.random() < 0.8:
            start_s = max(0.0, call.start_s + chance.uniform(-0.15, 0.15))
            end_s = max(start_s + 0.05, call.end_s + chance.uniform(-0.15, 0.15))
            score = round(min(0.99, max(0.3, chance.gauss(0.8, 0.15))), 2)
            found.append((call._replace(start_s=start_s, end_s=end_s), score))
    return found


def _box(
    media_file: MediaFile,
    tag_set: TagSet,
    tag_class: TagClass,
    call: synthesis.Call,
    *,
    score: float | None = None,
    source: str = "",
    status: str | None = None,
    machine_tagged: bool = False,
    user_tagged: bool = False,
) -> TagDraft:
    return TagDraft(
        media_file.id,
        tag_set.id,
        tag_class_id=tag_class.id,
        start_s=call.start_s,
        end_s=call.end_s,
        low_hz=call.low_hz,
        high_hz=call.high_hz,
        score=score,
        source=source,
        status=status,
        machine_tagged=machine_tagged,
        user_tagged=user_tagged,
    )
