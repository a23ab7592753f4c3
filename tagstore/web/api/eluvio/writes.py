"""Writing a content's tags to where a write token leads."""

from flask import Response, g, request

from tagstore.errors import Malformed
from tagstore.services import writes
from tagstore.web.api.base import json_response
from tagstore.web.api.eluvio import bp
from tagstore.web.api.eluvio.answers import tag_response
from tagstore.web.api.eluvio.bodies import find_content
from tagstore.web.app import reads


@bp.post("/<qid:qid>/write")
@reads
def write(qid: str) -> Response:
    """Write all tags that show by default; the body, if any, means nothing."""
    content = find_content(qid)
    files = writes.write_tags(g.actor, content, _write_token(), tag_response)
    return json_response({"message": f"Wrote {len(files)} files.", "files": files})


def _write_token() -> str:
    token = request.args.get("write_token", "").strip()
    if not token:
        raise Malformed("Say where to write, as the parameter write_token.")
    return token
