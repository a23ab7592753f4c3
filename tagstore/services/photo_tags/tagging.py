"""Putting a tag on a whole photo, and taking it off again."""

from dataclasses import replace

from sqlalchemy import or_, select

from tagstore.db import db
from tagstore.errors import NotFound
from tagstore.models import Project, Tag, TagClass, TagClassAlias
from tagstore.services import media_files, projects, tag_sets, tags
from tagstore.services.access import Can, require
from tagstore.values import Actor, TagDraft, fold

TAG_SET = "photo_tags"
"""The layer in which these tags stand; made when it is first needed."""


def add_photo_tag(actor: Actor, gallery_id: int, draft: TagDraft) -> Tag:
    """Put one tag on a whole file of that project, of its own project when the number is 0.

    Text that names a class of the project becomes that class. The draft's tag set is not read.
    """
    if gallery_id:
        projects.get_project(actor, gallery_id)
    media_file = media_files.get_media_file(actor, draft.media_file_id)
    project = media_file.project
    if gallery_id not in {0, project.id}:
        raise NotFound("No such photo in this gallery.")
    require(actor, Can.TAG, project)
    tag_set = tag_sets.find_or_add_tag_set(actor, project, TAG_SET)
    draft = replace(draft, tag_set_id=tag_set.id)
    class_id = _class_named(project, draft.text or "")
    if class_id is not None:
        draft = replace(draft, tag_class_id=class_id, text=None)
    return tags.add_tag(actor, project, draft)


def delete_photo_tag(actor: Actor, gallery_id: int, tag_id: int) -> Tag:
    """Delete a tag of a whole file in that project, in any when the number is 0; return it."""
    if gallery_id:
        projects.get_project(actor, gallery_id)
    tag = tags.get_tag(actor, tag_id)
    if gallery_id not in {0, tags.project_of(tag).id} or not covers_whole_file(tag):
        raise NotFound("No such tag.")
    tags.delete_tag(actor, tag)
    return tag


def covers_whole_file(tag: Tag) -> bool:
    """Return whether a tag has no times, or those of the whole file."""
    return tag.start_s is None or (tag.start_s, tag.end_s) == (0.0, tag.media_file.duration_s)


def _class_named(project: Project, words: str) -> int | None:
    """Return the lowest class in use whose identifier, label or alias is this, in any case."""
    folded = fold(words)
    in_use = (
        TagClass.project_id == project.id,
        TagClass.retired_at.is_(None),
        TagClass.merged_into_id.is_(None),
    )
    aliases = select(TagClassAlias.tag_class_id).where(TagClassAlias.alias_folded == folded)
    by_words = or_(TagClass.label_folded == folded, TagClass.id.in_(aliases))
    found = list(db.session.scalars(select(TagClass.id).where(*in_use, by_words)))
    identifiers = db.session.execute(select(TagClass.id, TagClass.identifier).where(*in_use))
    found += [number for number, identifier in identifiers if fold(identifier) == folded]
    return min(found, default=None)
