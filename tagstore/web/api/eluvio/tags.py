"""Tags: thousands at once, one at a time, and all that a content has."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import orjson
from flask import Response, g

from tagstore.models import Tag
from tagstore.services import contents, tags
from tagstore.services.contents import AT_ONCE, TagRow
from tagstore.web.api.base import json_response, moment, the_app
from tagstore.web.api.eluvio import bp
from tagstore.web.api.eluvio.answers import meta, tag_response
from tagstore.web.api.eluvio.bodies import (
    batch_to_fill,
    check_place,
    content_to_tag,
    find_content,
    read,
    read_object,
)
from tagstore.web.api.eluvio.edits import tag_changes
from tagstore.web.api.eluvio.faults import placed
from tagstore.web.api.eluvio.fields import number_of
from tagstore.web.api.eluvio.queries import Query, read_row_query
from tagstore.web.api.eluvio.schemas import tag_edit_schema, tags_schema
from tagstore.web.api.eluvio.uploads import read_upload
from tagstore.web.api.eluvio.written import read_tags
from tagstore.web.sending import within

TAG = "/<qid:qid>/tags/<eluvio_id:number>"


@bp.get("/<qid:qid>/tags")
def list_tags(qid: str) -> Response:
    """List a content's tags, however many; those beyond the first are read while they are sent."""
    query, start, limit = read_row_query()
    found = contents.find_tags(g.actor, find_content(qid), query, start, limit)
    first = contents.rows_of(found.media_file_id, found.ids[:AT_ONCE])
    if len(found.ids) <= AT_ONCE:
        body = b"".join(_pieces([first], found.total, start, limit))
        return Response(body, mimetype="application/json")
    chunks = chain([first], within(the_app(), contents.rows_in_chunks(found, AT_ONCE)))
    return Response(_pieces(chunks, found.total, start, limit), mimetype="application/json")


def _pieces(chunks: Iterable[list[TagRow]], total: int, start: int, limit: int) -> Iterator[bytes]:
    """Yield the answer; how many tags it holds is said last, when that is known."""
    count = 0
    yield b'{"tags":['
    for rows in chunks:
        comma = b"," if count and rows else b""
        yield comma + orjson.dumps([tag_response(row) for row in rows])[1:-1]
        count += len(rows)
    yield b'],"meta":' + orjson.dumps(meta(total, count, start, limit)) + b"}"


@bp.post("/<qid:qid>/tags")
def add_tags(qid: str) -> Response:
    """Make all the tags of a list, or none."""
    fields = read(tags_schema, read_object())
    check_place(fields)
    written = read_tags(fields["tags"] or [])
    media_file = content_to_tag(qid)
    batch = batch_to_fill(media_file, fields)
    drafts = list(written.drafts(media_file.id, batch.track_author.track.tag_set_id))
    with placed("tags[{}]".format):
        made = contents.add_tags(g.actor, media_file, [batch], drafts, written.faults)
    ids = list(map(str, made.ids))
    return json_response({"batch_id": str(batch.id), "created_tag_ids": ids})


@bp.post("/<qid:qid>/tags/upload")
def upload_tags(qid: str) -> Response:
    """Make the tags of many tracks, all or none."""
    asked = Query()
    author = asked.needed("author")
    asked.check()
    upload = read_upload(read_object())
    media_file = content_to_tag(qid)
    batches = {
        track: contents.open_batch(g.actor, media_file, author, track, label)
        for track, label in upload.tracks().items()
    }
    drafts, faults = upload.drafts(media_file, batches)
    with placed(upload.place_of):
        contents.add_tags(g.actor, media_file, batches.values(), drafts, faults)
    return json_response({track: batch.id for track, batch in batches.items()})


@bp.get(TAG)
def get_tag(qid: str, number: str) -> Response:
    """Show a tag."""
    return json_response(_dump(_find(qid, number)))


@bp.patch(TAG)
def edit_tag(qid: str, number: str) -> Response:
    """Change some of what a tag says."""
    fields = read(tag_edit_schema, read_object())
    tag = _find(qid, number)
    with placed(lambda _: ""):
        tags.edit_tag(g.actor, tag, **tag_changes(tag, fields))
    return json_response(_dump(tag))


@bp.delete(TAG)
def delete_tag(qid: str, number: str) -> Response:
    """Delete a tag."""
    tags.delete_tag(g.actor, _find(qid, number))
    return Response(status=204)


@bp.get("/<qid:qid>/content")
def get_content(qid: str) -> Response:
    """Tell when the content's tags last changed."""
    changed = contents.last_change(g.actor, find_content(qid))
    return json_response({"qid": qid, "last_tag_update": moment(changed)})


def _find(qid: str, number: str) -> Tag:
    return contents.get_tag(g.actor, find_content(qid), number_of(number))


def _dump(tag: Tag) -> dict[str, Any]:
    return tag_response(contents.rows_of(tag.media_file_id, [tag.id])[0])
