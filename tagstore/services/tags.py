"""Tags: added alone or by the thousand, edited with care, deleted so that it can be undone."""

from collections.abc import Sequence
from typing import Unpack

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from tagstore import clock
from tagstore.db import db, take_turn
from tagstore.errors import Fault, Invalid, InvalidItems, NotFound
from tagstore.models import Batch, MediaFile, Project, Tag, TagSet, Track
from tagstore.models.tags import WHOLE_FILE
from tagstore.prepared import PreparedQuery
from tagstore.services import batches, counts, events
from tagstore.services.access import GATE, Can, Gate, Guarded, may, require
from tagstore.services.bulk.rewriting import in_circles
from tagstore.services.search.seeing import SEEN, SeenTag
from tagstore.services.tag_checks import checked
from tagstore.services.tag_rows import Added, Homes, insert_tags, unique_external_ids
from tagstore.services.tag_words import keeping
from tagstore.services.versions import check_version
from tagstore.values import Actor, TagChanges, TagDraft, changed, fold, span_level

PLACE = ("media_file_id", "tag_set_id", "source")
"""Fields that decide into which track and batch a tag belongs."""

_LIVE = (Batch.deleted_at.is_(None), Track.deleted_at.is_(None), TagSet.deleted_at.is_(None))
_ANY_TAG = (
    select(Tag)
    .options(
        joinedload(Tag.media_file).joinedload(MediaFile.project),
        joinedload(Tag.tag_class),
        joinedload(Tag.batch).joinedload(Batch.track_author),
        joinedload(Tag.created_by),
        joinedload(Tag.updated_by),
    )
    .join(Track, Track.id == Tag.track_id)
    .join(TagSet, TagSet.id == Tag.tag_set_id)
    .join(Batch, Batch.id == Tag.batch_id)
    .where(
        Tag.id == bindparam("tag_id"),
        *_LIVE,
    )
)
_TAG = _ANY_TAG.where(Tag.deleted_at.is_(None))
_SEEN = PreparedQuery(
    SEEN.add_columns(*GATE)
    .join(Track, Track.id == Tag.track_id)
    .join(TagSet, TagSet.id == Tag.tag_set_id)
    .join(MediaFile, MediaFile.id == Tag.media_file_id)
    .join(Project, Project.id == MediaFile.project_id)
    .where(
        Tag.id == bindparam("tag_id"),
        *_LIVE,
        Tag.deleted_at.is_(None),
        MediaFile.deleted_at.is_(None),
    )
)


def add_tags(
    actor: Actor,
    project: Guarded,
    drafts: list[TagDraft],
    faults: Sequence[Fault] = (),
    homes: Homes | None = None,
) -> Added:
    """Put tags on media files of a project: all of them or, with every fault named, none.

    `faults` are those that the edge has found in the same list already; `homes` says into
    which batches they go, where that is not for their author to say.
    """
    require(actor, Can.TAG, project)
    ready = checked(actor, project, drafts, faults)
    with unique_external_ids():
        return insert_tags(actor, project, ready, homes)


def add_tag(actor: Actor, project: Guarded, draft: TagDraft) -> Tag:
    """Put one tag on a media file."""
    return get_tag(actor, add_tags(actor, project, [draft]).ids[0])


def add_tag_where_it_says(actor: Actor, draft: TagDraft, faults: Sequence[Fault] = ()) -> Tag:
    """Put one tag on the media file that it names, in whatever project that is."""
    media_file = db.session.get(MediaFile, draft.media_file_id)
    if media_file and media_file.deleted_at is None and may(actor, Can.SEE, media_file.project):
        return get_tag(actor, add_tags(actor, media_file.project, [draft], faults).ids[0])
    words = "There is no such media file."
    unknown = Fault(0, "media_file_id", "unknown", words, draft.media_file_id)
    told = {fault.field for fault in faults} & {"", "media_file_id"}
    raise InvalidItems(faults if told else [*faults, unknown], 1)


def get_tag(actor: Actor, tag_id: int, *, also_deleted: bool = False) -> Tag:
    """Return a tag the actor may see, of an older batch too."""
    tag = db.session.scalar(_ANY_TAG if also_deleted else _TAG, {"tag_id": tag_id})
    if tag is None or tag.media_file.deleted_at or not may(actor, Can.SEE, project_of(tag)):
        raise NotFound("No such tag.")
    return tag


def see_tag(actor: Actor, tag_id: int) -> SeenTag:
    """Return what `get_tag` finds, as it is shown and no more: that goes three times as fast."""
    row = _SEEN.first(tag_id=tag_id)
    if row is None or not may(actor, Can.SEE, Gate(*row[-len(GATE) :])):
        raise NotFound("No such tag.")
    return SeenTag._make(row[: -len(GATE)])


def project_of(tag: Tag) -> Project:
    """Return the project in which the tag stands."""
    return tag.media_file.project


def edit_tag(
    actor: Actor, tag: Tag, version: int | None = None, **changes: Unpack[TagChanges]
) -> Tag:
    """Apply the given changes and leave the rest alone."""
    project = require(actor, Can.TAG, project_of(tag))
    check_version(tag, version)
    _check_parent(tag, changes.get("parent_id"))
    now = _draft_of(tag)
    wanted = checked(actor, project, [changed(now, changes)])[0]
    before = {field: getattr(now, field) for field in changes}
    if all(getattr(now, field) == getattr(wanted, field) for field in changes):
        return tag
    counts.add([_spot(tag)], -1)
    _move(actor, tag, wanted)
    for field in vars_of(wanted):
        if field != "created_by_id" or wanted.created_by_id is not None:
            setattr(tag, field, getattr(wanted, field))
    _derive(tag)
    tag.updated_by_id, tag.updated_at = actor.user_id, clock.now()
    with unique_external_ids():
        db.session.flush()  # The count below and the answer need what was set.
    db.session.refresh(tag, ["media_file", "tag_class", "batch", "updated_by"])
    counts.add([_spot(tag)])
    if wanted.text != now.text:
        keeping.replace(project.id, [tag.id], [tag.text_folded])
    after = {"ids": [tag.id], **_span(tag), **{f: getattr(wanted, f) for f in changes}}
    events.record(actor, "tag.edited", media_file=tag.media_file, before=before, after=after)
    return tag


def delete_tag(actor: Actor, tag: Tag, version: int | None = None) -> None:
    """Delete a tag; it can be restored for 30 days."""
    project = require(actor, Can.TAG, project_of(tag))
    check_version(tag, version)
    if actor.user_id is None or tag.created_by_id != actor.user_id:
        require(actor, Can.MANAGE, project)
    tag.deleted_at = clock.now()
    counts.add([_spot(tag)], -1)
    after = {"ids": [tag.id], **_span(tag)}
    events.record(actor, "tag.deleted", media_file=tag.media_file, after=after)


def restore_tag(actor: Actor, tag: Tag) -> Tag:
    """Undo the deletion of a tag, under its old number."""
    require(actor, Can.TAG, project_of(tag))
    if tag.deleted_at is None:
        return tag
    tag.deleted_at = None
    tag.updated_by_id, tag.updated_at = actor.user_id, clock.now()
    with unique_external_ids():
        db.session.flush()  # The answer shows the new version.
    db.session.refresh(tag, ["updated_by"])
    counts.add([_spot(tag)])
    after = {"ids": [tag.id], **_span(tag)}
    events.record(actor, "tag.restored", media_file=tag.media_file, after=after)
    return tag


def vars_of(draft: TagDraft) -> tuple[str, ...]:
    """Return the names of a draft's fields."""
    return tuple(draft.__dataclass_fields__)


def _draft_of(tag: Tag) -> TagDraft:
    """Return what the tag says, without whose it is."""
    fields = {field: getattr(tag, field) for field in TagDraft.__dataclass_fields__}
    return TagDraft(**fields | {"created_by_id": None})


def _move(actor: Actor, tag: Tag, wanted: TagDraft) -> None:
    """Give the tag the track and batch that its new place or source asks for."""
    if all(getattr(tag, field) == getattr(wanted, field) for field in PLACE):
        return
    track_id, batch_id = tag.track_id, tag.batch_id
    if (tag.tag_set_id, tag.media_file_id) != (wanted.tag_set_id, wanted.media_file_id):
        place = (wanted.tag_set_id, wanted.media_file_id)
        track_id = batches.find_or_add_tracks([place])[place]
        author = tag.batch.track_author.author
        batch_id = batches.find_or_add_batch(actor, track_id, author)
    batches.write_source(batch_id, wanted.source)
    tag.track_id, tag.batch_id, tag.source = track_id, batch_id, wanted.source


def _derive(tag: Tag) -> None:
    """Set what follows from other fields."""
    tag.text_folded = None if tag.text is None else fold(tag.text)
    if tag.start_s is None or tag.end_s is None:
        tag.span_level = WHOLE_FILE
    else:
        tag.span_level = span_level(tag.start_s, tag.end_s)


def _spot(tag: Tag) -> counts.Spot:
    width_s = counts.bin_s(tag.media_file.duration_s)
    return counts.spot(
        tag.media_file_id, tag.start_s, width_s, tag.batch_id, tag.source, tag.tag_class_id
    )


def _span(tag: Tag) -> dict[str, float | None]:
    return {"start_s": tag.start_s, "end_s": tag.end_s}


def _check_parent(tag: Tag, parent_id: int | None) -> None:
    """Refuse a parent that descends from the tag itself."""
    if parent_id is not None:
        take_turn(project_of(tag).id)
    if in_circles({tag.id: parent_id}):
        raise Invalid("A tag cannot descend from itself.", parent_id="descends from this tag")
