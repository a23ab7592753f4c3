"""What tags lose in a format, told before they are written."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, and_, case, cast, false, func, not_, null, or_, select

from tagstore.db import db
from tagstore.formats import registry
from tagstore.formats.format import Feature, lost
from tagstore.models import MediaFile, Project, Tag
from tagstore.services import search
from tagstore.services.access import Can, require
from tagstore.services.exports.extracts import EXTRACTS
from tagstore.services.exports.manners import PLAINLY, Manner
from tagstore.services.exports.picking import Selection, asked_files
from tagstore.values import Actor

SAID: dict[Feature, ColumnElement[bool]] = {
    Feature.POINTS: Tag.start_s == Tag.end_s,
    Feature.WHOLE_FILES: Tag.start_s.is_(None),
    Feature.BOXES: and_(Tag.low_hz.is_not(None), Tag.high_hz.is_not(None)),
    Feature.ONE_SIDED: Tag.low_hz.is_(None) != Tag.high_hz.is_(None),
    Feature.LABELS: Tag.tag_class_id.is_not(None),
    Feature.TEXTS: Tag.text.is_not(None),
    Feature.COMMENTS: Tag.comment.is_not(None),
    Feature.SCORES: Tag.score.is_not(None),
    Feature.STATUSES: Tag.status.is_not(None),
    Feature.CHANNELS: Tag.channel.is_not(None),
    Feature.IDS: Tag.external_id.is_not(None),
    Feature.FRAMES: Tag.frame_info.is_not(null()),
    Feature.WORDLESS: and_(Tag.tag_class_id.is_(None), Tag.text.is_(None)),
    Feature.INFO: cast(Tag.info, Text) != "{}",
}
"""What tells that a tag needs a feature."""

ALWAYS = {Feature.TRACKS, Feature.SOURCES, Feature.STORED}
"""Every tag that is stored has these."""


@dataclass(frozen=True)
class Summary:
    """What would be written."""

    tags: int
    recordings: int
    lost: list[str]
    """In sentences, what cannot be said of them, or made of them."""
    clips: int | None = None
    """How many clips or pictures are made, where any are."""
    seconds: float = 0.0
    """How long they are together, as far as the lengths of recordings are known."""


def summarise(
    actor: Actor, project: Project, key: str, selection: Selection, manner: Manner = PLAINLY
) -> Summary:
    """Return how much would be written in a format, and what it would lose."""
    require(actor, Can.SEE, project)
    wanted = [Tag.id.in_(search.ids_in_project(project, selection.query))]
    if selection.names_files:
        wanted.append(Tag.media_file_id.in_(asked_files(project, selection)))
    if key in EXTRACTS:
        return _of_extracts(wanted, manner)
    format = registry.named(key)
    flags = [func.max(case((said, 1), else_=0)) for said in SAID.values()]
    recordings_of_all = func.count(Tag.media_file_id.distinct())
    query = select(func.count(), recordings_of_all, *flags).where(*wanted)
    tags, recordings, *found = db.session.execute(query).one()
    needed = {feature for feature, is_said in zip(SAID, found, strict=True) if is_said}
    if tags:
        needed |= ALWAYS
    if recordings > 1:
        needed.add(Feature.MANY_MEDIA)
    if tags > 1:
        needed.add(Feature.OVERLAPS)
    return Summary(tags, recordings, lost(format, needed))


def _of_extracts(wanted: Sequence[ColumnElement[bool]], manner: Manner) -> Summary:
    """Return how many clips are made and how long they are, and of which tags there are none."""
    manner.check()
    silent = MediaFile.sample_rate.is_(None)
    pointless = SAID[Feature.POINTS] if manner.padding_s == 0 else false()
    longer_s = Tag.end_s - Tag.start_s + 2 * manner.padding_s
    length_s = case(
        (or_(silent, pointless), 0.0),
        (Tag.start_s.is_(None), func.coalesce(MediaFile.duration_s, 0.0)),
        else_=longer_s,
    )
    query = (
        select(
            func.count(),
            func.count(Tag.media_file_id.distinct()),
            *(
                func.coalesce(func.sum(each), 0)
                for each in (
                    case((silent, 1), else_=0),
                    case((and_(pointless, not_(silent)), 1), else_=0),
                    length_s,
                )
            ),
        )
        .join(Tag.media_file)
        .where(*wanted)
    )
    tags, recordings, without_sound, points, seconds = db.session.execute(query).one()
    left_out = {NO_SOUND: without_sound, NO_LENGTH: points}
    lost = [sentence.format(_tags(count)) for sentence, count in left_out.items() if count]
    return Summary(tags, recordings, lost, tags - without_sound - points, seconds)


NO_SOUND = "Nothing is made of {} on files without sound."
NO_LENGTH = "Nothing is made of {} without a length; padding gives them one."


def _tags(count: int) -> str:
    return f"{count:,} {'tag' if count == 1 else 'tags'}"
