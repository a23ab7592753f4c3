"""The document that describes all this."""

from flask import Response

from tagstore.web.api.base import json_response, the_app
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.document import document


@bp.get("/openapi.json")
def show_document() -> Response:
    """Show the OpenAPI document."""
    return json_response(document(the_app()))
