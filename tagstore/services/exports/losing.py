"""What tags lose in a format, told before they are written."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, null, select

from tagstore.db import db
from tagstore.formats import registry
from tagstore.formats.format import Feature, lost
from tagstore.models import Project, Tag
from tagstore.services import search
from tagstore.services.access import Can, require
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
    """In sentences, what the format cannot say of them."""


def summarise(actor: Actor, project: Project, key: str, selection: Selection) -> Summary:
    """Return how much would be written in a format, and what it would lose."""
    require(actor, Can.SEE, project)
    format = registry.named(key)
    wanted = [Tag.id.in_(search.ids_in_project(project, selection.query))]
    if selection.names_files:
        wanted.append(Tag.media_file_id.in_(asked_files(project, selection)))
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
