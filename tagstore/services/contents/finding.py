"""Finding a content by its qid."""

import re

from tagstore.errors import NotFound
from tagstore.models import MediaFile
from tagstore.services import media_files
from tagstore.services.access import Can
from tagstore.values import Actor

QID = re.compile(r"iq__[A-Za-z0-9]{20,40}")


def get_content(actor: Actor, qid: str, action: Can = Can.SEE) -> MediaFile:
    """Return the media file of that public id if the actor may do this in its project."""
    if not QID.fullmatch(qid):
        raise NotFound("That is no id of a content.")
    return media_files.get_media_file(actor, qid, action)
