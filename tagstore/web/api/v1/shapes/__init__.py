"""The shapes in which things go out."""

from tagstore.models import (
    ApiToken,
    Batch,
    MediaFile,
    Membership,
    Project,
    Tag,
    TagClass,
    TagGroup,
    TagSet,
    Track,
    User,
)
from tagstore.web.api.v1.shapes.bulk import DELETED, EDITED, OUTCOME
from tagstore.web.api.v1.shapes.formats import FORMAT
from tagstore.web.api.v1.shapes.imports import EDITED_TAG, IMPORT, UNDONE, WHOLE_IMPORT, Undone
from tagstore.web.api.v1.shapes.people import MADE_TOKEN, ME, MEMBER, TOKEN, USER, MadeToken
from tagstore.web.api.v1.shapes.records import EVENT, JOB
from tagstore.web.api.v1.shapes.things import (
    CLASS,
    DENSITY,
    GROUP,
    KINDS,
    MEDIA_FILE,
    PROJECT,
    STATES,
    TAG,
    TAG_SET,
    WAVE,
)
from tagstore.web.api.v1.shapes.tracks import BATCH, COUNTED_TRACK, TRACK, CountedTrack
from tagstore.web.api.v1.shapes.uploads import UPLOAD
from tagstore.web.api.v1.shown import Shown

__all__ = [
    "BATCH",
    "CLASS",
    "COUNTED_TRACK",
    "DELETED",
    "DENSITY",
    "EDITED",
    "EDITED_TAG",
    "EVENT",
    "FORMAT",
    "GROUP",
    "IMPORT",
    "JOB",
    "KINDS",
    "MADE_TOKEN",
    "ME",
    "MEDIA_FILE",
    "MEMBER",
    "OUTCOME",
    "PROJECT",
    "SHAPES",
    "STATES",
    "TAG",
    "TAG_SET",
    "TOKEN",
    "TRACK",
    "UNDONE",
    "UPLOAD",
    "USER",
    "WAVE",
    "WHOLE_IMPORT",
    "CountedTrack",
    "MadeToken",
    "Undone",
]

SHAPES: dict[type, Shown] = {
    Tag: TAG,
    TagSet: TAG_SET,
    TagGroup: GROUP,
    TagClass: CLASS,
    MediaFile: MEDIA_FILE,
    Project: PROJECT,
    Track: TRACK,
    Batch: BATCH,
    Membership: MEMBER,
    User: USER,
    ApiToken: TOKEN,
}
"""How anything that can be stale is shown."""
