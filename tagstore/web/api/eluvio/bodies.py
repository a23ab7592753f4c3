"""Reading what Eluvio's clients send, and of which content they speak."""

from flask import g

from tagstore.errors import NotFound, Unauthenticated
from tagstore.models import MediaFile
from tagstore.services import contents
from tagstore.web.api.eluvio import UNREACHABLE


def find_content(qid: str) -> MediaFile:
    """Return the content of that id; one that is not there reads like one that is not yours."""
    try:
        return contents.get_content(g.actor, qid)
    except NotFound as error:
        raise Unauthenticated(UNREACHABLE) from error
