"""Tags of photos: put on, taken off, searched for."""

from flask import Response, g

from tagstore.services import photo_tags
from tagstore.web.api.pixelshare import bp
from tagstore.web.api.pixelshare.answers import answer, dump_photos, dump_tag
from tagstore.web.api.pixelshare.bodies import body
from tagstore.web.api.pixelshare.schemas import (
    tag_add_schema,
    tag_delete_schema,
    tag_search_schema,
)
from tagstore.web.app import reads


@bp.post("")
def add_tag() -> Response:
    """Put one tag on one photo."""
    gallery_id, draft = body(tag_add_schema, "TagAddRequest")
    return answer("Tag", dump_tag(photo_tags.add_photo_tag(g.actor, gallery_id, draft)))


@bp.post("/Delete")
def delete_tag() -> Response:
    """Take a tag off its photo, and show what it was."""
    gallery_id, tag_id = body(tag_delete_schema, "TagDeleteRequest", "TagAddRequest")
    return answer("Tag", dump_tag(photo_tags.delete_photo_tag(g.actor, gallery_id, tag_id)))


@bp.post("/Search")
@reads
def search() -> Response:
    """List the photos whose tags are as asked for."""
    query = body(tag_search_schema, "TagSearchRequest", "TagAddRequest")
    return answer("ArrayOfPhoto", dump_photos(photo_tags.find_photos(g.actor, query)))
