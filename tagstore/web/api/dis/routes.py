"""The seven calls."""

from flask import Response, g

from tagstore.models import ResourceTag
from tagstore.services import resource_tags
from tagstore.web.api.base import json_response, load
from tagstore.web.api.dis import bp
from tagstore.web.api.dis.bodies import action_of, find_project, find_stream, read_object
from tagstore.web.api.dis.schemas import (
    create_schema,
    delete_schema,
    one_schema,
    search_schema,
)


@bp.post("/<project_id>/stream/<stream_id>/tags/action")
def change_tags(project_id: str, stream_id: str) -> Response:
    """Put many tags on a stream, or take them off, all or none."""
    body = read_object()
    if action_of(body, "create", "delete") == "create":
        pairs = load(create_schema, body)["tags"]
        resource_tags.put_tags(g.actor, find_stream(project_id, stream_id), pairs)
    else:
        keys = load(delete_schema, body)["tags"]
        resource_tags.remove_tags(g.actor, find_stream(project_id, stream_id), keys)
    return _done()


@bp.post("/<project_id>/stream/<stream_id>/tags")
def add_tag(project_id: str, stream_id: str) -> Response:
    """Put one tag on a stream."""
    pair = load(one_schema, read_object())["tag"]
    resource_tags.put_tags(g.actor, find_stream(project_id, stream_id), [pair])
    return _done()


@bp.get("/<project_id>/stream/<stream_id>/tags")
def list_tags(project_id: str, stream_id: str) -> Response:
    """List a stream's tags."""
    tags = resource_tags.list_tags(g.actor, find_stream(project_id, stream_id))
    return json_response({"tags": [_dump(tag) for tag in tags]})


@bp.delete("/<project_id>/stream/<stream_id>/tags/<dis_key:key>", merge_slashes=False)
def remove_tag(project_id: str, stream_id: str, key: str) -> Response:
    """Take one tag off a stream."""
    resource_tags.remove_tag(g.actor, find_stream(project_id, stream_id), key)
    return _done()


@bp.get("/<project_id>/stream/tags")
def list_project_tags(project_id: str) -> Response:
    """List the tags of all streams of a project, key by key."""
    values = resource_tags.values_by_key(g.actor, find_project(project_id))
    return json_response({"tags": [{"key": key, "values": values[key]} for key in values]})


@bp.post("/<project_id>/stream/resource_instances/action")
def find_resources(project_id: str) -> Response:
    """Find, or count, the streams that have certain tags."""
    body = read_object()
    action = action_of(body, "filter", "count")
    filters, limit, offset = load(search_schema, body)
    project = find_project(project_id)
    total = resource_tags.count_tagged(g.actor, project, filters)
    if action == "count":
        return json_response({"total_count": total})
    found = resource_tags.find_tagged(g.actor, project, filters, limit, offset)
    resources = [
        {
            "resource_id": media_file.qid,
            "resource_name": media_file.name,
            "resource_detail": None,
            "tags": [_dump(tag) for tag in tags],
        }
        for media_file, tags in found
    ]
    return json_response({"resources": resources, "total_count": total})


def _dump(tag: ResourceTag) -> dict[str, str]:
    return {"key": tag.key, "value": tag.value}


def _done() -> Response:
    return Response(status=204)
